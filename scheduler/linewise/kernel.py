"""The compiled heart: one person's cheapest legal line over a window of days, at a price for each duty.

A label is a partial line: the run it ends in (kind of the last duty and length of the run of worked days, or length of
the run of days off), the weekends worked, the paid units and the duties of each counted kind so far. Of two labels that
agree in all of these the cheaper stays; labels that can no longer beat `limit`, or reach the lowest units, are dropped.
"""

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

INFINITE = 1e18


@compiled
def step(
    state: int,
    choice: int,
    excused: int,
    kinds: int,
    longest: int,
    shortest: int,
    off: int,
    after: Bools,
) -> int:
    """The state after a day, -1 when the day breaks a run rule or a forbidden sequence.

    States: kind * (longest + shortest - 1) + length - 1 of a run of work, the lengths above `longest` being short runs
    that are excused from the shortest length; then the lengths of a run of days off, capped at `off`, from 1.
    `choice` is a kind, or -1 for a day off; `excused` days off excuse the runs on both their sides.
    """
    width = longest + shortest - 1
    offs = kinds * width
    if state >= offs:
        length_off = state - offs + 1
        if choice < 0:
            if excused or length_off >= off:
                return offs + off - 1
            return state + 1
        if length_off < off:
            return -1
        return choice * width
    kind, run = state // width, state % width
    free = run >= longest
    length = run - longest + 1 if free else run + 1
    if choice < 0:
        if length < shortest and not free and not excused:
            return -1
        return offs + (off - 1 if excused else 0)
    if length >= longest or not after[kind, choice]:
        return -1
    if free and length + 1 < shortest:
        return choice * width + longest + length
    return choice * width + length


@compiled
def excuse(state: int, choice: int, kinds: int, longest: int, shortest: int) -> int:
    """The state of a run of work that starts after an excusing day off (or at the edge): excused from its shortest."""
    if shortest <= 1:
        return state
    return choice * (longest + shortest - 1) + longest


@compiled
def bounds_from_behind(
    allowed: Bools,
    price: Floats,
    excused: Ints,
    after: Bools,
    kinds: int,
    longest: int,
    shortest: int,
    off: int,
    toll: float,
    units: Ints,
    behind: Floats,
) -> None:
    """Fill behind[day, state]: the cheapest cost from a day on when weekends and counts are free.

    `toll` is added for each unit, so that the bound knows that units are scarce (or, below 0, wanted).
    """
    days = allowed.shape[0]
    states = kinds * (longest + shortest - 1) + off
    offs = states - off
    for state in range(states):
        behind[days, state] = 0.0
    for day in range(days - 1, -1, -1):
        for state in range(states):
            best = INFINITE
            for choice in range(-1, kinds):
                if not allowed[day, choice + 1]:
                    continue
                following = step(state, choice, excused[day], kinds, longest, shortest, off, after)
                if following < 0:
                    continue
                if choice >= 0 and state >= offs and day > 0 and excused[day - 1]:
                    following = excuse(following, choice, kinds, longest, shortest)
                cost = behind[day + 1, following]
                if choice >= 0:
                    cost += price[day, choice] + toll * units[choice]
                if cost < best:
                    best = cost
            behind[day, state] = best


@compiled
def cheapest(
    allowed: Bools,
    price: Floats,
    excused: Ints,
    weekend: Ints,
    after: Bools,
    units: Ints,
    counted: Ints,
    caps: Ints,
    start: int,
    start_excused: bool,
    longest: int,
    shortest: int,
    off: int,
    least: int,
    most: int,
    weekends: int,
    corridor: Ints,
    toll: float,
    limit: float,
    behind: Floats,
    slots: NDArray[np.int32],
    keys: Ints,
    costs: Floats,
    parents: NDArray[np.int32],
    choices: NDArray[np.int8],
    line: Ints,
) -> float:
    """The cheapest line over the window below `limit`, written to `line` (-1: off); INFINITE when there is none.

    Parameters
    ----------
    allowed : [days, kinds + 1], column 0 is a day off.
    price : [days, kinds].
    excused : [days], 1 where a day off is leave or unknown.
    weekend : [days], 0: no weekend day, 1: the first day of a weekend, 2: its last.
    counted, caps : kinds that are counted, and how often each may be taken at most; -1 in `counted` is none.
    start, start_excused : state before the window, and whether the day before it excuses.
    least, most : units wanted in the window.
    corridor : [3, days], least and most units and most weekends up to and with each day; the exact search has none.
    """
    days, kinds = allowed.shape[0], allowed.shape[1] - 1
    states = kinds * (longest + shortest - 1) + off
    offs = states - off
    width_units = most + 1
    counts = 1
    for index in range(counted.shape[0]):
        counts *= caps[index] + 1
    radix = (weekends + 1) * width_units * counts
    if states * radix > slots.shape[0]:
        return -INFINITE
    bounds_from_behind(allowed, price, excused, after, kinds, longest, shortest, off, toll, units, behind)
    largest = 0
    for kind in range(kinds):
        largest = max(largest, units[kind])
    any_excused = False
    for day in range(days):
        any_excused = any_excused or excused[day] > 0
    pause = 1 if any_excused else off
    begin, end = 0, 1
    keys[0] = start * radix
    costs[0] = 0.0
    parents[0] = -1
    excused_before = start_excused
    total = 1
    for day in range(days):
        remaining = days - day - 1
        cycle = longest + pause
        reachable = (remaining // cycle * longest + min(remaining % cycle, longest)) * largest
        for label in range(begin, end):
            key = keys[label]
            state = key // radix
            rest = key % radix
            worked_weekends = rest // (width_units * counts)
            used = rest // counts % width_units
            tally = rest % counts
            for choice in range(-1, kinds):
                if not allowed[day, choice + 1]:
                    continue
                following = step(state, choice, excused[day], kinds, longest, shortest, off, after)
                if following < 0:
                    continue
                cost = costs[label]
                new_weekends, new_used, new_tally = worked_weekends, used, tally
                if choice >= 0:
                    if state >= offs and excused_before:
                        following = excuse(following, choice, kinds, longest, shortest)
                    cost += price[day, choice]
                    new_used += units[choice]
                    if new_used > most:
                        continue
                    if weekend[day] == 1 or (weekend[day] == 2 and state >= offs):
                        new_weekends += 1
                        if new_weekends > weekends:
                            continue
                    scale, fits = 1, True
                    for index in range(counted.shape[0]):
                        if counted[index] == choice:
                            if new_tally // scale % (caps[index] + 1) == caps[index]:
                                fits = False
                            else:
                                new_tally += scale
                        scale *= caps[index] + 1
                    if not fits:
                        continue
                if new_used + reachable < least or new_used < corridor[0, day] or new_used > corridor[1, day]:
                    continue
                if new_weekends > corridor[2, day]:
                    continue
                # what is still to come pays the toll for at most, at a negative toll at least, so many units
                to_come = most - new_used if toll > 0 else max(least - new_used, 0)
                if cost + behind[day + 1, following] - toll * to_come >= limit:
                    continue
                new_key = ((following * (weekends + 1) + new_weekends) * width_units + new_used) * counts + new_tally
                slot = slots[new_key]
                if slot < 0:
                    if total >= keys.shape[0]:
                        for other in range(end, total):
                            slots[keys[other]] = -1
                        return -INFINITE
                    slots[new_key] = total
                    keys[total] = new_key
                    costs[total] = cost
                    parents[total] = label
                    choices[total] = choice
                    total += 1
                elif cost < costs[slot]:
                    costs[slot] = cost
                    parents[slot] = label
                    choices[slot] = choice
        for label in range(end, total):
            slots[keys[label]] = -1
        begin, end = end, total
        excused_before = excused[day] > 0
    best, last = limit, -1
    for label in range(begin, end):
        used = keys[label] % radix // counts % width_units
        if used >= least and costs[label] < best:
            best, last = costs[label], label
    if last < 0:
        return INFINITE
    result = best
    for day in range(days - 1, -1, -1):
        line[day] = choices[last]
        last = parents[last]
    return result
