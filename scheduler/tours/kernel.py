"""The compiled heart: the best legal tour of one person over a window of days, at given prices.

A window is a week, or the piece of one that a month's border or the horizon cuts off. Inside it the search is exact:
every set of days, every duty on each of them, every place of every pause. What lies before and after is held as it is
and enters as a starting state, an accepted set of end states, and bounds that the rest has left over.

A label is a partial tour: (state of the run of days, worked days, paid minutes, nights in a row, earliest start of any
duty, earliest start of a duty that is no night) with its price; of two equal labels the cheaper stays.
"""

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WORK, OFF, FREE_OFF = 0, 1, 2
"""What a day is to the run of days: worked, off, or off in a way that excuses short runs beside it (leave)."""

NOTHING = 1e15


@compiled
def place_pauses(
    first: int, last: int, low: Ints, high: Ints, length: Ints, stride: Ints, loss: Floats, places: Ints, table: Floats
) -> float:
    """Place pauses `first` to `last` (in order, none overlapping) where they cost least; fill `places`.

    `loss` is a running sum over ticks; a pause at s costs loss[s + length] - loss[s]. Returns the cost, NOTHING when
    they find no room. `table` is scratch: [pauses, candidates] cheapest cost from here to the end.
    """
    count = last - first
    for k in range(count - 1, -1, -1):
        p = first + k
        size = (high[p] - low[p]) // stride[p] + 1
        if size <= 0:
            return NOTHING
        best = NOTHING
        for c in range(size - 1, -1, -1):
            s = low[p] + c * stride[p]
            rest = 0.0
            if k + 1 < count:
                q = p + 1
                after = (s + length[p] - low[q] + stride[q] - 1) // stride[q]
                if after < 0:
                    after = 0
                rest = table[k + 1, after] if after <= (high[q] - low[q]) // stride[q] else NOTHING
            cost = loss[s + length[p]] - loss[s] + rest
            if cost < best:
                best = cost
            table[k, c] = best
    if count == 0:
        return 0.0
    total = float(table[0, 0])
    if total >= NOTHING / 2:
        return NOTHING
    reached = low[first]
    for k in range(count):
        p = first + k
        c = (reached - low[p] + stride[p] - 1) // stride[p]
        if c < 0:
            c = 0
        size = (high[p] - low[p]) // stride[p] + 1
        while c + 1 < size and table[k, c + 1] <= table[k, c]:
            c += 1
        places[p] = low[p] + c * stride[p]
        reached = places[p] + length[p]
    return total


@compiled
def price_options(
    first: int,
    last: int,
    start: Ints,
    end: Ints,
    extra: Floats,
    pause_first: Ints,
    low: Ints,
    high: Ints,
    length: Ints,
    stride: Ints,
    gain: Floats,
    loss: Floats,
    places: Ints,
    table: Floats,
    price: Floats,
) -> None:
    """Price of each option: what it costs by itself, less what its presence gains, plus what its pauses lose."""
    for o in range(first, last):
        pauses = place_pauses(pause_first[o], pause_first[o + 1], low, high, length, stride, loss, places, table)
        price[o] = NOTHING if pauses >= NOTHING / 2 else extra[o] - (gain[end[o]] - gain[start[o]]) + pauses


@compiled
def count_below(values: Ints, size: int, value: int) -> int:
    """How many of the first `size` sorted values are below a value."""
    i, beyond = 0, size
    while i < beyond:
        middle = (i + beyond) >> 1
        if values[middle] < value:
            i = middle + 1
        else:
            beyond = middle
    return i


@compiled
def best_tour(
    day_first: int,
    day_last: int,
    options: Ints,
    start: Ints,
    end: Ints,
    paid: Ints,
    night: Ints,
    price: Floats,
    must: Ints,
    barred: Ints,
    off_kind: Ints,
    runs: Ints,
    run_state: int,
    accepted: Ints,
    nights_before: int,
    ready: int,
    ready_day: int,
    next_start: int,
    next_night: int,
    nights_after: int,
    max_nights: int,
    rest: int,
    rest_after_nights: int,
    days_low: int,
    days_high: int,
    minutes_low: int,
    minutes_high: int,
    overtime_from: int,
    unit: int,
    overtime_price: float,
    short_day: float,
    short_minute: float,
    key_table: Ints,
    slot_table: Ints,
    label_key: Ints,
    label_cost: Floats,
    label_parent: Ints,
    label_option: Ints,
    starts: Ints,
    chosen: Ints,
) -> float:
    """The cheapest legal tour; fills `chosen` with an option for each day (-1 off), returns its price or NOTHING.

    Parameters
    ----------
    day_first, day_last : the window [first, last) of days.
    options : first option of each day, [days + 1]; the arrays after it are by option (ticks, minutes, 0 or 1).
    must, barred : 1 where a day has to be, or must not be, worked.
    off_kind : OFF or FREE_OFF for each day.
    runs, run_state, accepted : automaton [states, 3] of runs of days, the state before the window, and which states
        may stand at its end.
    nights_before : nights in a row up to the day before the window.
    ready, ready_day : earliest tick for any duty, and for a duty that is no night, from before the window.
    next_start, next_night, nights_after : the first duty after the window (tick, or -1), whether it is a night of the
        day right after the window, and how many nights follow on end from there.
    days_low ... minutes_high : what this window has to add; below the low ones it pays `short_day`, `short_minute`.
    overtime_from : minutes from which `overtime_price` a minute is paid.
    unit : greatest common divisor of all paid minutes.
    key_table ... starts : scratch; `key_table` holds -1 everywhere on entry and on return.
    """
    count = 0
    for o in range(options[day_first], options[day_last]):
        if price[o] < NOTHING / 2:
            starts[count] = start[o]
            count += 1
    if next_start >= 0:
        starts[count] = next_start
        count += 1
    ordered = np.sort(starts[:count])
    distinct = 0
    for i in range(count):
        if i == 0 or ordered[i] != ordered[i - 1]:
            starts[distinct] = ordered[i]
            distinct += 1
    mask = key_table.shape[0] - 1
    room = label_key.shape[1]
    sizes = np.zeros(day_last - day_first + 1, np.int64)
    a = count_below(starts, distinct, ready)
    b = count_below(starts, distinct, ready_day)
    label_key[0, 0] = ((((run_state << 4) << 13) << 4 | nights_before) << 10 | a) << 10 | b
    label_cost[0, 0] = 0.0
    sizes[0] = 1
    used = np.empty(room, np.int64)
    for step in range(day_last - day_first):
        day = day_first + step
        fresh = 0
        # From here on a threshold at or below every start still to come binds nothing.
        coming = distinct
        for o in range(options[day + 1], options[day_last]):
            if price[o] < NOTHING / 2:
                coming = min(coming, count_below(starts, distinct, start[o]))
        if next_start >= 0:
            coming = min(coming, count_below(starts, distinct, next_start))
        for i in range(sizes[step]):
            key = label_key[step, i]
            cost = label_cost[step, i]
            b = key & 1023
            a = (key >> 10) & 1023
            n = (key >> 20) & 15
            m = (key >> 24) & 8191
            c = (key >> 37) & 15
            run = key >> 41
            if must[day] == 0:
                state = runs[run, off_kind[day]]
                if state >= 0:
                    a2 = a if a > coming else 0
                    b2 = b if b > coming else 0
                    new = (((((state << 4 | c) << 13) | m) << 4) << 10 | a2) << 10 | b2
                    fresh = _offer(
                        new, cost, i, -1, step + 1, fresh, mask, room, key_table, slot_table, label_key, label_cost,
                        label_parent, label_option, used,
                    )  # fmt: skip
            if barred[day] == 1 or c >= days_high:
                continue
            state = runs[run, WORK]
            if state < 0:
                continue
            for o in range(options[day], options[day + 1]):
                if price[o] >= NOTHING / 2:
                    continue
                m2 = m + paid[o] // unit
                if m2 * unit > minutes_high:
                    continue
                rank = count_below(starts, distinct, start[o])
                if rank < a or (night[o] == 0 and rank < b):
                    continue
                n2 = n + 1 if night[o] == 1 else 0
                if n2 > max_nights:
                    continue
                a2 = count_below(starts, distinct, end[o] + rest)
                b2 = a2
                if night[o] == 1 and rest_after_nights > rest:
                    b2 = count_below(starts, distinct, end[o] + rest_after_nights)
                a2 = a2 if a2 > coming else 0
                b2 = b2 if b2 > coming else 0
                new = (((((state << 4 | c + 1) << 13) | m2) << 4 | n2) << 10 | a2) << 10 | b2
                fresh = _offer(
                    new, cost + price[o], i, o, step + 1, fresh, mask, room, key_table, slot_table, label_key,
                    label_cost, label_parent, label_option, used,
                )  # fmt: skip
        for i in range(fresh):
            key_table[used[i]] = -1
        sizes[step + 1] = fresh
    last = day_last - day_first
    best, where = NOTHING, -1
    for i in range(sizes[last]):
        key = label_key[last, i]
        b = key & 1023
        a = (key >> 10) & 1023
        n = (key >> 20) & 15
        m = ((key >> 24) & 8191) * unit
        c = (key >> 37) & 15
        if accepted[key >> 41] == 0:
            continue
        if next_start >= 0:
            rank = count_below(starts, distinct, next_start)
            if rank < a or (next_night == 0 and rank < b):
                continue
        if nights_after > 0 and n > 0 and n + nights_after > max_nights:
            continue
        cost = label_cost[last, i]
        if c < days_low:
            cost += short_day * (days_low - c)
        if m < minutes_low:
            cost += short_minute * (minutes_low - m)
        if m > overtime_from:
            cost += overtime_price * (m - overtime_from)
        if cost < best:
            best, where = cost, i
    if where < 0:
        return NOTHING
    for step in range(last, 0, -1):
        chosen[day_first + step - 1] = label_option[step, where]
        where = label_parent[step, where]
    return best


@compiled
def _offer(
    key: int,
    cost: float,
    parent: int,
    option: int,
    step: int,
    fresh: int,
    mask: int,
    room: int,
    key_table: Ints,
    slot_table: Ints,
    label_key: Ints,
    label_cost: Floats,
    label_parent: Ints,
    label_option: Ints,
    used: Ints,
) -> int:
    """Keep a label if it is new or cheaper than its equal. Returns how many labels the day has now."""
    place = (key * 0x9E3779B97F4A7C1) >> 20 & mask
    while key_table[place] != -1 and key_table[place] != key:
        place = (place + 1) & mask
    if key_table[place] == key:
        slot = slot_table[place]
        if cost < label_cost[step, slot]:
            label_cost[step, slot] = cost
            label_parent[step, slot] = parent
            label_option[step, slot] = option
        return fresh
    if fresh == room:
        return fresh
    key_table[place] = key
    slot_table[place] = fresh
    used[fresh] = place
    label_key[step, fresh] = key
    label_cost[step, fresh] = cost
    label_parent[step, fresh] = parent
    label_option[step, fresh] = option
    return fresh + 1


@compiled
def thin_out(
    day_first: int, day_last: int, options: Ints, start: Ints, end: Ints, paid: Ints, night: Ints, price: Floats,
    rest: int, rest_after_nights: int, next_start: int,
) -> None:  # fmt: skip
    """Strike out options that another of the same day, hours and kind beats: no dearer, no less room on both sides."""
    for day in range(day_first, day_last):
        soonest = next_start if next_start >= 0 else 1 << 60
        for o in range(options[day + 1], options[day_last]):
            if price[o] < NOTHING / 2 and start[o] < soonest:
                soonest = start[o]
        for o in range(options[day], options[day + 1]):
            if price[o] >= NOTHING / 2:
                continue
            for other in range(options[day], options[day + 1]):
                if other == o or price[other] >= NOTHING / 2 or paid[other] != paid[o] or night[other] != night[o]:
                    continue
                wait = rest_after_nights if night[o] == 1 and rest_after_nights > rest else rest
                roomy = end[other] <= end[o] or end[other] + wait <= soonest
                cheaper = price[other] < price[o] or (price[other] == price[o] and other < o)
                if roomy and cheaper and start[other] >= start[o]:
                    price[o] = NOTHING
                    break


@compiled
def net_price(
    first: int, last: int, weight: float, touched: Ints, whole: int, staffed: Floats, wanted: Floats,
    under: float, steep: float, over: float, present: Floats, gain: Floats,
) -> None:  # fmt: skip
    """Running sum of what one more agent is worth at each tick [first, last); gain[first] stays as it is.

    `present` is 1, or 0 where the person is on leave for part of a day.

    `staffed` and `wanted` are [sets of queues, ticks], `touched` 1 for the sets that the agent's skills meet, `whole`
    the number of the set of all queues.
    """
    sets = staffed.shape[0]
    for t in range(first, last):
        short, shorter = 0.0, 0.0
        for s in range(sets):
            lack = wanted[s, t] - staffed[s, t]
            if lack > short:
                short = lack
            if touched[s] == 1:
                lack -= weight
            if lack > shorter:
                shorter = lack
        before = over * (staffed[whole, t] - wanted[whole, t] + short) + under * (short + steep * short * short)
        after = over * (staffed[whole, t] + weight - wanted[whole, t] + shorter)
        after += under * (shorter + steep * shorter * shorter)
        gain[t + 1] = gain[t] + present[t] * (before - after)


@compiled
def tick_costs(first: int, last: int, whole: int, staffed: Floats, wanted: Floats, out: Floats, spare: Floats) -> None:
    """Shortage and surplus at each tick [first, last), in agents."""
    for t in range(first, last):
        short = 0.0
        for s in range(staffed.shape[0]):
            lack = wanted[s, t] - staffed[s, t]
            if lack > short:
                short = lack
        out[t] = short
        spare[t] = staffed[whole, t] - wanted[whole, t] + short


@compiled
def add_presence(begin: int, stop: int, weight: float, touched: Ints, present: Floats, staffed: Floats) -> None:
    """Add an agent's weight (negative: take it away) to the sets of queues it meets, ticks [begin, stop)."""
    for s in range(staffed.shape[0]):
        if touched[s] == 1:
            for t in range(begin, stop):
                staffed[s, t] += weight * present[t]


@compiled
def best_window(
    day_first: int, day_last: int, options: Ints, start: Ints, end: Ints, paid: Ints, wall: Ints, night: Ints,
    base: Floats, must: Ints, off_kind: Ints, runs: Ints, run_state: int, accepted: Ints, nights_before: int,
    ready: int, ready_day: int, next_start: int, next_night: int, nights_after: int, max_nights: int, rest: int,
    rest_after_nights: int, days_low: int, days_high: int, minutes_low: int, minutes_high: int, overtime_from: int,
    unit: int, overtime_price: float, short_day: float, short_minute: float, spread: int, wall_low: int,
    wall_high: int, barred: Ints, price: Floats, key_table: Ints, slot_table: Ints, label_key: Ints,
    label_cost: Floats, label_parent: Ints, label_option: Ints, starts: Ints, trial: Ints, chosen: Ints,
) -> float:  # fmt: skip
    """The cheapest tour over all sets of barred days (rows of `barred`) and, with a spread, all bands of starts."""
    first, last = options[day_first], options[day_last]
    best = NOTHING
    bands = 1
    walls = np.zeros(1, np.int64)
    if spread > 0:
        walls = np.unique(wall[first:last])
        bands = walls.shape[0]
    for row in range(barred.shape[0]):
        for band in range(bands):
            low, high = wall_low, wall_high
            if spread > 0:
                low, high = max(low, walls[band]), min(high, walls[band] + spread)
            for o in range(first, last):
                price[o] = base[o] if low <= wall[o] <= high else NOTHING
            thin_out(day_first, day_last, options, start, end, paid, night, price, rest, rest_after_nights, next_start)
            cost = best_tour(
                day_first, day_last, options, start, end, paid, night, price, must, barred[row], off_kind, runs,
                run_state, accepted, nights_before, ready, ready_day, next_start, next_night, nights_after, max_nights,
                rest, rest_after_nights, days_low, days_high, minutes_low, minutes_high, overtime_from, unit,
                overtime_price, short_day, short_minute, key_table, slot_table, label_key, label_cost, label_parent,
                label_option, starts, trial,
            )  # fmt: skip
            if cost < best:
                best = cost
                chosen[day_first:day_last] = trial[day_first:day_last]
    return best
