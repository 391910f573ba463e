"""From a queue's line to what other processes see of it."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from centre.queues import Queue
from streams.case_line import CaseLine, stuck_alert
from streams.days import interval_bounds
from streams.floor_policy import SECOND, FloorPolicy
from streams.live_view import OpenAlert, QueueNow, QueueSpan
from streams.outputs import Alert
from streams.queue_alerts import open_queue_alerts, rolling
from streams.queue_line import MINUTE_S, QueueLine, interval_start
from streams.service_level import Counts, virtual_from_waits


def queue_now(
    name: str, line: QueueLine, stuck: Iterable[tuple[str, CaseLine]], floor: FloorPolicy, at: int
) -> QueueNow:
    """What others see of a queue at `at`, UTC microseconds; `stuck` are its cases that were told of."""
    mark = at // SECOND // MINUTE_S * MINUTE_S
    queue = floor.queues.get(name) or Queue(name=name)
    seen = line.latest(mark + MINUTE_S) or line.latest(mark)
    waiting, oldest = _waiting(line, at) if not line.snapshots else (None, None)
    spans = tuple(_intervals(line, queue, floor, at))
    day = Counts()
    for span in spans:
        day = day.plus(span.counts)
    begin = mark - floor.policy.alerts.rolling_minutes * MINUTE_S
    recent = QueueSpan(begin, mark, rolling(line, floor, mark), line.virtual(begin, mark, queue.within_s))
    alerts = [
        *open_queue_alerts(name, line, queue, floor, mark),
        *(stuck_alert(case, row, floor) for case, row in stuck),
    ]
    return QueueNow(
        queue=name,
        waiting=seen.waiting if seen else waiting,
        oldest_wait_s=seen.oldest_wait / SECOND if seen else oldest,
        staffed=seen.staffed if seen else None,
        seen_at=seen.at if seen else at if waiting is not None else 0,
        required=_required(name, floor, at),
        definition=queue.definition,
        target=queue.target,
        rolling=recent,
        day=QueueSpan(spans[0].start if spans else mark, spans[-1].end if spans else mark, day),
        intervals=spans,
        alerts=tuple(shown_alert(alert, floor) for alert in alerts),
    )


def shown_alert(alert: Alert, floor: FloorPolicy) -> OpenAlert:
    """An alert as others see it, its facts as `paiban watch --json` writes them."""
    who, facts = (alert.type, alert.agent, alert.queue, alert.thread), alert.told_facts(floor.zone)
    return OpenAlert(*who, alert.since, alert.at, alert.severity, facts)


def _required(name: str, floor: FloorPolicy, at: int) -> int | None:
    known = floor.required.get(name)
    return None if known is None else known.get(interval_start(at // SECOND, floor.zone, floor.grid_minutes * 60))


def _waiting(line: QueueLine, at: int) -> tuple[int, float]:
    """Who waits and for how long, from contacts that were offered and have not left the queue."""
    since = [c.offered for c in line.records.values() if c.offered and not (c.answered or c.abandoned or c.ended)]
    return len(since), max(0.0, (at - min(since)) / SECOND) if since else 0.0


def _intervals(line: QueueLine, queue: Queue, floor: FloorPolicy, at: int) -> Iterator[QueueSpan]:
    bounds = [bound // SECOND for bound in interval_bounds(at, floor).tolist() if bound <= at]
    if not bounds:
        return
    bounds.append(interval_start(bounds[-1], floor.zone, floor.grid_minutes * 60) + floor.grid_minutes * 60)
    waits = _waits(line, bounds, floor.grid_minutes * 60)
    for start, end in pairwise(bounds):
        answered, gone = waits.get(start, ([], []))
        endless = virtual_from_waits(answered, gone, queue.within_s * SECOND)
        yield QueueSpan(start, end, line.between(start, end, floor.zone, floor.grid_minutes * 60), endless)


def _waits(line: QueueLine, bounds: list[int], grid_s: int) -> dict[int, tuple[list[float], list[float]]]:
    """Waits of the answered and of those who gave up, by the start of the interval in which they ended."""
    found: dict[int, tuple[list[float], list[float]]] = {}
    first = bounds[0]
    for call in line.records.values():
        ended = call.answered or call.abandoned
        if call.offered and ended > first * SECOND:
            start = (-(-ended // SECOND) - 1 - first) // grid_s * grid_s + first
            pair = found.setdefault(start, ([], []))
            pair[0 if call.answered else 1].append(float(ended - call.offered))
    return found
