"""The compiled search of a line that pays for its weekends and minutes instead of keeping their bounds."""

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled, compiled_bare
from scheduler.linewise.kernel import INFINITE, excuse, step

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@compiled
def following(kinds: int, longest: int, shortest: int, off: int, after: Bools) -> Ints:
    """The state after each choice (0: off) in each state, the last state for what is forbidden: [4, choices, states].

    The first index is 1 for a day that excuses, plus 2 after a day that excuses.
    """
    states = kinds * (longest + shortest - 1) + off
    found = np.empty((4, kinds + 1, states), dtype=np.int64)
    for kind in range(4):
        for choice in range(-1, kinds):
            for state in range(states):
                after_day = step(state, choice, kind % 2, kinds, longest, shortest, off, after)
                if after_day >= 0 and choice >= 0 and state >= states - off and kind >= 2:
                    after_day = excuse(after_day, choice, kinds, longest, shortest)
                found[kind, choice + 1, state] = after_day if after_day >= 0 else states
    return found


@compiled
def free_line(
    allowed: Bools,
    price: Floats,
    excused: Ints,
    weekend: Ints,
    after: Bools,
    longest: int,
    shortest: int,
    off: int,
    toll: float,
    start: int,
    behind: Floats,
    line: Ints,
) -> float:
    """The cheapest line by the run rules alone, written to `line` (-1: off); INFINITE when there is none.

    Parameters
    ----------
    allowed : [days, kinds + 1], column 0 is a day off.
    price : [days, kinds], what a unit pays included.
    weekend : [days], 0: no weekend day, 1: the first day of a weekend, 2: its last.
    toll : what each weekend worked pays.
    start : the state before the first day (see `kernel.step`); the edge excuses.
    behind : [days + 1, states + 1], overwritten; the last state is none.
    """
    days, kinds = allowed.shape[0], allowed.shape[1] - 1
    states = kinds * (longest + shortest - 1) + off
    offs = states - off
    ways = following(kinds, longest, shortest, off, after)
    behind[days] = 0.0
    behind[:, states] = INFINITE
    for day in range(days - 1, -1, -1):
        table = ways[excused[day] + 2 * (day == 0 or excused[day - 1] > 0)]
        for state in range(states):
            behind[day, state] = behind[day + 1, table[0, state]] if allowed[day, 0] else INFINITE
        on, from_off = (toll if weekend[day] == 1 else 0.0), (toll if weekend[day] > 0 else 0.0)
        for choice in range(1, kinds + 1):
            if allowed[day, choice]:
                cost = price[day, choice - 1] + on
                for state in range(offs):
                    behind[day, state] = min(behind[day, state], cost + behind[day + 1, table[choice, state]])
                cost = price[day, choice - 1] + from_off
                for state in range(offs, states):
                    behind[day, state] = min(behind[day, state], cost + behind[day + 1, table[choice, state]])
    if behind[0, start] >= INFINITE / 2:
        return INFINITE
    state = start
    for day in range(days):
        table = ways[excused[day] + 2 * (day == 0 or excused[day - 1] > 0)]
        best, taken = INFINITE, 0
        if allowed[day, 0]:
            best = behind[day + 1, table[0, state]]
        pays = toll if weekend[day] == 1 or (weekend[day] == 2 and state >= offs) else 0.0
        for choice in range(1, kinds + 1):
            if allowed[day, choice]:
                cost = price[day, choice - 1] + pays + behind[day + 1, table[choice, state]]
                if cost < best:
                    best, taken = cost, choice
        line[day] = taken - 1
        state = table[taken, state]
    return float(behind[0, start])


@compiled_bare
def _weekends_from_behind(
    allowed: Bools, price: Floats, excused: Ints, weekend: Ints, ways: Ints, offs: int, behind: Floats
) -> None:
    """Fill `behind` [days + 1, states + 1, weekends that may still be worked + 1] of `line_of_weekends`."""
    days, kinds = allowed.shape[0], allowed.shape[1] - 1
    states, counts = ways.shape[2], behind.shape[2]
    behind[days, :, :] = 0.0
    for day in range(days + 1):
        behind[day, states, :] = INFINITE
    for day in range(days - 1, -1, -1):
        table = ways[excused[day] + 2 * (day == 0 or excused[day - 1] > 0)]
        for state in range(states):
            here = behind[day, state]
            if allowed[day, 0]:
                there = behind[day + 1, table[0, state]]
                for left in range(counts):
                    here[left] = there[left]
            else:
                here[:] = INFINITE
            spends = 1 if weekend[day] == 1 or (weekend[day] == 2 and state >= offs) else 0
            for choice in range(1, kinds + 1):
                after_day = table[choice, state]
                if allowed[day, choice] and after_day < states:
                    cost, target, source = price[day, choice - 1], here[spends:], behind[day + 1, after_day]
                    for left in range(counts - spends):
                        target[left] = min(target[left], cost + source[left])


@compiled
def line_of_weekends(
    allowed: Bools,
    price: Floats,
    excused: Ints,
    weekend: Ints,
    after: Bools,
    longest: int,
    shortest: int,
    off: int,
    most: int,
    start: int,
    behind: Floats,
    line: Ints,
) -> float:
    """As `free_line`, but at most `most` weekends are worked, at no price.

    `behind` is [days + 1, states + 1, most + 1]: the last index counts the weekends that may still be worked.
    """
    days, kinds = allowed.shape[0], allowed.shape[1] - 1
    states = kinds * (longest + shortest - 1) + off
    offs = states - off
    ways = following(kinds, longest, shortest, off, after)
    _weekends_from_behind(allowed, price, excused, weekend, ways, offs, behind)
    if behind[0, start, most] >= INFINITE / 2:
        return INFINITE
    state, left = start, most
    for day in range(days):
        table = ways[excused[day] + 2 * (day == 0 or excused[day - 1] > 0)]
        best, taken = INFINITE, 0
        if allowed[day, 0]:
            best = behind[day + 1, table[0, state], left]
        spends = 1 if weekend[day] == 1 or (weekend[day] == 2 and state >= offs) else 0
        for choice in range(1, kinds + 1):
            if allowed[day, choice] and left >= spends:
                cost = price[day, choice - 1] + behind[day + 1, table[choice, state], left - spends]
                if cost < best:
                    best, taken = cost, choice
        line[day] = taken - 1
        state = table[taken, state]
        if taken > 0:
            left -= spends
    return float(behind[0, start, most])
