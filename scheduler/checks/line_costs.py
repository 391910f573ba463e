"""What a person's line costs, reckoned from their segments: pay, overtime, wishes, fairness, changes, lower bounds."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from scheduler.checks.activities import missed
from scheduler.checks.burdens import BURDENS, burdens, wish_factors
from scheduler.checks.cost import Cost
from scheduler.checks.line import Duty, Line, View
from scheduler.checks.month_minutes import credited_days
from scheduler.checks.reading import view
from scheduler.checks.week_minutes import highest_paid, longest_paid

SHORT_DAY, SHORT_MINUTE = 400.0, 1.0


def line_costs(seen: View) -> Iterator[Cost]:
    """Every cost of people's lines, by person and, where it belongs to one, by day."""
    factors = wish_factors(seen.problem)
    for line in seen.lines:
        yield Cost("paid hours", _paid(seen, line), line.agent.agent)
        yield from _overtime(seen, line)
        yield from _wishes(seen, line, factors[line.agent.agent])
        yield from _missing(seen, line)
    yield from _unfairness(seen)
    yield from _teams(seen)
    yield from _activities(seen)
    yield from _changes(seen)


def _duties(line: Line) -> list[Duty]:
    """The duties of the horizon."""
    return [duty for duty in line.duties if duty.day >= 0]


def _paid(seen: View, line: Line) -> float:
    hours = sum(duty.paid for duty in _duties(line)) / 60
    return hours * line.contract.cost_per_hour * seen.problem.policy.roster.paid_hour


def _overtime(seen: View, line: Line) -> Iterator[Cost]:
    """Hours beyond the week's highest, within what the contract allows on top."""
    contract = line.contract
    if contract.week_minutes == (0, 0):
        return
    longest = longest_paid(seen, line)
    price = contract.cost_per_hour * contract.overtime_factor * seen.problem.policy.roster.overtime_hour
    for week in seen.calendar.weeks:
        plain = highest_paid(line, week, longest)[0]
        before = sum(duty.paid for duty in line.duties if duty.day in week and duty.day < 0)
        now = sum(duty.paid for duty in _duties(line) if duty.day in week)
        minutes = max(0, now - max(0, plain - before))
        yield Cost("overtime", minutes / 60 * price, line.agent.agent, day=max(0, week.start))


def _wishes(seen: View, line: Line, factor: float) -> Iterator[Cost]:
    """Weights of wishes that duties do not grant: for a shift by each duty that is another, for a day off by duty."""
    price = seen.problem.policy.roster.wish * factor
    for wish in line.agent.wishes:
        for duty in _duties(line):
            if wish.what.startswith("off-"):
                refused = seen.calendar.weekday(duty.day) == wish.what.removeprefix("off-")
            else:
                refused = duty.shift is None or duty.shift.name != wish.what
            if refused:
                yield Cost("wishes", wish.weight * price, line.agent.agent, wish.what, duty.day)


def _unfairness(seen: View) -> Iterator[Cost]:
    peers: dict[str, list[Line]] = {}
    for line in seen.lines:
        peers.setdefault(f"{line.agent.role} {line.contract.name}", []).append(line)
    for lines in peers.values():
        rows = [burdens(seen, line, seen.problem.holidays) for line in lines]
        before = [seen.problem.ledger.get(line.agent.agent, {}) for line in lines]
        table = np.array(
            [[row[burden] + old.get(burden, 0.0) for burden in BURDENS] for row, old in zip(rows, before, strict=True)]
        )
        excess = np.maximum(table - table.mean(axis=0), 0.0) ** 2 * seen.problem.policy.roster.unfair
        for line, row in zip(lines, excess, strict=True):
            for burden, cost in zip(BURDENS, row, strict=True):
                yield Cost("unfairness", float(cost), line.agent.agent, burden)


def _activities(seen: View) -> Iterator[Cost]:
    price = seen.problem.policy.roster.missed_activity_hour
    for planned, line, days in missed(seen):
        yield Cost("activities", planned.minutes / 60 * price, line.agent.agent, planned.name, days[0])


def _teams(seen: View) -> Iterator[Cost]:
    """For a team of n: each two on different shifts of a day cost `apart` / (n - 1)."""
    teams: dict[str, list[Line]] = {}
    for line in seen.lines:
        if line.agent.team:
            teams.setdefault(line.agent.team, []).append(line)
    for team, lines in teams.items():
        for day in range(seen.calendar.horizon.days):
            kinds = [_kind(duty) for line in lines for duty in line.duties if duty.day == day and not _on_call(duty)]
            unlike = sum(one != other for one, other in combinations(kinds, 2))
            price = seen.problem.policy.roster.apart / max(1, len(lines) - 1)
            yield Cost("teams", unlike * price, what=team, day=day)


def _kind(duty: Duty) -> str:
    return duty.shift.name if duty.shift else "fixed night" if duty.night else "fixed"


def _on_call(duty: Duty) -> bool:
    return duty.shift is not None and duty.shift.on_call


def _changes(seen: View) -> Iterator[Cost]:
    """People's days whose duty has other times than in the published roster, or is not in both."""
    if not seen.problem.published.segments:
        return
    before = view(seen.problem.published, seen.problem)
    for now, then in zip(seen.lines, before.lines, strict=True):
        one, other = ({(d.day, d.start, d.end) for d in _duties(line)} for line in (now, then))
        for day in sorted({day for day, _, _ in one ^ other}):
            yield Cost("changes", seen.problem.policy.roster.unstable, now.agent.agent, day=day)


def _missing(seen: View, line: Line) -> Iterator[Cost]:
    """Worked days and paid minutes below the lower bounds, at prices that only hard input can justify."""
    contract, agent = line.contract, line.agent.agent
    longest = longest_paid(seen, line)
    for week in seen.calendar.weeks:
        credit = len(line.credited(week))
        unknown = sum(not line.known(day) for day in week)
        days = sum(duty.day in week for duty in line.duties)
        price = SHORT_DAY * max(0, max(0, contract.days_per_week[0] - credit) - days - unknown)
        lowest = max(0, contract.week_minutes[0] - credit * line.credit_minutes)
        price += SHORT_MINUTE * max(0, lowest - _minutes(line, week) - unknown * longest)
        yield Cost("below lower bounds", price, agent, "week", max(0, week.start))
    if contract.month_minutes != (0, 0):
        for month in seen.calendar.months:
            unknown = sum(not line.known(day) for day in month)
            lowest = max(0, contract.month_minutes[0] - credited_days(line, month) * line.credit_minutes)
            missing = lowest - _minutes(line, month) - unknown * contract.week_minutes[1] / 7
            price = SHORT_MINUTE * max(0, int(np.ceil(missing - 1e-9)))
            yield Cost("below lower bounds", price, agent, "month", max(0, month.start))


def _minutes(line: Line, days: range) -> int:
    return sum(duty.paid for duty in line.duties if duty.day in days)
