"""A roster as CP-SAT variables, behind the verbs of the field."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ortools.sat.python import cp_model

from scheduler.frame import Frame, Option, Person
from scheduler.rule import CostTerm, Rule

Literal = cp_model.LiteralT
Sum = cp_model.LinearExpr
Choice = dict[tuple[str, int], Option]
"""The duty each person takes on each day worked, by name and day."""


@dataclass(frozen=True)
class Outcome:
    """What a search came to.

    Attributes
    ----------
    status : "optimal", "feasible", "infeasible" or "unknown" (time ran out before a first roster).
    choice : the duties taken; empty without a roster.
    objective, bound : cost of the roster found, and what no roster can be below.
    costs : cost by the name of the term.
    """

    status: str
    choice: Choice
    objective: float
    bound: float
    costs: Mapping[str, int]


@dataclass(frozen=True)
class Heard:
    """Who is told of each better roster, with its cost, and of each better bound; by a thread of the solver."""

    roster: Callable[[Choice, float], None]
    bound: Callable[[float], None]


class RosterModel:
    """Who takes which duty on which day.

    Rules ask with verbs (`works`, `takes`, `paid`) and never see how a variable is kept. Past days answer with
    constants, so that a rule is written once for the horizon and its left edge.
    """

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.cp = cp_model.CpModel()
        self.terms: list[CostTerm] = []
        self._takes = {
            (person.name, day): [self.cp.new_bool_var("") for _ in options]
            for person in frame.people
            for day, options in enumerate(person.options)
        }
        self._works = {key: self._any(variables) for key, variables in self._takes.items()}

    def _any(self, variables: list[cp_model.IntVar]) -> Literal:
        """A literal that is true when one of at most one is."""
        if len(variables) == 1:
            return variables[0]
        if not variables:
            return self.cp.new_constant(0)
        off = self.cp.new_bool_var("")
        self.cp.add_exactly_one(off, *variables)
        return ~off

    def works(self, person: Person, day: int) -> Literal:
        """Whether the person works on a day; a day of the past or an unknown one is a constant."""
        if day < 0:
            return -day <= len(person.past) and person.before(day) is not None
        return self._works[person.name, day]

    def takes(self, person: Person, day: int, kind: str) -> list[Literal]:
        """The literals of the duties of a kind on a day; at most one of them is true."""
        return [literal for option, literal in self.options(person, day) if option.kind == kind]

    def options(self, person: Person, day: int) -> list[tuple[Option, Literal]]:
        """The duties of a day with their literals; a duty of the past with the constant true."""
        if day < 0:
            past = person.before(day) if -day <= len(person.past) else None
            return [(past, True)] if past else []
        return list(zip(person.options[day], self._takes[person.name, day], strict=True))

    def paid(self, person: Person, days: Iterable[int]) -> cp_model.LinearExpr:
        """Paid minutes of some days of the horizon."""
        taken = [pair for day in days for pair in self.options(person, day)]
        return Sum.weighted_sum([literal for _, literal in taken], [option.paid for option, _ in taken])

    def worked(self, person: Person, days: Iterable[int]) -> cp_model.LinearExpr:
        """Worked days among some days of the horizon."""
        return Sum.sum([self.works(person, day) for day in days])

    def never_all(self, literals: Iterable[Literal]) -> None:
        """Not all of these hold at once."""
        self.cp.add_bool_or([_not(literal) for literal in literals])

    def at_most_one(self, literals: Iterable[Literal]) -> None:
        """No two of these hold at once."""
        self.cp.add_at_most_one(literals)

    def apply(self, rules: Sequence[Rule]) -> "RosterModel":
        """Add rules, in order, and return the model."""
        for rule in rules:
            if rule.applies(self.frame):
                self.terms += rule.add(self)
        return self

    def keep(self, choice: Choice, people: Iterable[str], days: Iterable[int]) -> None:
        """Hold some people on some days to the duties they have."""
        wanted = {(name, day) for name in people for day in days}
        self._each(choice, wanted, lambda variable, value: self.cp.add(variable == value))

    def hint(self, choice: Choice) -> None:
        """Start from a roster."""
        self._each(choice, set(self._takes), lambda variable, value: self.cp.add_hint(variable, value))

    def _each(self, choice: Choice, keys: set[tuple[str, int]], act: Callable[[cp_model.IntVar, int], object]) -> None:
        for person in self.frame.people:
            for day in range(person.days):
                if (person.name, day) in keys:
                    taken = choice.get((person.name, day))
                    for option, variable in zip(person.options[day], self._takes[person.name, day], strict=True):
                        act(variable, int(option == taken))

    def solve(
        self,
        seconds: float,
        workers: int = 1,
        seed: int = 0,
        stop_at_first: bool = False,
        stop: Callable[[], bool] | None = None,
        heard: Heard | None = None,
    ) -> Outcome:
        """Search for the cheapest roster.

        `seconds` is a limit on wall-clock time; the same seed and one worker give the same roster whenever the
        search ends before it. `stop` is asked ten times a second whether to end early with the best so far. Whoever
        `heard` names is told of each better roster and bound at once, and the search is one that proves: one worker
        branches by pseudo-costs.
        """
        if self.terms:
            self.cp.minimize(Sum.sum([term.weight * term.amount for term in self.terms]))
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = seed
        solver.parameters.catch_sigint_signal = False  # it would leave the process without its own handler
        solver.parameters.stop_after_first_solution = stop_at_first
        if workers == 2:
            # Measured on the published instances: on two workers pseudo-costs beat the linear relaxation by far.
            solver.parameters.ignore_subsolvers.append("default_lp")
            solver.parameters.extra_subsolvers.append("pseudo_costs")
        telling = None
        if heard is not None:
            telling = _Telling(self, heard)
            solver.best_bound_callback = heard.bound
            if workers == 1:
                # What the subsolver of that name does: on one worker none is chosen by name.
                solver.parameters.search_branching = cp_model.PSEUDO_COST_SEARCH
                solver.parameters.linearization_level = 2
                solver.parameters.exploit_best_solution = True
        with watched(solver, stop):
            status = solver.solve(self.cp, telling)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            name = "infeasible" if status == cp_model.INFEASIBLE else "unknown"
            return Outcome(name, {}, float("inf"), solver.best_objective_bound, {})
        return Outcome(
            "optimal" if status == cp_model.OPTIMAL else "feasible",
            self.choice(solver.boolean_value),
            solver.objective_value,
            solver.best_objective_bound,
            self._costs(solver),
        )

    def choice(self, holds: Callable[[Literal], bool]) -> Choice:
        """The duties taken in a solution, which is asked literal by literal."""
        return {
            (person.name, day): option
            for person in self.frame.people
            for day in range(person.days)
            for option, literal in self.options(person, day)
            if holds(literal)
        }

    def _costs(self, solver: cp_model.CpSolver) -> dict[str, int]:
        costs: dict[str, int] = {}
        for term in self.terms:
            costs[term.name] = costs.get(term.name, 0) + term.weight * solver.value(term.amount)
        return costs


class _Telling(cp_model.CpSolverSolutionCallback):
    """Tells of each better roster while the search goes on."""

    def __init__(self, model: RosterModel, heard: Heard) -> None:
        super().__init__()
        self.model, self.heard = model, heard

    def on_solution_callback(self) -> None:
        """Called by the solver."""
        self.heard.roster(self.model.choice(self.boolean_value), self.objective_value)


@contextmanager
def watched(solver: cp_model.CpSolver, stop: Callable[[], bool] | None) -> Iterator[None]:
    """Stop a solver from outside while it runs."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            if stop is not None and stop():
                solver.stop_search()

    watcher = threading.Thread(target=watch, daemon=True)
    if stop is not None:
        watcher.start()
    try:
        yield
    finally:
        done.set()
        if stop is not None:
            watcher.join()


def _not(literal: Literal) -> Literal:
    return not literal if isinstance(literal, bool) else ~literal
