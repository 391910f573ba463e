"""What there is to say of the queues: rolling, and by interval, from a state."""

from collections.abc import Iterable, Iterator
from typing import Any

from centre.queues import Queue
from streams.floor_policy import SECOND, FloorPolicy
from streams.matrix import ON_QUEUE
from streams.outputs import iso
from streams.pieces import Pieces
from streams.queue_alerts import rolling
from streams.queue_line import MINUTE_S, QueueLine
from streams.service_level import NOT_KNOWN, figures
from streams.state import State
from streams.timeline import STATE_CODES

READY = STATE_CODES["ready"]


def queue_now(state: State, floor: FloorPolicy) -> Iterator[dict[str, Any]]:
    """Each queue as it stands: who waits, and the rolling figures at the last whole minute."""
    mark = state.now // SECOND // MINUTE_S * MINUTE_S
    for name in sorted(state.queues):
        line = state.queues[name]
        seen = line.latest(mark)
        yield {
            "queue": name,
            "at": iso(mark * SECOND, floor.zone),
            "minutes": floor.policy.alerts.rolling_minutes,
            "waiting": seen.waiting if seen else None,
            "oldest_wait_s": seen.oldest_wait / SECOND if seen else None,
            "staffed": seen.staffed if seen else None,
            **figures(rolling(line, floor, mark)),
        }


def queue_over(state: State, floor: FloorPolicy, name: str, start: int, end: int) -> dict[str, Any]:
    """A queue's figures over [start, end), UTC seconds, whole intervals: the most that waited, and every definition."""
    line = state.queues.get(name) or QueueLine()
    queue = floor.queues.get(name) or Queue(name=name)
    row = figures(line.between(start, end, floor.zone, floor.grid_minutes * 60))
    level: Any = row["service_level"]
    if level["virtual"] is None:
        level["virtual"] = line.virtual(start, end, queue.within_s)
    seen = [minute for minute in line.snapshots.values() if start * SECOND <= minute.at < end * SECOND]
    return {
        "queue": name,
        "start": iso(start * SECOND, floor.zone),
        "definition": queue.definition,
        **{key: None if value == NOT_KNOWN else value for key, value in row.items()},
        "most_waiting": max((minute.waiting for minute in seen), default=None),
        "longest_wait_s": max((minute.oldest_wait for minute in seen), default=0) / SECOND if seen else None,
    }


def occupancy(parts: Iterable[Pieces]) -> float | None:
    """Handling over handling and waiting, of the time in agents' pieces; None when there was neither."""
    on_queue = waiting = 0
    for part in parts:
        lengths, states = part.lengths, part.states
        on_queue += sum(int(lengths[states == code].sum()) for code in ON_QUEUE)
        waiting += int(lengths[states == READY].sum())
    return (on_queue - waiting) / on_queue if on_queue else None
