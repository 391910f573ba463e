"""Which model forecasts a queue: by its own past where that is long enough to tell, by rule where it is not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.said import Said
from forecasts.models import Past
from forecasts.trials import Trials

FloatArray = NDArray[np.float64]

STRETCHES = ((1, 7), (8, 10_000))
"""Days ahead for which models are chosen, and bands measured, apart."""

CERTAINTY = 2.0
"""Standard errors (origins of one week between them counted as independent weeks only) by which another model has to
beat the first of the list."""

FEWEST_ORIGINS = 6
YOUNG_DAYS = 35
TINY_A_DAY = 1.0
INTERMITTENT = 0.2
"""Share of open days without a contact from which a queue is intermittent: logarithms of days are no guide to it."""

SIMPLE = "pooled mean"
"""The model of queues that are too young or too tiny for any other."""


@dataclass(frozen=True)
class Choice:
    """The model taken for a stretch of the horizon, and why.

    Attributes
    ----------
    first, last : days ahead of the last known day, 1 the day after it.
    model : name.
    why : in words, with the figures it rests on.
    wapes : interval WAPE of every model tried, by name; empty when chosen by rule.
    """

    first: int
    last: int
    model: str
    why: str
    wapes: dict[str, float]


def choices(past: Past, trials: Trials, first: int, last: int) -> tuple[Choice, ...]:
    """The models for the days `first` to `last` after the last known one, by rule or by trial.

    `trials.models` are in order of preference; one of them is `SIMPLE`, or the last of them takes its place.
    """
    rule = _rule(past)
    if rule:
        simple = SIMPLE if SIMPLE in trials.models else trials.models[-1]
        by_rule = Said("{rule}: {model} by rule", rule=rule, model=_named(simple))
        return (Choice(first, last, simple, by_rule, {}),)
    found: list[Choice] = []
    for begin, end in STRETCHES:
        if begin <= last and end >= first:
            model, why, wapes = best(trials, begin, end)
            found.append(Choice(max(begin, first), min(end, last), model, why, wapes))
    return tuple(found)


def _named(model: str) -> Said:
    return Said.term("model", model)


def _rule(past: Past) -> str:
    if past.silent:
        return Said("no contacts in the history, or none any more")
    if past.span < YOUNG_DAYS:
        return Said("young queue, {days} days of history", days=past.span)
    daily = float(past.totals[past.running].mean())
    if daily < TINY_A_DAY:
        return Said("tiny queue, {daily:.2g} contacts a day", daily=daily)
    empty = float((past.totals[past.running] == 0).mean())
    if empty >= INTERMITTENT:
        return Said("intermittent queue, no contact on {share:.0%} of its days", share=empty)
    return ""


def best(trials: Trials, first: int, last: int) -> tuple[str, str, dict[str, float]]:
    """The model with the least absolute error `first` to `last` days ahead; why; and every model's WAPE.

    The first of the list stays unless another's errors are smaller by more than `CERTAINTY` standard errors of the
    difference over origins.
    """
    errors, volume = _errors(trials, first, last)
    overlap = max((min(last, trials.actual.shape[1]) - first + 1) / 7.0, 1.0)
    if len(volume) < FEWEST_ORIGINS:
        return trials.models[0], Said("too few past weeks to compare models"), {}
    wapes = errors.sum(axis=1) / volume.sum()
    shown = {name: float(wape) for name, wape in zip(trials.models, wapes, strict=True) if not np.isnan(wape)}
    chosen = 0
    for other in np.argsort(np.where(np.isnan(wapes), np.inf, wapes))[: len(shown)]:
        gain = errors[0] - errors[other]
        if gain.mean() > CERTAINTY * gain.std(ddof=1) * np.sqrt(overlap / len(gain)):
            chosen = int(other)
            break
    return trials.models[chosen], _why(trials.models[chosen], shown, len(volume)), shown


def _errors(trials: Trials, first: int, last: int) -> tuple[FloatArray, FloatArray]:
    """Summed absolute errors, shape [models, origins], and contacts, shape [origins], of origins fit to compare."""
    days = slice(first - 1, last)
    actual = trials.actual[:, days]
    known = ~np.isnan(actual)
    errors = np.where(known, np.abs(trials.forecasts[:, :, days] - actual), 0.0).sum(axis=(2, 3))
    volume = np.where(known, actual, 0.0).sum(axis=(1, 2))
    usable = (volume > 0) & ~np.isnan(errors[0])
    return errors[:, usable], volume[usable]


def _why(model: str, wapes: dict[str, float], origins: int) -> str:
    own = {"wape": wapes[model], "origins": origins}
    others = sorted((wape, name) for name, wape in wapes.items() if name != model)
    if not others:
        return Said("WAPE {wape:.1%} from {origins} past origins", **own)
    theirs, other = others[0]
    if theirs >= wapes[model]:
        return Said("WAPE {wape:.1%} from {origins} past origins; next {other} {theirs:.1%}", **own,
                    other=_named(other), theirs=theirs)  # fmt: skip
    return Said("WAPE {wape:.1%} from {origins} past origins; not beaten by more than chance by {other} {theirs:.1%}",
                **own, other=_named(other), theirs=theirs)  # fmt: skip


def trial_of(trials: Trials, choice: Choice) -> tuple[FloatArray, FloatArray]:
    """What came and what the chosen model said on the days ahead of a choice, shape [origins, days, slots] both."""
    days = slice(choice.first - 1, choice.last)
    return trials.actual[:, days], trials.forecasts[trials.models.index(choice.model)][:, days]
