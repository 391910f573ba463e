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
from functools import cached_property
from time import monotonic, perf_counter

from centre.errors import FencedError, StoreError
from centre.events import Event, RosterPublished, Tick
from streams.clock import Clock
from streams.days import report
from streams.dead_letters import Ceiling
from streams.decode import Adapter, Decoded, decode_batch
from streams.event_log import Batch, EventLog, Partition
from streams.floor_policy import SECOND, FloorPolicy
from streams.held import SLICE, Held, any_unwritten, fenced, load, save_slices
from streams.journal_rows import Decision, events_within, row_of
from streams.live_store import DeadRow, LiveStore, LiveTransaction
from streams.metrics import BEHIND, COMMIT, LAG, OUTPUTS, PRUNED, ROLLBACKS, SKEW, Metrics, measure
from streams.outbox import Publisher, dead_row, outbox_row
from streams.outputs import AdherenceDay, Correction, Ended, Escalated, Output
from streams.showcase import Showcase
from streams.state import State
from streams.step import fold, fold_timed
from streams.watching import last_moment

log = logging.getLogger(__name__)


def no_decisions() -> Sequence[Decision]:
    """Nothing is published, nothing excused."""
    return ()


def none_found(name: str) -> RosterPublished | None:
    """No roster of that name."""
    return None


@dataclass(frozen=True)
class Manner:
    """How the engine goes about it.

    Attributes
    ----------
    live : whether the real time takes over once a partition is caught up; without, only events make time pass.
    slack_s : how far the engine's time stays behind the real one, for what is on its way.
    tick_s : how often the real time is looked at.
    limit : records in one poll.
    save_every : inputs of a partition after which its state is written down at the latest; what came since is folded
        again after a crash.
    save_ratio : inputs for each person and queue of the state after which it is: a small state costs little to write
        down, so that a small floor goes on sooner after a crash.
    save_s : seconds after which it is written down at the latest: where little comes, little is folded again.
    retry_s : how long to wait after the database failed.
    keep_days : journal, sayings published and dead letters that are older are forgotten; 0: never.
    show_s : how often the picture that other processes read is brought up to date; 0: never.
    people : the topic of agent states; "" when there is no other. Decisions concern its partitions only: nobody is
        missed in a queue's events.
    alerts, adherence, dead_letters : topics that sayings go to; dead letters are kept in the database alone with "".
    """

    live: bool = True
    slack_s: float = 0.2
    tick_s: float = 0.25
    limit: int = 5000
    save_every: int = 50_000
    save_ratio: float = 30.0
    save_s: float = 60.0
    retry_s: float = 1.0
    keep_days: int = 0
    show_s: float = 0.5
    people: str = ""
    alerts: str = "alerts"
    adherence: str = "adherence"
    dead_letters: str = ""


@dataclass
class Folded:
    """What was taken in from a partition and what it leads to, not yet committed."""

    held: Held
    state: State
    said: list[Output]
    entries: list[Event | Decision | Tick]
    received: int
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
    find : a roster that was taken in once and is not among the decisions any more, by its id.
    hear : called with each saying once it is committed.
    rules : another policy and adapter, where the site has changed them since it was last asked; else None.
    held : the states of the partitions that are ours.
    """

    events: EventLog
    topics: Sequence[str]
    store: LiveStore
    adapter: Adapter
    floor: FloorPolicy
    clock: Clock
    outlet: EventLog | None = None
    decisions: Callable[[], Sequence[Decision]] = no_decisions
    find: Callable[[str], RosterPublished | None] = none_found
    hear: Callable[[Output], None] = lambda output: None
    rules: Callable[[], "tuple[FloorPolicy, Adapter] | None"] = lambda: None
    manner: Manner = Manner()
    metrics: Metrics = field(default_factory=Metrics)
    ceiling: Ceiling = field(default_factory=Ceiling)
    held: dict[Partition, Held] = field(default_factory=dict)
    _ticked: int = 0
    _asked: int = 0
    _decided: Sequence[Decision] = ()
    _coming: tuple[FloorPolicy, Adapter] | None = None
    _in_trouble: bool = False
    _shown_at: int = 0
    _pruned: int = 0
    _turned: float = field(default_factory=monotonic)
    _homes: dict[tuple[str, str], int] = field(default_factory=dict)

    @cached_property
    def showcase(self) -> Showcase:
        """What other processes see."""
        return Showcase(self.floor)

    @cached_property
    def _publisher(self) -> Publisher | None:
        return None if self.outlet is None else Publisher(self.store, self.outlet)

    def start(self) -> None:
        """Begin to read where the database stands."""
        self.events.subscribe(self.topics, self.store.positions)

    def run(self, stop: Callable[[], bool], poll_s: float = 0.25) -> None:
        """Go on until `stop` says so, or the log ends."""
        self.start()
        while not stop():
            if self.turn(poll_s) == 0 and self.events.finished:
                break
        self.stop()

    def turn(self, poll_s: float) -> int:
        """Once through the loop; how many records there were."""
        self._turned = monotonic()
        if self._in_trouble and not self._recovered():
            return 0
        batches = self._poll(poll_s)
        try:
            self._ask()
            self._follow()
            if batches:
                self._commit([self._fold(batch) for batch in batches])
            self._tick()
            save_slices(self.store, self.held.values(), self._is_due, self.floor)
            self._show()
            self._prune()
            if self._publisher is not None:
                self.metrics.add(OUTPUTS, self._publisher.send(self.held))
        except FencedError as error:
            log.warning("given up: %s", error)
            self._give_up("fenced")
        except StoreError as error:
            log.error("given up, and again in %.0f s: %s", self.manner.retry_s, error)
            self._give_up("database")
            self.clock.sleep(self.manner.retry_s)
        return sum(len(batch.records) for batch in batches)

    def stop(self) -> None:
        """Write the states down, so that the next start has nothing to fold again; then let the log go."""
        try:
            while save_slices(self.store, self.held.values(), any_unwritten, self.floor):
                pass
            self._show(last=True)
            if self._publisher is not None:
                self._publisher.send(self.held)
        except (StoreError, FencedError) as error:
            log.error("stopped without writing the states down: %s", error)
        finally:
            self.events.close()

    @property
    def ready(self) -> bool:
        """Whether partitions are ours and the database takes what is made of them."""
        return bool(self.held) and not self._in_trouble

    @property
    def caught_up(self) -> bool:
        """Whether everything that came of the partitions that are ours is taken in, as far as was last looked up."""
        lags = self.metrics.of(LAG)
        return bool(self.held) and all(lags.get(str(part), 1) <= 0 for part in self.held)

    @property
    def idle_s(self) -> float:
        """Seconds since the loop last turned."""
        return monotonic() - self._turned

    def play_out(self) -> None:
        """At the end of a replay: let time go on to the end of the day's duties, so that whoever left is seen."""
        now = self.clock.now()
        for held in self.held.values():
            if not held.is_new:
                self._pass_time(held, now, last_moment(held.state, self.floor))

    def days(self) -> Iterator[AdherenceDay]:
        """Everybody's open days as they stand now."""
        for partition in sorted(self.held):
            yield from report(self.held[partition].state, self.floor)

    def _give_up(self, why: str) -> None:
        """Whether the last commit was done is not known: begin again with what is there."""
        self.metrics.add(ROLLBACKS, 1, why)
        self.showcase.forget(map(str, self.held))
        self.held.clear()
        self._in_trouble = True

    def _poll(self, poll_s: float) -> list[Batch]:
        """The next records; none, where the database did not tell from which position."""
        try:
            return self.events.poll(poll_s, self.manner.limit)
        except StoreError as error:
            log.error("the database does not tell where to read: %s", error)
            self.clock.sleep(self.manner.retry_s)
            self._in_trouble = True
            return []

    def _recovered(self) -> bool:
        """Nothing was committed: read again from where the database stands, once it answers."""
        try:
            self.events.rewind()
        except StoreError as error:
            log.error("the database is not back: %s", error)
            self.events.pause()
            self._poll(0.0)  # keeps our place among the readers
            self.clock.sleep(self.manner.retry_s)
            return False
        self.events.resume()
        self._in_trouble = False
        return True

    def _ask(self) -> None:
        """What was decided, and whether the rules are others, looked up once a second."""
        second = self.clock.now() // SECOND
        if second <= self._asked:
            return
        self._asked, self._decided = second, self.decisions()
        self._coming = self.rules() or self._coming
        if self._coming is not None:
            self._adopt(*self._coming)
            self._coming = None

    def _is_due(self, held: Held) -> bool:
        """Whether so much has come of a partition, or so long ago, that its state has to be written down."""
        manner = self.manner
        old = held.since and self.clock.now() - held.since >= manner.save_s * SECOND
        enough = manner.save_ratio * (SLICE + len(held.state.lines) + len(held.state.queues))
        return held.unwritten >= min(enough, manner.save_every) or bool(old)

    def _adopt(self, floor: FloorPolicy, adapter: Adapter) -> None:
        """Judge by other rules from now on.

        The states are written down first: after a crash nothing that was judged by the old ones is judged by the new.
        """
        self.adapter = adapter
        if floor == self.floor and floor.demand is self.floor.demand:
            return
        while save_slices(self.store, self.held.values(), any_unwritten, floor):
            pass
        self.floor = floor
        self.__dict__.pop("showcase", None)
        log.info("other rules from now on", extra={"policy": floor.digest})

    def _follow(self) -> None:
        """Take in the states of partitions that are ours now, let go of others."""
        mine = self.events.assigned()
        gone = self.held.keys() - mine
        for partition in gone:
            del self.held[partition]
        if gone:
            self.showcase.forget(map(str, gone))
        for partition in sorted(mine - self.held.keys()):
            self.held[partition] = self._load(partition)

    def _load(self, partition: Partition) -> Held:
        if self._publisher is not None:
            self._publisher.doubtful.add(partition)
        held = load(self.store, partition, self.floor, self.clock.now(), lambda name: self._roster(name, partition))
        while held.rules not in (b"", self.floor.record) and save_slices(self.store, [held], any_unwritten, self.floor):
            pass  # other rules from here on: should we die, what was judged by the old ones is not judged anew
        return held

    def _roster(self, name: str, partition: Partition) -> RosterPublished | None:
        """A roster by its id, as it concerns a partition."""
        known = (entry for entry in self._decided if isinstance(entry, RosterPublished) and entry.id == name)
        found = next(known, None) or self.find(name)
        return self._share(found, partition) if found else None

    def _share(self, roster: RosterPublished, partition: Partition) -> RosterPublished:
        mine = tuple(segment for segment in roster.segments if self._is_home(segment.agent, partition))
        return replace(roster, segments=mine)

    def _concerning(self, partition: Partition, decided: Sequence[Decision]) -> Iterator[Decision]:
        """The decisions as they concern one partition: of a roster the segments of its own people."""
        if self.manner.people not in ("", partition.topic):
            return
        for entry in decided:
            if isinstance(entry, RosterPublished):
                yield self._share(entry, partition)
            elif self._is_home(entry.agent, partition):
                yield entry

    def _is_home(self, agent: str, partition: Partition) -> bool:
        """Absent people send nothing, so who belongs where is reckoned from the key, as the log does it."""
        key = (partition.topic, agent)
        if key not in self._homes:
            self._homes[key] = self.events.home(partition.topic, agent.encode())
        return self._homes[key] == partition.number

    def _fold(self, batch: Batch) -> Folded:
        held = self.held.get(batch.partition)
        if held is None or held.position != batch.previous:
            held = self.held[batch.partition] = self._load(batch.partition)
        decoded = decode_batch(batch, self.adapter)
        self.ceiling.count(batch, decoded.dead, decoded.unreadable)
        received = self.clock.now()
        if held.is_new and decoded.events:
            held.begin(min(decoded.events[0].at, received), self.floor.zone)
        before = [*_passed(held), *self._news(held)]
        state, said = fold_timed(held.state, before, decoded.events, received, self.floor)
        return Folded(held, state, said, [*before, *decoded.events], received, batch, decoded)

    def _news(self, held: Held) -> list[Decision]:
        """Decisions that the partition has not taken in yet."""
        if all(entry.id in held.decided for entry in self._decided):
            return []
        new = [entry for entry in self._decided if entry.id not in held.decided]
        return list(self._concerning(held.partition, new))

    def _commit(self, folds: Sequence[Folded]) -> None:
        began = perf_counter()
        with self.store.transaction() as transaction:
            numbers = [self._write(transaction, folded) for folded in folds]
        self.metrics.see(COMMIT, perf_counter() - began)
        for folded, number in zip(folds, numbers, strict=True):
            self._accept(folded, number)

    def _write(self, transaction: LiveTransaction, folded: Folded) -> int:
        partition, batch = folded.held.partition, folded.batch
        here = folded.held.position
        before, after = (batch.previous, batch.next) if batch else (here, here)
        if after is not None and not transaction.advance(partition, before, after):
            raise fenced(partition)
        folded.said = [output for output in folded.said if not self._was_known(partition, output)]
        number = transaction.append(partition, row_of(folded.entries, folded.received))
        transaction.decide(partition, [e.id for e in folded.entries if not isinstance(e, Event | Tick)])
        manner, dead = self.manner, folded.decoded.dead if folded.decoded else []
        rows = [outbox_row(output, self.floor, manner.alerts, manner.adherence) for output in folded.said]
        rows += [dead_row(letter, manner.dead_letters) for letter in dead if manner.dead_letters]
        transaction.put_out(partition, rows, folded.received)
        if dead:
            transaction.bury([DeadRow(d.key, d.reason, d.raw, d.timestamp) for d in dead])
        return number

    def _show(self, last: bool = False) -> None:
        """Let other processes see what has become of the floor."""
        now, every = self.clock.now(), round(self.manner.show_s * SECOND)
        if not every or (now < self._shown_at + every and not last):
            return
        self._shown_at = now
        rosters = [entry for entry in self._decided if isinstance(entry, RosterPublished)]
        lags = self.metrics.of(LAG)
        known = [held for held in self.held.values() if last or str(held.partition) in lags]
        if not known:
            return  # whether there is a backlog is looked up with the next tick
        with self.store.transaction() as transaction:
            for held in known:
                lag = 0 if last else round(lags[str(held.partition)])
                skew = self.metrics.latest(SKEW, held.partition.topic)
                self.showcase.show(held, lag, now, rosters, skew, transaction)

    def _prune(self) -> None:
        """Once an hour, forget what the site does not want kept."""
        now, keep = self.clock.now(), self.manner.keep_days * 86_400 * SECOND
        if not keep or now < self._pruned + 3600 * SECOND:
            return
        self._pruned = now
        for partition in self.held:
            self.metrics.add(PRUNED, self.store.prune(partition, now - keep))

    def _was_known(self, partition: Partition, output: Output) -> bool:
        """An event that is too late, and has been here before, needs no correction."""
        if not isinstance(output, Correction):
            return False
        at = output.at
        return any(event.id == output.event for event in events_within(self.store.happened(partition, at, at), at, at))

    def _accept(self, folded: Folded, number: int) -> None:
        """What was committed is true now."""
        held, batch = folded.held, folded.batch
        held.state, held.number, held.told_at = folded.state, number, folded.state.now
        held.unwritten += len(folded.entries)
        held.since = held.since or self.clock.now()
        held.decided |= {entry.id for entry in self._decided}
        if batch is not None:
            held.position = batch.next
            self.events.committed({batch.partition: batch.next})
        if folded.decoded:
            for letter in folded.decoded.dead:
                log.warning("dead letter %s: %s", letter.key, letter.reason, extra={"place": letter.key})
        measure(self.metrics, str(held.partition), self.clock.now(), folded.said, folded.decoded, batch)
        for output in folded.said:
            _log(output)
            self.hear(output)

    def _tick(self) -> None:
        """Let the real time pass where everything that came is taken in."""
        now = self.clock.now()
        if now < self._ticked + self.manner.tick_s * SECOND:
            return
        self._ticked = now
        ends = self.events.ends()
        for partition, held in self.held.items():
            name = str(partition)
            lag = ends.get(partition, 0) - (held.position.next if held.position else 0)
            self.metrics.put(LAG, max(lag, 0), name)
            self.metrics.put(BEHIND, max(now - held.state.now, 0) / SECOND, name)
            if self.manner.live and lag <= 0:
                self._pass_time(held, now, now - round(self.manner.slack_s * SECOND))

    def _pass_time(self, held: Held, now: int, at: int) -> None:
        until = Tick(at)
        before, news = _passed(held), self._news(held)
        state, said = fold(held.state, [*news, until], self.floor)
        if said or news:
            self._commit([Folded(held, state, said, [*before, *news, until], now)])
        else:
            held.state = state  # nothing to tell: the journal hears of the time with the next batch


def _passed(held: Held) -> list[Event | Decision | Tick]:
    """Time that passed since the journal last heard of it; the first thing it ever hears is when the floor began."""
    return [Tick(held.state.now)] if held.is_new or held.state.now > held.told_at else []


def _log(output: Output) -> None:
    """One line of the log, with the ids by which it can be followed."""
    if isinstance(output, AdherenceDay):
        return
    if isinstance(output, Correction):
        log.info("too late", extra={"event": output.event, "agent": output.agent, "queue": output.queue})
        return
    alert = output.alert if isinstance(output, Escalated) else output
    facts = {} if isinstance(alert, Ended) else alert.facts
    extra = {
        "type": alert.of if isinstance(alert, Ended) else alert.type,
        "agent": alert.agent,
        "queue": alert.queue,
        "incident": alert.thread,
        "happened": alert.at,
        "events": facts.get("events", []),
    }
    log.info("%s", type(output).__name__.lower(), extra=extra)
