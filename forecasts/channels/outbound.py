"""Outbound: work without a caller who waits; agents are needed for its workload at the occupancy they can keep.

Where the same people also take the calls of an inbound queue, outbound calls fill their pauses (`channels.blend`).
"""

import numpy as np

from centre.queues import Queue
from forecasts.channels.blend import blended_staff, free_load
from forecasts.channels.channel import Beside, Demand, Floats, Need, whole_agents
from forecasts.erlang import DEFINITIONS


class Outbound:
    """Calls the centre makes itself, in the interval for which they are planned."""

    name = "outbound"

    def need(self, demand: Demand, queue: Queue) -> Need:
        """Mean workload over the highest occupancy; beside an inbound queue what it asks for beyond that one's agents.

        Then whoever is free calls out as long as the inbound goal allows, so that it needs fewer than alone.
        """
        load = demand.weights @ demand.loads
        empty = Need(np.zeros(load.size, dtype=np.int64), np.full(load.size, "", dtype=object))
        if demand.beside is None:
            agents = whole_agents(load / queue.max_occupancy)
        else:
            other = demand.beside
            occupancy = min(queue.max_occupancy, other.queue.max_occupancy)
            agents = blended_staff(other.required, other.load, load, *_goal(demand, other), occupancy)
        return empty.at_least(agents, "occupancy").at_least(demand.minimum(queue), "minimum")

    def curve(self, demand: Demand, queue: Queue, most: int) -> Floats:
        """As many contacts as the agents have time for, up to all; what inbound's pauses hold is done anyway."""
        present = np.arange(most + 1) * (1.0 - queue.unplanned_shrinkage)
        one_agent = 60.0 * demand.minutes * queue.max_occupancy / demand.aht_s
        total = (demand.weights @ demand.served)[:, None]
        free = np.zeros(demand.aht_s.size)
        if demand.beside is not None:
            other = demand.beside
            free = free_load(other.required, other.load, *_goal(demand, other)) * 60.0 * demand.minutes / demand.aht_s
        return np.minimum(free[:, None] + one_agent[:, None] * present, total)


def _goal(demand: Demand, other: Beside) -> tuple[Floats, Floats, float, int, Floats]:
    """Patience and threshold of the inbound queue in handle times, its target, definition and short threshold."""
    queue, unit = other.queue, other.aht_s
    number = DEFINITIONS.index(queue.definition)
    return queue.patience_s / unit, queue.within_s / unit, queue.target, number, demand.short_abandon_s / unit
