"""The monthly attendance statement from recorded events, the roster in force, leave, and corrections."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from centre.errors import InputError
from centre.events import AgentState, Case, Event
from centre.grid import instant, local_day
from centre.roster import Segment
from desk.actions.live import Watched, _events, open_log
from desk.wiring import Place
from desk.wording import words as words_of
from store.audit import Audit
from streams.attendance import Entry, LeftCase, attendance, duties
from streams.floor_policy import SECOND
from streams.statement import AgentStatement, Excused, monthly_statement, statement_json
from streams.timeline import STATE_CODES, Timeline

ABOUT = "attendance/"
"""Corrections of entries are kept about "attendance/" and the entry's name."""


@dataclass(frozen=True)
class Statement:
    """A month of every agent."""

    month: date
    agents: Sequence[AgentStatement]
    zone: str

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return statement_json(self.month, self.agents, self.zone)

    def words(self, language: str) -> Iterable[str]:
        """For people: the totals of everybody with an entry, and each entry."""
        said = words_of(language)
        listed = [agent for agent in self.agents if agent.lines]
        if not listed:
            yield said._("No entries in {month}.", month=said.month(self.month))
        for agent in listed:
            minutes = said.number(sum(agent.minutes().values()))
            yield said._(
                "{agent}: {count} entries, {minutes} minutes, {points} points",
                agent=agent.agent, count=len(agent.lines), minutes=minutes, points=said.number(agent.points, 1),
            )  # fmt: skip
            for line in agent.lines:
                day = said.day(local_day(line.entry.start, self.zone))
                kind = said.term("attendance", line.entry.kind)
                yield f"  {day}  {kind}  {said.number(line.entry.minutes)}  {line.entry.rule}: {line.entry.why}"


def statement(place: Place, month: date, source: str) -> Statement:
    """The statement of a local calendar month, so far as events are known.

    A duty that ended after the last event (or after now) is not judged: silence of the whole system is no absence.

    Raises
    ------
    InputError : no roster or no event for that month.
    """
    zone = place.site.settings.zone
    begin = instant(month, 0, zone)
    end = instant(date(month.year + month.month // 12, month.month % 12 + 1, 1), 0, zone)
    roster = place.plans.published_roster(begin, end)
    lines = roster.by_agent()
    events = [event for event in read_events(place, source) if begin <= event.at // SECOND < end + 86_400]
    if not lines or not events:
        raise InputError(f"no {'events' if lines else 'roster'} known for {month:%Y-%m}")
    known = min(int(place.now.timestamp()), max(event.at for event in events) // SECOND)
    timelines = timelines_of(events)
    cases = [event for event in events if isinstance(event, Case)]
    last_end = _last_ends(lines, zone)
    entries: list[Entry] = []
    for name, line in lines.items():
        if name not in place.site.agents:
            continue
        free = [(leave.start, leave.end) for leave in place.site.leave if leave.agent == name]
        entries += attendance(
            name,
            timelines.get(name, Timeline()),
            line,
            place.policy.attendance,
            authorised=free,
            left_cases=_left(cases, name, line, last_end, zone),
            known_until=known,
        )
    made = Audit(place.plans.database, place.site.settings.name).corrections()
    latest = {row.about: row for row in made if row.about.startswith(ABOUT)}  # the last correction holds
    excused = [
        Excused(about.removeprefix(ABOUT), row.reason, row.approved_by)
        for about, row in latest.items()
        if row.after.get("counts") is False
    ]
    people = list(place.site.agents)
    return Statement(month, monthly_statement(month, people, entries, place.policy.attendance, zone, excused), zone)


def read_events(place: Place, source: str) -> list[Event]:
    """All events of a log, to its end.

    Raises
    ------
    InputError : a log that is followed for ever.
    """
    if source in ("kafka", "-", "embedded"):
        raise InputError(f"a statement is made from a file of events, not from {source}: name the file with --source")
    log = open_log(place, source)
    try:
        return list(_events(place, log, lambda: False, Watched()))
    finally:
        log.close()


def timelines_of(events: Iterable[Event]) -> dict[str, Timeline]:
    """Each agent's timeline, the same whatever order the events come in, and however often."""
    heard: dict[str, dict[str, AgentState]] = {}
    for event in events:
        if isinstance(event, AgentState):
            heard.setdefault(event.agent, {}).setdefault(event.id, event)
    found = {}
    for agent, rows in heard.items():
        order = sorted(rows.values(), key=lambda row: (row.at, row.sequence, row.id))
        found[agent] = Timeline(
            array("q", (row.at for row in order)),
            bytes(STATE_CODES[row.state] for row in order),
            bytes(len(order)),
            ("",),
            tuple(row.id for row in order),
            tuple(row.sequence for row in order),
        )
    return found


def _last_ends(lines: Mapping[str, Sequence[Segment]], zone: str) -> dict[date, int]:
    """When the last duty of each local day ends: the late shift is the one that ends then."""
    ends: dict[date, int] = {}
    for line in lines.values():
        for duty in duties(line):
            day = local_day(duty[0].start, zone)
            ends[day] = max(ends.get(day, 0), duty[-1].end)
    return ends


def _left(
    cases: Sequence[Case], agent: str, line: Sequence[Segment], last_end: Mapping[date, int], zone: str
) -> list[LeftCase]:
    """Cases in an agent's hands when his late shift ended (ATT-2)."""
    left = []
    for duty in duties(line):
        end = duty[-1].end
        if end != last_end[local_day(duty[0].start, zone)]:
            continue
        arrived: dict[str, int] = {}
        holder: dict[str, str] = {}
        for event in sorted(cases, key=lambda row: (row.at, row.id)):
            if event.at >= end * SECOND:
                break
            arrived.setdefault(event.case, event.at // SECOND)
            holder[event.case] = event.agent if event.milestone == "taken" else holder.get(event.case, "")
            if event.milestone in ("returned", "closed"):
                holder[event.case] = ""
        left += [LeftCase(case, arrived[case]) for case, who in holder.items() if who == agent]
    return left
