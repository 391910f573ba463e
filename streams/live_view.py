"""The floor as it is now, for other processes: read from the live store, never from the engine.

The engine writes down what changed of each agent and queue (`streams.showing`); a reader fetches what is new since it
last looked and has the whole picture. Figures that grow with time need no rewriting: with each agent's account comes
what it gains each microsecond, so today's adherence is exact at `as_of` however long ago anything changed.

    reader = ViewReader(store)
    view = reader.read()                        # everything, at once
    while True:
        view = reader.wait(view.change, 5.0)    # until there is news, or five seconds have passed
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from centre.live_rows import ShownRow
from streams.adherence import Account, figures
from streams.floor_policy import FloorPolicy
from streams.service_level import Counts
from streams.service_level import figures as queue_figures

LOOK_S = 0.05
"""How often a reader that waits looks at the counter of changes."""


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An incident that has been told and not ended, with the facts it rests on. Times are UTC microseconds.

    `thread` names the incident for as long as it lasts, also while its type and severity change.
    """

    type: str
    agent: str
    queue: str
    thread: str
    since: int
    at: int
    severity: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AgentNow:
    """One agent.

    Attributes
    ----------
    activity, queue, planned : what the roster wants now, on which queue, over which [start, end) in UTC seconds; "" and
        None while nothing is planned.
    next_activity, next_at : what comes then, UTC seconds; "" and 0 for nothing.
    duty : the duty now, UTC seconds.
    state, since, serving : the state heard, from when on (UTC microseconds; 0 where nothing was heard), and the queue
        it named.
    adherence, adherence_since : in, out, neutral, unscheduled, unknown or exempt, and since when.
    impact : of the agent's departure on service: "negative" (missed on a queue), "positive" (works on queue though it
        is not planned) or "neutral".
    points : of service level that the interval loses if the departure goes on to its end; None where the requirement
        does not tell, or nobody is missed.
    alert : the open incident.
    account, at, gains : the local day's account at `at`, and what a microsecond adds to it since. Banded conformance is
        of whole intervals and not part of it.
    day : start of that local day, UTC microseconds.
    """

    agent: str
    team: str
    activity: str
    queue: str
    planned: tuple[int, int] | None
    next_activity: str
    next_at: int
    duty: tuple[int, int] | None
    state: str
    since: int
    serving: str
    adherence: str
    adherence_since: int
    impact: str
    points: float | None
    alert: OpenAlert | None
    account: Account
    at: int
    gains: Account
    day: int

    def today(self, as_of: int) -> Account:
        """The local day's account at `as_of`, UTC microseconds."""
        return grown(self.account, self.gains, max(as_of - self.at, 0))

    def figures(self, as_of: int, floor: FloorPolicy) -> dict[str, object]:
        """Today's seconds, adherence in all definitions, and conformance, as `paiban watch --json` names them."""
        return figures(self.today(as_of), floor)


def grown(account: Account, gains: Account, span: int) -> Account:
    """An account after `span` more microseconds of the same."""
    if span <= 0:
        return account
    a, g = account, gains
    return Account(
        a.scheduled + g.scheduled * span, a.kept + g.kept * span, a.out + g.out * span, a.neutral + g.neutral * span,
        a.unknown + g.unknown * span, a.exempt + g.exempt * span, a.flagged + g.flagged * span,
        a.flagged_kept + g.flagged_kept * span, a.flagged_exempt + g.flagged_exempt * span, a.extra + g.extra * span,
        a.wanted + g.wanted * span, a.worked + g.worked * span,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class QueueSpan:
    """What was counted of a queue over [start, end), UTC seconds; `virtual` is null unless single waits are known."""

    start: int
    end: int
    counts: Counts
    virtual: float | None = None

    def figures(self) -> dict[str, Any]:
        """Counts, service level in all definitions, ASA, abandonment and AHT; null where nothing was counted."""
        row: dict[str, Any] = queue_figures(self.counts)
        if row["service_level"]["virtual"] is None:
            row["service_level"]["virtual"] = self.virtual
        return row


@dataclass(frozen=True, slots=True)
class QueueNow:
    """One queue.

    Attributes
    ----------
    waiting, oldest_wait_s, staffed, seen_at : as last heard, at `seen_at` (UTC microseconds); None where nothing tells.
    required : agents the interval needs; None where no requirement is known.
    definition, target : by which service level the queue is judged, and its goal.
    rolling : the last whole minutes.
    day : the local day so far.
    intervals : of the local day, up to the present one.
    alerts : open incidents, stuck cases among them.
    """

    queue: str
    waiting: int | None
    oldest_wait_s: float | None
    staffed: int | None
    seen_at: int
    required: int | None
    definition: str
    target: float
    rolling: QueueSpan
    day: QueueSpan
    intervals: tuple[QueueSpan, ...]
    alerts: tuple[OpenAlert, ...] = ()


@dataclass(frozen=True, slots=True)
class PartitionNow:
    """How far one partition of the log is taken in.

    Attributes
    ----------
    as_of : the partition's time, UTC microseconds: everything that happened until then and was heard is in.
    position : offset of the next record.
    lag : records in the log that are not taken in yet.
    written : the real time at which this was written down, UTC microseconds; long ago means that nobody runs.
    skew_s : by source of events, its clock less ours as far as it can be told, in seconds.
    """

    partition: str
    as_of: int
    position: int
    lag: int
    written: int
    skew_s: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LiveView:
    """The floor at `as_of`. `change` grows with every change of anything."""

    change: int
    as_of: int
    partitions: tuple[PartitionNow, ...]
    agents: Mapping[str, AgentNow]
    queues: Mapping[str, QueueNow]

    @property
    def lag(self) -> int:
        """Records that are not taken in yet, over all partitions."""
        return sum(partition.lag for partition in self.partitions)

    @property
    def alerts(self) -> tuple[OpenAlert, ...]:
        """All open incidents, severe ones first, then the oldest."""
        found = [agent.alert for agent in self.agents.values() if agent.alert]
        found += [alert for queue in self.queues.values() for alert in queue.alerts]
        return tuple(sorted(found, key=lambda alert: (alert.severity != "severe", alert.at, alert.thread)))


class ShownStore(Protocol):
    """What a reader needs of the live store."""

    def change(self) -> int:
        """How often anything shown has changed."""
        ...

    def shown(self, after: int) -> tuple[int, Sequence[ShownRow]]:
        """The counter, and the rows that changed after it stood at `after`."""
        ...


_agent = msgspec.msgpack.Decoder(AgentNow).decode
_queue = msgspec.msgpack.Decoder(QueueNow).decode
_partition = msgspec.msgpack.Decoder(PartitionNow).decode


class ViewReader:
    """Reads the picture, and keeps what it has read: the next time only news is fetched.

    Parameters
    ----------
    store : the live store; open one of its own for each thread.
    sleep, clock : how to wait, and a clock that only grows, in seconds.
    """

    def __init__(
        self,
        store: ShownStore,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._sleep, self._clock = store, sleep, clock
        self._partitions: dict[str, PartitionNow] = {}
        self._agents: dict[str, tuple[str, AgentNow]] = {}
        self._queues: dict[str, tuple[str, QueueNow]] = {}
        self._view = LiveView(0, 0, (), {}, {})

    def read(self) -> LiveView:
        """The floor now.

        Raises
        ------
        StoreError : the database does not answer.
        """
        change, rows = self._store.shown(self._view.change)
        if change != self._view.change:
            for row in rows:
                self._take(row)
            self._view = self._picture(change)
        return self._view

    def wait(self, change: int, timeout_s: float) -> LiveView:
        """The floor as soon as it differs from what it was at `change`, or after `timeout_s` as it is then."""
        until = self._clock() + timeout_s
        while self._store.change() == change and self._clock() < until:
            self._sleep(LOOK_S)
        return self.read()

    def _take(self, row: ShownRow) -> None:
        if row.kind == "partition":
            self._partitions[row.name] = _partition(row.content)
        elif row.kind == "agent":
            agent = _agent(row.content)
            if row.name not in self._agents or self._agents[row.name][1].at <= agent.at:
                self._agents[row.name] = row.partition, agent
        elif row.kind == "queue":
            queue = _queue(row.content)
            if row.name not in self._queues or self._queues[row.name][1].seen_at <= queue.seen_at:
                self._queues[row.name] = row.partition, queue

    def _picture(self, change: int) -> LiveView:
        partitions = tuple(self._partitions[name] for name in sorted(self._partitions))
        return LiveView(
            change=change,
            as_of=min((partition.as_of for partition in partitions), default=0),
            partitions=partitions,
            agents={name: agent for name, (_, agent) in sorted(self._agents.items())},
            queues={name: queue for name, (_, queue) in sorted(self._queues.items())},
        )
