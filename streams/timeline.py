"""An agent's timeline: who was in which state since when, exact to the microsecond.

A timeline is the sorted set of the transitions heard of one agent, so it is the same whatever order they came in.
It is kept small, because a floor has many agents and a day has hundreds of transitions each: instants and state codes
lie packed; only transitions young enough to be preceded by a late one, or heard twice, still carry their marks.
"""

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from centre.events import STATES

UNKNOWN = 0
"""Code of "nothing heard yet"; the native states follow from 1 in the order of `centre.events.STATES`."""

STATE_CODES: dict[str, int] = {state: code for code, state in enumerate(STATES, start=1)}
STATE_NAMES = ("unknown", *STATES)


class Mark(NamedTuple):
    """What tells transitions of the same instant apart, and duplicates: the sender's counting, then the id."""

    sequence: int
    id: str


def _no_instants() -> "array[int]":
    return array("q")


@dataclass(frozen=True, slots=True)
class Timeline:
    """Transitions in order of (instant, sequence, id). Never changed in place.

    Attributes
    ----------
    ats : instants, UTC microseconds.
    codes : state entered at each instant.
    places : for each transition the index of its queue in `queues`.
    queues : names of the queues in order of the alphabet, "" where none was named.
    marks : marks of the last `len(marks)` transitions; older ones are settled: nothing can come before them.
    """

    ats: "array[int]" = field(default_factory=_no_instants)
    codes: bytes = b""
    places: bytes = b""
    queues: tuple[str, ...] = ("",)
    marks: tuple[Mark, ...] = ()

    def insert(self, at: int, code: int, queue: str, mark: Mark) -> "Timeline | None":
        """The timeline with one more transition, or None when it is there already.

        The caller keeps transitions out that are older than the settled part.
        """
        marks = self.marks
        for known in marks:
            if known[1] == mark[1]:
                return None
        if queue not in self.queues:
            return self._knowing(queue).insert(at, code, queue, mark)
        ats, one = self.ats, bytes((code,))
        place = bytes((self.queues.index(queue),))
        if not marks or (at, mark) > (ats[-1], marks[-1]):
            return Timeline(ats + array("q", (at,)), self.codes + one, self.places + place, self.queues, (*marks, mark))
        settled = len(ats) - len(marks)
        index = bisect_left(ats, at, settled)
        while index < len(ats) and ats[index] == at and marks[index - settled] < mark:
            index += 1
        return Timeline(
            ats[:index] + array("q", (at,)) + ats[index:],
            self.codes[:index] + one + self.codes[index:],
            self.places[:index] + place + self.places[index:],
            self.queues,
            (*marks[: index - settled], mark, *marks[index - settled :]),
        )

    def settle(self, before: int) -> "Timeline":
        """Forget the marks of transitions before an instant, but for the one in force at it."""
        first = bisect_left(self.ats, before) - 1
        drop = first - (len(self.ats) - len(self.marks))
        return self if drop <= 0 else replace(self, marks=self.marks[drop:])

    def prune(self, before: int) -> "Timeline":
        """Forget transitions before an instant, but for the one in force at it."""
        first = bisect_left(self.ats, before) - 1
        if first <= 0:
            return self
        keep = len(self.ats) - first
        names = sorted({"", *(self.queues[place] for place in self.places[first:])})
        moved = bytes(names.index(self.queues[place]) for place in self.places[first:])
        return Timeline(self.ats[first:], self.codes[first:], moved, tuple(names), self.marks[-keep:])

    def index(self, at: int) -> int:
        """Index of the transition in force at an instant; -1 before the first."""
        return bisect_right(self.ats, at) - 1

    def state(self, index: int) -> int:
        """State code of a transition; UNKNOWN for -1."""
        return self.codes[index] if index >= 0 else UNKNOWN

    def queue(self, index: int) -> str:
        """The queue a transition named, or ""."""
        return self.queues[self.places[index]] if index >= 0 else ""

    def mark(self, index: int) -> Mark | None:
        """The mark of a transition, where it is still kept."""
        place = index - len(self.ats) + len(self.marks)
        return self.marks[place] if index >= 0 and place >= 0 else None

    def __len__(self) -> int:
        return len(self.ats)

    def _knowing(self, queue: str) -> "Timeline":
        """The same with one more name among the queues."""
        names = tuple(sorted({*self.queues, queue}))
        if len(names) > 256:
            raise ValueError(f"at most 255 queues in an agent's timeline; one more is {queue}")
        moved = bytes(names.index(name) for name in self.queues)
        return replace(self, queues=names, places=self.places.translate(moved.ljust(256, b"\0")))
