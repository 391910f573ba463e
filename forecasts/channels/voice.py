"""Voice: Erlang C, or Erlang A where the queue says how patient its callers are."""

import numpy as np

from centre.queues import Queue
from forecasts.channels.channel import GOAL_NAMES, Demand, Floats, Ints, Need, carried_need
from forecasts.erlang import required_servers, required_with_binding, service_curve


class Voice:
    """Calls that wait in line until an agent is free."""

    name = "voice"

    def need(self, demand: Demand, queue: Queue) -> Need:
        """Service level over the scenarios together; the other goals at the mean.

        With several scenarios the service level is the expected share of contacts served in time, busy scenarios
        counting for as many contacts as they bring.
        """
        loads = demand.weights @ demand.loads
        if demand.carried and demand.starts is not None:
            guess = required_servers(loads, demand.aht_s, queue.target, queue.within_s, queue.patience_s)
            return carried_need(demand, demand.starts, queue, demand.aht_s, guess)
        several = len(demand.weights) > 1
        found = required_with_binding(
            loads,
            demand.aht_s,
            0.0 if several else queue.target,
            queue.within_s,
            queue.patience_s,
            queue.max_occupancy,
            queue.max_asa_s,
            queue.max_abandonment or None,
            queue.definition,
            demand.minimum(queue),
            demand.short_abandon_s,
        )
        binding = np.where((found.servers == 0) & (loads == 0), "", GOAL_NAMES[found.binding])
        need = Need(found.servers, binding)
        return need.at_least(self._expected(demand, queue), "service_level") if several else need

    def _expected(self, demand: Demand, queue: Queue) -> Ints:
        """Fewest agents whose expected service level over the scenarios reaches the target, [intervals]."""
        offered = demand.weights @ demand.served
        highest = demand.loads.max(axis=0)
        most = int(np.ceil(highest.max() + 6 * np.sqrt(highest.max()) + 4))
        while True:
            met = self._curve(demand, queue, most, 1.0)
            reached = met >= (queue.target * (1.0 - 1e-12) * offered)[:, None]
            if reached[:, -1].all():
                first: Ints = np.argmax(reached, axis=1)
                return first
            most *= 2

    def curve(self, demand: Demand, queue: Queue, most: int) -> Floats:
        """By the formulas, continued to the fractional number of agents that is there on average."""
        return self._curve(demand, queue, most, 1.0 - queue.unplanned_shrinkage)

    def _curve(self, demand: Demand, queue: Queue, most: int, present: float) -> Floats:
        total = np.zeros((demand.aht_s.size, most + 1))
        for weight, volume, load in zip(demand.weights, demand.served, demand.loads, strict=True):
            total += weight * service_curve(
                volume,
                load,
                demand.aht_s,
                queue.within_s,
                queue.patience_s,
                most,
                queue.definition,
                demand.short_abandon_s,
                present,
            )
        return total
