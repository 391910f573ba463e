"""Why there is no roster: the smallest sets of hard input that cannot all hold, and the cheapest ways out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from centre.errors import ContradictionError
from centre.roster import Roster
from centre.said import Said
from scheduler.checks import check
from scheduler.frame import Frame
from scheduler.model import RosterModel
from scheduler.problem import Problem
from scheduler.rules import RULES
from scheduler.statements import Case, Statement

PRICES = {
    "fixed": 1.0,
    "shifts": 1.5,
    "start_spread_minutes": 2.0,
    "min_consecutive_days": 2.0,
    "min_consecutive_days_off": 2.5,
    "weekends_off": 3.0,
    "days_per_week lowest": 2.0,
    "week_minutes lowest": 2.0,
    "month_minutes lowest": 2.0,
    "month_minutes highest": 4.0,
    "week_minutes highest": 4.0,
    "days_per_week highest": 4.0,
    "rotation": 2.5,
    "forbidden_sequences": 2.5,
    "not_followed_by": 2.5,
    "whole_weekends": 2.5,
    "min_nights_in_a_row": 3.0,
    "days_off_in_a_row_per_week": 3.5,
    "max_shifts_per_week": 3.5,
    "max_shifts_per_month": 3.5,
    "presence": 4.5,
    "skills": 5.0,
    "days_off_after_nights": 7.0,
    "average_weeks": 7.5,
    "max_minutes_per_day": 8.0,
    "earliest_start": 8.0,
    "latest_end": 8.0,
    "leave": 6.0,
    "max_consecutive_days": 7.0,
    "max_nights_in_a_row": 7.0,
    "rest_after_nights_minutes": 8.0,
    "rest_minutes": 8.0,
    "tail": 9.0,
    "employment": 10.0,
}
"""How dear it is to take a statement back: a fixed row is moved with a word, an approved leave with an apology, the
law on rest hardly, the past and a contract of employment not at all."""

SECONDS = 20.0
"""A single line is decided in milliseconds; the limit only guards against a pathological one."""


@dataclass(frozen=True)
class Remedy:
    """One statement whose taking back resolves a contradiction, in words, with its price."""

    text: str
    price: float
    statement: Statement


@dataclass(frozen=True)
class Contradiction:
    """Hard input about one person that cannot all hold.

    Attributes
    ----------
    agent : the person; where a contract contradicts itself, one of those who have it.
    contract : the contract that contradicts itself, whoever has it; "" for one person's contradiction.
    statements : a smallest set: without any one of them the others can hold.
    remedies : what resolves it, cheapest first.
    """

    agent: str
    statements: tuple[Statement, ...]
    remedies: tuple[Remedy, ...]
    contract: str = ""

    @property
    def texts(self) -> list[str]:
        """The statements in words."""
        return [statement.text for statement in self.statements]

    def way(self, text: str) -> str:
        """A way out in words, with the person it concerns."""
        return text if self.contract else Said("agent {agent}, {remedy}", agent=self.agent, remedy=text)

    def __str__(self) -> str:
        texts = self.texts
        both = reduce(
            lambda one, other: Said("{one}; {other}", one=one, other=other), texts[1:], texts[0] if texts else ""
        )
        return _of(self, both)


def contradictions(problem: Problem, people: int = 20) -> list[Contradiction]:
    """Return every contradiction among the hard input of each person, of the first so many people who have one.

    Coverage is elastic, so that only a person's own line can be impossible. People whose fixed rows alone break no
    rule are cleared by the checker without a solver; for each contract one line without any input is tried.
    """
    bare, agents = without_input(problem), problem.site.agents
    found = [
        replace(clash, contract=agents[agent].contract)
        for agent in contracts_without_a_line(problem)[:people]
        for clash in of_agent(bare, agent)
    ]
    told = [clash.texts for clash in found]
    for agent in suspects(problem):
        if len({clash.agent for clash in found}) >= people:
            break
        found += [clash for clash in of_agent(problem, agent) if clash.texts not in told]
    return found


def as_error(found: Sequence[Contradiction]) -> ContradictionError:
    """The contradictions as the error a planner reads: each on a line, and the cheapest ways out, three of each."""
    remedies = [clash.way(remedy.text) for clash in found for remedy in clash.remedies[:3]]
    return ContradictionError([str(clash) for clash in found], remedies)


def _of(clash: Contradiction, text: str) -> str:
    return text if clash.contract else Said("agent {agent}: {text}", agent=clash.agent, text=text)


def suspects(problem: Problem) -> list[str]:
    """The people whom a roster of nothing but fixed rows does not clear."""
    site = problem.site
    lenient = {
        name: contract.model_copy(
            update={
                "week_minutes": (0, contract.week_minutes[1]),
                "month_minutes": (0, contract.month_minutes[1]),
                "days_per_week": (0, contract.days_per_week[1]),
            }
        )
        for name, contract in site.contracts.items()
    }
    begin, end = problem.horizon.begin, problem.horizon.end
    inside = (row for row in site.fixed if row.agent in site.agents and begin <= row.start < end)
    rows = Roster.of(row for row in inside if row.activity != "off")
    eased = replace(problem, site=replace(site, contracts=lenient))
    faulty = {violation.agent for violation in check(rows, eased) if violation.hard}
    return [agent for agent in site.agents if agent in faulty]


def contracts_without_a_line(problem: Problem) -> list[str]:
    """One person of each contract under which even somebody without any input has no legal line."""
    bare = without_input(problem)
    first: dict[str, str] = {}
    for name, agent in bare.site.agents.items():
        first.setdefault(agent.contract, name)
    return [agent for agent in first.values() if not possible(Case.of(bare, agent), ())]


def without_input(problem: Problem) -> Problem:
    """The problem with nothing said about anybody: no leave, no fixed rows, no tail, everybody employed."""
    agents = {
        name: agent.model_copy(update={"hired": None, "left": None}) for name, agent in problem.site.agents.items()
    }
    site = replace(problem.site, agents=agents, leave=(), fixed=(), presence=())
    return replace(problem, site=site, previous=Roster(()))


def of_agent(problem: Problem, agent: str) -> list[Contradiction]:
    """All contradictions of one person; after each, its cheapest statement is taken back to find the next."""
    case = Case.of(problem, agent)
    found: list[Contradiction] = []
    gone: tuple[Statement, ...] = ()
    while not possible(case, gone):
        statements = smallest(case, gone)
        cheapest = min(statements, key=_price)
        remedies = sorted(_remedies(case, statements, gone), key=lambda remedy: remedy.price)
        found.append(Contradiction(agent, statements, tuple(remedies)))
        if not statements:
            break
        gone = (*gone, cheapest)
    return found


def possible(case: Case, gone: tuple[Statement, ...]) -> bool:
    """Whether the person has a legal line with some statements taken back."""
    model = RosterModel(Frame((case.without(gone),))).apply(RULES)
    return model.solve(SECONDS, stop_at_first=True).status != "infeasible"


def smallest(case: Case, gone: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """A smallest set of statements that cannot all hold: without any one of them, the rest can.

    By halves (Junker, "QuickXplain", 2004): a set of k among n takes some k log(n / k) trials. The contract is
    doubted last, so that single days are kept only where they are needed.
    """
    candidates = [statement for statement in case.statements if statement not in gone]

    def holds(kept: Sequence[Statement]) -> bool:
        chosen = {id(statement) for statement in kept}
        return possible(case, (*gone, *(statement for statement in candidates if id(statement) not in chosen)))

    if not holds([]):
        return ()
    return tuple(_halves(holds, [], candidates, False))


def _halves(
    holds: Callable[[Sequence[Statement]], bool],
    background: list[Statement],
    candidates: list[Statement],
    grown: bool,
) -> list[Statement]:
    if grown and not holds(background):
        return []
    if len(candidates) == 1:
        return candidates
    middle = len(candidates) // 2
    first, second = candidates[:middle], candidates[middle:]
    of_second = _halves(holds, background + first, second, bool(first))
    of_first = _halves(holds, background + of_second, first, bool(of_second))
    return of_first + of_second


def _remedies(case: Case, statements: Sequence[Statement], gone: tuple[Statement, ...]) -> Iterator[Remedy]:
    for statement in statements:
        text = Said("without: {statement}", statement=statement.text)
        if not possible(case, (*gone, statement)):
            text = Said("without: {statement} (other contradictions remain)", statement=statement.text)
        yield Remedy(text, _price(statement), statement)


def _price(statement: Statement) -> float:
    return PRICES[statement.what]
