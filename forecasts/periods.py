"""Goals over a day or a whole period: the channel's need with its intervals free to differ."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from centre.errors import InputError
from centre.queues import Queue
from centre.said import Said
from forecasts.allocation import cheapest
from forecasts.channels import Channel, Demand, Need
from forecasts.channels.channel import Ints

SPANS = ("interval", "day", "period")
"""Over what a target has to be reached."""

WITH_CALLERS = ("voice", "chat")
"""Channels with a service level; the others have deadlines or workload and keep them."""


@dataclass(frozen=True)
class Freed:
    """A need, and how it compares.

    Attributes
    ----------
    need : the agents.
    saved : agent-intervals fewer than with the target reached in every interval.
    at_most : agent-intervals that any other staffing could save beyond that.
    """

    need: Need
    saved: int
    at_most: float


def groups_of(start: "pd.Series[pd.Timestamp]", span: str) -> Ints | None:
    """Number of each row's local day (or of the one period), from 0; None for every interval alone.

    Raises
    ------
    InputError : for an unknown span.
    """
    if span not in SPANS:
        raise InputError(Said("target_over: found {span!r}; allowed: {names}", span=span, names=list(SPANS)))
    if span == "interval":
        return None
    if span == "period":
        return np.zeros(len(start), dtype=np.int64)
    return np.asarray(pd.factorize(start.dt.date, sort=True)[0], dtype=np.int64)


def need_over(channel: Channel, demand: Demand, queue: Queue, group: Ints | None, least_level: float) -> Freed:
    """Fewest agents with the queue's target reached over each group of intervals.

    `group` None: in every interval. All other goals of the queue hold in every interval in any case, and so does a
    service level of `least_level` (and, with endless patience, a steady state).

    Raises
    ------
    InputError : for a least level outside [0, target].
    """
    each = channel.need(demand, queue)
    if group is None or queue.channel not in WITH_CALLERS:
        return Freed(each, 0, 0.0)
    if not 0.0 <= least_level <= queue.target:
        raise InputError(
            Said(
                "least_level: found {least_level!r}; allowed: 0 to the target of {name}, {target}",
                least_level=least_level,
                name=queue.name,
                target=queue.target,
            )
        )
    floor = channel.need(demand, queue.model_copy(update={"target": max(least_level, 1e-9)}))
    curve = channel.curve(demand, queue.model_copy(update={"unplanned_shrinkage": 0.0}), _most(each.required))
    found = cheapest(curve, demand.weights @ demand.served, group, queue.target, floor.required)
    groups = np.arange(found.bound.size)
    cheaper = np.array([found.agents[group == g].sum() <= each.required[group == g].sum() for g in groups])
    agents = np.where(cheaper[group], found.agents, each.required)
    binding = np.where(agents > floor.required, "service_level", floor.binding)
    saved = int(each.required.sum() - agents.sum())
    return Freed(replace(floor, required=agents, binding=binding), saved, float(agents.sum() - found.bound.sum()))


def _most(required: Ints) -> int:
    """Agents up to which the curves are drawn: a busy interval may get more than its own target needs."""
    return int(np.ceil(required.max(initial=0) * 1.2)) + 3
