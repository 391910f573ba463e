"""Remedies ready to apply: the mildest change of one number, or the rows to take away, as a changed site."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from centre.people import Contract
from centre.said import Said
from centre.site import Site
from scheduler.explain import Contradiction, Remedy, possible, without_input
from scheduler.problem import Problem
from scheduler.statements import Case

Update = dict[str, Any]

_TO_EASE = {
    "min_consecutive_days": 1,
    "min_consecutive_days_off": 1,
    "min_nights_in_a_row": 1,
    "weekends_off": 0,
    "days_off_after_nights": 0,
    "days_off_in_a_row_per_week": 0,
}
"""Counts that are eased step by step, down to the value that asks for nothing."""

FINEST = 15
"""Minutes are eased in steps of so many."""


@dataclass(frozen=True)
class Change:
    """A remedy to the point: what changes, in words, and the site with it applied."""

    text: str
    site: Site


def change(problem: Problem, clash: Contradiction, remedy: Remedy) -> Change | None:
    """The mildest change that a remedy asks for and that lets the person have a legal line.

    None where the past, a contract of employment or the skills are at fault, or where this one change is not enough.
    A contract is eased for the one person only: they get a contract of their own, named after both. One that
    contradicts itself is eased for all who have it.
    """
    if remedy.statement.rows:
        return Change(clash.way(remedy.text), _without(problem.site, remedy.statement.rows))
    contract = problem.site.contracts[problem.site.agents[clash.agent].contract]
    updates = eased(contract, remedy.statement.what)
    tried = without_input(problem) if clash.contract else problem

    def with_it(site: Site, update: Update) -> Site:
        return _eased_for(site, contract, "" if clash.contract else clash.agent, update)

    number = _first_possible(tried, clash.agent, [with_it(tried.site, update) for update in updates])
    if number is None:
        return None
    update = updates[number]
    words = [f"{key} {getattr(contract, key)} -> {value}" for key, value in update.items()]
    text = clash.way(Said("contract {contract}: {words}", contract=contract.name, words=words))
    return Change(text, with_it(problem.site, update))


def _without(site: Site, rows: Sequence[object]) -> Site:
    return replace(
        site,
        leave=tuple(leave for leave in site.leave if leave not in rows),
        fixed=tuple(row for row in site.fixed if row not in rows),
        presence=tuple(row for row in site.presence if row not in rows),
    )


def _eased_for(site: Site, contract: Contract, agent: str, update: Update) -> Site:
    """The contract changed for one person, or ("") for all who have it."""
    if not agent:
        return replace(site, contracts={**site.contracts, contract.name: contract.model_copy(update=update)})
    name = f"{contract.name}-{agent}"
    own = contract.model_copy(update={**update, "name": name})
    agents = {**site.agents, agent: site.agents[agent].model_copy(update={"contract": name})}
    return replace(site, contracts={**site.contracts, name: own}, agents=agents)


def _first_possible(problem: Problem, agent: str, sites: Sequence[Site]) -> int | None:
    """Number of the first site under which the person has a line; each site eases more than the one before."""

    def holds(number: int) -> bool:
        return possible(Case.of(replace(problem, site=sites[number]), agent), ())

    if not sites or not holds(len(sites) - 1):
        return None
    low, high = 0, len(sites) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def eased(contract: Contract, key: str) -> list[Update]:
    """Ever milder values of a contract's key, as changes of the contract; none for what no number can ease."""
    name, _, side = key.partition(" ")
    if name in ("rest_minutes", "rest_after_nights_minutes"):
        value = getattr(contract, name)
        return [{name: minutes} for minutes in _down(value, FINEST)]
    if name in _TO_EASE:
        least = _TO_EASE[name]
        return [{name: value} for value in range(getattr(contract, name) - 1, least - 1, -1)]
    if name in ("max_consecutive_days", "max_nights_in_a_row"):
        value = getattr(contract, name)
        return [{name: days} for days in range(value + 1, value + 32)]
    if name == "start_spread_minutes":
        value = contract.start_spread_minutes
        return [{name: minutes} for minutes in range(value + FINEST, 1440 + FINEST, FINEST)]
    return _eased_bounds(contract, name, side)


def _eased_bounds(contract: Contract, name: str, side: str) -> list[Update]:
    if name == "week_minutes" and side == "highest":
        value = contract.max_overtime_minutes_per_week
        return [{"max_overtime_minutes_per_week": value + more} for more in range(FINEST, 3000, FINEST)]
    if name not in ("days_per_week", "week_minutes", "month_minutes"):
        return []
    low, high = getattr(contract, name)
    step = 1 if name == "days_per_week" else FINEST
    if side == "lowest":
        return [{name: (value, high)} for value in _down(low, step)]
    most = 7 if name == "days_per_week" else high + 6000
    return [{name: (low, value)} for value in range(high + step, most + step, step) if value <= most]


def _down(value: int, step: int) -> list[int]:
    """Values below, step by step, to 0."""
    return [*range(value - step, 0, -step), 0] if value > 0 else []
