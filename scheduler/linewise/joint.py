"""Choose whole lines jointly: CP-SAT over the columns that a better roster could use."""

import numpy as np
from ortools.sat.python import cp_model

from scheduler.linewise.descent import Stop
from scheduler.linewise.master import Column, Master
from scheduler.linewise.tables import Ints
from scheduler.model import watched

Sum = cp_model.LinearExpr

MOST_COLUMNS = 4000


def choose(master: Master, relaxed: float, enough: float, seconds: float, stop: Stop) -> dict[int, Ints] | None:
    """The cheapest choice of one line a person among the master's, cheaper than `enough`; None when none is found.

    A line whose reduced cost passes what is between `relaxed`, the linear programme's cost, and `enough` is in no such
    choice and left out.
    """
    columns = [
        column
        for person in master.people
        for column in master.columns[person]
        if _reduced(master, column) <= enough - relaxed + 1e-6
    ]
    if len(columns) > MOST_COLUMNS or {column.person for column in columns} != set(master.people):
        return None
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in columns]
    for person in master.people:
        own = zip(chosen, columns, strict=True)
        model.add_exactly_one(variable for variable, column in own if column.person == person)
    cost = [round(column.cost) * variable for variable, column in zip(chosen, columns, strict=True)]
    cost += _covers(master, model, chosen, columns)
    model.add(Sum.sum(cost) <= int(np.floor(enough)))
    model.minimize(Sum.sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_time_in_seconds = seconds
    with watched(solver, stop):
        status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return {
        column.person: column.line
        for variable, column in zip(chosen, columns, strict=True)
        if solver.boolean_value(variable)
    }


def _reduced(master: Master, column: Column) -> float:
    """What a line costs above its worth at the master's prices."""
    days = np.flatnonzero(column.line >= 0)
    inside = days[(days >= master.days.start) & (days < master.days.stop)]
    return float(column.cost - master.prices[inside, column.line[inside]].sum() - master.ones[column.person])


def _covers(
    master: Master, model: cp_model.CpModel, chosen: list[cp_model.IntVar], columns: list[Column]
) -> list[cp_model.LinearExpr]:
    """Balance each cover; what too few and too many cost."""
    costs: list[cp_model.LinearExpr] = []
    takers: dict[tuple[int, int], list[cp_model.IntVar]] = {key: [] for key in master.rows}
    for variable, column in zip(chosen, columns, strict=True):
        for day in master.days:
            kind = int(column.line[day])
            if (day, kind) in takers:
                takers[day, kind].append(variable)
    for (day, kind), taking in takers.items():
        wanted = int(master.residual[day, kind])
        under = model.new_int_var(0, max(0, wanted), "")
        over = model.new_int_var(0, max(0, len(taking) - wanted), "")
        model.add(Sum.sum(taking) + under - over == wanted)
        demand = master.board.demand
        costs += [int(demand.under[day, kind]) * under, int(demand.over[day, kind]) * over]
    return costs
