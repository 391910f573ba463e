"""Small floors for tests: a roster, random days of its people, and their adherence reckoned second by second."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from centre.events import STATES, AgentState, ExceptionGranted, RosterPublished
from centre.grid import instant
from centre.roster import ON_DUTY, Segment
from centre.shifts import ACTIVITIES

ZONE = "Asia/Shanghai"
DAY = date(2026, 11, 23)
SECOND = 1_000_000

CLOSE = instant(DAY, 9 * 60 + 40, ZONE)
"""Random days are short, so that every second of them can be asked: segments lie within 09:00 and 09:30."""


def at(hour: int, minute: int = 0, second: int = 0, day: date = DAY, zone: str = ZONE) -> int:
    """UTC seconds of a wall-clock time."""
    return instant(day, hour * 60 + minute, zone) + second


def us(hour: int, minute: int = 0, second: int = 0, day: date = DAY, zone: str = ZONE) -> int:
    """UTC microseconds of a wall-clock time."""
    return at(hour, minute, second, day, zone) * SECOND


def usual_day(agent: str, queue: str = "billing") -> list[Segment]:
    """09:00 to 17:00 with a break at 10:30 and a meal at 12:00."""
    return [
        Segment(agent, at(9), at(10, 30), "work", queue),
        Segment(agent, at(10, 30), at(10, 45), "break"),
        Segment(agent, at(10, 45), at(12), "work", queue),
        Segment(agent, at(12), at(13), "meal"),
        Segment(agent, at(13), at(17), "work", queue),
    ]


def published(segments: Sequence[Segment], version: int = 1, start: int | None = None) -> RosterPublished:
    """A version that covers two days around `DAY`, or from `start` on."""
    begin = at(-24) if start is None else start
    return RosterPublished(f"roster-{version}", begin * SECOND, "x", version, begin, at(48), tuple(segments))


def state(agent: str, name: str, when: int, queue: str = "", number: int = 0) -> AgentState:
    """An agent's transition at UTC microseconds, its id told by what it says."""
    return AgentState(f"{agent}-{when}-{number}", when, "x", agent, name, queue=queue)


# What anybody would write who has time: every second asked by itself.


def planned(segments: Sequence[Segment], second: int) -> Segment | None:
    """The segment in which a second lies."""
    return next((s for s in segments if s.start <= second < s.end), None)


def heard(events: Sequence[AgentState], second: int) -> str:
    """The state during a second, of events at whole seconds."""
    known = [event for event in events if event.at <= second * SECOND]
    return max(known, key=lambda event: (event.at, event.sequence, event.id)).state if known else "unknown"


def slow_class(activity: str, name: str) -> str:
    """The default matrix, by its sentence in the handbook."""
    if activity not in ON_DUTY:
        return "unscheduled"
    if name == "unknown":
        return "unknown"
    if activity in ("work", "overtime"):
        return "in" if name in ("ready", "talking", "wrap_up", "outbound", "case_work") else "out"
    return "in" if name == {"briefing": "meeting"}.get(activity, activity) else "out"


def slow_figures(
    segments: Sequence[Segment],
    events: Sequence[AgentState],
    excuses: Sequence[ExceptionGranted] = (),
    grace_s: int = 0,
    window: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """Adherence over [start, end), UTC seconds (`DAY` until `CLOSE` by default), one second at a time."""
    start, end = window or (at(0), CLOSE)
    times = [s.start for s in segments] + [event.at // SECOND for event in events]
    line = []
    for second in range(min([end, *times]), end):
        segment = planned(segments, second)
        name = heard(events, second)
        excused = any(e.start <= second < e.end for e in excuses)
        activity = segment.activity if segment else "nothing"
        line.append((second, activity, name, slow_class(activity, name), excused))
    scored = slow_grace(line, grace_s)
    counted = [row for row in scored if start <= row[0] < end]
    number = {kind: sum(row[3] == kind for row in counted) for kind in ("in", "out", "unknown")}
    scheduled = sum(number.values())
    exempt = sum(row[3] in ("out", "unknown") and row[4] for row in counted)
    wanted = sum(row[1] in ("work", "overtime") for row in counted)
    worked = sum(row[2] in ("ready", "talking", "wrap_up", "outbound", "case_work") for row in counted)
    plain = Fraction(number["in"], scheduled) if scheduled else None
    return {
        "scheduled_s": scheduled,
        "in_s": number["in"],
        "out_s": number["out"],
        "neutral_s": 0,
        "unknown_s": number["unknown"],
        "adherence": {
            "genesys": 1 - Fraction(number["out"] + number["unknown"], scheduled) if scheduled else None,
            "amazon": plain,
            "calabrio": plain,
            "verint": Fraction(number["in"] + exempt, scheduled) if scheduled else None,
        },
        "conformance": Fraction(worked, wanted) if wanted else None,
    }


def slow_grace(line: list[Any], grace_s: int) -> list[Any]:
    """Runs of departure shorter than the grace turned into adherence."""
    scored, run = [], list[Any]()
    for row in [*line, (None, None, None, None, None)]:
        if row[3] in ("out", "unknown"):
            run.append(row)
            continue
        short = len(run) < grace_s
        scored += [(*r[:3], "in" if short else r[3], r[4]) for r in run]
        run = []
        scored.append(row)
    return scored[:-1]


# Random days.


@st.composite
def some_segments(draw: st.DrawFn, agent: str = "A") -> list[Segment]:
    """One to eight segments of any activity, some of them touching."""
    cuts = draw(st.lists(st.integers(0, 180), min_size=2, max_size=9, unique=True).map(sorted))
    found = []
    for first, last in pairwise(cuts):
        if draw(st.integers(0, 4)):
            activity = draw(st.sampled_from(ACTIVITIES))
            queue = draw(st.sampled_from(("billing", "sales"))) if activity in ("work", "overtime") else ""
            found.append(Segment(agent, at(9, 0, 10 * first), at(9, 0, 10 * last), activity, queue))
    return found


@st.composite
def some_events(draw: st.DrawFn, agent: str = "A") -> list[AgentState]:
    """Up to fifteen transitions at whole seconds around those hours, some of the same second."""
    seconds = draw(st.lists(st.integers(-300, 2300), max_size=15))
    names = st.sampled_from((*STATES, "ready", "talking", "logged_out"))
    queues = st.sampled_from(("", "", "billing", "sales"))
    return [
        AgentState(f"{agent}{number}", us(9, 0, second), "x", agent, draw(names), queue=draw(queues))
        for number, second in enumerate(seconds)
    ]


@st.composite
def some_excuses(draw: st.DrawFn, agent: str = "A") -> list[ExceptionGranted]:
    """Up to three exceptions."""
    spans = draw(st.lists(st.tuples(st.integers(0, 180), st.integers(1, 60)), max_size=3))
    return [
        ExceptionGranted(f"x{agent}{number}", us(9), "x", agent, at(9, 0, 10 * first), at(9, 0, 10 * (first + length)))
        for number, (first, length) in enumerate(spans)
    ]
