"""The monthly attendance statement from recorded events, the roster in force, leave, consents and corrections.

Everything it rests on carries when it was written down, so it can be made as of now and as of then; the same question
gives the same bytes. Signing, correcting and supplements are in `desk.actions.signing`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from centre.approvals import Approved, Open
from centre.errors import InputError
from centre.events import Case, Event, ExceptionGranted, ExceptionRevoked
from centre.grid import instant, local_day
from centre.requests import LeaveRequest, SwapRequest
from centre.roster import Segment
from centre.said import Said
from centre.site import Leave
from desk.actions.published_floor import duties_beginning
from desk.actions.recorded import read_events, recorded_events
from desk.actions.silence import heard
from desk.decisions import known_excuses
from desk.wiring import Place, approved, logbook_of, requests_of
from desk.wording import words as words_of
from scheduler.leave import certificate_due, certificate_gaps, needs_certificate
from store.audit import Audit
from streams.attendance import Entry, LeftCase, Span, attendance, duties
from streams.floor_policy import SECOND
from streams.recorded import timelines_of
from streams.statement import AgentStatement, Excused, monthly_statement, statement_json
from streams.swap_fault import Fault, weighed
from streams.timeline import Timeline

ABSENT = "absent"
"""The kind of an absence that nobody excused: it is told, and no leave."""

ABOUT = "attendance/"
"""Corrections of entries are kept about "attendance/" and the entry's name."""

__all__ = ["ABOUT", "Statement", "month_span", "read_events", "statement", "timelines_of"]


@dataclass(frozen=True)
class Statement:
    """A month of every agent; `silent` are days with duties of which nothing was recorded: they are not judged."""

    month: date
    agents: Sequence[AgentStatement]
    zone: str
    silent: Sequence[date] = ()

    def summary(self) -> dict[str, Any]:
        """For --json; the reason of each entry in both languages."""
        made = statement_json(self.month, self.agents, self.zone)
        chinese = words_of("zh")
        for row, agent in zip(made["agents"], self.agents, strict=True):
            for entry, line in zip(row["entries"], agent.lines, strict=True):
                entry["why_zh"] = chinese.tell(line.entry.why)
        return made | {"not_judged": [day.isoformat() for day in self.silent]}

    def words(self, language: str) -> Iterable[str]:
        """For people: the totals of everybody with an entry, and each entry."""
        said = words_of(language)
        if self.silent:
            days = said.listing([said.day(day) for day in self.silent])
            yield said._("Nothing was recorded, so nothing is judged: {days}", days=days)
        listed = [agent for agent in self.agents if agent.lines]
        if not listed:
            yield said._("No entries in {month}.", month=said.month(self.month))
        for agent in listed:
            minutes = said.number(sum(agent.minutes().values()))
            yield said._(
                "{agent}: entries {count}, minutes {minutes}, points {points}",
                agent=agent.agent, count=len(agent.lines), minutes=minutes, points=said.number(agent.points, 1),
            )  # fmt: skip
            for line in agent.lines:
                day = said.day(local_day(line.entry.start, self.zone))
                kind = said.term("attendance", line.entry.kind)
                why = said.tell(line.entry.why)
                ruled = said._("{rule}: {why}", rule=line.entry.rule, why=why)
                yield f"  {day}  {kind}  {said.number(line.entry.minutes)}  {ruled}"


def month_span(month: date, zone: str) -> Span:
    """A local calendar month, [start, end) UTC seconds."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return instant(month, 0, zone), instant(following, 0, zone)


def statement(place: Place, month: date, source: str = "", known: datetime | None = None) -> Statement:
    """The statement of a local calendar month, so far as events are known.

    A duty that ended after the last event (or after now), or during which nobody and no queue was heard of, is not
    judged: silence of the whole system is no absence.

    Parameters
    ----------
    source : a file of events; "" is the live floor's journal.
    known : as of then: only what had been written down by this moment. None: as of now.

    Raises
    ------
    InputError : no roster or no event for that month.
    """
    zone = place.site.settings.zone
    begin, end = month_span(month, zone)
    lines = duties_beginning(place, begin, end, known).by_agent()
    events = recorded_events(place, source, begin, end + 86_400, known)
    if not lines or not events:
        remedy = "" if events else Said(": name a file with --source, or let `paiban watch` take events in")
        raise InputError(
            Said(
                "no {what} known for {month:%Y-%m}{remedy}",
                what=Said("events") if lines else Said("roster"),
                month=month,
                remedy=remedy,
            )
        )
    until = min(int(place.now.timestamp()), max(event.at for event in events) // SECOND)
    free = authorised(place, begin, end, known)
    judged, silent = heard(lines, events, until, zone)
    entries = [
        *_entries(place, judged, events, free, until),
        *_without_certificate(place, begin, end, min(until, end), known),
    ]
    faults = list(_faults(place, known))
    shared = weighed(entries, _unclear_swaps(place, known), faults, place.policy.swap.fault_points)
    people = list(place.site.agents)
    excused = list(_excused(place, known))
    made = monthly_statement(month, people, shared, place.policy.attendance, zone, excused)
    return Statement(month, made, zone, silent)


def _entries(
    place: Place,
    lines: Mapping[str, Sequence[Segment]],
    events: Sequence[Event],
    free: Mapping[str, Sequence[Span]],
    until: int,
) -> list[Entry]:
    zone = place.site.settings.zone
    timelines = timelines_of(events)
    cases = [event for event in events if isinstance(event, Case)]
    last_end = _last_ends(lines, zone)
    found: list[Entry] = []
    for name, line in lines.items():
        if name in place.site.agents:
            found += attendance(
                name,
                timelines.get(name, Timeline()),
                line,
                place.policy.attendance,
                authorised=free.get(name, ()),
                left_cases=_left(cases, name, line, last_end, zone),
                known_until=until,
            )
    return found


def authorised(place: Place, begin: int, end: int, known: datetime | None = None) -> dict[str, list[Span]]:
    """Time that counts as authorised, by person: leave, consent to leave the desk, approved exceptions and moves."""
    free: dict[str, list[Span]] = {}
    later = [] if known is None else _approved_later(place, known)
    for leave in (row for row in place.site.leave if row.kind != ABSENT and row not in later):
        free.setdefault(leave.agent, []).append((leave.start, leave.end))
    for line in logbook_of(place).lines("consent", known=known):
        free.setdefault(line.about, []).append((line.content["start"], line.content["end"]))
    decided = known_excuses(place, known)
    revoked = {row.exception for row in decided if isinstance(row, ExceptionRevoked)}
    for row in decided:
        if isinstance(row, ExceptionGranted) and row.id not in revoked and row.start < end and begin < row.end:
            free.setdefault(row.agent, []).append((row.start, row.end))
    return free


def _approved_later(place: Place, known: datetime) -> list[Leave]:
    """Leave that was approved after a moment."""
    then = approved(place, known)[0]
    return [row for row in approved(place)[0] if row not in then]


def _without_certificate(place: Place, begin: int, end: int, until: int, known: datetime | None) -> Iterable[Entry]:
    """LEV-4: what no certificate covers by its date is absence, over the duties that the leave was asked for."""
    zone, policy = place.site.settings.zone, place.policy.leave
    book = logbook_of(place)
    for row in requests_of(place).all(what="leave"):
        asked = row.asked
        if not isinstance(asked, LeaveRequest) or not row.holds:
            continue
        concerned = [(start, end) for start, end in row.verdict.get("duties", ())]
        if not needs_certificate(asked, zone, policy, concerned):
            continue
        due = certificate_due(asked, zone, policy)
        if instant(due, 1440, zone) > min(until, int(place.now.timestamp())):
            continue
        lines = book.lines("certificate", about=f"request/{row.number}", known=known)
        handed = [(c["start"], c["end"]) for line in lines if local_day(line.at, zone) <= due for c in [line.content]]
        whole = asked.model_copy(update={"certificates": (*asked.certificates, *handed)})
        for first, last in certificate_gaps(whole):
            for start, stop in concerned:
                cut = max(start, first), min(stop, last)
                if cut[0] < cut[1] and begin <= cut[0] < end:
                    why = Said("no medical certificate by {due} (request {number})", due=str(due), number=row.number)
                    yield Entry(asked.agent, "absent", *cut, "LEV-4", why)


def _unclear_swaps(place: Place, known: datetime | None) -> list[tuple[str, int, str]]:
    """Swaps that were asked for and never approved."""
    rows = requests_of(place).all(int(place.now.timestamp()), "swap")
    return [
        (hand.giver, hand.start, hand.taker)
        for row in rows
        if isinstance(row.asked, SwapRequest) and not isinstance(row.state, Approved | Open)
        for hand in row.asked.hands
    ]


def _corrections(place: Place, known: datetime | None) -> dict[str, Any]:
    """The last correction of each entry that was written down by then."""
    made = Audit(place.plans.database, place.site.settings.name).corrections()
    return {
        row.about.removeprefix(ABOUT): row
        for row in made
        if row.about.startswith(ABOUT) and (known is None or row.at <= known)
    }


def _excused(place: Place, known: datetime | None) -> Iterable[Excused]:
    for name, row in _corrections(place, known).items():
        if row.after.get("counts") is False:
            yield Excused(name, row.reason, row.approved_by)


def _faults(place: Place, known: datetime | None) -> Iterable[Fault]:
    for name, row in _corrections(place, known).items():
        if "fault" in row.after:
            yield Fault(name, row.after["fault"], row.after.get("other", ""), row.reason, row.approved_by)


def _last_ends(lines: Mapping[str, Sequence[Segment]], zone: str) -> dict[date, set[int]]:
    """When the late shift of each local day ends: the last of the duties that end on it, and of those of the night."""
    by_day: dict[date, int] = {}
    by_night: dict[date, int] = {}
    for line in lines.values():
        for duty in duties(line):
            day, end = local_day(duty[0].start, zone), duty[-1].end
            ends = by_day if local_day(end - 1, zone) == day else by_night
            ends[day] = max(ends.get(day, 0), end)
    return {day: {ends[day] for ends in (by_day, by_night) if day in ends} for day in {*by_day, *by_night}}


def _left(
    cases: Sequence[Case], agent: str, line: Sequence[Segment], last_end: Mapping[date, set[int]], zone: str
) -> list[LeftCase]:
    """Cases in an agent's hands when his late shift ended (ATT-2)."""
    left = []
    for duty in duties(line):
        end = duty[-1].end
        if end not in last_end[local_day(duty[0].start, zone)]:
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
        mine = [case for case, who in holder.items() if who == agent]
        # What is older was left at the end of another duty.
        left += [LeftCase(case, arrived[case]) for case in mine if arrived[case] >= duty[0].start]
    return left
