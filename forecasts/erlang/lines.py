"""Finite lines: M/M/n/K and M/M/n/K+M. A contact that finds all K lines taken, in service or waiting, is blocked."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from centre.compiled import compiled
from centre.errors import InputError
from centre.said import Said
from forecasts.erlang import arguments
from forecasts.erlang.arguments import Answer, Floats
from forecasts.erlang.poisson import below

_TOO_LARGE = 1e250
_LOG_TOO_LARGE = 250.0 * math.log(10.0)


class FiniteLines(NamedTuple):
    """Shares of all offered contacts (blocked + answered + abandoned = 1), and the wait of the answered.

    Attributes
    ----------
    blocked : find no free line and are lost.
    answered : are served in the end.
    abandoned : give up waiting; 0 with endless patience.
    waited : get a line but find all agents busy.
    answered_within : are served within `within_s` (the `of_offered` service level, the blocked being offered too).
    average_speed_of_answer : mean wait in seconds of the answered; infinite where nobody is answered.
    occupancy : share of their time on queue that agents spend on contacts.
    """

    blocked: Answer
    answered: Answer
    abandoned: Answer
    waited: Answer
    answered_within: Answer
    average_speed_of_answer: Answer
    occupancy: Answer


@compiled
def in_time(n: float, g: float, t: float, count: int, more: float = 1.0) -> Floats:
    """P(V <= t | served, i wait before him) for i = 0..count - 1; with `more` 0 for one who never hangs up; n > 0.

    More than i of the i + 1 exponential times must end by t: the tail of a Poisson distribution of mean n t with
    endless patience, of a negative binomial one otherwise. Added up from the small side.
    """
    if g > 0.0:
        shape, pace = n * g + more, -math.expm1(-t / g)
        mode = max(0.0, np.floor((shape - 1.0) * math.expm1(t / g))) if t < 600.0 * g else math.inf
        log_start = -t / g * shape
    else:
        shape, pace = math.inf, n * t
        mode = np.floor(pace)
        log_start = -pace
    out = np.empty(count)
    if mode >= count:
        total = term = 1.0
        for i in range(count):
            out[i] = -math.expm1(min(0.0, log_start + math.log(total)))
            term *= _step(shape, pace, i + 1)
            total += term
            if total > _TOO_LARGE:
                term /= _TOO_LARGE
                total /= _TOO_LARGE
                log_start += _LOG_TOO_LARGE
        return out
    top = int(mode)
    log_peak = log_start - math.lgamma(top + 1.0) + (top * math.log(pace) if top > 0 else 0.0)
    if g > 0.0:
        log_peak += math.lgamma(shape + top) - math.lgamma(shape)
    term = math.exp(log_peak)
    smallest = term
    while top < count or term > 1e-18 * smallest:
        following = term * _step(shape, pace, top + 1)
        if following < 1e-290:
            break
        term = following
        top += 1
        smallest = term if top <= count else smallest
    total = 0.0
    out[:] = 0.0
    for k in range(top, 0, -1):
        total += term
        if k <= count:
            out[k - 1] = min(1.0, total)
        term /= _step(shape, pace, k)
    return out


@compiled
def _step(shape: float, pace: float, k: int) -> float:
    """Ratio of the k-th probability to the one before."""
    return pace / k if shape == math.inf else pace * (shape + k - 1.0) / k


@compiled
def _lines_at(n: float, a: float, g: float, t: float, lines: float) -> tuple[float, float, float, float, float, float]:
    """Blocked, answered, abandoned, waited, answered within t, mean wait of the answered (in handle times); a > 0.

    Adds the states above n one by one, relative to the state in which the last agent becomes busy.
    """
    at_once = below(n, a)
    if at_once == math.inf:
        return 0.0, 1.0, 0.0, 0.0, 1.0, 0.0
    count = round(lines - n)
    soon_by_place = in_time(n, g, t, count)
    rest = 1.0 / g if g > 0.0 else 0.0
    weight = 1.0
    waited = served = left = soon = wait = position_wait = 0.0
    for i in range(count):
        leaving = n + (i + 1) * rest
        stays = n / leaving
        position_wait += 1.0 / leaving
        waited += weight
        served += weight * stays
        left += weight * (i + 1) * rest / leaving
        wait += weight * stays * position_wait
        soon += weight * stays * soon_by_place[i]
        weight *= a / leaving
        if weight > _TOO_LARGE:
            weight /= _TOO_LARGE
            waited /= _TOO_LARGE
            served /= _TOO_LARGE
            left /= _TOO_LARGE
            wait /= _TOO_LARGE
            soon /= _TOO_LARGE
            at_once /= _TOO_LARGE
    total = at_once + waited + weight
    answered = at_once + served
    mean_wait = wait / answered if answered > 0.0 else math.inf
    return weight / total, answered / total, left / total, waited / total, (at_once + soon) / total, mean_wait


@compiled
def _lines_over(n: Floats, a: Floats, g: Floats, t: Floats, lines: Floats) -> Floats:
    out = np.empty((6, n.size))
    for i in range(n.size):
        if a[i] == 0.0:
            open_line = 1.0 if lines[i] > 0.0 else 0.0
            there = open_line if n[i] > 0.0 else 0.0
            gone = open_line - there if g[i] > 0.0 else 0.0
            out[:, i] = (1.0 - open_line, there, gone, open_line - there, there, 0.0 if there > 0.0 else math.inf)
        elif n[i] == 0.0 and g[i] == 0.0:
            out[:, i] = (1.0, 0.0, 0.0, 0.0, 0.0, math.inf)
        else:
            out[:, i] = _lines_at(n[i], a[i], g[i], t[i], lines[i])
    return out


def finite_lines(
    servers: ArrayLike,
    load: ArrayLike,
    aht_s: ArrayLike,
    lines: ArrayLike,
    within_s: ArrayLike = 0.0,
    patience_s: ArrayLike | None = None,
) -> FiniteLines:
    """What `servers` agents behind a finite number of lines give; all arguments broadcast.

    Parameters
    ----------
    servers : agents, whole numbers, 0 or more.
    load : offered load in erlangs, the blocked included, 0 or more. It may pass `servers` also with endless patience.
    aht_s : mean handle time in seconds, above 0.
    lines : lines in all, for contacts in service and waiting; whole numbers, at least `servers`. lines = servers is
        Erlang B.
    within_s : threshold in seconds of `answered_within`.
    patience_s : mean patience in seconds; None, 0 or infinity: endless.

    Raises
    ------
    InputError : for a negative, infinite or missing number, a fractional server or line, or fewer lines than servers.
    """
    shape, (n, a, aht, within, patience, k) = arguments.broadcast(
        arguments.whole("servers", servers),
        arguments.at_least_0("load", load),
        arguments.above_0("aht_s", aht_s),
        arguments.at_least_0("within_s", within_s),
        arguments.patience(patience_s),
        arguments.whole("lines", lines),
    )
    if (k < n).any():
        i = int(np.argmax(k < n))
        raise InputError(
            Said("lines: found {k:g} with {n:g} servers; allowed: at least as many lines as servers", k=k[i], n=n[i])
        )
    shares = _lines_over(n, a, patience / aht, within / aht, k)
    busy = np.where(n > 0, a * shares[1] / np.maximum(n, 1.0), np.where(a > 0, 1.0, 0.0))
    rows = [*shares[:5], shares[5] * aht, np.minimum(busy, 1.0)]
    return FiniteLines(*(arguments.shaped(row, shape) for row in rows))
