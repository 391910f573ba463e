"""The queues and cases of a state being changed: what is heard of them, and what to say of it as time passes."""

from dataclasses import replace

from centre.events import Case, Contact, QueueSnapshot
from centre.queues import Queue
from streams.agenda import NEVER, Agenda, Subject
from streams.case_line import CaseLine, look_at_case, with_case_milestone
from streams.floor_policy import SECOND, FloorPolicy
from streams.outputs import Correction, Output
from streams.persistent import PersistentMap
from streams.queue_alerts import judge_queue, tell_queue
from streams.queue_line import (
    MINUTE_S,
    Call,
    Minute,
    QueueLine,
    added,
    minute_end,
    minute_of,
    together,
    with_milestone,
)
from streams.service_level import Counts
from streams.state import State

TIDY_S = 3600
"""How often contacts are forgotten that nothing can change any more."""


class Work:
    """A queue's line while it is changed: what changes becomes its own, the rest is shared with the line it was."""

    def __init__(self, line: QueueLine) -> None:
        self._line = line
        self._snapshots: dict[int, Minute] | None = None
        self._calls: dict[int, Counts] | None = None
        self._judged: dict[int, frozenset[str]] | None = None
        self._records: dict[str, Call] = {}
        self._newest: int | None = None  # the last minute judged, once it was asked for
        self.told = line.told
        self.due = line.due

    @property
    def snapshots(self) -> dict[int, Minute]:
        """The snapshots, to be changed."""
        if self._snapshots is None:
            self._snapshots = dict(self._line.snapshots)
        return self._snapshots

    @property
    def calls(self) -> dict[int, Counts]:
        """What contacts add, to be changed."""
        if self._calls is None:
            self._calls = dict(self._line.calls)
        return self._calls

    @property
    def judged(self) -> dict[int, frozenset[str]]:
        """Which minutes were judged how, to be changed."""
        if self._judged is None:
            self._judged = dict(self._line.judged)
        self._newest = None
        return self._judged

    @property
    def has_snapshots(self) -> bool:
        """Whether there is a snapshot at all."""
        return bool(self._line.snapshots if self._snapshots is None else self._snapshots)

    def record(self, contact: str) -> Call:
        """What is known of a contact."""
        return self._records.get(contact) or self._line.records.get(contact) or Call()

    def put(self, contact: str, call: Call) -> None:
        """Know something else of a contact."""
        self._records[contact] = call

    def forget_judged(self, since: int) -> None:
        """What was judged of a minute or later ones may have been wrong."""
        if self._newest is None:
            self._newest = max(self._line.judged if self._judged is None else self._judged, default=0)
        if since <= self._newest:
            self._judged = {minute: found for minute, found in self.judged.items() if minute < since}
            self._newest = None

    def forget(self, day_start: int, late: int) -> None:
        """Forget what lies before a day, UTC microseconds, and contacts that no event can change any more."""
        first = day_start // SECOND
        line = self.line()
        records = {name: call for name, call in line.records.items() if lasting(call, late, day_start)}
        self._line = replace(line, records=PersistentMap(records))
        self._records = {}
        self._snapshots = {minute: seen for minute, seen in self.snapshots.items() if minute > first}
        self._calls = {minute: counts for minute, counts in self.calls.items() if minute > first}
        self._judged = {minute: found for minute, found in self.judged.items() if minute > first}

    def line(self) -> QueueLine:
        """The line it has become."""
        return QueueLine(
            self._line.snapshots if self._snapshots is None else self._snapshots,
            self._line.calls if self._calls is None else self._calls,
            self._line.records.replace(self._records),
            self._line.judged if self._judged is None else self._judged,
            self.told,
            self.due,
        )


class QueueBook:
    """Queues and cases that changed, over those of the state they came from."""

    def __init__(self, state: State, floor: FloorPolicy, said: list[Output]) -> None:
        self._base = state
        self._floor = floor
        self._said = said
        self._queues: dict[str, Work] = {}
        self.cases: dict[str, CaseLine] = {}
        self.forgotten: set[str] = set()
        self._agenda: Agenda

    def use(self, agenda: Agenda) -> None:
        """Take the agenda on which queues and cases are put that have to be looked at."""
        self._agenda = agenda

    def queues(self) -> dict[str, QueueLine]:
        """The queues that changed."""
        return {name: work.line() for name, work in self._queues.items()}

    def due(self, subject: Subject) -> int:
        """When a queue or a case has to be looked at again."""
        return self._work(subject.name).due if subject.kind == "queue" else self._case(subject.name).due

    def look(self, subject: Subject, at: int) -> None:
        """Judge a queue or a case as of an instant, and say what changed."""
        if subject.kind == "queue":
            self._look_at_queue(subject.name, at)
        else:
            self._look_at_case(subject.name, at)

    def snapshot(self, event: QueueSnapshot, now: int) -> None:
        """The telephone system told how a queue stands."""
        if self._too_late(event, now):
            return
        work, minute = self._work(event.queue), minute_end(event.at)
        before = work.snapshots.get(minute)
        after = together(before, minute_of(event))
        if after != before:
            work.snapshots[minute] = after
            work.forget_judged(minute)
            self._look_soon(event.queue, now)

    def contact(self, event: Contact, now: int) -> None:
        """Something happened to a contact."""
        if self._too_late(event, now):
            return
        work, within = self._work(event.queue), self._queue(event.queue).within_s
        before = work.record(event.contact)
        after = with_milestone(before, event)
        if after == before:
            return
        for minute, counts in added(before, within):
            work.calls[minute] = work.calls[minute].less(counts)
        for minute, counts in added(after, within):
            work.calls[minute] = work.calls.get(minute, Counts()).plus(counts)
        work.put(event.contact, after)
        if not work.has_snapshots:
            work.forget_judged(minute_end(min(event.at, before.last or event.at)))
            self._look_soon(event.queue, now)

    def case(self, event: Case, now: int) -> None:
        """Something happened to a case."""
        if self._too_late(event, now):
            return
        before = self._case(event.case)
        after = with_case_milestone(before, event)
        if after != before:
            self.forgotten.discard(event.case)
            self.cases[event.case] = after._replace(due=now + 1)
            self._agenda.add(Subject("case", event.case), now + 1)

    def look_at_all(self, now: int) -> None:
        """Every queue and case has to be judged anew when time next moves."""
        for name in self._base.queues:
            self._look_soon(name, now)
        for name, line in self._base.cases.items():
            self.cases[name] = line._replace(due=now + 1)
            self._agenda.add(Subject("case", name), now + 1)

    def close_day(self, window: tuple[int, int], now: int) -> None:
        """Forget what lies before a day."""
        for name in sorted({*self._base.queues, *self._queues}):
            self._work(name).forget(window[0], now - self._floor.horizon)

    def _look_at_queue(self, name: str, at: int) -> None:
        work = self._work(name)
        mark = at // SECOND // MINUTE_S * MINUTE_S
        if mark % TIDY_S == 0:
            work.forget(self._base.begun, at - self._floor.horizon)
        line = work.line()
        incidents = judge_queue(line, self._queue(name), self._floor, mark, work.judged)
        self._said.extend(tell_queue(name, work.told, incidents, self._floor, at))
        work.told = tuple(sorted(told for told, _ in incidents.values()))
        rolling = self._floor.policy.alerts.rolling_minutes * MINUTE_S
        last = max(max(line.snapshots, default=0), max(line.calls, default=0))
        work.due = (mark + MINUTE_S) * SECOND if mark <= last + rolling + MINUTE_S or work.told else NEVER
        self._agenda.add(Subject("queue", name), work.due)

    def _look_at_case(self, name: str, at: int) -> None:
        line, says = look_at_case(name, self._case(name), self._floor, at)
        self._said.extend(says)
        if line is None:
            self.cases.pop(name, None)
            self.forgotten.add(name)
            return
        self.cases[name] = line
        self._agenda.add(Subject("case", name), line.due)

    def _look_soon(self, name: str, now: int) -> None:
        """Something new is known of a queue: look when time next moves."""
        work = self._work(name)
        if work.due > now + 1:
            work.due = now + 1
            self._agenda.add(Subject("queue", name), now + 1)

    def _too_late(self, event: QueueSnapshot | Contact | Case, now: int) -> bool:
        if event.at >= now - self._floor.horizon:
            return False
        self._said.append(Correction(event.id, "", event.at, now, event.queue))
        return True

    def _queue(self, name: str) -> Queue:
        return self._floor.queues.get(name) or Queue(name=name)

    def _work(self, name: str) -> Work:
        work = self._queues.get(name)
        if work is None:
            work = self._queues[name] = Work(self._base.queues.get(name) or _NEW)
        return work

    def _case(self, name: str) -> CaseLine:
        if name in self.forgotten:
            return CaseLine()
        return self.cases.get(name) or self._base.cases.get(name) or CaseLine()


def lasting(call: Call, late: int, day_start: int) -> bool:
    """Whether a contact may still change: heard of lately, or not over and not older than the day."""
    over = call.abandoned or call.ended
    return call.last >= (late if over else day_start)


_NEW = QueueLine()
