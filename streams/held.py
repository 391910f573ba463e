"""The state of one partition: loaded where it was left, carried on, and written down now and then."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from centre.errors import FencedError
from centre.events import Tick
from centre.said import Said
from streams.event_log import Partition, Position
from streams.floor_policy import FloorPolicy
from streams.journal_rows import FindRoster, entries_of, retake
from streams.live_store import JournalRow, LiveStore, StateRow
from streams.snapshot import (
    case_from_bytes,
    case_to_bytes,
    head_to_bytes,
    line_from_bytes,
    line_to_bytes,
    queue_from_bytes,
    queue_to_bytes,
    state_of,
)
from streams.state import State, initial
from streams.step import Draft

log = logging.getLogger(__name__)

RULES = "rules"
"""The kind of the part of a state that holds what its successors are judged by."""

SLICE = 200
"""Parts of a state written in one transaction: few enough that nobody waits for them."""


@dataclass
class Held:
    """A partition's state, and how much of it is written down.

    Attributes
    ----------
    state : as committed.
    position : where the next batch begins.
    number : last row of the journal that is in the state.
    told_at : how far the time is that the journal knows of, UTC microseconds.
    written : the last state that was written down, and the journal's row it goes to.
    saving : the one that is being written down.
    decided : ids of the decisions that were taken in.
    unwritten : inputs since the last state that was written down, those folded again at a start among them.
    since : when the first of these was taken in here, UTC microseconds; 0 where there are none.
    rules : what the inputs after the state written down are judged by, as it was written down with it.
    """

    partition: Partition
    state: State
    position: Position | None
    number: int
    told_at: int
    written: tuple[State, int] | None = None
    saving: "Saving | None" = None
    decided: set[str] = field(default_factory=set)
    unwritten: int = 0
    since: int = 0
    rules: bytes = b""

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever taken in."""
        return self.number == 0

    def begin(self, at: int, zone: str) -> None:
        """Let a floor that is new begin on the local day of `at`, UTC microseconds."""
        self.state = initial(at, zone)
        self.told_at = self.state.now


def fenced(partition: Partition) -> FencedError:
    """The error where the position is not where we left it."""
    return FencedError(
        Said("{partition}: another reader took it over; what was made of it is given up", partition=partition)
    )


@dataclass
class Saving:
    """A state that is being written down, slice by slice, while life goes on."""

    state: State
    number: int
    rows: Iterator[StateRow]
    inputs: int
    rules: bytes


def load(store: LiveStore, partition: Partition, floor: FloorPolicy, now: int, rosters: FindRoster) -> Held:
    """The partition's state: the last one written down, and what the journal says since.

    The journal is judged by the rules it was judged by when it was written: what was said of it then stays said.

    Parameters
    ----------
    store : the database.
    floor : the rules that hold now.
    now : the real time; a floor that was never there begins today, unless its first event says otherwise. The journal's
        first row tells when it began.
    rosters : gives a publication by its id: the journal keeps no more of it.
    """
    position = store.positions([partition]).get(partition)
    found = store.state(partition)
    if found is None:
        state, number, written, rules = None, 0, None, b""
    else:
        number, head, parts = found
        state = _state(head, parts)
        written = (state, number)
        rules = next((content for kind, _, content in parts if kind == RULES), b"")
    last, then, draft, again = number, _rules_of(rules, floor, partition), None, 0
    for row in store.journal(partition, number):
        draft = draft or Draft(state or initial(_beginning(row), floor.zone), then)
        retake(draft, row, rosters)
        draft.said.clear()  # it was said when the row was written
        last, again = row.number, again + row.entries
    state = draft.finish() if draft else state or initial(now, floor.zone)
    return Held(
        partition, state, position, last, state.now, written, decided=store.decided(partition), rules=rules,
        unwritten=again, since=now if again else 0,
    )  # fmt: skip


def _rules_of(rules: bytes, floor: FloorPolicy, partition: Partition) -> FloorPolicy:
    """The rules written down with a state; those that hold now where there are none, or of another release."""
    if rules in (b"", floor.record):
        return floor
    try:
        return FloorPolicy.of_record(rules)
    except ValueError as error:
        log.warning("%s: the rules of before cannot be read; its journal is judged by today's: %s", partition, error)
        return floor


def _beginning(row: JournalRow) -> int:
    """The first entry of a journal is the time at which its floor began."""
    return next(entry.at for entry in entries_of(row) if isinstance(entry, Tick))


def any_unwritten(held: Held) -> bool:
    """Whether anything has come since the state was last written down."""
    return held.unwritten > 0


def save_slices(store: LiveStore, all_held: Iterable[Held], is_due: Callable[[Held], bool], floor: FloorPolicy) -> bool:
    """Write down a slice of each state that is being written or has come so far; whether there was one.

    All in one transaction: the disk is waited for once. Where nothing was ever read there is little to write down.

    Parameters
    ----------
    is_due : whether enough has come since a state was last written down.
    floor : the rules by which what follows the state is judged. Where they are not those written down, the state is
        due at once.

    Raises
    ------
    FencedError
        Another reader took one of the partitions over: what we know of it is old.
    """
    due = [
        held
        for held in all_held
        if held.position is not None and (held.saving is not None or held.rules != floor.record or is_due(held))
    ]
    if not due:
        return False
    saved = [(held, _begun(held, floor.record)) for held in due]
    for held in due:
        held.saving = None  # begun anew should the database fail: the rows below are taken from it
    slices = [list(islice(saving.rows, SLICE)) for _, saving in saved]
    with store.transaction() as transaction:
        for (held, saving), rows in zip(saved, slices, strict=True):
            if held.position is not None and not transaction.advance(held.partition, held.position, held.position):
                raise fenced(held.partition)
            transaction.write_state(held.partition, saving.number, rows)
            if len(rows) < SLICE:
                transaction.complete_state(held.partition, saving.number, head_to_bytes(saving.state))
    for (held, saving), rows in zip(saved, slices, strict=True):
        if len(rows) < SLICE:
            held.written = (saving.state, saving.number)
            held.unwritten -= saving.inputs
            held.rules = saving.rules
        else:
            held.saving = saving
    return True


def _begun(held: Held, rules: bytes) -> Saving:
    """What is being written down of a state, or begins to be."""
    if held.saving:
        return held.saving
    rows = _parts(held.state, held.written[0] if held.written else None)
    held.since = 0
    told: list[StateRow] = [] if rules == held.rules else [(RULES, "", rules)]
    return Saving(held.state, held.number, chain(told, rows), held.unwritten, rules)


def _parts(state: State, before: State | None) -> Iterator[StateRow]:
    empty = State(0, 0, 0) if before is None else before
    for agent, line in state.lines.changes(empty.lines):
        yield "agent", agent, None if line is None else line_to_bytes(line)
    for queue, queue_line in state.queues.changes(empty.queues):
        yield "queue", queue, None if queue_line is None else queue_to_bytes(queue_line)
    for case, case_line in state.cases.changes(empty.cases):
        yield "case", case, None if case_line is None else case_to_bytes(case_line)


def _state(head: bytes, parts: list[tuple[str, str, bytes]]) -> State:
    return state_of(
        head,
        {name: line_from_bytes(content) for kind, name, content in parts if kind == "agent"},
        {name: queue_from_bytes(content) for kind, name, content in parts if kind == "queue"},
        {name: case_from_bytes(content) for kind, name, content in parts if kind == "case"},
    )
