"""Who has to be looked at when: an index by second that changes without copying what it does not touch."""

import heapq
from collections.abc import Callable
from typing import NamedTuple

from streams.persistent import PersistentMap

SECOND = 1_000_000
NEVER = 1 << 62
"""Later than anything, UTC microseconds."""

LOOK_AHEAD = 60
"""Seconds that are seen to be calm in one go."""


class Subject(NamedTuple):
    """What is looked at: an "agent", a "queue" or a "case", by name."""

    kind: str
    name: str


Index = PersistentMap[int, frozenset[Subject]]
"""By second, who is due within it. Entries may be stale: each subject knows itself when it is due."""


class Agenda:
    """An index being changed.

    Parameters
    ----------
    base : the index as it was.
    due_of : when a subject is really due, UTC microseconds.
    look : looks at a subject as of an instant; it may `add` the subject again, for later.
    """

    def __init__(self, base: Index, due_of: Callable[[Subject], int], look: Callable[[Subject, int], None]) -> None:
        self._base = base
        self._due_of = due_of
        self._look = look
        self._changed: dict[int, set[Subject]] = {}
        self._seconds: list[int] = []  # to be looked into, up to and with `_last`
        self._last = -1
        self._queue: list[tuple[int, Subject]] = []  # who is due within `_second`, the one being looked into
        self._second = -1
        self.calm = 0
        """Certainly nobody is due before this instant, UTC microseconds, of those not looked at yet."""

    def add(self, subject: Subject, due: int) -> None:
        """A subject is due, at `due` at the earliest."""
        if due == NEVER:
            return
        self.calm = min(self.calm, due)
        second = due // SECOND
        if second == self._second:
            heapq.heappush(self._queue, (due, subject))
            return
        if second <= self._last:
            heapq.heappush(self._seconds, second)
        self._bucket(second).add(subject)

    def advance(self, since: int, to: int) -> None:
        """Look at everybody due within (since, to], each as of when he is due, in order of time, kind and name."""
        first, self._last = since // SECOND, to // SECOND
        if self._last - first < 64:
            self._seconds = list(range(first, self._last + 1))
        else:
            keys = {*self._base, *self._changed}
            self._seconds = sorted(second for second in keys if second <= self._last)
        while self._seconds:
            self._look_within(heapq.heappop(self._seconds), to)
        self.calm = self._calm_after(self._last)
        self._last = -1

    def finish(self) -> Index:
        """The index as it has become; nobody is looked at any more.

        The two functions are let go of, for what they belong to holds the agenda: without a cycle all of it, old lines
        among it, is gone with the last name for it, instead of with the next collection of cycles.
        """
        self._close()
        self._due_of, self._look = _nobody, _nothing
        filled = {second: frozenset(subjects) for second, subjects in self._changed.items() if subjects}
        return self._base.replace(filled, {second for second, subjects in self._changed.items() if not subjects})

    def _calm_after(self, second: int) -> int:
        """Up to when nobody is due, where everybody due so far was looked at: at most a minute on."""
        if second == self._second and self._queue:
            return self._queue[0][0]
        following = second + 1
        while following < second + LOOK_AHEAD and following not in self._base and following not in self._changed:
            following += 1
        return following * SECOND

    def _look_within(self, second: int, to: int) -> None:
        if second != self._second and not self._open(second):
            return
        while self._queue and self._queue[0][0] <= to:
            due, subject = heapq.heappop(self._queue)
            if self._due_of(subject) == due:
                self._look(subject, due)

    def _open(self, second: int) -> bool:
        """Put those who are due within a second in order; it stays open, for time moves on in small steps."""
        self._close()
        if not self._changed.get(second, self._base.get(second)):
            return False
        entries = ((self._due_of(subject), subject) for subject in self._bucket(second))
        self._second, self._queue = second, [entry for entry in entries if entry[0] // SECOND == second]
        heapq.heapify(self._queue)
        return True

    def _close(self) -> None:
        if self._second >= 0:
            self._changed[self._second] = {subject for _, subject in self._queue}
            self._second, self._queue = -1, []

    def _bucket(self, second: int) -> set[Subject]:
        found = self._changed.get(second)
        if found is None:
            found = self._changed[second] = set(self._base.get(second) or ())
        return found


def _nobody(subject: Subject) -> int:
    """Nobody is due any more."""
    return NEVER


def _nothing(subject: Subject, at: int) -> None:
    """Nobody is looked at any more."""
