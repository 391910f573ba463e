"""Deferred work (e-mail, back-office cases): not Erlang, but a backlog that must be empty by its deadlines.

What came in by an interval bounds the work that can be done by then from above, what is due by it from below. Between
the two the work is laid out as evenly as possible, or into the valleys of the queues whose agents do it; then whole
agents follow that plan, and what they do beyond it is taken off the next intervals.
"""

import numpy as np

from centre.queues import Queue
from forecasts.channels.channel import Bools, Demand, Floats, Ints, Need
from forecasts.channels.even import evenly


def bounds(work: Floats, open_: Bools, intervals_to_deadline: int) -> tuple[Floats, Floats]:
    """Highest and lowest work done by the end of each interval, [intervals], running totals.

    Work that comes in during an interval can be done in it, and must be done `intervals_to_deadline` later, counting
    that one; where all of these are closed, in the first open interval after. At the end nothing is left over but what
    came in after the last open interval.
    """
    count = work.size
    places = np.flatnonzero(open_)
    if places.size == 0:
        return np.zeros(count), np.zeros(count)
    came = np.arange(count)
    first = np.searchsorted(places, came)  # number of the first open interval not before
    last = np.searchsorted(places, came + max(1, intervals_to_deadline) - 1, side="right") - 1
    workable = first < places.size
    due_at = places[np.minimum(np.maximum(first, last), places.size - 1)]
    from_at = places[np.minimum(first, places.size - 1)]
    available = np.bincount(from_at[workable], work[workable], count)
    due = np.bincount(due_at[workable], work[workable], count)
    return np.cumsum(available), np.cumsum(due)


def follow(plan: Floats, due: Floats, available: Floats, capacity: float, open_: Bools) -> tuple[Ints, Floats]:
    """Whole agents that follow a plan, and the work they do in each interval.

    The backlog recursion: done = min(available, done + agents * capacity). Where the plan has work,
    an agent is called for every whole interval of it that is behind, rounded to the nearest; elsewhere only when a
    deadline asks for one. So nobody sits half idle for work that may still wait, nor is called into a peak.
    """
    agents = np.zeros(plan.size, dtype=np.int64)
    work = np.zeros(plan.size)
    done = planned = 0.0
    for t in np.flatnonzero(open_):
        behind, there = (plan[t] - done) / capacity, (available[t] - done) / capacity
        kept_busy = min(np.floor(behind + 0.5), np.floor(there + 1e-9)) if plan[t] > planned else 0.0
        agents[t] = max(0, int(kept_busy), int(np.ceil((due[t] - done) / capacity - 1e-9)))
        after = max(done, min(available[t], done + agents[t] * capacity))
        work[t] = after - done
        done, planned = after, plan[t]
    return agents, work


class Deferred:
    """Work with a deadline in place of a caller who waits."""

    name = "deferred"

    def _staff(self, demand: Demand, queue: Queue) -> tuple[Ints, Floats]:
        """Agents, and agent-seconds of work done, [intervals]."""
        work = demand.volume * demand.aht_s
        available, due = bounds(work, demand.open, queue.deadline_minutes // demand.minutes)
        capacity = 60.0 * demand.minutes * queue.max_occupancy
        plan = np.zeros(work.size)
        plan[demand.open] = evenly(due[demand.open], available[demand.open], demand.base[demand.open] * capacity)
        return follow(plan, due, available, capacity, demand.open)

    def need(self, demand: Demand, queue: Queue) -> Need:
        """Fewest agents, evenly laid out, that finish all work by its deadline at the highest occupancy."""
        agents, _ = self._staff(demand, queue)
        empty = Need(np.zeros(agents.size, dtype=np.int64), np.full(agents.size, "", dtype=object))
        return empty.at_least(agents, "deadline").at_least(demand.minimum(queue), "minimum")

    def curve(self, demand: Demand, queue: Queue, most: int) -> Floats:
        """As much of the interval's share of the work as the agents have time for, in contacts."""
        _, work = self._staff(demand, queue)
        present = np.arange(most + 1) * (1.0 - queue.unplanned_shrinkage)
        seconds = 60.0 * demand.minutes * queue.max_occupancy * present
        contacts: Floats = np.minimum(seconds, work[:, None]) / demand.aht_s[:, None]
        return contacts
