"""A state to bytes and back: the same state gives the same bytes, whatever way it came about."""

from array import array
from hashlib import sha256
from typing import Any

import msgspec

from streams.alerts import Told
from streams.departures import NEVER
from streams.floor_policy import SECOND, FloorPolicy
from streams.persistent import PersistentMap
from streams.pieces import Excuse
from streams.plan import Coverage, Plan
from streams.state import Line, State
from streams.timeline import Timeline

FORMAT = 1


class LineRow(msgspec.Struct, array_like=True):
    """A `Line` as it is kept."""

    ats: bytes
    codes: bytes
    places: bytes
    queues: tuple[str, ...]
    ids: tuple[str, ...]
    sequences: tuple[int, ...]
    starts: bytes
    ends: bytes
    activities: bytes
    plan_places: bytes
    plan_queues: tuple[str, ...]
    excuses: tuple[Excuse, ...]
    told: tuple[str, int, str, str] | None
    due: int


class HeadRow(msgspec.Struct, array_like=True):
    """What of a `State` belongs to no agent."""

    format: int
    begun: int
    now: int
    open_from: int
    policy: str
    coverage: tuple[Coverage, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode_line = msgspec.msgpack.Decoder(LineRow).decode
_decode_head = msgspec.msgpack.Decoder(HeadRow).decode


def line_to_bytes(line: Line) -> bytes:
    """One agent's line as it is kept in a row of the database."""
    timeline, plan = line.timeline, line.plan
    return _encode(
        LineRow(
            timeline.ats.tobytes(),
            timeline.codes,
            timeline.places,
            timeline.queues,
            timeline.ids,
            timeline.sequences,
            plan.starts.tobytes(),
            plan.ends.tobytes(),
            plan.activities,
            plan.places,
            plan.queues,
            line.excuses,
            (line.told.kind, line.told.since, line.told.type, line.told.severity) if line.told else None,
            line.due,
        )
    )


def line_from_bytes(data: bytes) -> Line:
    """The line that `line_to_bytes` wrote."""
    row = _decode_line(data)
    return Line(
        Timeline(_array(row.ats), row.codes, row.places, row.queues, row.ids, row.sequences),
        Plan(_array(row.starts), _array(row.ends), row.activities, row.plan_places, row.plan_queues),
        row.excuses,
        Told(*row.told) if row.told else None,
        row.due,
    )


def head_to_bytes(state: State) -> bytes:
    """What of the state belongs to no agent."""
    return _encode(HeadRow(FORMAT, state.begun, state.now, state.open_from, state.policy, state.coverage))


def state_of(head: bytes, lines: dict[str, Line]) -> State:
    """The state that rows hold."""
    row = _decode_head(head)
    dues: dict[int, set[str]] = {}
    for agent, line in lines.items():
        if line.due != NEVER:
            dues.setdefault(line.due // SECOND, set()).add(agent)
    return State(
        begun=row.begun,
        now=row.now,
        open_from=row.open_from,
        policy=row.policy,
        coverage=row.coverage,
        lines=PersistentMap(lines),
        dues=PersistentMap({second: tuple(sorted(agents)) for second, agents in dues.items()}),
    )


def canonical(state: State, floor: FloorPolicy) -> bytes:
    """The state's meaning as bytes: equal for equal states, however they came about.

    What is kept for speed only (when to look again, ids that a late event can no longer meet) is left out.
    """
    before = state.now - floor.horizon
    lines: list[Any] = []
    for agent in sorted(state.lines):
        line = state.lines[agent]
        meant = Line(line.timeline.settle(before), line.plan, line.excuses, line.told, 0)
        if meant != _EMPTY:
            lines.append([agent, line_to_bytes(meant)])
    return _encode([head_to_bytes(state), lines])


def digest(state: State, floor: FloorPolicy) -> str:
    """A short name for the state's meaning."""
    return sha256(canonical(state, floor)).hexdigest()


_EMPTY = Line(due=0)


def _array(data: bytes) -> "array[int]":
    numbers = array("q")
    numbers.frombytes(data)
    return numbers
