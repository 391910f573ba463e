"""The floor as it was at one instant, from recorded events: who is out, queues, teams busy and idle, stuck work orders.

What a shift leader sees on a round (FLR-2), at roll call (SHF-4) and when he is relieved (SHF-5). A function of the
events and the roster only, so that it comes out the same whenever it is asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from centre.events import Event, QueueSnapshot
from centre.grid import aware
from centre.roster import ON_DUTY, Segment
from streams.attendance import PRESENT, duties
from streams.floor_policy import SECOND
from streams.recorded import CaseNow, open_cases, timelines_of
from streams.timeline import STATE_CODES, STATE_NAMES, Timeline

AT_DESK = frozenset(code for name, code in STATE_CODES.items() if name != "logged_out")
"""States of somebody who is signed on."""

TALKING = frozenset(STATE_CODES[name] for name in ("talking", "wrap_up", "outbound", "case_work"))
PAUSES = {"break": frozenset({STATE_CODES["break"]}), "meal": frozenset({STATE_CODES["meal"], STATE_CODES["break"]})}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on duty: what the roster wants, the state heard, since when (UTC second; None: nothing heard)."""

    agent: str
    activity: str
    queue: str
    state: str
    since: int | None


@dataclass(frozen=True)
class Snapshot:
    """The floor at `at`, UTC second."""

    at: int
    zone: str
    present: tuple[Person, ...]
    out: tuple[Person, ...]
    missing: tuple[Person, ...]
    queues: Mapping[str, QueueSnapshot]
    teams: Mapping[str, tuple[int, int, int]]
    stuck: tuple[CaseNow, ...]
    open_cases: int

    def to_json(self) -> dict[str, Any]:
        """For --json and for the logbook."""
        return {
            "at": aware(self.at, self.zone).isoformat(),
            "on_duty": len(self.present) + len(self.out) + len(self.missing),
            "present": [row.agent for row in self.present],
            "out": [self._person(row) for row in self.out],
            "missing": [self._person(row) for row in self.missing],
            "queues": [
                {
                    "queue": name, "waiting": row.waiting, "oldest_wait_s": row.oldest_wait_s, "staffed": row.staffed,
                    "offered": row.offered, "answered": row.answered, "abandoned": row.abandoned,
                }
                for name, row in sorted(self.queues.items())
            ],
            "teams": [
                {"team": name, "busy": busy, "idle": idle, "out": out}
                for name, (busy, idle, out) in sorted(self.teams.items())
            ],
            "stuck": [
                {
                    "case": row.case, "queue": row.queue, "agent": row.agent,
                    "minutes": round((self.at * SECOND - row.arrived) / SECOND / 60),
                }
                for row in self.stuck
            ],
            "open_cases": self.open_cases,
        }  # fmt: skip

    def _person(self, row: Person) -> dict[str, Any]:
        minutes = None if row.since is None else round((self.at - row.since) / 60)
        return {"agent": row.agent, "activity": row.activity, "state": row.state, "minutes": minutes}


def floor_snapshot(
    events: Sequence[Event],
    segments: Iterable[Segment],
    at: int,
    zone: str,
    teams: Mapping[str, str],
    stuck_minutes: Mapping[str, int],
    stuck_after: int,
) -> Snapshot:
    """The floor at an instant.

    Parameters
    ----------
    events : those of the day, up to then at least.
    segments : the roster in force.
    at : UTC second.
    teams : each agent's team.
    stuck_minutes : by queue, after how long an open case is stuck; `stuck_after` for the others.
    """
    timelines = timelines_of(event for event in events if event.at <= at * SECOND)
    present, out, missing = [], [], []
    counts: dict[str, list[int]] = {}
    now = sorted(row for row in segments if row.start <= at < row.end and row.activity in ON_DUTY)
    for row in now:
        code, since = state_at(timelines.get(row.agent), at)
        person = Person(row.agent, row.activity, row.queue, STATE_NAMES[code], since)
        team = counts.setdefault(teams.get(row.agent, ""), [0, 0, 0])
        if code not in AT_DESK:
            missing.append(person)
        elif code in PRESENT or code in PAUSES.get(row.activity, ()):
            present.append(person)
        else:
            out.append(person)
        team[0] += code in TALKING
        team[1] += code == STATE_CODES["ready"]
        team[2] += code not in PRESENT
    waiting: dict[str, QueueSnapshot] = {}
    for event in events:
        if isinstance(event, QueueSnapshot) and event.at <= at * SECOND:
            held = waiting.get(event.queue)
            waiting[event.queue] = event if held is None or held.at <= event.at else held
    cases = open_cases(events, at * SECOND)
    stuck = tuple(
        row
        for row in cases
        if at * SECOND - row.arrived >= (stuck_minutes.get(row.queue) or stuck_after) * 60 * SECOND
    )  # fmt: skip
    shares = {name: (busy, idle, away) for name, (busy, idle, away) in counts.items()}
    return Snapshot(at, zone, tuple(present), tuple(out), tuple(missing), waiting, shares, stuck, len(cases))


def state_at(timeline: Timeline | None, at: int) -> tuple[int, int | None]:
    """State code in force at an instant (UTC second), and since when; (0, None) where nothing was heard."""
    if timeline is None:
        return 0, None
    index = timeline.in_force(at * SECOND)
    if index < 0:
        return 0, None
    return timeline.state(index), timeline.ats[index] // SECOND


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody whose duty starts at `start`: there since `since` (UTC second), or not (None)."""

    agent: str
    start: int
    since: int | None


def roll_call(events: Iterable[Event], segments: Iterable[Segment], begin: int, end: int, at: int) -> list[Expected]:
    """SHF-4: everybody whose duty starts in [begin, end), and whether he has signed on by `at`; UTC seconds."""
    timelines = timelines_of(event for event in events if event.at <= at * SECOND)
    found = []
    for agent, line in _lines(segments).items():
        for duty in duties(line):
            if begin <= duty[0].start < end:
                code, since = state_at(timelines.get(agent), at)
                found.append(Expected(agent, duty[0].start, since if code in AT_DESK else None))
    return sorted(found, key=lambda row: (row.start, row.agent))


@dataclass(frozen=True, slots=True)
class Relief:
    """SHF-5: who goes off at `off_at`, who relieves him, and since when the relief is at the desk (None: not yet)."""

    agent: str
    off_at: int
    relief: str
    relief_at: int
    there_since: int | None

    def to_json(self, zone: str) -> dict[str, Any]:
        """For --json."""
        there = None if self.there_since is None else aware(self.there_since, zone).isoformat()
        return {
            "agent": self.agent, "off_at": aware(self.off_at, zone).isoformat(), "relief": self.relief,
            "relief_at": aware(self.relief_at, zone).isoformat(), "there_since": there,
        }  # fmt: skip


def reliefs(
    events: Iterable[Event],
    segments: Iterable[Segment],
    begin: int,
    end: int,
    at: int,
    skills: Mapping[str, Iterable[str]],
    most_apart_s: int = 3600,
) -> list[Relief]:
    """Who goes off in [begin, end), UTC seconds, with the relief: the one whose duty begins nearest to that time.

    A relief serves one of the same queues, begins at most `most_apart_s` before (and not after) the other goes off,
    and relieves one person only. Who has no relief goes off as rostered and is not listed.
    """
    timelines = timelines_of(event for event in events if event.at <= at * SECOND)
    going, coming = [], []
    for agent, line in _lines(segments).items():
        for duty in duties(line):
            if begin <= duty[-1].end < end:
                going.append((duty[-1].end, agent))
            coming.append((duty[0].start, agent))
    found, taken = [], set()
    for off, agent in sorted(going):
        serves = set(skills.get(agent, ()))
        able = [
            (off - start, other, start)
            for start, other in coming
            if (other, start) not in taken
            and other != agent
            and 0 <= off - start <= most_apart_s
            and (serves & set(skills.get(other, ())) or (not serves and not skills.get(other)))
        ]
        if able:
            _, other, start = min(able)
            taken.add((other, start))
            code, since = state_at(timelines.get(other), at)
            found.append(Relief(agent, off, other, start, since if code in AT_DESK else None))
    return found


def _lines(segments: Iterable[Segment]) -> dict[str, list[Segment]]:
    lines: dict[str, list[Segment]] = {}
    for row in segments:
        lines.setdefault(row.agent, []).append(row)
    return lines
