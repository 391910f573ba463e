"""The live engine: poll -> decode -> fold -> one database transaction -> publish -> tick.

A batch, what it leads to and the position after it are committed together or not at all, so a crash at any point loses
nothing and does nothing twice. The compare-and-set on the position is the fence: a reader that was stalled and wakes
up behind its successor is refused by the database. States are immutable, so a batch that was given up leaves the one
in memory as it was.

Time is the events' own, up to the real time: while there is a backlog nobody is late because we are. Once a partition
is caught up the real time takes over, a little behind, so that what is on its way can arrive.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import orjson

from centre.errors import FencedError, StoreError, StreamError
from centre.events import AgentState, Input, RosterPublished, Tick
from streams.clock import Clock
from streams.days import report
from streams.dead_letters import Ceiling, DeadLetter
from streams.decode import Adapter, Decoded, decode_batch
from streams.event_log import Batch, EventLog, Message, Partition, partition_of
from streams.floor_policy import SECOND, FloorPolicy
from streams.held import Held, load, save_a_slice
from streams.journal_rows import Decision, row_of, tick_row
from streams.live_store import DeadRow, JournalRow, LiveStore, LiveTransaction, OutboxRow
from streams.metrics import (
    ALERTS,
    BEHIND,
    COMMIT,
    CORRECTIONS,
    DEAD_LETTERS,
    EVENTS,
    LAG,
    NOTICE,
    OUTPUTS,
    ROLLBACKS,
    SKEW,
    Metrics,
)
from streams.outputs import AdherenceDay, Alert, Correction, Escalated, Output
from streams.state import State
from streams.step import fold, with_ticks

log = logging.getLogger(__name__)


def no_decisions() -> Sequence[Decision]:
    """Nothing is published, nothing excused."""
    return ()


@dataclass(frozen=True)
class Topics:
    """Where the engine's sayings go."""

    adherence: str = "adherence"
    alerts: str = "alerts"


@dataclass(frozen=True)
class Manner:
    """How the engine goes about it.

    Attributes
    ----------
    live : whether the real time takes over once a partition is caught up; without, only events make time pass.
    slack_s : how far the engine's time stays behind the real one, for what is on its way.
    limit : records in one poll.
    save_every : inputs of a partition after which its state is written down.
    retry_s : how long to wait after the database failed.
    people : the topic of agent states; "" when there is no other. Rosters concern its partitions only: nobody is missed
        where his states never come.
    partitions : how many partitions the topic of agent states has: absent people send nothing, so who belongs where is
        reckoned from the key, as the log does it.
    """

    live: bool = True
    slack_s: float = 0.2
    limit: int = 1000
    save_every: int = 25_000
    retry_s: float = 1.0
    people: str = ""
    partitions: int = 1
    home: Callable[[bytes, int], int] = partition_of


@dataclass
class Fold:
    """One batch (or one tick) of a partition, folded and not yet committed."""

    held: Held
    state: State
    said: list[Output]
    rows: list[JournalRow]
    batch: Batch | None = None
    decoded: Decoded | None = None


@dataclass
class Processor:
    """One consumer of the floor's events.

    Attributes
    ----------
    events : the log to read.
    topics : of it, those to read.
    store : the database.
    adapter : what reads the messages.
    floor : the policy.
    clock : the real time.
    outlet : the log to publish to; None keeps the sayings in the outbox.
    decisions : all rosters published and exceptions granted that may matter, each time it is called.
    hear : called with each saying once it is committed.
    """

    events: EventLog
    topics: Sequence[str]
    store: LiveStore
    adapter: Adapter
    floor: FloorPolicy
    clock: Clock
    outlet: EventLog | None = None
    outlet_topics: Topics = Topics()
    decisions: Callable[[], Sequence[Decision]] = no_decisions
    hear: Callable[[Output], None] = lambda output: None
    manner: Manner = Manner()
    metrics: Metrics = field(default_factory=Metrics)
    ceiling: Ceiling = field(default_factory=Ceiling)
    held: dict[Partition, Held] = field(default_factory=dict)
    _ticked: int = 0
    _decided: Sequence[Decision] = ()
    _in_trouble: bool = False

    def start(self) -> None:
        """Begin to read where the database stands."""
        self.events.subscribe(self.topics, self.store.positions)

    def run(self, stop: Callable[[], bool], poll_s: float = 0.3) -> None:
        """Go on until `stop` says so, or the log ends."""
        self.start()
        while not stop():
            if self.turn(poll_s) == 0 and self.events.finished:
                return

    def turn(self, poll_s: float) -> int:
        """Once through the loop; how many records there were."""
        if self._in_trouble and not self._recovered():
            return 0
        batches = self.events.poll(poll_s, self.manner.limit)
        try:
            second = self.clock.now() // SECOND
            if second > self._ticked // SECOND:
                self._decided = self.decisions()
            self._follow()
            if batches:
                self._commit([self._fold(batch) for batch in batches])
            self._tick()
            for held in self.held.values():
                save_a_slice(self.store, held, self.manner.save_every)
            self._publish()
        except FencedError as error:
            log.warning("given up: %s", error)
            self.metrics.add(ROLLBACKS, 1, "fenced")
            self.held.clear()
            self._in_trouble = True
        except StoreError as error:
            log.error("given up, and again in %.0f s: %s", self.manner.retry_s, error)
            self.metrics.add(ROLLBACKS, 1, "database")
            self.clock.sleep(self.manner.retry_s)
            self._in_trouble = True
        return sum(len(batch.records) for batch in batches)

    def stop(self) -> None:
        """Write the states down, so that the next start has nothing to fold again; then let the log go."""
        for held in self.held.values():
            while save_a_slice(self.store, held, 1):
                pass
        self._publish()
        self.events.close()

    def days(self) -> Iterator[AdherenceDay]:
        """Everybody's open days as they stand now."""
        for partition in sorted(self.held):
            yield from report(self.held[partition].state, self.floor)

    def _recovered(self) -> bool:
        """Nothing was committed: read again from where the database stands, once it answers."""
        try:
            self.events.rewind()
        except StoreError as error:
            log.error("the database is not back: %s", error)
            self.events.pause()
            self.events.poll(0.0)  # keeps our place among the readers
            self.clock.sleep(self.manner.retry_s)
            return False
        self.events.resume()
        self._in_trouble = False
        return True

    def _follow(self) -> None:
        """Take in the states of partitions that are ours now, let go of others."""
        mine = self.events.assigned()
        for partition in self.held.keys() - mine:
            del self.held[partition]
        for partition in sorted(mine - self.held.keys()):
            self.held[partition] = self._load(partition)

    def _load(self, partition: Partition) -> Held:
        rosters = {entry.id: entry for entry in self._concerning(partition) if isinstance(entry, RosterPublished)}
        return load(self.store, partition, self.floor, self.clock.now(), rosters)

    def _concerning(self, partition: Partition) -> Iterator[Decision]:
        """The decisions as they concern one partition: of a roster the segments of its own people."""
        for entry in self._decided:
            if isinstance(entry, RosterPublished) and self.manner.people not in ("", partition.topic):
                yield replace(entry, segments=())
            elif isinstance(entry, RosterPublished) and self.manner.partitions > 1:
                mine = tuple(s for s in entry.segments if self._is_home(s.agent, partition))
                yield replace(entry, segments=mine)
            else:
                yield entry

    def _is_home(self, agent: str, partition: Partition) -> bool:
        return self.manner.home(agent.encode(), self.manner.partitions) == partition.number

    def _fold(self, batch: Batch) -> Fold:
        held = self.held.get(batch.partition)
        if held is None or held.position != batch.previous:
            held = self.held[batch.partition] = self._load(batch.partition)
        decoded = decode_batch(batch, self.adapter)
        self.ceiling.count(batch, decoded.dead, decoded.unreadable)
        received = self.clock.now()
        if held.is_new and decoded.events:
            held.begin(min(decoded.events[0].at, received), self.floor.zone)
        decided, rows = self._news(held, received)
        inputs: list[Input] = [*decided, *with_ticks(decoded.events, held.state.now, received)]
        if held.state.now > held.told_at or held.is_new:
            rows.insert(0, tick_row(held.state.now, received))
        rows += [row_of(event, received, batch.partition) for event in decoded.events]
        state, said = fold(held.state, inputs, self.floor)
        if any(event.at - 1 > received for event in decoded.events):
            rows.append(tick_row(state.now, received))
        return Fold(held, state, said, rows, batch, decoded)

    def _news(self, held: Held, received: int) -> tuple[list[Decision], list[JournalRow]]:
        """Decisions that the partition has not taken in yet."""
        if all(entry.id in held.decided for entry in self._decided):
            return [], []
        fresh = [entry for entry in self._concerning(held.partition) if entry.id not in held.decided]
        return fresh, [row_of(entry, received, held.partition) for entry in fresh]

    def _commit(self, folds: Sequence[Fold]) -> None:
        began = perf_counter()
        numbers = []
        with self.store.transaction() as transaction:
            for fold_ in folds:
                self._drop_known(transaction, fold_)
                numbers.append(self._write(transaction, fold_))
        self.metrics.see(COMMIT, perf_counter() - began)
        for fold_, number in zip(folds, numbers, strict=True):
            self._accept(fold_, number)

    def _write(self, transaction: LiveTransaction, fold_: Fold) -> int:
        partition, batch = fold_.held.partition, fold_.batch
        if batch is not None and not transaction.advance(partition, batch.previous, batch.next):
            raise FencedError(f"{partition}: another reader took it over; the batch is given up")
        if batch is None and fold_.held.position is not None:
            here = fold_.held.position
            if not transaction.advance(partition, here, here):
                raise FencedError(f"{partition}: another reader took it over; the tick is given up")
        number = transaction.append(partition, fold_.rows)
        transaction.put_out([self._outbox(output) for output in fold_.said])
        if fold_.decoded and fold_.decoded.dead:
            transaction.bury([_dead(letter) for letter in fold_.decoded.dead])
        return number

    def _drop_known(self, transaction: LiveTransaction, fold_: Fold) -> None:
        """An event that is too late and has been here before needs no correction."""
        late = {output.event for output in fold_.said if isinstance(output, Correction)}
        if late:
            known = transaction.known(fold_.held.partition, late)
            fold_.said = [o for o in fold_.said if not (isinstance(o, Correction) and o.event in known)]

    def _accept(self, fold_: Fold, number: int) -> None:
        """What was committed is true now."""
        held, batch = fold_.held, fold_.batch
        held.state, held.number, held.told_at = fold_.state, number, fold_.state.now
        held.decided |= {entry.id for entry in self._decided}
        if batch is not None:
            held.position = batch.next
            self.events.committed({batch.partition: batch.next})
        self._measure(fold_)
        for output in fold_.said:
            self.hear(output)

    def _tick(self) -> None:
        """Let the real time pass where everything that came is taken in."""
        now = self.clock.now()
        if now // SECOND <= self._ticked // SECOND:
            return
        self._ticked = now
        ends = self.events.ends()
        until = now - round(self.manner.slack_s * SECOND)
        for partition, held in self.held.items():
            name = str(partition)
            lag = ends.get(partition, 0) - (held.position.next if held.position else 0)
            self.metrics.put(LAG, max(lag, 0), name)
            self.metrics.put(BEHIND, max(now - held.state.now, 0) / SECOND, name)
            if self.manner.live and lag <= 0:
                self._pass_time(held, until, now)

    def _pass_time(self, held: Held, until: int, received: int) -> None:
        decided, rows = self._news(held, received)
        state, said = fold(held.state, [*decided, Tick(until)], self.floor)
        if not said and not rows:
            held.state = state  # nothing to tell: the journal hears of the time with the next batch
            return
        if held.state.now > held.told_at or held.is_new:
            rows.insert(0, tick_row(held.state.now, received))
        rows.append(tick_row(state.now, received))
        self._commit([Fold(held, state, said, rows)])

    def _publish(self) -> None:
        if self.outlet is None:
            return
        while waiting := self.store.unpublished(500):
            by_topic: dict[str, list[Message]] = {}
            for _, row in waiting:
                message = Message(row.message_key, row.value, (("id", row.key.encode()),))
                by_topic.setdefault(row.topic, []).append(message)
            try:
                for topic, messages in by_topic.items():
                    self.outlet.append(topic, messages)
            except StreamError as error:
                log.warning("not published yet: %s", error)
                return
            self.store.published([number for number, _ in waiting])
            self.metrics.add(OUTPUTS, len(waiting))

    def _outbox(self, output: Output) -> OutboxRow:
        about = output.alert if isinstance(output, Escalated) else output
        accounts = isinstance(about, AdherenceDay | Correction)
        topic = self.outlet_topics.adherence if accounts else self.outlet_topics.alerts
        subject = about.agent if isinstance(about, AdherenceDay) else about.agent or about.queue
        noticed = 0 if isinstance(about, AdherenceDay) else about.noticed
        return OutboxRow(f"{output.key}@{noticed}", topic, subject.encode(), orjson.dumps(output.to_json(self.floor)))

    def _measure(self, fold_: Fold) -> None:
        name, now = str(fold_.held.partition), self.clock.now()
        for output in fold_.said:
            if isinstance(output, Alert):
                self.metrics.add(ALERTS, 1, output.type)
                self.metrics.see(NOTICE, (now - output.at) / SECOND)
            if isinstance(output, Correction):
                self.metrics.add(CORRECTIONS, 1, name)
        if fold_.decoded is None or fold_.batch is None:
            return
        self.metrics.add(EVENTS, len(fold_.decoded.events), name)
        if fold_.decoded.dead:
            self.metrics.add(DEAD_LETTERS, len(fold_.decoded.dead), name)
        if fold_.decoded.events and fold_.batch.records:
            event, record = fold_.decoded.events[-1], fold_.batch.records[-1]
            if isinstance(event, AgentState):
                self.metrics.see(SKEW, record.timestamp / 1000 - event.at / SECOND, name)


def _dead(letter: DeadLetter) -> DeadRow:
    return DeadRow(letter.key, letter.reason, letter.raw, letter.timestamp)
