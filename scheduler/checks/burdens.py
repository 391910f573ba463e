"""What is shared out fairly: late, night, weekend and holiday duties, and wishes granted; over earlier rosters too."""

from collections.abc import Collection, Mapping
from datetime import date

from centre.roster import Roster
from scheduler.checks.line import Duty, Line, View
from scheduler.checks.reading import view
from scheduler.problem import Problem

BURDENS = ("late", "night", "weekend", "holiday")
LATE_FROM = 20 * 60
"""A duty that is no night and ends after this minute of its first day is late."""

GRANTED, REFUSED = "granted", "refused"

Ledger = Mapping[str, Mapping[str, float]]
"""By person: how many of each burden, and the weights of wishes that duties granted and refused."""


def ledger_of(earlier: Roster, problem: Problem) -> Ledger:
    """The ledger of earlier published rosters.

    Parameters
    ----------
    earlier : their segments, within the days of `problem.horizon`.
    problem : the site (with its present people, contracts and wishes) over those earlier days.
    """
    seen = view(earlier, problem)
    return {line.agent.agent: {**burdens(seen, line, problem.holidays), **wishes(seen, line)} for line in seen.lines}


def burdens(seen: View, line: Line, holidays: Collection[date]) -> dict[str, float]:
    """How many duties of the horizon are a burden of each kind; one duty may be several."""
    duties = [duty for duty in line.duties if duty.day >= 0]
    return {
        "late": sum(_late(duty) for duty in duties),
        "night": sum(duty.night for duty in duties),
        "weekend": sum(seen.calendar.weekday(duty.day) in ("sat", "sun") for duty in duties),
        "holiday": sum(seen.calendar.date(duty.day) in holidays for duty in duties),
    }


def _late(duty: Duty) -> bool:
    return not duty.night and duty.wall + (duty.end - duty.start) // 60 > LATE_FROM


def wishes(seen: View, line: Line) -> dict[str, float]:
    """Weights of wishes that the horizon grants and refuses: a shift by each duty, a day off by each such day."""
    found = {GRANTED: 0.0, REFUSED: 0.0}
    worked = {duty.day: duty for duty in line.duties}
    for wish in line.agent.wishes:
        for day in range(seen.calendar.horizon.days):
            duty = worked.get(day)
            if wish.what.startswith("off-"):
                if line.known(day) and seen.calendar.weekday(day) == wish.what.removeprefix("off-"):
                    found[REFUSED if duty else GRANTED] += wish.weight
            elif duty:
                found[GRANTED if duty.shift and duty.shift.name == wish.what else REFUSED] += wish.weight
    return found


def wish_factors(problem: Problem) -> dict[str, float]:
    """By person, what a refused wish costs more (or less) than its plain price, by the wishes granted before.

    1 for whoever got as large a share of what they wished for as the others on average; from 0.5 to 1.5.
    """
    shares = {
        agent: row.get(GRANTED, 0.0) / (row.get(GRANTED, 0.0) + row.get(REFUSED, 0.0))
        for agent, row in problem.ledger.items()
        if agent in problem.site.agents and row.get(GRANTED, 0.0) + row.get(REFUSED, 0.0) > 0
    }
    mean = sum(shares.values()) / len(shares) if shares else 0.0
    factors = dict.fromkeys(problem.site.agents, 1.0)
    factors |= {agent: round(1 + max(-0.5, min(0.5, mean - share)), 3) for agent, share in shares.items()}
    return factors
