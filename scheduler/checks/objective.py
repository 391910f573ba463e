"""What a roster costs, reckoned from its segments alone, in units of one agent short for one hour.

The solver reckons the same from its own tables (`scheduler.objective`); the two are written apart. Prices are those of
the policy (`RosterWeights`). Coverage is taken as the roster stands: whoever is at a pause, in training or on leave
answers nothing.
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from centre.roster import ANSWERING, Roster
from scheduler.checks.leaders import on_duty
from scheduler.checks.line import Duty, Line, View
from scheduler.checks.month_minutes import credited_days
from scheduler.checks.reading import view
from scheduler.checks.week_minutes import highest_paid, longest_paid
from scheduler.problem import Problem

Floats = NDArray[np.float64]

STEEP = 0.05
"""The square of a shortage counts so much beside it: two short at once are worse than one short twice."""

LEADER_SURPLUS = 0.02
SHORT_DAY, SHORT_MINUTE = 400.0, 1.0
LATE_FROM = 20 * 60
"""A duty that is no night and ends after this minute of its first day is late."""

MOST_QUEUES = 10
"""Up to so many queues that share people every set of them is tried; beyond, single queues and all of them."""


def objective(roster: Roster, problem: Problem) -> dict[str, float]:
    """The cost of a roster by term.

    - shortage, surplus: agent-hours against the gross requirement; queues that share people are taken together, a
      flexible agent counts once, with the mean of their speeds.
    - leaders: leader-hours short of ORG-2 and ORG-3 where the site has leaders at all, and a little for those above.
    - paid hours, overtime, wishes.
    - unfairness: late, night and weekend duties above the mean of those with the same role and contract, squared.
    - below lower bounds: worked days and paid minutes missing in weeks and months.
    """
    seen = view(roster, problem)
    short, spare = _coverage(seen)
    return {
        "shortage": short,
        "surplus": spare,
        "leaders": _leaders(seen),
        "paid hours": sum(_paid(seen, line) for line in seen.lines),
        "overtime": sum(_overtime(seen, line) for line in seen.lines),
        "wishes": sum(_wishes(seen, line) for line in seen.lines),
        "unfairness": _unfairness(seen),
        "below lower bounds": sum(_missing(seen, line) for line in seen.lines),
    }


def _duties(line: Line) -> list[Duty]:
    """The duties of the horizon."""
    return [duty for duty in line.duties if duty.day >= 0]


def _steep(short: Floats) -> Floats:
    return short + STEEP * short**2


def _coverage(seen: View) -> tuple[float, float]:
    """Price of shortage and surplus."""
    weights, hours = seen.problem.policy.roster, seen.calendar.horizon.minutes / 60
    short = spare = 0.0
    for queues in _sharing(seen):
        lack = _lack(seen, queues)
        worst = np.maximum(np.max([lack(some) for some in _sets(queues)], axis=0), 0.0)
        short += float(_steep(worst).sum()) * hours * weights.shortage
        spare += float((worst - lack(frozenset(queues))).sum()) * hours * weights.surplus
    return short, spare


def _sharing(seen: View) -> list[tuple[str, ...]]:
    """Queues of the requirement, those together that share people."""
    groups: list[set[str]] = [{queue} for queue in seen.problem.requirement.queues]
    for line in seen.lines:
        touched = [group for group in groups if group & set(line.agent.skills)]
        if line.agent.role == "agent" and len(touched) > 1:
            groups = [group for group in groups if group not in touched] + [set().union(*touched)]
    return [tuple(sorted(group)) for group in groups]


def _sets(queues: tuple[str, ...]) -> list[frozenset[str]]:
    sizes = range(1, len(queues) + 1) if len(queues) <= MOST_QUEUES else (1, len(queues))
    return [frozenset(some) for size in sizes for some in combinations(queues, size)]


def _lack(seen: View, queues: tuple[str, ...]) -> "_Lack":
    """What sets of these queues want less who can serve them, as a function of the set."""
    requirement = seen.problem.requirement
    wanted = {queue: requirement.gross[requirement.queues.index(queue)].astype(float) for queue in queues}
    here: dict[frozenset[str], Floats] = {}
    for line in seen.lines:
        mine = frozenset(line.agent.skills) & set(queues)
        if line.agent.role == "agent" and mine:
            weight = round(sum(line.agent.skills[queue] for queue in mine) / len(mine), 2)
            here[mine] = here.get(mine, np.zeros(seen.calendar.horizon.count)) + weight * _answering(seen, line)
    return _Lack(wanted, here)


class _Lack:
    def __init__(self, wanted: dict[str, Floats], here: dict[frozenset[str], Floats]) -> None:
        self.wanted, self.here = wanted, here

    def __call__(self, some: frozenset[str]) -> Floats:
        wanted = np.sum([self.wanted[queue] for queue in sorted(some)], axis=0)
        able = [staff for skills, staff in self.here.items() if skills & some]
        return np.asarray(wanted - np.sum(able, axis=0) if able else wanted, dtype=np.float64)


def _answering(seen: View, line: Line) -> Floats:
    """Share of each interval in which a person answers."""
    horizon = seen.calendar.horizon
    share = np.zeros(horizon.count)
    for duty in line.duties:
        for segment in duty.segments:
            if segment.activity in ANSWERING:
                start, end = (
                    (segment.start - horizon.begin) / horizon.step,
                    (segment.end - horizon.begin) / horizon.step,
                )
                for interval in range(max(0, int(np.floor(start))), min(horizon.count, int(np.ceil(end)))):
                    share[interval] += min(end, interval + 1) - max(start, interval)
    return share


def _leaders(seen: View) -> float:
    if all(line.agent.role != "leader" for line in seen.lines):
        return 0.0
    organisation = seen.problem.policy.organisation
    agents, present = on_duty(seen, "agent"), on_duty(seen, "leader")
    span = organisation.span_of_control[1]
    wanted = -(-agents // span) if organisation.leader_whenever_agents else agents // span
    short = np.maximum(wanted - present, 0).astype(float)
    spare = np.maximum(present - wanted, 0)
    weight = seen.problem.policy.roster.leader_shortage
    hours = seen.calendar.horizon.minutes / 60
    return float((_steep(short) * weight + spare * LEADER_SURPLUS).sum()) * hours


def _paid(seen: View, line: Line) -> float:
    hours = sum(duty.paid for duty in _duties(line)) / 60
    return hours * line.contract.cost_per_hour * seen.problem.policy.roster.paid_hour


def _overtime(seen: View, line: Line) -> float:
    """Hours beyond the week's highest, within what the contract allows on top."""
    contract = line.contract
    if contract.week_minutes == (0, 0):
        return 0.0
    minutes, longest = 0, longest_paid(seen, line)
    for week in seen.calendar.weeks:
        plain = highest_paid(line, week, longest)[0]
        before = sum(duty.paid for duty in line.duties if duty.day in week and duty.day < 0)
        now = sum(duty.paid for duty in _duties(line) if duty.day in week)
        minutes += max(0, now - max(0, plain - before))
    price = contract.cost_per_hour * contract.overtime_factor * seen.problem.policy.roster.overtime_hour
    return minutes / 60 * price


def _wishes(seen: View, line: Line) -> float:
    """Weights of wishes that duties do not grant: for a shift by each duty that is another, for a day off by duty."""
    refused = 0
    for wish in line.agent.wishes:
        for duty in _duties(line):
            if wish.what.startswith("off-"):
                refused += wish.weight * (seen.calendar.weekday(duty.day) == wish.what.removeprefix("off-"))
            else:
                refused += wish.weight * (duty.shift is None or duty.shift.name != wish.what)
    return refused * seen.problem.policy.roster.wish


def _unfairness(seen: View) -> float:
    counts: dict[str, list[list[int]]] = {}
    for line in seen.lines:
        duties = _duties(line)
        burdens = [
            sum(not duty.night and duty.wall + (duty.end - duty.start) // 60 > LATE_FROM for duty in duties),
            sum(duty.night for duty in duties),
            sum(seen.calendar.weekday(duty.day) in ("sat", "sun") for duty in duties),
        ]
        counts.setdefault(f"{line.agent.role} {line.contract.name}", []).append(burdens)
    excess = 0.0
    for peers in counts.values():
        table = np.array(peers, dtype=float)
        excess += float((np.maximum(table - table.mean(axis=0), 0.0) ** 2).sum())
    return excess * seen.problem.policy.roster.unfair


def _missing(seen: View, line: Line) -> float:
    """Worked days and paid minutes below the lower bounds, at prices that only hard input can justify."""
    contract, price = line.contract, 0.0
    longest = longest_paid(seen, line)
    for week in seen.calendar.weeks:
        credit = len(line.credited(week))
        unknown = sum(not line.known(day) for day in week)
        days = sum(duty.day in week for duty in line.duties)
        price += SHORT_DAY * max(0, max(0, contract.days_per_week[0] - credit) - days - unknown)
        lowest = max(0, contract.week_minutes[0] - credit * line.credit_minutes)
        price += SHORT_MINUTE * max(0, lowest - _minutes(line, week) - unknown * longest)
    if contract.month_minutes != (0, 0):
        for month in seen.calendar.months:
            unknown = sum(not line.known(day) for day in month)
            lowest = max(0, contract.month_minutes[0] - credited_days(line, month) * line.credit_minutes)
            missing = lowest - _minutes(line, month) - unknown * contract.week_minutes[1] / 7
            price += SHORT_MINUTE * max(0, int(np.ceil(missing - 1e-9)))
    return price


def _minutes(line: Line, days: range) -> int:
    return sum(duty.paid for duty in line.duties if duty.day in days)
