"""The chain of the number in the system, carried from interval to interval: what overload leaves behind.

The stationary formulas take every interval as if it had always been like that. Here the probabilities of 0, 1, 2, ...
contacts in the system at the end of an interval are where the next one begins (Kolmogorov's forward equations of
M(t)/M/n(t)+M, solved by uniformisation: Jensen 1953; Grassmann 1977), so that both the lag behind rising arrivals and a
backlog count as long as they last, and not a moment longer.

An agent has one place for a contact, or several (chat), and finishes those in hand the slower the more there are; all
agents are as evenly busy as whole contacts allow. At a border where agents leave, the least busy go; each of them ends
the contacts in hand and takes none any more.
"""

import math

import numpy as np

from centre.compiled import compiled
from forecasts.erlang.arguments import Floats
from forecasts.erlang.lines import in_time

_NEGLIGIBLE, _NOTHING = 1e-13, 1e-17
_JUMPS, _FARTHEST = 250.0, 400
"""Expected jumps of one step, after which the window of states is looked at anew, and the most there can be."""

ANSWERED, ABANDONED, ANSWERED_WITHIN, WAIT_OF_ANSWERED, SOON, SHORT_ANSWERED, SHORT_SOON, BUSY = range(8)
"""Shares of the offered contacts, but WAIT_OF_ANSWERED (summed wait in handle times) and BUSY (mean busy agents).

SOON: an infinitely patient caller would wait no longer than the threshold; SHORT_: the same two at the short one.
"""


@compiled
def finishing(agents: int, speed: Floats) -> Floats:
    """Contacts that all agents together finish in a handle time with 0, 1, ... places taken, [agents * places + 1].

    Parameters
    ----------
    speed : contacts an agent with 1, 2, ... in hand finishes in a handle time, [places]; for voice [1].
    """
    out = np.zeros(agents * speed.size + 1)
    for taken in range(1, out.size):
        level, ahead = divmod(taken, agents)
        rate = ahead * speed[level] if ahead > 0 else 0.0
        if level > 0:
            rate += (agents - ahead) * speed[level - 1]
        out[taken] = rate
    return out


@compiled
def advance(share: Floats, arrivals: float, finish: Floats, leaving: float, length: float) -> tuple[Floats, Floats]:
    """Probabilities of each number in the system at the end of an interval, and their mean over it.

    Parameters
    ----------
    share : at the beginning, [states]; the result may be longer.
    arrivals, leaving, length : rates a handle time (1 / patience, 0: endless), and the interval in handle times.
    finish : rate at which contacts are finished by the number of places taken, as `finishing`.
    """
    n = finish.size - 1
    fastest = finish.max()
    mean = np.zeros(share.size)
    left = length
    while left > 0.0:
        low, top = 0, share.size
        while top > 1 and share[top - 1] < _NEGLIGIBLE:
            top -= 1
        while low < top - 1 and share[low] < _NEGLIGIBLE:
            low += 1
        # As far as the number can rise in a step of that many jumps.
        reach = top + _FARTHEST + 2
        rate = arrivals + fastest + leaving * max(0, reach - n)
        step = _JUMPS / rate if rate > 0.0 else left
        step = left if step > 0.999 * left else step
        if reach > share.size:
            longer, longer_mean = np.zeros(2 * reach), np.zeros(2 * reach)
            longer[: share.size], longer_mean[: mean.size] = share, mean
            share, mean = longer, longer_mean
        if rate > 0.0:
            share = _step(share, mean, low, top, arrivals, finish, leaving, rate, step)
        else:
            mean += share * step
        left = left - step if step < left else 0.0
    return share / share.sum(), mean / mean.sum()


@compiled
def _step(
    share: Floats, mean: Floats, low: int, top: int, arrivals: float, finish: Floats, leaving: float, rate: float,
    step: float,
) -> Floats:  # fmt: skip
    """One step of uniformisation; adds the integral of the probabilities over it to `mean`.

    Only the states [low, top) hold anything, and only those that come to hold something are looked at.
    """
    n = finish.size - 1
    up = arrivals / rate
    down, stay = np.zeros(share.size), np.zeros(share.size)
    for x in range(share.size):
        down[x] = (finish[min(x, n)] + leaving * max(0, x - n)) / rate
        stay[x] = 1.0 - up - down[x]
    weight = math.exp(-rate * step)
    beyond = 1.0 - weight
    after = share * weight
    mean += share * (beyond / rate)
    here, there = share.copy(), np.zeros(share.size)
    for k in range(1, _FARTHEST):
        weight *= rate * step / k
        beyond = max(0.0, beyond - weight)
        low, top = max(0, low - 1), top + 1
        part = beyond / rate
        there[low] = here[low] * stay[low] + here[low + 1] * down[low + 1]
        if low > 0:
            there[low] += here[low - 1] * up
        _jump(there[low + 1 : top], here[low:top], here[low + 1 : top + 1], stay[low + 1 :], down[low + 2 :], up)
        _add(after[low:top], mean[low:top], there[low:top], weight, part)
        while top > low + 1 and there[top - 1] < _NOTHING:
            there[top - 1] = 0.0
            top -= 1
        while low < top - 1 and there[low] < _NOTHING:
            there[low] = 0.0
            low += 1
        here, there = there, here
        if low > 0:
            here[low - 1] = 0.0
        here[top] = 0.0
        if beyond < _NEGLIGIBLE and k > rate * step:
            break
    return after


@compiled
def _jump(there: Floats, below: Floats, here: Floats, stay: Floats, down: Floats, up: float) -> None:
    """One jump of the chain; views that begin at 0 let the compiler do several states at a time."""
    for x in range(there.size):
        there[x] = below[x] * up + here[x] * stay[x] + here[x + 1] * down[x]


@compiled
def _add(after: Floats, mean: Floats, there: Floats, weight: float, part: float) -> None:
    for x in range(there.size):
        after[x] += weight * there[x]
        mean[x] += part * there[x]


@compiled
def at_border(share: Floats, before: int, agents: int, places: int) -> Floats:
    """Probabilities just after the number of agents changes: those who leave take the contacts in hand along."""
    if agents >= before:
        return share
    after = np.zeros(share.size)
    leave = before - agents
    for x in range(share.size):
        level, fuller = divmod(min(x, before * places), before)
        after[x - leave * level - max(0, leave - (before - fuller))] += share[x]
    return after


@compiled
def figures(mean: Floats, n: int, g: float, t: float, short: float) -> Floats:
    """What contacts meet that arrive evenly over an interval with these mean probabilities; see the names above.

    Parameters
    ----------
    n : places for a contact of all agents together, each finishing one in a handle time when all are taken.
    g, t, short : patience (0: endless), threshold and short-abandon threshold in handle times.
    """
    out = np.zeros(8)
    count = max(1, mean.size - n)
    leaving = 1.0 / g if g > 0.0 else 0.0
    if n > 0:
        met, virtual = in_time(float(n), g, t, count), in_time(float(n), g, t, count, 0.0)
        met_short, virtual_short = in_time(float(n), g, short, count), in_time(float(n), g, short, count, 0.0)
    wait = 0.0
    for x in range(mean.size):
        p = mean[x]
        out[BUSY] += p * min(x, n)
        if x < n:
            for what in (ANSWERED, ANSWERED_WITHIN, SOON, SHORT_ANSWERED, SHORT_SOON):
                out[what] += p
            continue
        if n == 0:
            out[ABANDONED] += p if g > 0.0 else 0.0
            continue
        i = x - n
        rate = n + (i + 1) * leaving
        wait += 1.0 / rate
        stays = n / rate
        out[ANSWERED] += p * stays
        out[ABANDONED] += p * (1.0 - stays)
        out[WAIT_OF_ANSWERED] += p * stays * wait
        out[ANSWERED_WITHIN] += p * stays * met[i]
        out[SOON] += p * virtual[i]
        out[SHORT_ANSWERED] += p * stays * met_short[i]
        out[SHORT_SOON] += p * virtual_short[i]
    return out


@compiled
def level_of(f: Floats, g: float, t: float, definition: int, short: float) -> float:
    """Service level of figures, by the place of its definition in `arguments.DEFINITIONS`."""
    if definition == 6:
        return float(f[SOON])
    outlast = math.exp(-t / g) if g > 0.0 else 1.0
    outlast_short = math.exp(-short / g) if g > 0.0 else 1.0
    met = float(f[ANSWERED_WITHIN])
    gone = max(0.0, 1.0 - (1.0 - float(f[SOON])) * outlast - met)
    gone_short = max(0.0, 1.0 - (1.0 - float(f[SHORT_SOON])) * outlast_short - float(f[SHORT_ANSWERED]))
    if definition == 0:
        return met + gone
    if definition == 1:
        return met / float(f[ANSWERED]) if f[ANSWERED] > 0.0 else 0.0
    if definition == 2:
        return met
    if definition == 3:
        return met / (1.0 - gone) if gone < 1.0 else 0.0
    if definition == 4:
        return met + gone_short
    return met / (1.0 - gone_short) if gone_short < 1.0 else 0.0
