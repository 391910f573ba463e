"""What really became of the queues of a rehearsed day: when service, staffing or waiting was bad, which cases stuck.

Service is counted anew from the contacts themselves, one by one, not from the counters that the telephone system
reports; how many wait and how many are there is what it saw at each minute's end. Rules and thresholds are the
policy's, as the alerts' are, so the words are shared and the reckoning is not.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from centre.events import QueueSnapshot
from centre.policy import Policy
from centre.queues import Queue
from streams.rehearsal.floor import SHORT_ABANDON_S, Caller, Floor
from streams.rehearsal.people import SECOND
from streams.rehearsal.truth import Happened
from streams.service_level import DEFINITIONS, Counts, of_offered

MINUTE = 60 * SECOND
Marks = NDArray[np.int64]
Flags = NDArray[np.bool_]


def queue_truth(
    floor: Floor, required: Mapping[str, Mapping[int, int]], policy: Policy, grid_s: int, end: int
) -> Iterator[Happened]:
    """Where each queue was in trouble, and which cases stayed open past their deadline.

    Parameters
    ----------
    floor : a day that has been lived.
    required : agents needed by queue and interval, named by its start in UTC seconds.
    grid_s : length of an interval.
    end : how far the day was lived, UTC microseconds.
    """
    for name, line in sorted(floor.lines.items()):
        callers = [caller for caller in floor.callers if caller.queue == name]
        seen = [event for event in floor.events if isinstance(event, QueueSnapshot) and event.queue == name]
        marks = np.array([event.at + 1000 for event in seen], dtype=np.int64)
        troubles = {
            "below_service": _below_service(callers, line.queue, policy, marks),
            "below_staffing": _below_staffing(seen, line.queue, required.get(name), grid_s),
            "queue_overload": _overload(seen, policy),
        }
        for kind, bad in troubles.items():
            for first, last in _runs(bad, marks):
                yield Happened(kind, "", first, last, name)
        if line.queue.channel == "deferred":
            yield from _stuck(callers, line.queue, end)


def _below_service(callers: Sequence[Caller], queue: Queue, policy: Policy, marks: Marks) -> Flags:
    """Whether the rolling service level is below its target at each minute's end."""
    within, short = queue.within_s * SECOND, SHORT_ABANDON_S * SECOND
    taken = sorted((caller.answered, caller.answered - caller.at) for caller in callers if caller.answered)
    gone = sorted((caller.left, caller.left - caller.at) for caller in callers if caller.left)
    rolling = policy.alerts.rolling_minutes * MINUTE
    bad = np.zeros(len(marks), dtype=bool)
    for place, mark in enumerate(marks.tolist()):
        answered = _between(taken, mark - rolling, mark)
        abandoned = _between(gone, mark - rolling, mark)
        if len(answered) + len(abandoned) < policy.alerts.min_contacts:
            continue
        counts = Counts(
            answered=len(answered),
            answered_within=int((answered <= within).sum()),
            abandoned=len(abandoned),
            abandoned_within=int((abandoned <= within).sum()),
            short_abandons=int((abandoned <= short).sum()),
        )
        level = DEFINITIONS[queue.definition](counts)
        level = of_offered(counts) if level is None else level
        bad[place] = level is not None and float(level) < queue.target
    return bad


def _between(rows: Sequence[tuple[int, int]], since: int, until: int) -> NDArray[np.int64]:
    """The waits of what happened after one moment and up to another, seen a millisecond before either."""
    whens = np.array([when for when, _ in rows], dtype=np.int64)
    first, last = np.searchsorted(whens, (since - 1000, until - 1000), side="right")
    return np.array([wait for _, wait in rows[first:last]], dtype=np.int64)


def _below_staffing(
    seen: Sequence[QueueSnapshot], queue: Queue, required: Mapping[int, int] | None, grid_s: int
) -> Flags:
    """Whether fewer are there than the interval asks for, at each minute's end."""

    def needed(at: int) -> int:
        return queue.minimum_staff if required is None else required.get(at // SECOND // grid_s * grid_s, 0)

    return np.array([event.staffed < needed(event.at) for event in seen], dtype=bool)


def _overload(seen: Sequence[QueueSnapshot], policy: Policy) -> Flags:
    """Whether somebody waits too long, or too many for those who are there, at each minute's end."""
    longest, crowd = policy.alerts.overload_oldest_wait_s, policy.alerts.overload_waiting_per_agent
    return np.array(
        [
            bool(longest and event.oldest_wait_s >= longest)
            or bool(crowd and event.staffed and event.waiting > crowd * event.staffed)
            for event in seen
        ],
        dtype=bool,
    )


def _runs(bad: Flags, marks: Marks) -> Iterator[tuple[int, int]]:
    """Unbroken runs of bad minutes, from the first bad mark to the first good one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bad, [False]]).astype(np.int8)))
    for first, last in edges.reshape(-1, 2).tolist():
        yield int(marks[first]), int(marks[last]) if last < len(marks) else int(marks[-1]) + MINUTE


def _stuck(callers: Sequence[Caller], queue: Queue, end: int) -> Iterator[Happened]:
    """Cases that were open past their deadline, from it on."""
    for caller in callers:
        limit = caller.at + queue.deadline_minutes * MINUTE
        over = caller.ended or end
        if limit < over:
            yield Happened("stuck_case", "", limit, over, queue.name, caller.id)
