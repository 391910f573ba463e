"""How the roster was found: best cost and bound over time, drawn as paths of an inline picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from desk.wording import Words
from scheduler.progress import Progress

WIDTH, HEIGHT = 600.0, 150.0
"""Of the picture, in its own units."""

FIRST_S = 0.1
"""The axis of time is logarithmic: most happens in the first seconds. It begins here."""

FEW = 240
"""Moments drawn, at most."""


@dataclass(frozen=True)
class SearchChart:
    """The picture's paths and words.

    Attributes
    ----------
    cost, bound : "d" of a path; bound is empty where none was known before the end.
    ticks : place and words of moments on the axis of time.
    highest : cost at the top; the bottom is 0.
    told : all of it in a sentence.
    """

    cost: str
    bound: str
    ticks: tuple[tuple[float, str], ...]
    highest: str
    told: str
    width: float = WIDTH
    height: float = HEIGHT


def search_chart(log: Sequence[Progress], words: Words) -> SearchChart | None:
    """The chart of a log; None where it says nothing of cost."""
    known = [
        (progress.seconds, progress.objective, progress.bound) for progress in log if progress.objective is not None
    ]
    if not known:
        return None
    last = max(known[-1][0], 10 * FIRST_S)
    top = _top([cost for _, cost, _ in known])
    moments = known[:: max(1, len(known) // FEW)]
    if moments[-1] != known[-1]:
        moments.append(known[-1])
    bounds = [(seconds, bound) for seconds, _, bound in moments if bound is not None and bound > 0]
    seconds, cost, bound = known[-1]
    gap = log[-1].gap
    told = words._(
        "Cost {cost} after {seconds} s; no roster can cost less than {bound}: a gap of {gap}",
        cost=f"{cost:,.1f}",
        seconds=f"{seconds:,.0f}",
        bound=f"{bound or 0.0:,.1f}",
        gap="–" if gap is None else words.percent(gap, 1),
    )
    return SearchChart(
        cost=_path([(seconds, value) for seconds, value, _ in moments], last, top),
        bound=_path(bounds, last, top),
        ticks=tuple((_across(tick, last), f"{tick:g} s") for tick in (0.1, 1, 10, 60, 300, 900) if tick <= last),
        highest=f"{top:,.0f}",
        told=told,
    )


def _top(costs: Sequence[float]) -> float:
    """Where the axis of cost ends: the first roster is often so dear that nothing else could be seen."""
    return max(1e-9, min(max(costs), 2.0 * min(costs)) * 1.05)


def _across(seconds: float, last: float) -> float:
    share = math.log(max(seconds, FIRST_S) / FIRST_S) / math.log(last / FIRST_S)
    return round(WIDTH * min(1.0, share), 1)


def _path(points: Sequence[tuple[float, float]], last: float, top: float) -> str:
    """Steps: each value holds until the next."""
    parts: list[str] = []
    for seconds, value in points:
        x, y = _across(seconds, last), round(HEIGHT * (1.0 - min(1.0, value / top)), 1)
        parts.append(f"H{x}V{y}" if parts else f"M{x} {y}")
    return "".join(parts)
