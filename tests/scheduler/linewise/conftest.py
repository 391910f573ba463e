"""Small instances of the published kind, made by hand and by chance, and every legal line of a person by counting."""

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import pytest

from scheduler.checks.curtois import faults
from scheduler.curtois import Employee, Instance, Request


def made(seed: int, days: int = 7, staff: int = 3) -> Instance:
    """A small random instance that has a legal roster for everybody."""
    rng = np.random.default_rng(seed)
    minutes = {"E": 480, "L": 480, "N": 600}
    employees = []
    for number in range(staff):
        most = {kind: int(rng.integers(0, 5)) for kind in minutes}
        most["E"] = max(most["E"], 3)
        employees.append(
            Employee(
                name=f"s{number}",
                most=most,
                max_minutes=int(rng.integers(4, 6)) * 480,
                min_minutes=int(rng.integers(1, 3)) * 480,
                max_run=int(rng.integers(2, 5)),
                min_run=int(rng.integers(1, 3)),
                min_off=int(rng.integers(1, 3)),
                max_weekends=int(rng.integers(0, 2)) if days > 7 else 1,
                days_off=frozenset({int(rng.integers(0, days))}),
            )
        )
    wanted, unwanted = (
        tuple(
            Request(
                f"s{rng.integers(staff)}",
                int(rng.integers(days)),
                str(rng.choice(["E", "L", "N"])),
                int(rng.integers(1, 4)),
            )
            for _ in range(4)
        )
        for _ in range(2)
    )
    covers = tuple((day, kind, int(rng.integers(0, 3)), 100, 1) for day in range(days) for kind in minutes)
    return Instance(
        days, minutes, frozenset({("L", "E"), ("N", "E"), ("N", "L")}), tuple(employees), wanted, unwanted, covers
    )


def legal_lines(instance: Instance, employee: Employee) -> Iterator[Mapping[int, str]]:
    """Every legal line of one employee, found by trying all of them with the plain checker."""
    kinds = [kind for kind, most in employee.most.items() if most]
    for letters in product(["", *kinds], repeat=instance.days):
        line = {day: letter for day, letter in enumerate(letters) if letter}
        alone = Instance(
            instance.days, instance.minutes, instance.not_after, (employee,), (), (), ()
        )  # fmt: skip
        if not faults(alone, [(employee.name, day, kind) for day, kind in line.items()]):
            yield line


@pytest.fixture(scope="session")
def small() -> type[object]:
    """The helpers of this file, by name."""

    class Helpers:
        instance = staticmethod(made)
        lines = staticmethod(legal_lines)

    return Helpers
