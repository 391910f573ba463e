"""What is known of one queue, minute by minute: from the snapshots of the telephone system, or from contacts.

Snapshots carry counters that only grow within an interval, so the greatest value heard within a minute is the
minute's, in whatever order and however often they come. A snapshot at an interval's very end still counts for it.
Contacts are counted by their milestones; of each the latest picture is kept, and what it adds is taken out and put in
again when another milestone of it becomes known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from centre.events import Contact, QueueSnapshot
from centre.grid import aware
from streams.persistent import PersistentMap
from streams.service_level import NOT_KNOWN, SECOND, Counts, virtual_from_waits

MINUTE_S = 60
SHORT_ABANDON = 5 * SECOND


class Minute(NamedTuple):
    """The snapshots of one minute: the greatest counters, and the last state of the queue."""

    at: int
    id: str
    waiting: int
    oldest_wait: int
    staffed: int
    counts: Counts


class Call(NamedTuple):
    """When what happened to a contact, UTC microseconds; 0: not, or not yet known."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    ended: int = 0

    @property
    def last(self) -> int:
        """The latest of them."""
        return max(self)


class QueueTold(NamedTuple):
    """An incident of a queue that has been told and not ended."""

    type: str
    since: int
    severity: str


@dataclass(frozen=True, slots=True)
class QueueLine:
    """Everything of one queue. The mappings are never changed in place once the line stands in a state.

    Attributes
    ----------
    snapshots : by the end of the minute in which they came, UTC seconds.
    calls : what contacts add, by the end of the minute.
    records : contacts that may still change.
    judged : for minutes judged before, the types of trouble found. A memory only: it follows from the rest.
    told : incidents told and not ended.
    due : when to look again, UTC microseconds.
    """

    snapshots: Mapping[int, Minute] = field(default_factory=dict)
    calls: Mapping[int, Counts] = field(default_factory=dict)
    records: PersistentMap[str, Call] = field(default_factory=PersistentMap)
    judged: Mapping[int, frozenset[str]] = field(default_factory=dict)
    told: tuple[QueueTold, ...] = ()
    due: int = 1 << 62

    def latest(self, mark: int) -> Minute | None:
        """The last snapshot up to a minute's end, if it is not older than three minutes."""
        for minute in range(mark, mark - 3 * MINUTE_S, -MINUTE_S):
            if minute in self.snapshots:
                return self.snapshots[minute]
        return None

    def between(self, start: int, end: int, zone: str, grid_s: int) -> Counts:
        """What was counted within (start, end], both ends of minutes, UTC seconds."""
        if not self.snapshots:
            minutes = range(start + MINUTE_S, end + 1, MINUTE_S)
            return _total(self.calls[minute] for minute in minutes if minute in self.calls)
        whole, at = _NONE, start
        while at < end:
            first = interval_start(at, zone, grid_s)
            last = first + grid_s
            late = self._counted(first, min(end, last))
            came = late.less(self._counted(first, at)) if at > first else late
            whole = came if whole is _NONE else whole.plus(came)
            at = last
        return whole

    def virtual(self, start: int, end: int, within_s: float) -> float | None:
        """P(W <= T) of endless patience, from contacts still known whose wait ended in (start, end]."""
        begin, stop = start * SECOND, end * SECOND
        answered = [c.answered - c.offered for c in self.records.values() if c.offered and begin < c.answered <= stop]
        gone = [c.abandoned - c.offered for c in self.records.values() if c.offered and begin < c.abandoned <= stop]
        return virtual_from_waits(list(map(float, answered)), list(map(float, gone)), within_s * SECOND)

    def _counted(self, first: int, until: int) -> Counts:
        """The counters of the interval from `first`, as they stood at a minute's end."""
        for minute in range(until, first, -MINUTE_S):
            if minute in self.snapshots:
                return self.snapshots[minute].counts.plain()
        return _NONE


_NONE = Counts()


def minute_end(at: int) -> int:
    """The end, in UTC seconds, of the minute (start, end] in which an instant lies."""
    return -(-at // (MINUTE_S * SECOND)) * MINUTE_S


@lru_cache(maxsize=8192)
def interval_start(second: int, zone: str, grid_s: int) -> int:
    """The start of the interval of the site's grid in which a UTC second lies."""
    offset = aware(second, zone).utcoffset()
    shift = round(offset.total_seconds()) if offset is not None else 0
    return (second + shift) // grid_s * grid_s - shift


def minute_of(snapshot: QueueSnapshot) -> Minute:
    """A snapshot as it is kept."""
    extra = snapshot.extra

    def more(name: str, unit: int = 1) -> int:
        value = extra.get(name)
        return round(value * unit) if isinstance(value, int | float) else NOT_KNOWN

    counts = Counts(
        snapshot.offered,
        snapshot.answered,
        snapshot.answered_within,
        snapshot.abandoned,
        more("abandoned_within"),
        more("short_abandons"),
        round(snapshot.wait_s * SECOND),
        more("answered_wait_s", SECOND),
        more("handled"),
        more("handle_s", SECOND),
    )
    oldest = round(snapshot.oldest_wait_s * SECOND)
    return Minute(snapshot.at, snapshot.id, snapshot.waiting, oldest, snapshot.staffed, counts)


def together(one: Minute | None, other: Minute) -> Minute:
    """Two snapshots of one minute as one, whichever came first."""
    if one is None:
        return other
    last = max(one, other)
    return last._replace(counts=one.counts.most(other.counts))


def with_milestone(call: Call, event: Contact) -> Call:
    """A contact of which one more milestone is known; of two of a kind the earlier holds."""
    known: int = getattr(call, event.milestone)
    return call._replace(**{event.milestone: min(known, event.at) if known else event.at})


def added(call: Call, within_s: float) -> list[tuple[int, Counts]]:
    """What a contact adds to which minutes.

    Nothing of handling: a contact's end is the end of the conversation, and the work after it is not told by it.
    """
    found = []
    if call.offered:
        found.append((minute_end(call.offered), Counts(offered=1)))
    wait = max(call.answered or call.abandoned, call.offered) - call.offered if call.offered else 0
    within = int(bool(call.offered) and wait <= within_s * SECOND)
    if call.answered:
        counts = Counts(answered=1, answered_within=within, wait=wait, answered_wait=wait)
        found.append((minute_end(call.answered), counts))
    elif call.abandoned:
        short = int(bool(call.offered) and wait <= SHORT_ABANDON)
        counts = Counts(abandoned=1, abandoned_within=within, short_abandons=short, wait=wait)
        found.append((minute_end(call.abandoned), counts))
    return found


def _total(parts: Iterable[Counts]) -> Counts:
    whole = Counts()
    for part in parts:
        whole = whole.plus(part)
    return whole
