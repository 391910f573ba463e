"""A day's adherence reckoned from what was recorded, as known now or as known then; and exceptions granted to it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

from centre.errors import InputError, Problem
from centre.events import AgentState, Event, ExceptionGranted, ExceptionRevoked
from centre.grid import instant
from centre.said import Said
from desk.actions.policies import policy_known_at
from desk.actions.recorded import recorded_events
from desk.decisions import journal_of, known_excuses, known_rosters
from desk.floor_engine import DAY_S, floor_of
from desk.wiring import Place
from store.audit import Audit, Deed
from streams.adherence import Account, figures, total
from streams.days import day_account, day_records, group_accounts, interval_bounds, shift_accounts
from streams.floor_policy import SECOND, FloorPolicy
from streams.outputs import iso
from streams.state import State
from streams.watching import lived

BACK_DAYS = 14
"""So long ago somebody may have been heard of last, such as before a holiday."""

GROUPS = ("agent", "team", "site", "shift", "interval")


@dataclass(frozen=True)
class Reckoned:
    """A day, reckoned.

    Attributes
    ----------
    until : how far it is reckoned, UTC microseconds: the day's end, or the moment as of which it is known.
    """

    day: date
    state: State
    floor: FloorPolicy
    until: int

    def rows(self, by: str) -> Iterator[dict[str, Any]]:
        """One row an agent, team, shift, interval, or one of the whole site, as `paiban watch --json` writes them."""
        if by == "agent":
            window = self.window()
            for agent in sorted(self.state.lines):
                for record in day_records(agent, self.state.lines[agent], self.floor, window, self.until):
                    yield record.to_json(self.floor)
        elif by == "shift":
            yield from self._shifts()
        elif by == "interval":
            yield from self._intervals()
        else:
            yield from self._groups(by)

    def _groups(self, by: str) -> Iterator[dict[str, Any]]:
        teams: dict[str, list[Account]] = {}
        for agent, line in self.state.lines.items():
            name = self.floor.teams.get(agent, "") if by == "team" else ""
            teams.setdefault(name, []).append(day_account(line, self.floor, self.day, self.until))
        for team in sorted(teams):
            named = {"team": team} if by == "team" else {}
            yield {"type": "adherence", **named, "date": self.day.isoformat(), **self._figures(total(teams[team]))}

    def _shifts(self) -> Iterator[dict[str, Any]]:
        begin, end = self.window()
        for agent in sorted(self.state.lines):
            for (start, stop), account in shift_accounts(self.state.lines[agent], self.floor, self.until):
                if begin <= start * SECOND < end:
                    span = {"start": iso(start * SECOND, self.floor.zone), "end": iso(stop * SECOND, self.floor.zone)}
                    yield {"type": "adherence", "agent": agent, **span, **self._figures(account)}

    def _intervals(self) -> Iterator[dict[str, Any]]:
        bounds = interval_bounds(self.window()[0], self.floor).tolist()
        found = group_accounts(self.state, self.floor, self.day, self.state.lines)
        for (start, _), account in zip(pairwise(bounds), found, strict=False):
            if account.scheduled or account.worked:
                yield {"type": "adherence", "start": iso(start, self.floor.zone), **self._figures(account)}

    def _figures(self, account: Account) -> dict[str, Any]:
        return figures(account, self.floor)

    def window(self) -> tuple[int, int]:
        """The local day, UTC microseconds."""
        zone = self.floor.zone
        return instant(self.day, 0, zone) * SECOND, instant(self.day, 1440, zone) * SECOND

    def words(self, by: str) -> Iterable[str]:
        """For people."""
        for row in self.rows(by):
            name = row.get("agent") or row.get("team") or row.get("start", "")[11:16] or row.get("date", "")
            shares = [row["adherence"][kind] for kind in ("genesys", "amazon", "calabrio", "verint")]
            yield Said(
                "{name:14} adherence {shares}, out {out:.1f} min, nothing heard {unknown:.1f} min",
                name=name,
                shares=" / ".join("-" if share is None else f"{share:.1%}" for share in shares),
                out=row["out_s"] / 60,
                unknown=row["unknown_s"] / 60,
            )


def reckon(place: Place, day: date, *, source: str = "", known: datetime | None = None) -> Reckoned:
    """A local day's adherence, from the journal or a file of events.

    Everything that is known counts: late events, roster versions for the time from when they apply, exceptions. With
    `known`, what was known at that moment: events that had been taken in, rosters published, exceptions granted by
    then, and the policy that held; so two moments show what a correction changed.

    Raises
    ------
    InputError : no roster is known for the day, or a source that is followed for ever.
    """
    if known is not None:
        place = replace(place, policy=policy_known_at(place, known))
    zone = place.site.settings.zone
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    rosters = known_rosters(place, begin - DAY_S, end + DAY_S, known)
    agents = {s.agent for roster in rosters for s in roster.segments if s.start < end and begin < s.end}
    if not agents:
        raise InputError(Said("no roster is known for {day}: publish one with `paiban nightly`", day=day))
    events = recorded_events(place, source, begin - DAY_S, end, known)
    events = [*_last_heard(place, source, agents, begin - DAY_S, known, events), *events]
    floor = floor_of(place, begin, end)
    until = min([end * SECOND, *([_micros(known)] if known else []), max(_micros(place.now), _latest(events, begin))])
    state = lived(events, [*rosters, *known_excuses(place, known)], floor, until)
    return Reckoned(day, state, floor, until)


def _last_heard(
    place: Place, source: str, agents: set[str], begin: int, known: datetime | None, events: Sequence[Event]
) -> list[Event]:
    """Of everybody who was not heard of since the day before, the last word from further back."""
    missing = agents - {event.agent for event in events if isinstance(event, AgentState) and event.at < begin * SECOND}
    heard = {event.agent for event in events if isinstance(event, AgentState) and event.at // SECOND < begin + DAY_S}
    missing -= heard
    found: dict[str, Event] = {}
    for back in range(BACK_DAYS):
        if not missing:
            break
        start = begin - (back + 1) * DAY_S
        for event in recorded_events(place, source, start, start + DAY_S, known):
            if isinstance(event, AgentState) and event.agent in missing:
                found[event.agent] = event  # in order of time: the last one stays
        missing -= found.keys()
    return list(found.values())


def _latest(events: Sequence[Event], begin: int) -> int:
    """A rehearsed day may lie in the future: then it is known as far as it was rehearsed, to its end."""
    return begin * SECOND + DAY_S * SECOND if any(event.at >= begin * SECOND for event in events) else 0


@dataclass(frozen=True)
class Excused:
    """An exception that was granted, or taken back."""

    entry: ExceptionGranted | ExceptionRevoked
    zone: str

    def summary(self) -> dict[str, Any]:
        """For --json."""
        entry = self.entry
        if isinstance(entry, ExceptionRevoked):
            return {"revoked": entry.exception, "agent": entry.agent}
        start, end = (iso(second * SECOND, self.zone) for second in (entry.start, entry.end))
        return {"exception": entry.id, "agent": entry.agent, "start": start, "end": end, "reason": entry.reason}

    def words(self) -> str:
        """For people."""
        entry = self.entry
        if isinstance(entry, ExceptionRevoked):
            return Said("{agent}: exception {exception} does not hold any more", agent=entry.agent,
                        exception=entry.exception)  # fmt: skip
        start, end = (iso(second * SECOND, self.zone)[:16] for second in (entry.start, entry.end))
        return Said("{agent}: excused from {start} to {end} ({id})", agent=entry.agent, start=start, end=end,
                    id=entry.id)  # fmt: skip


def excuse(place: Place, agent: str, start: int, end: int, *, reason: str, by: str) -> Excused:
    """Grant an exception over [start, end), UTC seconds: the departure counts as explained, live and ever after.

    Raises
    ------
    InputError : no such agent, or an end that is not after the start.
    """
    if agent not in place.site.agents:
        raise InputError([Problem("--agent", "agent", agent, Said("an agent of agents.csv"))])
    if end <= start:
        raise InputError([Problem("--to", "end", str(end), Said("after --from"))])
    now = _micros(place.now)
    name = "exception-" + sha256(f"{agent}/{start}/{end}/{now}".encode()).hexdigest()[:12]
    granted = ExceptionGranted(name, now, place.site.settings.name, agent, start, end, reason, by)
    return _keep(place, granted, by, "excuse", reason)


def revoke(place: Place, exception: str, *, by: str) -> Excused:
    """Take an exception back.

    Raises
    ------
    InputError : there is none of that id.
    """
    granted = [entry for entry in known_excuses(place) if isinstance(entry, ExceptionGranted)]
    found = next((entry for entry in granted if entry.id == exception), None)
    if found is None:
        raise InputError([Problem("--revoke", "exception", exception, Said("the id of an exception that was granted"))])
    now = _micros(place.now)
    taken = ExceptionRevoked(f"{exception}-revoked", now, place.site.settings.name, found.agent, exception)
    return _keep(place, taken, by, "revoke excuse")


def _keep(place: Place, entry: ExceptionGranted | ExceptionRevoked, by: str, did: str, detail: str = "") -> Excused:
    journal_of(place).append("desk", [entry], place.now)
    Audit(place.plans.database, place.site.settings.name).note(
        Deed(place.now, by, did, f"agent/{entry.agent}/exception", True, detail)
    )
    return Excused(entry, place.site.settings.zone)


def _micros(moment: datetime) -> int:
    return int(moment.replace(microsecond=0).timestamp()) * SECOND + moment.microsecond
