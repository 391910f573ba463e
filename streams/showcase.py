"""Keeps the picture that other processes read in step with the state: what changed is written down, once a while."""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from centre.events import RosterPublished
from streams.floor_policy import SECOND, FloorPolicy
from streams.held import Held
from streams.live_store import LiveTransaction, ShownRow
from streams.live_view import AgentNow, PartitionNow
from streams.prices import PriceList
from streams.queue_line import QueueLine
from streams.showing import Gains, Scene, agent_now
from streams.showing_queues import queue_now
from streams.state import Line, State, day_window

AT_ONCE = 2000
"""Rows in one transaction: the rest follows at the next turn."""

CALLS_S = 5
"""A queue that is known from single contacts changes with each of them; it is written down so often at most."""

_encode = msgspec.msgpack.Encoder().encode


@dataclass
class Shown:
    """What was shown of one partition.

    Attributes
    ----------
    state : the state it was made of.
    agents : each agent's line and row, as they were written.
    waiting : agents to be written, in order of when they changed.
    queues : queues to be written.
    written : when each queue last was, UTC microseconds.
    untils : when agents change though nothing is heard.
    """

    state: State
    agents: dict[str, tuple[Line, AgentNow]] = field(default_factory=dict)
    waiting: dict[str, None] = field(default_factory=dict)
    queues: set[str] = field(default_factory=set)
    written: dict[str, int] = field(default_factory=dict)
    untils: list[tuple[int, str]] = field(default_factory=list)
    day: tuple[int, int] = (0, 0)


class Showcase:
    """Writes the picture of the partitions one consumer holds."""

    def __init__(self, floor: FloorPolicy) -> None:
        self._floor = floor
        self._prices = PriceList(floor)
        self._gains = Gains(floor)
        self._shown: dict[str, Shown] = {}

    def show(
        self,
        held: Held,
        lag: int,
        written: int,
        rosters: Sequence[RosterPublished],
        skew: dict[str, float],
        transaction: LiveTransaction,
    ) -> int:
        """Write down what changed of a partition since the last time; how many rows.

        Parameters
        ----------
        held : the partition, as committed.
        lag : records not taken in yet; while there are thousands, only how far it is gets written.
        written : the real time, UTC microseconds.
        rosters : what is published, for what departures cost.
        skew : by source, its clock less ours.
        transaction : in which it is written; where it fails, `forget` what was shown.
        """
        name, state = str(held.partition), held.state
        shown = self._shown.get(name)
        if shown is None:
            shown = self._shown[name] = Shown(State(0, 0, 0))
        rows = [] if lag > AT_ONCE else self._rows(name, shown, state, rosters)
        position = held.position.next if held.position else 0
        mark = PartitionNow(name, state.now, position, lag, written, skew)
        rows.append(ShownRow(name, "partition", name, _encode(mark)))
        if not transaction.show(held.partition, held.position, rows):
            self._shown.pop(name)
        return len(rows)

    def forget(self, names: Iterable[str]) -> None:
        """These partitions are not ours any more."""
        for name in names:
            self._shown.pop(name, None)

    def _rows(self, name: str, shown: Shown, state: State, rosters: Sequence[RosterPublished]) -> list[ShownRow]:
        self._note_changes(shown, state)
        scene = Scene(
            self._floor, state.now, shown.day, state.begun, state.coverage,
            self._prices.at(state.now, state.coverage, rosters),
        )  # fmt: skip
        rows = []
        for agent in list(shown.waiting)[:AT_ONCE]:
            del shown.waiting[agent]
            line = state.lines[agent]
            row, until = agent_now(agent, line, scene, self._gains, shown.agents.get(agent))
            shown.agents[agent] = line, row
            heapq.heappush(shown.untils, (until, agent))
            rows.append(ShownRow(name, "agent", agent, _encode(row)))
        for queue in sorted(shown.queues):
            if state.now < shown.written.get(queue, 0) + CALLS_S * SECOND:
                continue
            shown.queues.discard(queue)
            shown.written[queue] = state.now
            stuck = [(case, row) for case, row in state.cases.items() if row.told and row.queue == queue]
            row_now = queue_now(queue, state.queues.get(queue) or QueueLine(), stuck, self._floor, state.now)
            rows.append(ShownRow(name, "queue", queue, _encode(row_now)))
        return rows

    def _note_changes(self, shown: Shown, state: State) -> None:
        """What has to be written: what changed, what time changes, and everything on a new day or by a new policy."""
        before = shown.state
        if before.policy != state.policy or not shown.day[0] <= state.now < shown.day[1]:
            shown.day = day_window(state.now, self._floor)
            shown.waiting.update(dict.fromkeys(sorted(state.lines)))
            shown.queues.update(state.queues)
            shown.untils.clear()
            shown.written.clear()
        else:
            shown.waiting.update(dict.fromkeys(agent for agent, line in state.lines.changes(before.lines) if line))
        while shown.untils and shown.untils[0][0] <= state.now:
            shown.waiting[heapq.heappop(shown.untils)[1]] = None
        minute = 60_000_000
        if before.now // minute != state.now // minute:
            shown.queues.update(state.queues)
            shown.written.clear()
        for queue, line in state.queues.changes(before.queues):
            old = before.queues.get(queue)
            shown.queues.add(queue)
            if line and (old is None or old.told != line.told or old.snapshots is not line.snapshots):
                shown.written.pop(queue, None)
        for case, row in state.cases.changes(before.cases):
            known = row or before.cases.get(case)
            if known and known.queue and known.told:
                shown.queues.add(known.queue)
                shown.written.pop(known.queue, None)
        shown.state = state
