"""A queue that falls silent though it is open: an outage, not a calm day; whoever did not get through tries again.

How many of them, and over how long, is the policy's (`returns`, `returns_minutes`): an assumption, evenly spread. While
the silence lasts it is taken to end now: a floor that is ready for those who come back loses little should it last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streams.reallocation.pace import BLOCK_S
from streams.reallocation.sight import Floats

SILENT = 0.1
"""A block with at most this share of its contacts is silent."""

CALM = 0.5
"""A day so much calmer than forecast would still be a day; what even such a day makes unlikely is an outage ..."""

UNLIKELY = 1e-3
"""... at this chance."""

TRYING_S = 3600
"""Who did not get through longer ago has given up."""

CLOSED_S = 7200
"""What lasts longer, and lasts, is a queue that is closed today, whatever was forecast."""


@dataclass(frozen=True)
class Outage:
    """A silence of one queue.

    Attributes
    ----------
    queue : its place.
    start, end : UTC seconds; `end` is now while it lasts.
    lasts : whether it lasts.
    missed : contacts that were expected in its last hour and did not get through.
    """

    queue: int
    start: int
    end: int
    lasts: bool
    missed: float


def find_outages(
    seen: Floats, said: Floats, first: int, now: int, lately: Sequence[tuple[float, float]]
) -> list[Outage]:
    """The silences of a day.

    Parameters
    ----------
    seen, said : contacts offered and forecast of each queue in the blocks that have passed, [queues, blocks].
    first : start of the first block, UTC seconds.
    lately : offered and forecast of each queue since the last of these blocks ended.
    """
    found = []
    for queue in range(len(seen)):
        silent = (said[queue] >= 1) & (seen[queue] <= SILENT * said[queue])
        edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(int)))
        for begin, stop in edges.reshape(-1, 2).tolist():
            came, expected = float(seen[queue, begin:stop].sum()), float(said[queue, begin:stop].sum())
            lasts = stop == seen.shape[1] and lately[queue][0] <= SILENT * lately[queue][1]
            if lasts:
                came, expected = came + lately[queue][0], expected + lately[queue][1]
            closed = lasts and now - (first + begin * BLOCK_S) > CLOSED_S
            if not closed and _chance(came, CALM * expected) < UNLIKELY:
                end = now if lasts else first + stop * BLOCK_S
                trying = slice(max(begin, stop - TRYING_S // BLOCK_S), stop)
                missed = float((said[queue, trying] - seen[queue, trying]).sum())
                missed += lately[queue][1] - lately[queue][0] if lasts else 0.0
                found.append(Outage(queue, first + begin * BLOCK_S, end, lasts, missed))
    return found


def returning(outages: Sequence[Outage], queues: int, starts: Floats, length: int, share: float, over_s: int) -> Floats:
    """Contacts that come again, evenly over the time after each outage, by spans of seconds, [queues, spans]."""
    found = np.zeros((queues, len(starts)))
    for out in outages:
        inside = np.clip(np.minimum(starts + length, out.end + over_s) - np.maximum(starts, out.end), 0, None)
        found[out.queue] += out.missed * share * inside / over_s
    return found


def as_usual(outages: Sequence[Outage], seen: Floats, said: Floats, first: int, share: float, over_s: int) -> Floats:
    """What the day would have brought without its outages: the forecast in a silence, after it what came less those who
    came again, [queues, blocks]."""
    starts: Floats = first + BLOCK_S * np.arange(seen.shape[1], dtype=np.float64)
    again = returning(outages, len(seen), starts, BLOCK_S, share, over_s)
    found: Floats = np.maximum(np.subtract(seen, again), 0.0)
    for out in outages:
        inside = slice((out.start - first) // BLOCK_S, -(-(out.end - first) // BLOCK_S))
        found[out.queue, inside] = said[out.queue, inside]
    return found


def _chance(came: float, expected: float) -> float:
    """P(a Poisson count of this mean is at most so many)."""
    terms = np.arange(int(came) + 1)
    logs = terms * np.log(max(expected, 1e-12)) - np.cumsum(np.log(np.maximum(terms, 1)))
    return float(np.exp(logs - expected).sum())
