"""Targets of a month split down to each agent fairly (KPI-2): output by the time rostered on each queue and the speed.

Whoever is rostered twice as long on a queue owes twice the contacts of it; whoever is slower on it by skill owes less.
The parts add up to the whole exactly.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from centre.people import Agent
from centre.roster import ANSWERING, PAID_WORK, Segment


@dataclass(frozen=True, slots=True)
class AgentTarget:
    """What one agent is to do in a month: contacts by queue, hours of paid work."""

    agent: str
    output: Mapping[str, int]
    hours: float

    @property
    def contacts(self) -> int:
        """Contacts in all."""
        return sum(self.output.values())


def split_targets(
    output: Mapping[str, float], segments: Iterable[Segment], agents: Mapping[str, Agent]
) -> list[AgentTarget]:
    """A month's output by queue, split among those who are rostered on it.

    Parameters
    ----------
    output : contacts to be handled, by queue; rounded to whole ones.
    segments : the roster of the month.
    """
    weight: dict[str, dict[str, float]] = {queue: {} for queue in output}
    paid: dict[str, int] = {}
    for row in segments:
        if row.agent not in agents:
            continue
        if row.activity in PAID_WORK:
            paid[row.agent] = paid.get(row.agent, 0) + row.end - row.start
        if row.activity in ANSWERING and row.queue in weight:
            speed = agents[row.agent].skills.get(row.queue, 1.0)
            share = weight[row.queue]
            share[row.agent] = share.get(row.agent, 0.0) + (row.end - row.start) * speed
    parts = {queue: _whole_parts(round(amount), weight[queue]) for queue, amount in output.items()}
    return [
        AgentTarget(
            name,
            {queue: parts[queue][name] for queue in output if parts[queue].get(name)},
            round(paid.get(name, 0) / 3600, 2),
        )
        for name in agents
        if paid.get(name) or any(name in part for part in parts.values())
    ]


def _whole_parts(amount: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Whole parts in proportion to weights that add up to the amount: the largest remainders are rounded up."""
    whole = sum(weights.values())
    if not whole:
        return {}
    exact = {name: amount * weight / whole for name, weight in weights.items()}
    parts = {name: int(value) for name, value in exact.items()}
    left = amount - sum(parts.values())
    for name in sorted(exact, key=lambda one: (parts[one] - exact[one], one))[:left]:
        parts[name] += 1
    return parts
