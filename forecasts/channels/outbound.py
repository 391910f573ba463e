"""Outbound: work without a caller who waits; agents are needed for its workload at the occupancy they can keep."""

import numpy as np

from centre.queues import Queue
from forecasts.channels.channel import Demand, Floats, Need, whole_agents


class Outbound:
    """Calls the centre makes itself, in the interval for which they are planned."""

    name = "outbound"

    def need(self, demand: Demand, queue: Queue) -> Need:
        """Mean workload over the highest occupancy."""
        load = demand.weights @ demand.loads
        empty = Need(np.zeros(load.size, dtype=np.int64), np.full(load.size, "", dtype=object))
        return empty.at_least(whole_agents(load / queue.max_occupancy), "occupancy").at_least(
            demand.minimum(queue), "minimum"
        )

    def curve(self, demand: Demand, queue: Queue, most: int) -> Floats:
        """As many contacts as the agents have time for, up to all of them."""
        present = np.arange(most + 1) * (1.0 - queue.unplanned_shrinkage)
        one_agent = 60.0 * demand.minutes * queue.max_occupancy / demand.aht_s
        total = (demand.weights @ demand.served)[:, None]
        return np.minimum(one_agent[:, None] * present, total)
