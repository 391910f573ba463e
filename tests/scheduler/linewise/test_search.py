"""The search against the truth: the optimum by enumeration, the bound never above it, the plain checker's verdict."""

import time
from collections import Counter
from itertools import product
from typing import Any

import numpy as np
import pytest

from scheduler.checks.curtois import faults, penalty
from scheduler.curtois import Instance, frame_of
from scheduler.linewise.board import Board
from scheduler.linewise.descent import construct
from scheduler.linewise.joint import choose
from scheduler.linewise.lines import Scratch
from scheduler.linewise.part import Pool, opened, relax
from scheduler.linewise.parts_by_rules import solve_part, whole_by_rules
from scheduler.linewise.search import search
from scheduler.linewise.shared import Shared
from scheduler.model import Heard, RosterModel
from scheduler.progress import Progress
from scheduler.rules import RULES


def ticking(step: float) -> Any:
    """A clock that moves on by a step whenever it is asked: limits without waiting."""
    now = [0.0]

    def clock() -> float:
        now[0] += step
        return now[0]

    return clock


def rows(outcome: Any) -> list[tuple[str, int, str]]:
    return [(name, day, option.kind) for (name, day), option in outcome.choice.items()]


def optimum(small: Any, instance: Instance) -> int | None:
    """The cheapest roster among all combinations of legal lines."""
    lines = [list(small.lines(instance, employee)) for employee in instance.staff]
    if not all(lines):
        return None
    return min(
        penalty(
            instance,
            [
                (employee.name, day, kind)
                for employee, line in zip(instance.staff, chosen, strict=True)
                for day, kind in line.items()
            ],
        )
        for chosen in product(*lines)
    )


@pytest.mark.parametrize("seed", range(6))
def test_small_instances_are_solved_to_the_optimum_by_enumeration(small: Any, seed: int) -> None:
    instance = small.instance(seed, days=5, staff=2)
    truth = optimum(small, instance)
    found = search(frame_of(instance), 20, ticking(0.002), seed=seed)
    by_rules = RosterModel(frame_of(instance)).apply(RULES).solve(20)
    if truth is None:
        assert not found.choice
        assert by_rules.status == "infeasible"
        return
    assert faults(instance, rows(found)) == []
    assert penalty(instance, rows(found)) == found.objective == truth
    assert found.bound <= truth
    assert by_rules.status == "optimal"
    assert by_rules.objective == truth


@pytest.mark.parametrize("seed", [3, 4])
def test_the_rules_as_cp_sat_prove_what_the_line_search_finds(small: Any, seed: int) -> None:
    instance = small.instance(seed, days=14, staff=5)
    model = RosterModel(frame_of(instance)).apply(RULES)
    truth = model.solve(30)
    assert truth.status == "optimal"
    assert faults(instance, rows(truth)) == []
    assert penalty(instance, rows(truth)) == truth.objective
    found = search(frame_of(instance), 12, time.monotonic, workers=2, seed=seed)
    assert faults(instance, rows(found)) == []
    assert truth.objective <= found.objective <= 1.02 * truth.objective + 5
    assert found.bound <= truth.objective


def test_the_costs_add_up_and_progress_only_gets_better(small: Any) -> None:
    instance = small.instance(11, days=14, staff=4)
    seen: list[Progress] = []
    found = search(frame_of(instance), 5, ticking(0.005), report=seen.append)
    assert sum(found.costs.values()) == found.objective
    costs = [progress.objective for progress in seen if progress.objective is not None]
    assert costs == sorted(costs, reverse=True)
    bounds = [progress.bound for progress in seen if progress.bound is not None]
    assert bounds == sorted(bounds)


def test_the_same_seed_gives_the_same_roster(small: Any) -> None:
    instance = small.instance(12, days=14, staff=4)
    first, second = (search(frame_of(instance), 2, ticking(0.005), seed=7) for _ in range(2))
    assert first.choice == second.choice


def test_a_board_counts_what_the_plain_checker_counts(small: Any) -> None:
    instance = small.instance(13)
    board = Board(frame_of(instance))
    rng = np.random.default_rng(0)
    for person in range(len(board.tables)):
        board.put(person, rng.integers(-1, 3, size=instance.days))
    assert board.staffed.sum() == (board.lines >= 0).sum()
    chosen = [
        (employee.name, day, board.kinds.names[kind])
        for employee, line in zip(instance.staff, board.lines, strict=True)
        for day, kind in enumerate(line)
        if kind >= 0
    ]
    assert board.cost == penalty(instance, chosen)


def test_a_part_by_rules_leaves_the_rest_alone(small: Any) -> None:
    instance = small.instance(14, days=14, staff=5)
    start = search(frame_of(instance), 0.2, ticking(0.02))
    board = Board(frame_of(instance))
    board.show(board.read(start.choice))
    before, cost = board.lines.copy(), board.cost
    solve_part(board, [0, 2], range(3, 9), 5, 0, lambda: False)
    assert board.cost <= cost
    changed = Counter((int(person), int(day)) for person, day in np.argwhere(board.lines != before))
    assert all(person in (0, 2) and 3 <= day < 9 for person, day in changed)
    assert faults(instance, [(name, day, option.kind) for (name, day), option in board.choice().items()]) == []


def test_a_joint_choice_is_better_than_asked_or_none(small: Any) -> None:
    """Chosen among generated lines: legal, no dearer than `enough`, never below the bound."""
    instance = small.instance(11, days=14, staff=4)
    board, scratch, rng = Board(frame_of(instance)), Scratch(1 << 18, 300_000), np.random.default_rng(0)
    assert construct(board, scratch, rng, lambda: False)
    everybody = list(range(len(board.tables)))
    master, relaxation = relax(board, everybody, range(14), Pool(), scratch, lambda: False, np.inf)
    assert relaxation.complete
    assert relaxation.bound == pytest.approx(relaxation.cost, abs=1e-3)
    assert choose(master, relaxation.cost, relaxation.bound - 1, 5, lambda: False) is None
    enough = board.cost
    lines = choose(master, relaxation.cost, enough, 5, lambda: False)
    assert lines is not None
    for person, line in lines.items():
        board.put(person, line)
    chosen = [(name, day, option.kind) for (name, day), option in board.choice().items()]
    assert faults(instance, chosen) == []
    assert relaxation.bound - 1e-3 <= penalty(instance, chosen) <= enough


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_whole_by_rules_tells_of_rosters_and_bounds_on_the_way_to_the_optimum(small: Any, seed: int) -> None:
    instance = small.instance(seed, days=5, staff=2)
    truth = optimum(small, instance)
    assert truth is not None
    board = Board(frame_of(instance))
    told: list[tuple[float, int, list[Any]]] = []
    bounds: list[float] = []

    def roster(choice: Any, cost: float) -> None:
        taken = [(name, day, option.kind) for (name, day), option in choice.items()]
        told.append((cost, penalty(instance, taken), faults(instance, taken)))

    model = RosterModel(board.frame).apply(RULES)
    assert model.solve(30, heard=Heard(roster, bounds.append)).objective == truth
    assert told[-1][0] == truth
    assert all(cost == judged and not broken for cost, judged, broken in told)
    assert all(bound <= truth for bound in bounds)

    shared = Shared(lambda: 0.0, 30.0, lambda _: None)
    assert construct(board, Scratch(), np.random.default_rng(seed), shared.over)
    shared.offer(board.lines, board.cost, "construction")
    whole_by_rules(board, shared)
    assert shared.cost == shared.bound == truth


class Failing:
    """A linear solver that loses its numbers so many times, then is the true one again."""

    def __init__(self, solver: Any, times: int) -> None:
        self.solver, self.times = solver, times

    def Solve(self, *arguments: Any) -> int:
        self.times -= 1
        return int(self.solver.ABNORMAL if self.times >= 0 else self.solver.Solve(*arguments))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.solver, name)


@pytest.mark.parametrize(("times", "solved"), [(1, True), (2, False)])
def test_a_simplex_that_loses_its_numbers_is_begun_anew_once(small: Any, times: int, solved: bool) -> None:
    board = Board(frame_of(small.instance(1)))
    assert construct(board, Scratch(1 << 16, 200_000), np.random.default_rng(0), lambda: False)
    people, days = list(range(len(board.tables))), range(board.frame.days)
    expected = opened(board, people, days, Pool()).solve()
    master = opened(board, people, days, Pool())
    vars(master)["solver"] = Failing(master.solver, times)
    assert master.solve() == (pytest.approx(expected) if solved else np.inf)
