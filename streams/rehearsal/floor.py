"""The rehearsed floor itself: contacts meet people, and the telephone system reports what it sees."""

import heapq
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from centre.events import AgentState, Case, Contact, Event, QueueSnapshot
from centre.queues import Queue
from streams.rehearsal.contacts import FOR_EVER_S, Arrivals
from streams.rehearsal.orders import Order
from streams.rehearsal.people import SECOND, Person

MINUTE = 60 * SECOND
WAKE, ARRIVE, TALKED, WRAPPED, LEAVE_QUEUE, SNAPSHOT, TOLD = range(7)
SHORT_ABANDON_S = 5.0
STAFFING = frozenset({"ready", "talking", "wrap_up", "case_work", "outbound"})

HANDLING = {"deferred": "case_work", "outbound": "outbound"}
"""The state in which a channel's contacts are handled, where it is not `talking`."""

CASE_MILESTONES = {"offered": "arrived", "answered": "taken", "ended": "closed"}


@dataclass
class Caller:
    """One contact; instants are UTC microseconds; 0: not."""

    id: str
    queue: str
    at: int
    talk_s: float
    wrap_s: float
    patience_s: float
    waiting: bool = True
    answered: int = 0
    left: int = 0
    ended: int = 0
    speed: float = 1.0


@dataclass
class Counts:
    """What a queue's snapshot counts since the interval began; waits and handling in seconds."""

    offered: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    abandoned_within: int = 0
    short_abandons: int = 0
    wait_s: float = 0.0
    answered_wait_s: float = 0.0
    handled: int = 0
    handle_s: float = 0.0


@dataclass
class Line:
    """One queue: who waits, who is idle for it, what was counted."""

    queue: Queue
    waiting: deque[Caller] = field(default_factory=deque)
    idle: list[tuple[int, int, int]] = field(default_factory=list)
    now: Counts = field(default_factory=Counts)
    day: Counts = field(default_factory=Counts)

    def first(self) -> Caller | None:
        """Who has waited longest and is still there."""
        while self.waiting and not self.waiting[0].waiting:
            self.waiting.popleft()
        return self.waiting[0] if self.waiting else None


class Floor:
    """Runs one day.

    Parameters
    ----------
    site : the site's name.
    run : prefix of all ids; the same run gives the same ids.
    queues : the site's queues.
    people : who works, with what was drawn for them.
    grid_s : length of an interval; snapshots count from its start.
    """

    def __init__(
        self, site: str, run: str, queues: Mapping[str, Queue], people: Iterable[Person], grid_s: int, start: int
    ) -> None:
        self.events: list[Event] = []
        self.lines = {name: Line(queue) for name, queue in queues.items()}
        self.people = list(people)
        self.callers: list[Caller] = []
        self._site, self._run, self._grid = site, run, grid_s * SECOND
        self._start = start
        self._orders = {person.name: order for order, person in enumerate(self.people)}
        self._heap: list[tuple[int, int, int, object]] = []
        self._number = 0

    def live(self, contacts: Iterable[Arrivals], end: int) -> None:
        """Let the day pass; `end` is when the last snapshot is taken, UTC microseconds."""
        self.open(contacts, end)
        self.run(None)
        self.events.sort(key=lambda event: event.at)

    def open(self, contacts: Iterable[Arrivals], end: int) -> None:
        """Let everything that is going to happen by itself be on its way."""
        for person in self.people:
            if not _unreported(person) and not person.at_work_before(self._start):
                self._emit(person, self._start, "logged_out")
            for at in sorted({wake for duty in person.duties for wake in duty.wakes()}):
                self._at(at, WAKE, person)
        for arrivals in contacts:
            for number, at in enumerate(arrivals.at):
                caller = Caller(
                    f"{self._run}-{arrivals.queue}-{number}",
                    arrivals.queue,
                    int(at * 1000) * 1000,
                    float(arrivals.talk_s[number]),
                    float(arrivals.wrap_s[number]),
                    float(arrivals.patience_s[number]),
                )
                self.callers.append(caller)
                self._at(caller.at, ARRIVE, caller)
        for at in range(self._start + MINUTE, end + 1, MINUTE):
            self._at(at - 1000, SNAPSHOT, None)

    def run(self, until: int | None) -> None:
        """Let time pass up to, not including, an instant (UTC microseconds); None: to the end of the day."""
        while self._heap and (until is None or self._heap[0][0] < until):
            at, _, kind, subject = heapq.heappop(self._heap)
            self._happen(at, kind, subject)

    def tell(self, order: Order, at: int) -> None:
        """Let somebody hear at an instant what is wanted of him from now on."""
        self._at(at, TOLD, order)

    def fork(self) -> "Floor":
        """The same floor once more, to let it go on otherwise; what was reported so far stays with this one."""
        memo: dict[int, object] = {id(self.events): []}
        memo |= {id(line.queue): line.queue for line in self.lines.values()}
        return deepcopy(self, memo)

    def _happen(self, at: int, kind: int, subject: object) -> None:
        if isinstance(subject, Person):
            if kind == WAKE:
                self._free(subject, at, moved=False)
            elif kind == WRAPPED:
                subject.busy = False
                self._free(subject, at, moved=True)
        elif isinstance(subject, Caller):
            if kind == ARRIVE:
                self._arrive(subject, at)
            elif subject.waiting:
                self._abandon(subject, at)
        elif isinstance(subject, Order):
            for wake in subject.obey(at):
                self._at(wake, WAKE, subject.person)
        elif isinstance(subject, tuple):
            self._wrap(subject[0], subject[1], at)
        else:
            self._snapshots(at)

    # people

    def _free(self, person: Person, at: int, moved: bool) -> None:
        """The person, if not with a contact, does what is wanted now."""
        duty = person.duty(at)
        if person.busy or duty is None:
            return
        wanted = duty.wants(at)
        until = duty.rest(at) if wanted in ("break", "meal") else None
        if until is not None:
            self._at(until // 1000 * 1000, WAKE, person)
        if wanted != "ready":
            person.turn += 1
            if person.state != wanted:
                self._emit(person, at, wanted)
            return
        queue = duty.strange_queue(at) or self._back_office(person, at)
        back = person.queue if person.queue != queue and not queue else ""
        if person.state == "ready" and person.queue == queue and not moved:
            return
        person.queue = queue
        shown = queue or (self._rostered(person, at) if back else "")
        self._emit(person, at, "ready", shown)
        self._serve(person, at)

    def _serve(self, person: Person, at: int) -> None:
        """Take who is first by priority and wait, or become idle."""
        heads = [(line.queue.priority, head.at, name) for name in person.serves() if (line := self.lines.get(name))
                 and (head := line.first())]  # fmt: skip
        if heads:
            caller = self.lines[min(heads)[2]].waiting.popleft()
            self._answer(person, caller, at)
            return
        person.since = at
        person.turn += 1
        order = self._orders[person.name]
        for name in person.serves():
            if name in self.lines:
                heapq.heappush(self.lines[name].idle, (at, order, person.turn))

    def _answer(self, person: Person, caller: Caller, at: int) -> None:
        caller.waiting, caller.answered = False, at
        caller.speed = max(person.serves().get(caller.queue, 0.8), 0.1)
        person.busy = True
        person.turn += 1
        waited = (at - caller.at) / SECOND
        line = self.lines[caller.queue]
        for counts in (line.now, line.day):
            counts.answered += 1
            counts.answered_within += waited <= line.queue.within_s
            counts.wait_s += waited
            counts.answered_wait_s += waited
        self._milestone(caller, at, "answered", person)
        self._emit(person, at, HANDLING.get(line.queue.channel, "talking"), caller.queue)
        self._at(at + _ms(caller.talk_s / caller.speed), TALKED, (person, caller))

    def _wrap(self, person: Person, caller: Caller, at: int) -> None:
        caller.ended = at
        self._milestone(caller, at, "ended", person)
        if self.lines[caller.queue].queue.channel not in HANDLING:
            self._emit(person, at, "wrap_up", caller.queue)
        done = at + _ms(caller.wrap_s / caller.speed)
        line = self.lines[caller.queue]
        for counts in (line.now, line.day):
            counts.handled += 1
            counts.handle_s += (done - caller.answered) / SECOND
        self._at(done, WRAPPED, person)

    # contacts

    def _arrive(self, caller: Caller, at: int) -> None:
        line = self.lines[caller.queue]
        line.now.offered += 1
        line.day.offered += 1
        self._milestone(caller, at, "offered")
        while line.idle:
            _, order, turn = heapq.heappop(line.idle)
            person = self.people[order]
            if person.turn == turn:
                self._answer(person, caller, at)
                return
        line.waiting.append(caller)
        if caller.patience_s < FOR_EVER_S:
            self._at(at + _ms(caller.patience_s), LEAVE_QUEUE, caller)

    def _abandon(self, caller: Caller, at: int) -> None:
        caller.waiting, caller.left = False, at
        line, waited = self.lines[caller.queue], (at - caller.at) / SECOND
        for counts in (line.now, line.day):
            counts.abandoned += 1
            counts.abandoned_within += waited <= line.queue.within_s
            counts.short_abandons += waited <= SHORT_ABANDON_S
            counts.wait_s += waited
        self._milestone(caller, at, "abandoned")

    # what the telephone system reports

    def _snapshots(self, at: int) -> None:
        staffing = Counter(name for person in self.people if person.state in STAFFING for name in person.serves())
        for name, line in self.lines.items():
            counts, head = line.now, line.first()
            waiting = sum(caller.waiting for caller in line.waiting)
            extra = {
                "abandoned_within": counts.abandoned_within,
                "short_abandons": counts.short_abandons,
                "answered_wait_s": round(counts.answered_wait_s, 3),
                "handled": counts.handled,
                "handle_s": round(counts.handle_s, 3),
            }
            self.events.append(
                QueueSnapshot(
                    self._id(), at, self._site, name, waiting, round((at - head.at) / SECOND, 3) if head else 0.0,
                    counts.offered, counts.answered, counts.answered_within, counts.abandoned,
                    round(counts.wait_s, 3), staffing[name], extra,
                )
            )  # fmt: skip
            if (at + 1000 - self._start) % self._grid == 0:
                line.now = Counts()

    def _emit(self, person: Person, at: int, state: str, queue: str = "") -> None:
        person.state = state
        person.heard.append((at, state, queue))
        if not _unreported(person):
            number = len(person.heard)
            self.events.append(AgentState(self._id(), at, self._site, person.name, state, "", queue, {}, number))

    def _milestone(self, caller: Caller, at: int, milestone: str, person: Person | None = None) -> None:
        agent = person.name if person else ""
        if self.lines[caller.queue].queue.channel == "deferred":
            step = CASE_MILESTONES[milestone]
            self.events.append(Case(self._id(), at, self._site, caller.id, step, caller.queue, agent))
            return
        self.events.append(Contact(self._id(), at, self._site, caller.id, milestone, caller.queue, agent))

    def _rostered(self, person: Person, at: int) -> str:
        duty = person.duty(at)
        segment = duty.segment(at) if duty else None
        return segment.queue if segment else ""

    def _back_office(self, person: Person, at: int) -> str:
        """The queue of deferred or outbound work that a person is rostered to, and answers alone; "" for calls."""
        queue = self._rostered(person, at)
        return queue if queue in self.lines and self.lines[queue].queue.channel in HANDLING else ""

    def _at(self, at: int, kind: int, subject: object) -> None:
        self._number += 1
        heapq.heappush(self._heap, (at, self._number, kind, subject))

    def _id(self) -> str:
        return f"{self._run}-{len(self.events):07}"


def _ms(seconds: float) -> int:
    """Microseconds, whole milliseconds, at least one."""
    return max(round(seconds * 1000), 1) * 1000


def _unreported(person: Person) -> bool:
    return any(duty.intent.unreported for duty in person.duties)
