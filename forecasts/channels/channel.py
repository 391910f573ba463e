"""What a channel is to the staffing: it turns the demand of one queue into agents and into a service curve."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from centre.queues import Queue
from forecasts.erlang import GOALS, modified_load, required_carried

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Names = NDArray[np.object_]

GOAL_NAMES: Names = np.array(GOALS, dtype=object)


@dataclass(frozen=True)
class Beside:
    """The inbound queue whose agents also make outbound calls.

    Attributes
    ----------
    queue : its goals.
    load, aht_s, required : offered load in erlangs, mean handle time in seconds and agents it needs alone, [intervals].
    """

    queue: Queue
    load: Floats
    aht_s: Floats
    required: Ints


@dataclass(frozen=True)
class Demand:
    """What one queue has to cope with, interval by interval, in order of time.

    Attributes
    ----------
    volumes : contacts offered in each scenario, [scenarios, intervals]; one row when only the mean counts.
    weights : probability of each scenario, [scenarios].
    aht_s : mean handle time in seconds, [intervals].
    open : whether agents serve the queue, [intervals]. What comes in while it is closed is lost, deferred work waits.
    minutes : length of an interval.
    base : agents that other queues need, where the same people do this work, [intervals].
    short_abandon_s : seconds below which an abandon is short, for the service levels that treat those apart.
    starts : UTC second at which each interval begins, [intervals], where the load is to follow the arrivals with the
        lag of the handle time; None where every interval is taken as stationary.
    beside : for outbound, the inbound queue in whose pauses the same people make its calls; None: they do nothing else.
    carried : whether voice and chat also begin each interval with what the one before has left; needs `starts`.
    """

    volumes: Floats
    weights: Floats
    aht_s: Floats
    open: Bools
    minutes: int
    base: Floats
    short_abandon_s: float = 5.0
    starts: Ints | None = None
    carried: bool = False
    beside: Beside | None = None

    @property
    def volume(self) -> Floats:
        """Expected contacts, [intervals]."""
        expected: Floats = self.weights @ self.volumes
        return expected

    @property
    def served(self) -> Floats:
        """Contacts offered while open, [scenarios, intervals]."""
        return np.where(self.open, self.volumes, 0.0)

    @property
    def loads(self) -> Floats:
        """Offered load in erlangs while open, [scenarios, intervals]."""
        if self.starts is not None:
            return np.where(self.open, modified_load(self.served, self.aht_s, self.starts, self.minutes), 0.0)
        loads: Floats = self.served * self.aht_s / (60.0 * self.minutes)
        return loads

    def minimum(self, queue: Queue) -> Ints:
        """The queue's minimum staff while open, [intervals]."""
        return np.where(self.open, queue.minimum_staff, 0)


@dataclass(frozen=True)
class Need:
    """Net agents, [intervals], and the name of the goal that asks for so many ("" where none is needed)."""

    required: Ints
    binding: Names

    def at_least(self, floor: Ints, name: str) -> "Need":
        """The larger of this need and `floor`, whose goal is called `name`."""
        more = floor > self.required
        return Need(np.where(more, floor, self.required), np.where(more, name, self.binding))


class Channel(Protocol):
    """One kind of work. `CHANNELS` is the list of them."""

    @property
    def name(self) -> str:
        """The channel's name in queues.toml."""
        ...

    def need(self, demand: Demand, queue: Queue) -> Need:
        """Fewest net agents that reach the queue's goals in every interval."""
        ...

    def curve(self, demand: Demand, queue: Queue, most: int) -> Floats:
        """Expected contacts that count as served in time for n = 0..most rostered agents, [intervals, most + 1].

        Unplanned shrinkage is taken off: n rostered agents serve as n (1 - shrinkage). Never falls with n.
        """
        ...


def whole_agents(agents: Floats) -> Ints:
    """Agents rounded up, but not for a rounding error of the machine."""
    return np.ceil(agents * (1.0 - 1e-12)).astype(np.int64)


def carried_need(demand: Demand, starts: Ints, queue: Queue, handle: Floats, guess: Ints) -> Need:
    """All goals over the scenarios together, each interval beginning where the one before has ended.

    Parameters
    ----------
    starts : UTC second at which each interval begins, [intervals].
    handle : mean handle time in seconds, [intervals], or by the contacts an agent has in hand, [intervals, slots].
    guess : agents of each interval for itself, from which the search begins, [intervals].
    """
    agents, binding = required_carried(
        demand.served,
        demand.weights,
        handle,
        starts,
        demand.minutes,
        queue.target,
        queue.within_s,
        queue.patience_s,
        queue.max_occupancy,
        queue.max_asa_s,
        queue.max_abandonment or 1.0,
        queue.definition,
        demand.minimum(queue),
        demand.short_abandon_s,
        ~demand.open,
        guess,
    )
    return Need(agents, np.where(agents == 0, "", GOAL_NAMES[binding]))
