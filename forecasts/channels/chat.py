"""Chat: an agent serves several contacts at a time, each of them slower the more there are.

The chain of the number of chats is solved exactly: an agent who serves k finishes them at rate k / AHT(k) together, new
chats go to the agent with the fewest, so that all are taken to be as evenly loaded as whole chats allow, and a chat
waits when every agent is at the highest level. From there on it is a queue with n * levels servers of AHT(levels),
patience included. At one level this is Erlang C and A.

The AHT by level comes from `aht_by_concurrency_s`. Where a queue gives only `concurrency`, the handle time is taken to
be the same at every level: the crude divisor, a fallback that flatters.
"""

import math

import numpy as np

from centre.compiled import compiled
from centre.queues import Queue
from forecasts.channels.channel import Demand, Floats, Need, carried_need, whole_agents
from forecasts.erlang import modified_load
from forecasts.erlang.arguments import DEFINITIONS
from forecasts.erlang.metrics import service_level_at
from forecasts.erlang.waiting import served_share, wait_of_served


def handle_times(queue: Queue, aht_s: Floats) -> Floats:
    """AHT in seconds at concurrency 1..levels, [intervals, levels]."""
    if queue.aht_by_concurrency_s:
        return np.broadcast_to(np.array(queue.aht_by_concurrency_s), (aht_s.size, len(queue.aht_by_concurrency_s)))
    return np.repeat(aht_s[:, None], queue.concurrency, axis=1)


def _arrivals(demand: Demand, handle: Floats) -> Floats:
    """Chats a second, [scenarios, intervals]; where the load follows them with a lag, those that would make it so.

    The lag is the time a chat takes while its agent is fully occupied, as agents are who are staffed to the goal.
    """
    if demand.starts is None:
        return demand.served / (60.0 * demand.minutes)
    slowest = np.ascontiguousarray(handle[:, -1])
    lagged: Floats = modified_load(demand.served, slowest, demand.starts, demand.minutes) / slowest
    return np.where(demand.open, lagged, 0.0)


@compiled
def _low(agents: int, load: float, speed: Floats) -> float:
    """P(some slot free) / P(all slots just taken); load in units of the AHT at the highest level.

    speed[k - 1] : contacts an agent at level k finishes in one such AHT; at the highest level that is the level.
    """
    total = 0.0
    term = 1.0
    for taken in range(agents * speed.size, 0, -1):
        level, ahead = divmod(taken, agents)
        rate = ahead * speed[level] if ahead > 0 else 0.0
        if level > 0:
            rate += (agents - ahead) * speed[level - 1]
        term *= rate / load
        total += term
        if total == math.inf:
            break
    return total


@compiled
def _figures(
    arrivals: Floats,
    handle: Floats,
    patience_s: float,
    within_s: float,
    definition: int,
    short_s: float,
    most: int,
) -> tuple[Floats, Floats, Floats]:
    """Service level, wait of the answered (seconds) and abandonment, each [intervals, most + 1]; arrivals a second."""
    shape = (arrivals.size, most + 1)
    level, wait, gone = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for i in range(arrivals.size):
        slots = handle.shape[1]
        slowest = handle[i, slots - 1]
        speed = np.arange(1, slots + 1) * slowest / handle[i]
        load, g, t, short = arrivals[i] * slowest, patience_s / slowest, within_s / slowest, short_s / slowest
        for agents in range(most + 1):
            n = float(agents * slots)
            low = _low(agents, load, speed) if load > 0.0 else 0.0
            level[i, agents] = service_level_at(low, n, load, g, t, definition, short)
            if load > 0.0:
                wait[i, agents] = wait_of_served(low, n, load, g) * slowest
                gone[i, agents] = served_share(low, n, load, g)[1]
    return level, wait, gone


class Chat:
    """Contacts of which an agent serves several at a time."""

    name = "chat"

    def need(self, demand: Demand, queue: Queue) -> Need:
        """All goals; occupancy is the share of the agents' highest throughput that is used."""
        need = self._of_each(demand, queue)
        if demand.carried and demand.starts is not None:
            return carried_need(demand, demand.starts, queue, handle_times(queue, demand.aht_s), need.required)
        return need

    def _of_each(self, demand: Demand, queue: Queue) -> Need:
        """Each interval for itself."""
        handle = handle_times(queue, demand.aht_s)
        slots = handle.shape[1]
        arrivals = _arrivals(demand, handle)
        mean = demand.weights @ arrivals
        load = mean * handle[:, -1] / slots
        most = int(np.ceil(2 * arrivals.max() * handle.max() / slots + 5))
        while True:
            level, wait, gone = self._over(demand, queue, arrivals, most)
            goals = {
                "service_level": level >= queue.target * (1.0 - 1e-12),
                "asa": (wait <= queue.max_asa_s) | (queue.max_asa_s == 0),
                "abandonment": (gone <= queue.max_abandonment) | (queue.max_abandonment in (0.0, 1.0)),
            }
            if all(reached[mean > 0, -1].all() for reached in goals.values()):
                break
            most *= 2
        need = Need(np.zeros(mean.size, dtype=np.int64), np.full(mean.size, "", dtype=object))
        for name, reached in goals.items():
            need = need.at_least(np.where(mean > 0, np.argmax(reached, axis=1), 0), name)
        need = need.at_least(whole_agents(load / queue.max_occupancy), "occupancy")
        return need.at_least(demand.minimum(queue), "minimum")

    def _over(self, demand: Demand, queue: Queue, arrivals: Floats, most: int) -> tuple[Floats, Floats, Floats]:
        """Service level expected over the scenarios; wait and abandonment at the mean."""
        definition = DEFINITIONS.index(queue.definition)
        handle = np.ascontiguousarray(handle_times(queue, demand.aht_s))
        goals = (queue.patience_s, queue.within_s, definition, demand.short_abandon_s, most)
        mean = demand.weights @ arrivals
        level, wait, gone = _figures(mean, handle, *goals)
        if len(demand.weights) > 1:
            shares = demand.weights[:, None] * arrivals / np.maximum(mean, 1e-300)
            level = np.zeros_like(level)
            for share, row in zip(shares, arrivals, strict=True):
                level += share[:, None] * _figures(row, handle, *goals)[0]
        return level, wait, gone

    def curve(self, demand: Demand, queue: Queue, most: int) -> Floats:
        """Volume times service level, between whole agents in a straight line."""
        level, _, _ = self._over(demand, queue, _arrivals(demand, handle_times(queue, demand.aht_s)), most)
        present = np.arange(most + 1) * (1.0 - queue.unplanned_shrinkage)
        lower = np.floor(present).astype(np.int64)
        rest = present - lower
        between = level[:, lower] * (1 - rest) + level[:, np.minimum(lower + 1, most)] * rest
        met: Floats = np.maximum.accumulate(between, axis=1) * (demand.weights @ demand.served)[:, None]
        return met
