"""What a roster is made from: the problem of some days, what is published for them, holidays, the earlier ledger."""

from dataclasses import replace
from datetime import date, timedelta

from centre.grid import Horizon, instant
from centre.requirement import Requirement
from desk.wiring import Place
from forecasts.holidays import public_holidays
from scheduler.checks.burdens import Ledger, ledger_of
from scheduler.problem import Problem

LEDGER_DAYS = 84
"""How far back the ledger of burdens and granted wishes goes: twelve weeks."""

TAIL_DAYS = 35
"""How far back the previous roster is looked at: a month's minutes, and any run of days."""


def problem_of(place: Place, days: Horizon, requirement: Requirement) -> Problem:
    """The roster problem of some days, with the published roster before them as its tail.

    Its prices are those of the policy, level by level (`RosterWeights.leveled`).
    """
    averaged = max((contract.average_weeks for contract in place.site.contracts.values()), default=0)
    before = instant(days.first_day - timedelta(days=max(TAIL_DAYS, 7 * averaged)), 0, days.zone)
    previous = place.plans.published_roster(before, days.begin)
    policy = place.policy.model_copy(update={"roster": place.policy.roster.leveled()})
    return Problem(place.site, days, requirement, policy, previous)


def remembering(place: Place, problem: Problem) -> Problem:
    """The problem with what is published for these days, public holidays, and the ledger of the weeks before."""
    days = problem.horizon
    return replace(with_the_past(place, problem), published=place.plans.published_roster(days.begin, days.end))


def with_the_past(place: Place, problem: Problem) -> Problem:
    """The problem with what fairness and wishes go by: public holidays, and the ledger of the weeks before."""
    days = problem.horizon
    return replace(problem, holidays=_holidays(place, days), ledger=ledger(place, days))


def ledger(place: Place, days: Horizon) -> Ledger:
    """What the published rosters of the months before these days brought to whom, by today's contracts and wishes."""
    first = days.first_day - timedelta(days=LEDGER_DAYS)
    earlier = replace(days, first_day=first, days=LEDGER_DAYS)
    roster = place.plans.published_roster(earlier.begin, earlier.end)
    if not roster.segments:
        return {}
    nothing = Requirement.nothing(earlier, tuple(place.site.queues))
    then = replace(Problem(place.site, earlier, nothing, place.policy), holidays=_holidays(place, earlier))
    return ledger_of(roster, then)


def _holidays(place: Place, days: Horizon) -> frozenset[date]:
    """Public holidays of some days, local dates."""
    return frozenset(public_holidays(place.site.settings.holidays, days.day(0), days.day(days.days)).names)
