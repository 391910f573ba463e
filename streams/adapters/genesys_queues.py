"""Genesys Cloud queue observations: put together from the pieces they come in.

How many wait now comes apart from the counts of the current interval, and each piece tells only what changed. A
snapshot is made of both as soon as both were heard for that queue; until then a piece says nothing.
"""

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta, Struct, json

from centre.events import QueueSnapshot
from centre.said import Said
from streams.adapters.words import Words, moment
from streams.decode import UnreadableError


class _Group(Struct, rename="camel"):
    queue_id: Annotated[str, Meta(min_length=1)]
    media_type: str = "voice"


class _Stats(Struct):
    count: int = 0
    sum: float = 0.0
    numerator: float = 0.0


class _Metric(Struct):
    metric: str
    stats: _Stats


class _Piece(Struct):
    interval: str
    metrics: list[_Metric]


class _Observations(Struct):
    group: _Group
    data: list[_Piece]


_observations = json.Decoder(_Observations)
_NONE = _Stats()


@dataclass
class _Queue:
    """The last pieces heard of one queue and medium; times in UTC microseconds."""

    at: int = 0
    now: dict[str, _Stats] = field(default_factory=dict)
    start: int = 0
    end: int = 0
    counts: dict[str, _Stats] = field(default_factory=dict)

    def hear(self, piece: _Piece) -> None:
        start, end = _interval(piece.interval)
        metrics = {metric.metric: metric.stats for metric in piece.metrics}
        if start == end:
            self.at = max(self.at, end)
            self.now |= metrics
        elif start >= self.start:
            if start > self.start:
                self.counts = {}  # counts begin anew with an interval; what waits does not
            self.start, self.end = start, end
            self.counts |= metrics


class Queues:
    """What was heard of every queue so far."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._heard: dict[tuple[str, str], _Queue] = {}

    def hear(self, body: bytes) -> tuple[QueueSnapshot, ...]:
        """Take in the body of an observations notification; the queue as it is now, once enough was heard."""
        said = _observations.decode(body)
        queue = self._heard.setdefault((said.group.queue_id, said.group.media_type), _Queue())
        for piece in said.data:
            queue.hear(piece)
        if "oWaiting" not in queue.now or not queue.start:
            return ()
        return (self._snapshot(queue, said.group),)

    def _snapshot(self, queue: _Queue, group: _Group) -> QueueSnapshot:
        name = f"{group.queue_id}/{group.media_type}"
        at = min(max(queue.at, queue.start), queue.end)  # the counts belong to their interval
        counts = queue.counts.get
        figures = (
            queue.now["oWaiting"].count,
            0.0,  # how long the oldest has waited is not among the observations
            counts("nOffered", _NONE).count,
            counts("tAnswered", _NONE).count,
            int(counts("oServiceLevel", _NONE).numerator),
            counts("tAbandon", _NONE).count,
            counts("tAnswered", _NONE).sum / 1000,
            queue.now.get("oOnQueueUsers", _NONE).count,
        )
        return QueueSnapshot(
            "/".join([name, str(at), *map(str, figures)]),
            at,
            self._words.site,
            self._words.queues.get(name) or self._words.queue(group.queue_id),
            *figures,
            extra={"source": "genesys_cloud", "media_type": group.media_type},
        )


def _interval(text: str) -> tuple[int, int]:
    start, slash, end = text.partition("/")
    if not slash:
        raise UnreadableError(Said("{text!r} is no interval", text=text))
    return moment(start), moment(end)
