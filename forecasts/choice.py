"""Which model forecasts a queue: by its own past where that is long enough to tell, by rule where it is not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.trials import Trials

FloatArray = NDArray[np.float64]

CERTAINTY = 1.0
"""Standard errors by which another model has to beat the first of the list."""


@dataclass(frozen=True)
class Choice:
    """The model taken for a stretch of the horizon, and why.

    Attributes
    ----------
    first, last : days ahead, 1 the first day of the horizon.
    model : name.
    why : in words, with the figures it rests on.
    wapes : interval WAPE of every model tried, by name.
    """

    first: int
    last: int
    model: str
    why: str
    wapes: dict[str, float]


def choose(trials: Trials, first: int, last: int, fewest: int = 4) -> Choice | None:
    """The model with the least absolute error `first` to `last` days ahead, or None with too few origins to tell.

    The first of the list stays unless another's errors are smaller by more than `CERTAINTY` standard errors of the
    difference over origins.
    """
    days = slice(first - 1, last)
    actual = trials.actual[:, days]
    known = ~np.isnan(actual)
    errors = np.where(known, np.abs(trials.forecasts[:, :, days] - actual), 0.0).sum(axis=(2, 3))
    volume = np.where(known, actual, 0.0).sum(axis=(1, 2))
    usable = (volume > 0) & ~np.isnan(errors[0])
    if usable.sum() < fewest:
        return None
    errors, volume = errors[:, usable], volume[usable]
    wapes = errors.sum(axis=1) / volume.sum()
    shown = {name: float(wape) for name, wape in zip(trials.models, wapes, strict=True) if not np.isnan(wape)}
    best = 0
    for other in np.argsort(wapes):
        if np.isnan(wapes[other]):
            continue
        gain = errors[best] - errors[other]
        error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.inf
        if gain.mean() > CERTAINTY * error:
            best = int(other)
            break
    name, number = trials.models[best], int(usable.sum())
    rival = min((wape, other) for other, wape in shown.items() if other != name) if len(shown) > 1 else None
    why = f"{shown[name]:.1%} WAPE over {number} past origins"
    if rival:
        relation = "next best" if rival[0] >= shown[name] else "not beaten by more than chance by"
        why += f"; {relation} {rival[1]} {rival[0]:.1%}"
    return Choice(first, last, name, why, shown)
