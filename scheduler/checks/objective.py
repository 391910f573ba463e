"""What a roster costs, reckoned from its segments alone, in units of one agent short for one hour.

The solver reckons the same from its own tables (`scheduler.objective`); the two are written apart. Prices are those of
the policy (`RosterWeights`). Coverage is taken as the roster stands: whoever is at a pause, in training or on leave
answers nothing.
"""

from collections.abc import Iterable, Iterator

from centre.roster import Roster
from scheduler.checks.cost import Cost
from scheduler.checks.coverage_costs import coverage_costs
from scheduler.checks.line import View
from scheduler.checks.line_costs import line_costs
from scheduler.checks.reading import view
from scheduler.problem import Problem

TERMS = (
    "shortage", "surplus", "service", "leaders", "posts", "teams", "activities", "paid hours", "overtime", "wishes",
    "unfairness", "changes", "below lower bounds",
)  # fmt: skip


def objective(roster: Roster, problem: Problem) -> dict[str, float]:
    """The cost of a roster by term.

    - shortage, surplus: agent-hours against the gross requirement; queues that share people are taken together, a
      flexible agent counts once, with the mean of their speeds.
    - leaders: leader-hours short of ORG-2 and ORG-3 where the site has leaders at all, and a little for those above.
    - paid hours, overtime, wishes.
    - unfairness: late, night, weekend and holiday duties, those of the ledger with them, above the mean of those with
      the same role and contract, squared.
    - posts: person-hours missing on posts. teams: each two of a team who work on a day, on different shifts.
    - activities: hours of planned activities that somebody on duty finds no place for.
    - changes: people's days that differ from the published roster.
    - service: contacts not answered in time by the service curves, where the policy's objective is one of service;
      shortage and surplus are 0 then.
    - below lower bounds: worked days and paid minutes missing in weeks and months.
    """
    terms = dict.fromkeys(TERMS, 0.0)
    for each in costs(roster, problem):
        terms[each.term] += each.cost
    return terms


def costs(roster: Roster, problem: Problem) -> Iterator[Cost]:
    """Everything a roster costs, in parts that say where they arise."""
    yield from costs_of(view(roster, problem))


def costs_of(seen: View) -> Iterator[Cost]:
    """As `costs`, of a roster that was read already."""
    yield from coverage_costs(seen)
    yield from line_costs(seen)


def largest(parts: Iterable[Cost], most: int = 5) -> dict[str, list[Cost]]:
    """The largest parts of each term that costs anything."""
    found: dict[str, list[Cost]] = {}
    for part in parts:
        if part.cost > 0:
            found.setdefault(part.term, []).append(part)
    return {term: sorted(of_term, key=lambda part: -part.cost)[:most] for term, of_term in found.items()}
