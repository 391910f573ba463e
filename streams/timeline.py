"""An agent's timeline: who was in which state since when, exact to the microsecond.

A timeline is the sorted set of the transitions heard of one agent, so it is the same whatever order they came in.
It is kept small, because a floor has many agents and a day has hundreds of transitions each: instants and state codes
lie packed; only transitions young enough to be preceded by a late one, or heard twice, still carry their ids.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from centre.events import STATES
from centre.said import Said

UNKNOWN = 0
"""Code of "nothing heard yet"; the native states follow from 1 in the order of `centre.events.STATES`."""

STATE_CODES: dict[str, int] = {state: code for code, state in enumerate(STATES, start=1)}
STATE_NAMES = ("unknown", *STATES)

_END, _OTHER = "\0", "\ufffd"
_ONE = tuple(bytes((number,)) for number in range(256))


def joined(ids: Iterable[str]) -> str:
    """Ids as a timeline keeps them: one text, which is small, near in memory and quickly searched."""
    return "".join((_END, *(name.replace(_END, _OTHER) + _END for name in ids)))


class Timeline(Struct, frozen=True, gc=False):
    """Transitions in order of (instant, sequence, id). Never changed in place.

    Attributes
    ----------
    ats : instants, UTC microseconds.
    codes : state entered at each instant.
    places : for each transition the index of its queue in `queues`.
    queues : names of the queues in order of the alphabet, "" where none was named.
    names : ids of the last `len(sequences)` events, joined by `joined`; older ones are settled: nothing can come before
        them, or a second time.
    sequences : the sender's own counting of those.
    """

    ats: "array[int]" = field(default_factory=lambda: array("q"))
    codes: bytes = b""
    places: bytes = b""
    queues: tuple[str, ...] = ("",)
    names: str = _END
    sequences: "array[int]" = field(default_factory=lambda: array("q"))

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the events that are not settled."""
        return tuple(self.names[1:-1].split(_END)) if self.sequences else ()

    def insert(self, at: int, code: int, queue: str, id: str, sequence: int = 0) -> "Timeline | None":  # noqa: A002
        """The timeline with one more transition, or None when it is there already.

        The caller keeps transitions out that are older than the settled part.
        """
        if _END in id:
            id = id.replace(_END, _OTHER)  # noqa: A001
        names = self.names
        if id in names and f"{_END}{id}{_END}" in names:  # the first alone is five times as fast
            return None
        queues = self.queues
        if queue not in queues:
            return self._knowing(queue).insert(at, code, queue, id, sequence)
        ats, sequences = self.ats, self.sequences
        one, place = _ONE[code], _ONE[queues.index(queue)]
        if not sequences or at > ats[-1]:
            ats, sequences = ats[:], sequences[:]  # a third of what adding two arrays takes
            ats.append(at)
            sequences.append(sequence)
            return Timeline(ats, self.codes + one, self.places + place, queues, names + id + _END, sequences)
        ids, settled = self.ids, len(ats) - len(sequences)
        index = bisect_left(ats, at, settled)
        while (
            index < len(ats)
            and ats[index] == at
            and (sequences[index - settled], ids[index - settled])
            < (
                sequence,
                id,
            )
        ):
            index += 1
        mark = index - settled
        return Timeline(
            ats[:index] + array("q", (at,)) + ats[index:],
            self.codes[:index] + one + self.codes[index:],
            self.places[:index] + place + self.places[index:],
            self.queues,
            joined((*ids[:mark], id, *ids[mark:])),
            sequences[:mark] + array("q", (sequence,)) + sequences[mark:],
        )

    def settle(self, before: int) -> "Timeline":
        """Forget the marks of transitions before an instant, but for the one in force at it."""
        first = bisect_left(self.ats, before) - 1
        drop = first - (len(self.ats) - len(self.sequences))
        if drop <= 0:
            return self
        return replace(self, names=joined(self.ids[drop:]), sequences=self.sequences[drop:])

    def prune(self, before: int) -> "Timeline":
        """Forget transitions before an instant, but for the one in force at it."""
        first = bisect_left(self.ats, before) - 1
        if first <= 0:
            return self
        keep = len(self.ats) - first
        names = sorted({"", *(self.queues[place] for place in self.places[first:])})
        moved = bytes(names.index(self.queues[place]) for place in self.places[first:])
        return Timeline(
            self.ats[first:], self.codes[first:], moved, tuple(names), joined(self.ids[-keep:]), self.sequences[-keep:]
        )

    def in_force(self, at: int) -> int:
        """Index of the transition in force at an instant; -1 before the first."""
        return bisect_right(self.ats, at) - 1

    def state(self, index: int) -> int:
        """State code of a transition; UNKNOWN for -1."""
        return self.codes[index] if index >= 0 else UNKNOWN

    def queue(self, index: int) -> str:
        """The queue a transition named, or ""."""
        return self.queues[self.places[index]] if index >= 0 else ""

    def id(self, index: int) -> str:
        """The event id of a transition, where it is still kept, else ""."""
        place = index - len(self.ats) + len(self.sequences)
        return self.ids[place] if index >= 0 and place >= 0 else ""

    def _knowing(self, queue: str) -> "Timeline":
        """The same with one more name among the queues."""
        names = tuple(sorted({*self.queues, queue}))
        if len(names) > 256:
            raise ValueError(Said("at most 255 queues in an agent's timeline; one more is {queue}", queue=queue))
        moved = bytes(names.index(name) for name in self.queues)
        return replace(self, queues=names, places=self.places.translate(moved.ljust(256, b"\0")))
