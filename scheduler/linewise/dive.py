"""From fractions to a roster: settle the days the linear programme is surest of, generate lines anew, and again."""

from dataclasses import dataclass

import numpy as np

from scheduler.linewise.descent import Stop
from scheduler.linewise.generation import improve_master
from scheduler.linewise.lines import Scratch, best_line
from scheduler.linewise.master import Master
from scheduler.linewise.tables import Bools, Floats, Ints, Table


@dataclass(frozen=True)
class Manner:
    """How a dive goes: what counts as sure, the share settled in any case at each step, rounds between steps, noise."""

    sure: float = 0.9
    share: float = 0.02
    rounds: int = 2
    noise: float = 0.0


def dive(
    master: Master,
    tables: list[Table],
    scratch: Scratch,
    rng: np.random.Generator,
    manner: Manner,
    stop: Stop,
    hopeless: float = np.inf,
) -> dict[int, Ints] | None:
    """A line for each person of the master; None when time is up or the cost has passed `hopeless`.

    Settled days are written into copies of the tables, so that new lines keep to them; the master's lines are all
    alive again afterwards.
    """  # fmt: skip
    own = {person: _copy(tables[person]) for person in master.people}
    open_days = {person: _undecided(table, master.days) for person, table in own.items()}
    everyone: list[Table] = [own.get(person, table) for person, table in enumerate(tables)]
    try:
        while any(days.any() for days in open_days.values()):
            cost = improve_master(master, everyone, scratch, manner.rounds, stop)
            if stop() or cost > hopeless or not np.isfinite(cost):
                return None
            _settle(master, own, open_days, rng, manner, scratch)
        if not np.isfinite(master.solve()):
            return None
        return {person: master.likeliest(person).line.copy() for person in master.people}
    finally:
        for columns in master.columns.values():
            for column in columns:
                master.let_live(column, True)


def _copy(table: Table) -> Table:
    twin = Table(table.person, table.kinds)
    vars(twin).update(vars(table))
    vars(twin)["allowed"] = table.allowed.copy()
    return twin


def _undecided(table: Table, days: range) -> Bools:
    """Days of the window that allow more than one thing."""
    marks: Bools = table.allowed.sum(axis=1) > 1
    marks[: days.start] = False
    marks[days.stop :] = False
    return marks


def _settle(
    master: Master,
    own: dict[int, Table],
    open_days: dict[int, Bools],
    rng: np.random.Generator,
    manner: Manner,
    scratch: Scratch,
) -> None:
    """Settle the surest open days, at least the manner's share of them all."""
    people = [person for person in master.people if open_days[person].any()]
    shares = np.stack([_shares(master, person, own[person]) for person in people])
    surest, sure = shares.argmax(axis=2), shares.max(axis=2)
    marks = np.stack([open_days[person] for person in people])
    rank = np.where(marks, sure + manner.noise * rng.random(sure.shape), -1.0)
    least = max(1, int(manner.share * marks.size))
    touched = set()
    for count, place in enumerate(np.argsort(-rank, axis=None)):
        row, day = divmod(int(place), marks.shape[1])
        if not marks[row, day] or (count >= least and sure[row, day] < manner.sure):
            break
        person = people[row]
        own[person].allowed[day] = False
        own[person].allowed[day, surest[row, day]] = True
        open_days[person][day] = False
        touched.add(person)
    for person in touched:
        _keep_to(master, person, own[person], open_days, scratch)


def _shares(master: Master, person: int, table: Table) -> Floats:
    """How much of each person's fractions takes what on each day, [days, kinds + 1]."""
    shares = np.zeros(table.allowed.shape)
    every = np.arange(table.allowed.shape[0])
    for column, weight in zip(master.columns[person], master.shares[person], strict=False):
        if weight > 1e-9:
            shares[every, column.line + 1] += weight
    return shares


def _keep_to(
    master: Master,
    person: int,
    table: Table,
    open_days: dict[int, Bools],
    scratch: Scratch,
) -> None:
    """Forbid lines that do not keep what is settled; where none is left, find one, or settle the likeliest whole."""
    likeliest = master.likeliest(person)
    window = np.arange(master.days.start, master.days.stop)
    alive = 0
    for column in master.columns[person]:
        keeps = column.alive and bool(table.allowed[window, column.line[window] + 1].all())
        master.let_live(column, keeps)
        alive += keeps
    if alive:
        return
    whole = len(master.days) == table.person.days
    current = None if whole else master.board.lines[person]
    found = best_line(table, table.wishes - master.prices, scratch, 1e17, master.days, current)
    if found is not None and (master.add(person, found.days) or _revive(master, person, found.days)):
        return
    master.let_live(likeliest, True)
    table.allowed[window] = False
    table.allowed[window, likeliest.line[window] + 1] = True
    open_days[person][:] = False


def _revive(master: Master, person: int, line: Ints) -> bool:
    for column in master.columns[person]:
        if (column.line == line).all():
            master.let_live(column, True)
            return True
    return False
