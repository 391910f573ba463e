"""Attendance from what the system recorded: lateness, early leaving, absence from post, breaches (ATT-1 to ATT-4).

Nothing here is an opinion: an entry says which rule it rests on, from when to when, and which events show it. What is
authorised (leave, an approved exception, a pause of the roster) is taken out first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from centre.policy import AttendancePolicy
from centre.roster import ON_DUTY, Segment
from centre.said import Said
from streams.floor_policy import SECOND
from streams.timeline import STATE_CODES, UNKNOWN, Timeline

Kind = Literal["late", "early_leaving", "away", "absent", "breach", "unconsented"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Span = tuple[int, int]

WORKING = frozenset(STATE_CODES[name] for name in ("ready", "talking", "wrap_up", "outbound", "case_work"))
"""States that are work actions."""

PRESENT = WORKING | {STATE_CODES["meeting"], STATE_CODES["training"]}
PAUSES = frozenset({"break", "meal"})


@dataclass(frozen=True, slots=True)
class LeftCase:
    """A case in the agent's hands that was not finished when he left: its name and when it arrived (UTC second)."""

    case: str
    arrived: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a monthly statement counts: over [start, end), UTC seconds, with its rule, reason and events.

    `share` is the part of its deduction that the person bears (SWP-7).
    """

    agent: str
    kind: Kind
    start: int
    end: int
    rule: str
    why: str
    events: tuple[str, ...] = ()
    share: float = 1.0

    @property
    def minutes(self) -> float:
        """How long."""
        return (self.end - self.start) / 60


def attendance(
    agent: str,
    timeline: Timeline,
    segments: Iterable[Segment],
    policy: AttendancePolicy,
    *,
    authorised: Sequence[Span] = (),
    left_cases: Sequence[LeftCase] = (),
    known_until: int,
) -> list[Entry]:
    """The entries of a person's duties that ended by `known_until` (UTC second), in order of time.

    Parameters
    ----------
    segments : the roster in force, the person's.
    authorised : leave, approved exceptions and moves, [start, end) UTC seconds.
    left_cases : cases left undone at the end of a duty (ATT-2).
    """
    found: list[Entry] = []
    for duty in duties(segment for segment in segments if segment.agent == agent):
        if duty[-1].end <= known_until:
            found += _of_duty(agent, timeline, duty, policy, authorised, left_cases)
    return found


def duties(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Unbroken runs of segments inside a shift."""
    runs: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda row: row.start):
        if segment.activity not in ON_DUTY | {"leave"}:
            continue
        if runs and runs[-1][-1].end == segment.start:
            runs[-1].append(segment)
        else:
            runs.append([segment])
    return [run for run in runs if any(row.activity in ON_DUTY for row in run)]


def _of_duty(
    agent: str,
    timeline: Timeline,
    duty: Sequence[Segment],
    policy: AttendancePolicy,
    authorised: Sequence[Span],
    left_cases: Sequence[LeftCase],
) -> Iterator[Entry]:
    free = [(row.start, row.end) for row in duty if row.activity == "leave"] + [*authorised]
    owed = _minus([(duty[0].start, duty[-1].end)], free)
    if not owed:
        return
    start, end = owed[0][0], owed[-1][1]
    first = _first_action(timeline, start, end)
    if first is None:
        why = Said("no work action in the whole shift, and no leave")
        yield Entry(agent, "absent", start, end, "LEV-1", why)
        return
    at, event = first
    late = at - start
    if late > policy.late_grace_minutes * 60:
        why = Said(
            "the first work action came {minutes:.0f} minutes after the start: all of it counts", minutes=late / 60
        )
        yield Entry(agent, "late", start, at, "ATT-1", why, event)
        if late >= policy.breach_minutes * 60:
            yield Entry(
                agent,
                "breach",
                start,
                at,
                "ATT-3",
                Said("{minutes:.0f} minutes late without leave", minutes=late / 60),
                event,
            )
    yield from _early(agent, timeline, owed, left_cases, duty)
    due = _minus(owed, [(row.start, row.end) for row in duty if row.activity in PAUSES])
    yield from _away(agent, timeline, _minus(due, [(start, at)]), policy)


def _first_action(timeline: Timeline, start: int, end: int) -> tuple[int, tuple[str, ...]] | None:
    """When the person first works at or after the start (UTC second, rounded up), and the event that shows it.

    Who works already when the shift starts is there from the start.
    """
    index = timeline.in_force(start * SECOND)
    if timeline.state(index) in PRESENT:
        return start, _events(timeline, index)
    for number in range(index + 1, len(timeline.ats)):
        if timeline.ats[number] >= end * SECOND:
            return None
        if timeline.state(number) in PRESENT:
            return -(-timeline.ats[number] // SECOND), _events(timeline, number)
    return None


def _early(
    agent: str, timeline: Timeline, owed: Sequence[Span], left_cases: Sequence[LeftCase], duty: Sequence[Segment]
) -> Iterator[Entry]:
    """ATT-2: with cases left, from the arrival of the oldest one to the end of the shift; never before it began."""
    start, end = owed[0][0], owed[-1][1]
    mine = [case for case in left_cases if duty[0].start <= case.arrived < end]
    if mine:
        oldest = min(mine, key=lambda case: (case.arrived, case.case))
        why = Said("{count} case(s) left; the oldest, {case}, had come by then", count=len(mine), case=oldest.case)
        yield Entry(agent, "early_leaving", max(start, oldest.arrived), end, "ATT-2", why, (oldest.case,))


def _away(agent: str, timeline: Timeline, due: Sequence[Span], policy: AttendancePolicy) -> Iterator[Entry]:
    """ATT-3, ATT-4: away from the post while on duty, in one piece; from a certain length on a breach of discipline."""
    gone: list[tuple[int, int, int]] = []
    for begin, end in due:
        for number, since, until in _pieces(timeline, begin, end):
            if timeline.state(number) in PRESENT or timeline.state(number) == UNKNOWN:
                continue
            if gone and gone[-1][1] == since:
                gone[-1] = (gone[-1][0], until, gone[-1][2])
            else:
                gone.append((since, until, number))
    for since, until, number in gone:
        if until - since >= policy.breach_minutes * 60:
            why = Said("away from the post for {minutes:.0f} minutes", minutes=(until - since) / 60)
            yield Entry(agent, "away", since, until, "ATT-3", why, _events(timeline, number))
            yield Entry(agent, "breach", since, until, "ATT-3", why, _events(timeline, number))
        elif policy.consent_from_minutes and until - since >= policy.consent_from_minutes * 60:
            minutes = (until - since) / 60
            why = Said("left the desk for {minutes:.0f} minutes without the leader's consent", minutes=minutes)
            yield Entry(agent, "unconsented", since, until, "ATT-4", why, _events(timeline, number))


def _pieces(timeline: Timeline, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Transition in force, from, until: [begin, end) in whole UTC seconds, cut where the state changes."""
    number, since = timeline.in_force(begin * SECOND), begin
    while since < end:
        following = number + 1
        until = end
        if following < len(timeline.ats):
            until = min(end, -(-timeline.ats[following] // SECOND))
        if since < until:
            yield number, since, until
        number, since = following, until


def _events(timeline: Timeline, number: int) -> tuple[str, ...]:
    event = timeline.id(number)
    return (event,) if event else ()


def _minus(spans: Sequence[Span], cuts: Iterable[Span]) -> list[Span]:
    """Spans less other spans."""
    left = [*spans]
    for first, last in cuts:
        left = [
            part
            for start, end in left
            for part in ((start, min(end, first)), (max(start, last), end))
            if part[0] < part[1]
        ]
    return sorted(left)
