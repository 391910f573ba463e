"""The compiled line search is exact: it finds what trying every line finds, over the horizon and over windows."""

from typing import Any

import numpy as np
import pytest

from scheduler.curtois import frame_of
from scheduler.linewise.lines import Scratch, best_line
from scheduler.linewise.tables import Kinds, Table, supports


@pytest.fixture(scope="module")
def scratch() -> Scratch:
    return Scratch(1 << 16, 200_000)


def tables(instance: Any) -> list[Table]:
    frame = frame_of(instance)
    assert supports(frame)
    kinds = Kinds(frame)
    return [Table(person, kinds) for person in frame.people]


def cost(table: Table, price: np.ndarray[Any, Any], line: Any) -> float:
    return sum(price[day, table.kinds.number[kind]] for day, kind in line.items())


@pytest.mark.parametrize("seed", range(8))
def test_the_best_line_is_the_best_of_all_lines(small: Any, scratch: Scratch, seed: int) -> None:
    instance = small.instance(seed)
    rng = np.random.default_rng(seed)
    for table, employee in zip(tables(instance), instance.staff, strict=True):
        every = list(small.lines(instance, employee))
        for _ in range(6):
            price = rng.integers(-100, 60, size=table.wishes.shape).astype(float)
            found = best_line(table, price, scratch)
            best = min((cost(table, price, line) for line in every), default=None)
            assert (found is None) == (best is None)
            if found is not None:
                assert found.cost == pytest.approx(best)
                assert found.cost == pytest.approx(
                    sum(price[day, kind] for day, kind in enumerate(found.days) if kind >= 0)
                )


@pytest.mark.parametrize("seed", range(8))
def test_a_window_is_searched_exactly_with_the_rest_held(small: Any, scratch: Scratch, seed: int) -> None:
    instance = small.instance(seed)
    rng = np.random.default_rng(seed)
    for table, employee in zip(tables(instance), instance.staff, strict=True):
        every = list(small.lines(instance, employee))
        if not every:
            continue
        for _ in range(12):
            current = every[int(rng.integers(len(every)))]
            held = np.array(
                [table.kinds.number[current[day]] if day in current else -1 for day in range(instance.days)]
            )
            start, stop = sorted(rng.choice(instance.days + 1, 2, replace=False))
            price = rng.integers(-100, 60, size=table.wishes.shape).astype(float)
            same_outside = [
                line
                for line in every
                if all(line.get(day) == current.get(day) for day in range(instance.days) if not start <= day < stop)
            ]
            best = min(cost(table, price, line) for line in same_outside)
            found = best_line(table, price, scratch, window=range(start, stop), current=held)
            assert found is not None
            assert found.cost == pytest.approx(best)


def test_a_limit_is_strict(small: Any, scratch: Scratch) -> None:
    table = tables(small.instance(1))[0]
    price = np.full(table.wishes.shape, -10.0)
    best = best_line(table, price, scratch)
    assert best is not None
    assert best_line(table, price, scratch, limit=best.cost) is None
    assert best_line(table, price, scratch, limit=best.cost + 1e-6) is not None
