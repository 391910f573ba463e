"""Whole lines at prices that draw people to the days that are shortest.

A cover that lacks one pays the same whether its day lacks one or ten, so cheapest lines crowd: one weekend has too
many, another is empty, and no single line gains by moving. So a day also pays for how short it is, first much, then
less, in the end nothing: the shortage spreads, and what nobody needs twice is found where it is needed.

Where there is time, luck goes into the prices as well, first much, then less, and whatever line it favours is taken:
the roster cools like a glass, slowly (simulated annealing: Kirkpatrick, Gelatt and Vecchi, 1983), and whole weekends
change hands that no better line of a single person would move.
"""

from collections.abc import Callable

import numpy as np

from scheduler.linewise.board import Board
from scheduler.linewise.descent import SMALL, Stop
from scheduler.linewise.tables import Floats
from scheduler.linewise.whole import whole_line

FIRST_PULLS = (0.1, 0.1, 0.1, 0.06, 0.06, 0.03, 0.03, 0.01, 0.01, 0.003, 0.003, 0.0, 0.0)
LAST_PULLS = (0.0, 0.0)
"""What each person that a day lacks adds to its price, as shares of the dearest cover, pass by pass."""

NOISE = 0.003
"""Spread of the luck in the prices, as a share of the dearest cover: it tells equals apart."""


HOT, COLD = (0.03, 0.03), (0.001, 0.001)
"""Luck in the prices and pull of what a day lacks, as shares of the dearest cover, when cooling begins and ends."""

KIND_LUCK = 0.2
"""Of the luck, how much each kind of a day has by itself: days worked have to move, kinds follow."""


def cool(board: Board, rng: np.random.Generator, stop: Stop, gone: Callable[[], float]) -> None:
    """Give everybody the cheapest line at lucky prices, pass by pass, less and less luck until `gone` tells 1 or more.

    Every line of the board must be legal, and stays so; what it costs may rise on the way.
    """
    dearest = float(board.demand.under.max(initial=1.0))
    tolls: dict[str, float] = {}
    while (share := gone()) < 1.0:
        noise, pull = (dearest * hot * (cold / hot) ** share for hot, cold in zip(HOT, COLD, strict=True))
        for person in map(int, rng.permutation(len(board.tables))):
            if stop():
                return
            before = board.take_out(person)
            price = pulled_price(board, person, pull)
            luck = rng.standard_normal((len(price), 1)) + KIND_LUCK * rng.standard_normal(price.shape)
            found = whole_line(board.tables[person], price + noise * luck, np.inf, tolls)
            board.put(person, before if found is None else found)


def pulled_price(board: Board, person: int, pull: float) -> Floats:
    """What each duty adds to the cost of the board, and to the pull's share of the squares of what days lack."""
    lacking = (board.demand.required - board.staffed).sum(axis=1)
    price: Floats = board.price(person) - pull * (lacking - 0.5)[:, None]
    return price


def spread(board: Board, rng: np.random.Generator, stop: Stop, pulls: tuple[float, ...]) -> None:
    """A pass over everybody for each pull; every line of the board must be legal, and stays so."""
    dearest = float(board.demand.under.max(initial=1.0))
    for pull in pulls:
        for person in rng.permutation(len(board.tables)):
            if stop():
                return
            _draw(board, int(person), pull * dearest, NOISE * dearest, rng)


def _draw(board: Board, person: int, pull: float, noise: float, rng: np.random.Generator) -> None:
    """Put a line in the person's place that is cheaper at the pulled prices, where one is met."""
    before = board.take_out(person)
    price = pulled_price(board, person, pull)
    found = whole_line(board.tables[person], price + noise * rng.standard_normal(price.shape), np.inf)
    line = before
    if found is not None:
        was, new = np.flatnonzero(before >= 0), np.flatnonzero(found >= 0)
        if price[new, found[new]].sum() < price[was, before[was]].sum() - SMALL:
            line = found
    board.put(person, line)
