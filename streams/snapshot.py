"""A state to bytes and back: the same state gives the same bytes, whatever way it came about."""

from array import array
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

import msgspec

from streams.agenda import NEVER, Subject
from streams.alerts import Told
from streams.case_line import CaseLine
from streams.floor_policy import SECOND, FloorPolicy
from streams.persistent import PersistentMap
from streams.pieces import Excuse
from streams.plan import Coverage, Plan
from streams.queue_book import lasting
from streams.queue_line import Call, Minute, QueueLine, QueueTold
from streams.service_level import Counts
from streams.state import Line, State
from streams.timeline import Timeline, joined

FORMAT = 1


class LineRow(msgspec.Struct, array_like=True):
    """A `Line` as it is kept."""

    ats: bytes
    codes: bytes
    places: bytes
    queues: tuple[str, ...]
    names: str | tuple[str, ...]
    sequences: bytes | tuple[int, ...]
    starts: bytes
    ends: bytes
    activities: bytes
    plan_places: bytes
    plan_queues: tuple[str, ...]
    excuses: tuple[Excuse, ...]
    told: tuple[str, int, str, str] | None
    due: int


class QueueRow(msgspec.Struct, array_like=True):
    """A `QueueLine` as it is kept, in order of time and id."""

    snapshots: list[tuple[int, Minute]]
    calls: list[tuple[int, Counts]]
    records: list[tuple[str, Call]]
    judged: list[tuple[int, tuple[str, ...]]]
    told: tuple[QueueTold, ...]
    due: int


class HeadRow(msgspec.Struct, array_like=True):
    """What of a `State` belongs to no agent, queue or case."""

    format: int
    begun: int
    now: int
    open_from: int
    policy: str
    coverage: tuple[Coverage, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode_line = msgspec.msgpack.Decoder(LineRow).decode
_decode_queue = msgspec.msgpack.Decoder(QueueRow).decode
_decode_case = msgspec.msgpack.Decoder(CaseLine).decode
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
            timeline.names,
            timeline.sequences.tobytes(),
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
    names = row.names if isinstance(row.names, str) else joined(row.names)  # a tuple, as it once was
    sequences = _array(row.sequences) if isinstance(row.sequences, bytes) else array("q", row.sequences)
    return Line(
        Timeline(_array(row.ats), row.codes, row.places, row.queues, names, sequences),
        Plan(_array(row.starts), _array(row.ends), row.activities, row.plan_places, row.plan_queues),
        row.excuses,
        Told(*row.told) if row.told else None,
        row.due,
    )


def queue_to_bytes(line: QueueLine) -> bytes:
    """One queue's line as it is kept in a row of the database."""
    parts = (sorted(line.snapshots.items()), sorted(line.calls.items()), sorted(line.records.items()))
    judged = [(minute, tuple(sorted(found))) for minute, found in sorted(line.judged.items())]
    return _encode(QueueRow(*parts, judged, line.told, line.due))


def queue_from_bytes(data: bytes) -> QueueLine:
    """The line that `queue_to_bytes` wrote."""
    row = _decode_queue(data)
    judged = {minute: frozenset(found) for minute, found in row.judged}
    records = PersistentMap(dict(row.records))
    return QueueLine(dict(row.snapshots), dict(row.calls), records, judged, row.told, row.due)


def case_to_bytes(line: CaseLine) -> bytes:
    """One case as it is kept in a row of the database."""
    return _encode(line)


def case_from_bytes(data: bytes) -> CaseLine:
    """The case that `case_to_bytes` wrote."""
    return _decode_case(data)


def head_to_bytes(state: State) -> bytes:
    """What of the state belongs to no agent, queue or case."""
    return _encode(HeadRow(FORMAT, state.begun, state.now, state.open_from, state.policy, state.coverage))


def state_of(
    head: bytes,
    lines: Mapping[str, Line],
    queues: Mapping[str, QueueLine] | None = None,
    cases: Mapping[str, CaseLine] | None = None,
) -> State:
    """The state that rows hold."""
    row = _decode_head(head)
    kinds: tuple[tuple[str, Mapping[str, Line | QueueLine | CaseLine]], ...] = (
        ("agent", dict(lines)),
        ("queue", dict(queues or {})),
        ("case", dict(cases or {})),
    )
    dues: dict[int, set[Subject]] = {}
    for kind, found in kinds:
        for name, line in found.items():
            if line.due != NEVER:
                dues.setdefault(line.due // SECOND, set()).add(Subject(kind, name))
    return State(
        begun=row.begun,
        now=row.now,
        open_from=row.open_from,
        policy=row.policy,
        coverage=row.coverage,
        lines=PersistentMap(lines),
        queues=PersistentMap(queues),
        cases=PersistentMap(cases),
        dues=PersistentMap({second: frozenset(subjects) for second, subjects in dues.items()}),
    )


def canonical(state: State, floor: FloorPolicy) -> bytes:
    """The state's meaning as bytes: equal for equal states, however they came about.

    What is kept for speed only (when to look again, what a late event can no longer meet) is left out.
    """
    before = state.now - floor.horizon
    lines: list[tuple[str, bytes]] = []
    for agent in sorted(state.lines):
        line = state.lines[agent]
        meant = Line(line.timeline.settle(before), line.plan, line.excuses, line.told, 0)
        if meant != _EMPTY:
            lines.append((agent, line_to_bytes(meant)))
    queues = [(name, queue_to_bytes(_meant(state.queues[name], before, state))) for name in sorted(state.queues)]
    cases = [
        (name, case_to_bytes(case._replace(due=0)))
        for name, case in sorted(state.cases.items())
        if case.open or case.last >= before
    ]
    return _encode([head_to_bytes(state), lines, queues, cases])


def digest(state: State, floor: FloorPolicy) -> str:
    """A short name for the state's meaning."""
    return sha256(canonical(state, floor)).hexdigest()


def _meant(line: QueueLine, before: int, state: State) -> QueueLine:
    records = {name: call for name, call in line.records.items() if lasting(call, before, state.begun)}
    return replace(line, records=PersistentMap(records), judged={}, due=0)


_EMPTY = Line(due=0)


def _array(data: bytes) -> "array[int]":
    numbers = array("q")
    numbers.frombytes(data)
    return numbers
