"""The leader on duty: rounds of the floor (FLR-2), roll call (SHF-4), consent to leave the desk (ATT-4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from centre.errors import InputError
from centre.grid import aware, instant, local_day
from centre.roster import ON_DUTY, Roster
from centre.said import Said
from desk.actions.recorded import recorded_events
from desk.wiring import Place, logbook_of
from desk.wording import words as words_of
from scheduler.judging import shown
from streams.floor_snapshot import Snapshot, floor_snapshot, roll_call

ROUND, ROLL_CALL, CONSENT = "round", "rollcall", "consent"


def known_by(place: Place, by: str) -> str:
    """Somebody of agents.csv, or who holds an office.

    Raises
    ------
    InputError : nobody of that name.
    """
    offices = {name for people in place.policy.approvals.people.values() for name in people}
    if by not in place.site.agents and by not in offices:
        raise InputError(
            Said(
                '--by: found "{by}"; allowed: somebody of agents.csv, or who holds an office: {names}',
                by=by,
                names=sorted(offices),
            )
        )
    return by


def snapshot_of(place: Place, source: str, at: int) -> Snapshot:
    """The floor at an instant (UTC second), from what was recorded since the day before began."""
    zone = place.site.settings.zone
    begin = instant(local_day(at, zone), 0, zone) - 86_400
    events = recorded_events(place, source, begin, at + 1)
    deadlines = {name: queue.deadline_minutes for name, queue in place.site.queues.items() if queue.deadline_minutes}
    teams = {name: agent.team for name, agent in place.site.agents.items()}
    roster = roster_around(place, at)
    return floor_snapshot(events, roster.segments, at, zone, teams, deadlines, place.policy.duty.stuck_minutes)


def roster_around(place: Place, at: int) -> Roster:
    """The roster in force from the day before to the day after an instant."""
    return place.plans.published_roster(at - 2 * 86_400, at + 86_400)


@dataclass(frozen=True)
class Rounds:
    """The rounds of a local day, and those that are missing.

    Attributes
    ----------
    rounds : number, UTC second, who walked, note, snapshot as it was recorded.
    missing : when rounds were due that nobody walked, UTC seconds.
    next_due : when the next one is due, None when the floor is closed.
    wanted : how many there have to be on the day.
    """

    day: date
    zone: str
    rounds: Sequence[Mapping[str, Any]]
    missing: Sequence[int]
    next_due: int | None
    wanted: int

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {
            "date": str(self.day),
            "count": len(self.rounds),
            "wanted": self.wanted,
            "rounds": list(self.rounds),
            "missing": [aware(second, self.zone).isoformat() for second in self.missing],
            "next_due": None if self.next_due is None else aware(self.next_due, self.zone).isoformat(),
        }

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        yield said._("{count} of {wanted} rounds on {day}", count=len(self.rounds), wanted=self.wanted,
                     day=said.day(self.day))  # fmt: skip
        for row in self.rounds:
            floor = row["floor"]
            yield said._(
                "  {time}  {by}: {present} at work, {out} out, {missing} missing, {stuck} stuck work orders. {note}",
                time=str(row["at"])[11:16], by=row["by"], present=len(floor["present"]), out=len(floor["out"]),
                missing=len(floor["missing"]), stuck=len(floor["stuck"]), note=row["note"],
            ).rstrip()  # fmt: skip
        if self.missing:
            times = said.listing([shown(second, self.zone)[11:] for second in self.missing])
            yield said._("Missing rounds, due at {times}", times=times)
        if self.next_due is not None:
            yield said._("The next round is due at {time}.", time=shown(self.next_due, self.zone)[11:])


def walk_round(place: Place, *, by: str, note: str = "", source: str = "", made: datetime) -> Rounds:
    """Record a round with the floor as it is, and who is out, the queues, stuck work orders with it.

    Raises
    ------
    InputError : nobody of that name.
    """
    at = int(place.now.timestamp())
    content = {"note": note, "floor": snapshot_of(place, source, at).to_json()}
    logbook_of(place).write(ROUND, str(place.today), at, known_by(place, by), content, made)
    return rounds_of(place, place.today)


def rounds_of(place: Place, day: date) -> Rounds:
    """The rounds of a local day as they stand at the moment of the question."""
    zone, policy = place.site.settings.zone, place.policy.duty
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    lines = logbook_of(place).lines(ROUND, begin=begin, end=end)
    rows = [
        {"number": line.number, "at": aware(line.at, zone).isoformat(), "by": line.by, **line.content} for line in lines
    ]
    first, last = floor_hours(place, begin, end)
    now = min(int(place.now.timestamp()), last)
    step, grace = policy.round_minutes * 60, policy.round_grace_minutes * 60
    missing, due = [], first + step
    for at in sorted([line.at for line in lines if first <= line.at <= last] + [now + 1]):
        walked = at != now + 1
        while due + grace < at and due <= now:
            missing.append(due)
            due += step
        due = at + step if walked else due
    open_now = first <= now < last and int(place.now.timestamp()) < last
    return Rounds(day, zone, rows, missing, due if open_now else None, policy.rounds_a_day)


def floor_hours(place: Place, begin: int, end: int) -> tuple[int, int]:
    """When the first duty of a day begins and the last one ends, UTC seconds; (begin, begin) without any."""
    rows = [
        row
        for row in place.plans.published_roster(begin, end).segments
        if row.activity in ON_DUTY and begin <= row.start < end
    ]
    return min((row.start for row in rows), default=begin), max((row.end for row in rows), default=begin)


@dataclass(frozen=True)
class RollCall:
    """Who is there before the shift, and who is not (SHF-4).

    Attributes
    ----------
    due : the instant at which everybody has to be present, UTC second.
    rows : agent, start of the shift, whether here, since when, and whether that is from events or by hand.
    """

    due: int
    at: int
    zone: str
    rows: Sequence[Mapping[str, Any]]
    number: int | None = None

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {
            "rollcall": self.number,
            "due": aware(self.due, self.zone).isoformat(),
            "at": aware(self.at, self.zone).isoformat(),
            "here": [row for row in self.rows if row["here"]],
            "missing": [row for row in self.rows if not row["here"]],
        }

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        here = [row for row in self.rows if row["here"]]
        yield said._("Roll call at {time}: {here} of {count} present", time=shown(self.at, self.zone)[11:],
                     here=len(here), count=len(self.rows))  # fmt: skip
        for row in self.rows:
            if not row["here"]:
                yield said._("  {agent} is not here; the shift starts at {start}", agent=row["agent"],
                             start=str(row["start"])[11:16])  # fmt: skip
        if not self.rows:
            yield said._("Nobody's shift starts then.")


def call_roll(
    place: Place,
    *,
    by: str,
    here: Sequence[str] = (),
    absent: Sequence[str] = (),
    source: str = "",
    ahead_minutes: int = 60,
    made: datetime,
) -> RollCall:
    """Call the roll of the shifts that start next: by events, and by hand where the leader sees better.

    Shifts that start from `roll_call_minutes` before now up to `ahead_minutes` from now on are called together.

    Raises
    ------
    InputError : people who are not expected, or nobody of that name.
    """
    at, zone = int(place.now.timestamp()), place.site.settings.zone
    early = place.policy.attendance.roll_call_minutes * 60
    begin, end = at - max(early, 900), at + ahead_minutes * 60
    events = recorded_events(place, source, at - 86_400, at + 1)
    expected = roll_call(events, roster_around(place, at).segments, begin, end, at)
    strangers = {*here, *absent} - {row.agent for row in expected}
    if strangers:
        raise InputError(
            Said(
                "nobody expects {names} now: no shift of theirs starts within the hour",
                names=sorted(strangers),
            )
        )
    rows = []
    for row in expected:
        by_hand = row.agent in here or row.agent in absent
        there = row.agent in here or (row.since is not None and row.agent not in absent)
        since = None if row.since is None else aware(row.since, zone).isoformat()
        rows.append({
            "agent": row.agent, "start": aware(row.start, zone).isoformat(), "here": there, "since": since,
            "seen": "hand" if by_hand else "events",
        })  # fmt: skip
    due = min((row.start for row in expected), default=at) - early
    number = logbook_of(place).write(ROLL_CALL, str(place.today), at, known_by(place, by), {"rows": rows}, made)
    return RollCall(due, at, zone, rows, number)


def give_consent(
    place: Place, agent: str, *, minutes: int | None = None, by: str, reason: str = "", made: datetime
) -> dict[str, Any]:
    """ATT-4: the leader lets somebody leave the desk, for so many minutes from now.

    Raises
    ------
    InputError : nobody of that name, or somebody who lets himself go.
    """
    if agent not in place.site.agents:
        raise InputError(Said('"{agent}" is nobody of agents.csv', agent=agent))
    if by == agent:
        raise InputError(Said("{agent} cannot give consent to himself (ATT-4)", agent=agent))
    at, zone = int(place.now.timestamp()), place.site.settings.zone
    end = at + 60 * (minutes or place.policy.duty.consent_minutes)
    content = {"start": at, "end": end, "reason": reason}
    number = logbook_of(place).write(CONSENT, agent, at, known_by(place, by), content, made)
    return {
        "consent": number, "agent": agent, "from": aware(at, zone).isoformat(), "until": aware(end, zone).isoformat(),
        "by": by, "reason": reason,
    }  # fmt: skip
