"""What a roster costs, term by term, in units of one agent short for one hour (`centre.policy.RosterWeights`).

Plain Python over the floor, apart from the compiled search: tests hold the two against each other.
"""

import numpy as np
from numpy.typing import NDArray

from scheduler.tours.coverage import STEEP
from scheduler.tours.floor import SHORT_DAY, SHORT_MINUTE, Floor, Member
from scheduler.tours.lines import BURDENS

Floats = NDArray[np.float64]

TERMS = (
    "shortage", "surplus", "leaders", "paid hours", "overtime", "wishes", "unfairness", "below lower bounds",
)  # fmt: skip


def cost_by_term(floor: Floor) -> dict[str, float]:
    """The objective by term.

    - shortage: agent-hours short of the gross requirement, each interval's with STEEP times its square on top;
      people with several skills count once.
    - surplus: agent-hours above it.
    - leaders: leader-hours short of ORG-2 and ORG-3 (squares likewise) where the site has leaders at all, and a
      little for those above.
    - paid hours, overtime, wishes: as RosterWeights has them.
    - unfairness: late, night and weekend duties above the mean of those with the same role and contract, squared.
    - below lower bounds: paid minutes and worked days missing to a contract's lower bounds, at a price that only
      hard input can justify.
    """
    terms = dict.fromkeys(TERMS, 0.0)
    for number, component in enumerate(floor.components):
        if number != floor.leaders:
            short, spare = component.cost(floor.last)
            terms["shortage"] += short
            terms["surplus"] += spare
    terms["leaders"] = _leaders(floor)
    for member, chosen in zip(floor.members, floor.chosen, strict=True):
        taken = chosen[chosen >= 0]
        contract = member.lines.line.contract
        paid = float(member.lines.paid[taken].sum()) / 60 * contract.cost_per_hour * floor.weights.paid_hour
        terms["paid hours"] += paid
        terms["wishes"] += float(member.own_cost[taken].sum()) - paid
        overtime, missing = of_periods(floor, member, chosen)
        terms["overtime"] += overtime
        terms["below lower bounds"] += missing
    counts, fair = burdens(floor)
    terms["unfairness"] = float(floor.weights.unfair * (np.maximum(counts - fair, 0.0) ** 2).sum())
    return terms


def burdens(floor: Floor) -> tuple[Floats, Floats]:
    """Late, night and weekend duties of each person, and the mean of their peers: both [people, burdens]."""
    counts = np.zeros((len(floor.members), len(BURDENS)))
    for p, (member, chosen) in enumerate(zip(floor.members, floor.chosen, strict=True)):
        counts[p] = member.lines.burden[:, chosen[chosen >= 0]].sum(axis=1)
    peers = np.array([member.peers for member in floor.members])
    fair = np.zeros_like(counts)
    for group in np.unique(peers):
        fair[peers == group] = counts[peers == group].mean(axis=0)
    return counts, fair


def on_the_floor(floor: Floor, role: str) -> Floats:
    """People of a role inside their duties at each tick of the horizon; part-day leave takes them away."""
    here = np.zeros(floor.clock.count + 1)
    for member, chosen in zip(floor.members, floor.chosen, strict=True):
        if member.lines.line.agent.role == role:
            for o in chosen[chosen >= 0]:
                span = slice(member.lines.start[o], member.lines.end[o])
                here[span] += member.lines.present[span]
    return here[: floor.last]


def _leaders(floor: Floor) -> float:
    organisation = floor.problem.policy.organisation
    agents, leading = on_the_floor(floor, "agent"), on_the_floor(floor, "leader")
    span = organisation.span_of_control[1]
    wanted = np.ceil(agents / span) if organisation.leader_whenever_agents else np.floor(agents / span)
    lack, spare = np.maximum(wanted - leading, 0.0), np.maximum(leading - wanted, 0.0)
    component = floor.components[floor.leaders]
    return float((component.under * (lack + STEEP * lack**2) + component.over * spare).sum())


def of_periods(floor: Floor, member: Member, chosen: NDArray[np.int64]) -> tuple[float, float]:
    """Overtime, and what is missing to lower bounds."""
    contract = member.lines.line.contract
    overtime = missing = 0.0
    for bound in member.lines.person.bounds:
        taken = [int(o) for o in chosen[bound.days.start : bound.days.stop] if o >= 0]
        minutes = int(member.lines.paid[taken].sum())
        lowest = bound.lowest or 0
        if bound.of == "days":
            missing += SHORT_DAY * max(0, lowest - len(taken))
            continue
        missing += SHORT_MINUTE * max(0, lowest - minutes)
        if bound.plain is not None:
            price = contract.cost_per_hour * contract.overtime_factor * floor.weights.overtime_hour
            overtime += max(0, minutes - bound.plain) / 60 * price
    return overtime, missing
