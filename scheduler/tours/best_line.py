"""The cheapest legal line of one person over whole weeks, compiled: one week, several, or the horizon.

Days before and after the window stay as they are and enter through the state they leave behind and the one they ask
for. Inside, the search is exact over labels: state of the walk (`scheduler.tours.walk`: every rule on what may follow
what), worked days, paid minutes of the week (and of the month, where it is bounded), nights in a row, short rests, free
weekends, band of starts, and the earliest tick at which the next duty (and the next that is no night) may start. An
average over several weeks is a cap on each week, exact for a window of one week. Of two equal labels the cheaper
stays. Lower bounds are elastic: what is missing is charged, so that an answer exists whenever the upper bounds leave
one.
"""

from centre.compiled import compiled_bare
from scheduler.tours.tables import (
    ALREADY,
    AVERAGE_MOST,
    AVERAGE_WEEKS,
    BAND,
    BANDS,
    CLASS,
    COUNT,
    CUT_SHORT,
    DAYS_LEAST,
    DAYS_MOST,
    END,
    FAR,
    FREE_WEEKENDS,
    GROUP_NIGHT,
    GROUP_PAID,
    GROUP_START,
    KEY,
    KIND,
    LABEL_MONTH,
    LABEL_READY,
    LABEL_READY_DAY,
    LABEL_STAMP,
    LEAST,
    LONG,
    MARK,
    MEMBER,
    MEMBER_STOP,
    MONTH,
    MONTHLY,
    MOST,
    MOST_NIGHTS,
    MUST,
    NIGHT,
    NIGHTS,
    OFF_KIND,
    OVERTIME_FROM,
    OVERTIME_PRICE,
    PAID,
    PARENT,
    PICK,
    READY,
    READY_AT,
    READY_DAY,
    READY_DAY_AT,
    REST,
    REST_AFTER,
    RUN,
    RUN_KIND,
    SET,
    SHORT_DAY,
    SHORT_DONE,
    SHORT_MINUTE,
    SHORT_PERIOD,
    SHORT_RESTS,
    SHORTER,
    SPREAD,
    START,
    STORE,
    UNIT,
    WALL,
    WALL_HIGH,
    WALL_LOW,
    WEEK,
    WEEKEND,
    Floats,
    Scratch,
    State,
    Tables,
)

NOTHING = 1e15
"""The price of what cannot be."""

WIDEST = 5_000
"""Labels kept of one day; only the search of a whole month with bounded minutes ever meets it."""


@compiled_bare
def line_before(tables: Tables, state: State, p: int, day: int) -> tuple[int, int, int, int]:
    """State of the run, nights in a row, and earliest ticks for the next duty, as the days before `day` leave them."""
    person = tables.person[p]
    table = tables.run_table[person[RUN_KIND]]
    run, nights, ready, ready_day = person[RUN], person[NIGHTS], person[READY_AT], person[READY_DAY_AT]
    for d in range(day):
        k = state.chosen[p, d]
        symbol = symbol_of(tables, p, d, k)
        following = table[run, symbol]
        run = following if following >= 0 else table[0, symbol]
        if k >= 0:
            o = tables.today[p, d, STORE] + k
            ready = tables.option[o, END] + person[REST]
            ready_day = ready
            if tables.option[o, NIGHT] == 1:
                nights += 1
                ready_day = tables.option[o, END] + person[REST_AFTER]
            else:
                nights = 0
        else:
            nights = 0
    return run, nights, ready, ready_day


@compiled_bare
def goes_on(
    tables: Tables, state: State, p: int, first_day: int, day: int, run: int, nights: int, ready: int, ready_day: int,
    shorts: int,
) -> bool:  # fmt: skip
    """Whether the days from `day` on, as they are, may follow a window from `first_day`."""
    table = tables.run_table[tables.person[p, RUN_KIND]]
    first = True
    for d in range(day, tables.days):
        k = state.chosen[p, d]
        run = table[run, symbol_of(tables, p, d, k)]
        if run < 0:
            return False
        if k >= 0:
            o = tables.today[p, d, STORE] + k
            night = tables.option[o, NIGHT] == 1
            start = tables.option[o, START]
            if first and start < ready:
                if start < ready - tables.person[p, SHORTER]:
                    return False
                period = tables.person[p, SHORT_PERIOD]
                same = tables.day[d, period] == tables.day[day - 1, period]
                used = 1 + (shorts if same else 0)
                used += shorts_outside(tables, state, p, tables.day[d, period], first_day, day)
                if used > tables.person[p, SHORT_RESTS]:
                    return False
            if first and not night and start < ready_day and ready_day > ready:
                return False
            first = False
            nights = nights + 1 if night else 0
            if nights > tables.person[p, MOST_NIGHTS]:
                return False
        else:
            nights = 0
            if not first and d > day + 7 and tables.person[p, LONG] == 0:
                break
    return True


@compiled_bare
def symbol_of(tables: Tables, p: int, d: int, k: int) -> int:
    """What a day is to the walk: its duty's class, or how it is off."""
    if k < 0:
        return int(tables.today[p, d, OFF_KIND])
    kind = tables.option[tables.today[p, d, STORE] + k, KIND]
    return int(tables.today[p, d, MARK] + tables.run_class[tables.person[p, RUN_KIND], kind])


@compiled_bare
def shorts_outside(tables: Tables, state: State, p: int, period: int, first: int, stop: int) -> int:
    """Short rests of a week or month whose two duties both lie outside a window; those of the tail with them."""
    person = tables.person[p]
    column = person[SHORT_PERIOD]
    used = person[SHORT_DONE] if tables.day[0, column] == period else 0
    ready = person[READY_AT]
    for d in range(tables.days):
        if first <= d < stop:
            ready = 0
        elif state.chosen[p, d] >= 0:
            o = tables.today[p, d, STORE] + state.chosen[p, d]
            used += tables.option[o, START] < ready and tables.day[d, column] == period
            ready = tables.option[o, END] + person[REST]
    return int(used)


@compiled_bare
def fill_caps(tables: Tables, state: State, scratch: Scratch, p: int, first: int, stop: int) -> None:
    """`scratch.cap`: the paid minutes that an average over several weeks leaves to each week of the window.

    What a span of weeks leaves beyond what its weeks in the window need is shared out evenly among these; where it
    does not reach for their needs, in proportion to them.
    """
    span, most = tables.person[p, AVERAGE_WEEKS], tables.person[p, AVERAGE_MOST]
    for w in range(scratch.cap.shape[0]):
        scratch.cap[w] = FAR
    if span == 0:
        return
    weeks, past = tables.week.shape[1], tables.before.shape[1]
    low, high = tables.day[first, WEEK], tables.day[stop - 1, WEEK]
    need = scratch.need
    for w in range(low, high + 1):
        need[w] = week_needs(tables, p, w)
    for last in range(low, min(weeks, high + span)):
        left, inside, needed = most, 0, 0
        for w in range(last - span + 1, last + 1):
            if w < 0:
                left -= tables.before[p, past + w] if past + w >= 0 else 0
                continue
            left -= tables.week[p, w, ALREADY]
            if low <= w <= high:
                inside += 1
                needed += need[w]
        for d in range(tables.days):
            w = tables.day[d, WEEK]
            if last - span < w <= last and not low <= w <= high and state.chosen[p, d] >= 0:
                left -= tables.option[tables.today[p, d, STORE] + state.chosen[p, d], PAID]
        for w in range(max(low, last - span + 1), min(high, last) + 1):
            cap = need[w] + (left - needed) // inside if left >= needed else max(0, left) * need[w] // needed
            scratch.cap[w] = min(scratch.cap[w], cap)


@compiled_bare
def week_needs(tables: Tables, p: int, week: int) -> int:
    """Paid minutes below which a week breaks a lower bound of its own or misses a day that has to be worked."""
    row, unit = tables.week[p, week], tables.person[p, UNIT]
    shortest, musts = FAR, 0
    for d in range(tables.week_first[week], tables.week_first[week + 1]):
        shortest_today = FAR
        for k in range(tables.today[p, d, COUNT]):
            shortest_today = min(shortest_today, tables.option[tables.today[p, d, STORE] + k, PAID])
        shortest = min(shortest, shortest_today)
        if tables.today[p, d, MUST] == 1:
            musts += shortest_today
    if shortest == FAR:
        return 0
    return int(max(musts, -(-row[LEAST] // unit) * unit, row[DAYS_LEAST] * shortest))


@compiled_bare
def outside_month(tables: Tables, state: State, p: int, month: int, first: int, stop: int) -> int:
    """Paid minutes of a month on the days outside a window."""
    total = 0
    for d in range(tables.days):
        if tables.day[d, MONTH] == month and not first <= d < stop and state.chosen[p, d] >= 0:
            total += tables.option[tables.today[p, d, STORE] + state.chosen[p, d], PAID]
    return total


@compiled_bare
def weekends_wanted(tables: Tables, state: State, p: int, first: int, stop: int) -> int:
    """Free weekends that the window has to bring, beside those wholly outside it."""
    wanted = tables.person[p, FREE_WEEKENDS]
    for weekend in range(tables.weekends):
        outside_and_free = True
        for d in range(tables.days):
            if tables.day[d, WEEKEND] == weekend and (first <= d < stop or state.chosen[p, d] >= 0):
                outside_and_free = False
        if outside_and_free:
            wanted -= 1
    return int(max(0, wanted))


@compiled_bare
def reduce_groups(tables: Tables, scratch: Scratch, p: int, first: int, stop: int) -> None:
    """Cheapest option of each group; groups that another of the day beats in everything are struck out."""
    group = tables.group
    for d in range(first, stop):
        g0, g1 = tables.group_set[tables.today[p, d, SET]]
        price = scratch.group_price[d]
        for g in range(g0, g1):
            best, where = NOTHING, -1
            for j in range(group[g, MEMBER], group[g, MEMBER_STOP]):
                k = tables.member[j]
                if scratch.option_price[d, k] < best:
                    best, where = scratch.option_price[d, k], k
            price[g - g0] = best
            scratch.group_best[d, g - g0] = where
        for g in range(g0, g1):
            for h in range(g0, g1):
                if (
                    h != g
                    and price[h - g0] <= price[g - g0]
                    and price[h - g0] < NOTHING / 2
                    and group[h, GROUP_PAID] == group[g, GROUP_PAID]
                    and group[h, GROUP_NIGHT] == group[g, GROUP_NIGHT]
                    and group[h, WALL] == group[g, WALL]
                    and group[h, CLASS] == group[g, CLASS]
                    and group[h, GROUP_START] >= group[g, GROUP_START]
                    and group[h, READY] <= group[g, READY]
                    and group[h, READY_DAY] <= group[g, READY_DAY]
                ):
                    price[g - g0] = NOTHING
                    break


@compiled_bare
def close_week(tables: Tables, p: int, week: int, worked: int, paid: int) -> float:
    """What a week costs as a whole: overtime, and what is missing to its lower bounds."""
    row = tables.week[p, week]
    total = tables.money[SHORT_DAY] * max(0, row[DAYS_LEAST] - worked)
    total += tables.money[SHORT_MINUTE] * max(0, row[LEAST] - paid)
    return float(total + tables.rate[p, OVERTIME_PRICE] * max(0, paid - row[OVERTIME_FROM]))


@compiled_bare
def old_cost(tables: Tables, state: State, scratch: Scratch, p: int, first: int, stop: int) -> float:
    """Price of the line the person has now, NOTHING where it is none: nothing dearer need be looked at."""
    total = 0.0
    paid = worked = 0
    for d in range(first, stop):
        k = state.chosen[p, d]
        if k >= 0:
            total += scratch.option_price[d, k]
            worked += 1
            paid += tables.option[tables.today[p, d, STORE] + k, PAID]
        elif tables.today[p, d, MUST] == 1:
            return NOTHING
        week, month = tables.day[d, WEEK], tables.day[d, MONTH]
        if d + 1 == stop or tables.day[d + 1, WEEK] != week:
            total += close_week(tables, p, week, worked, paid)
            paid = worked = 0
        if tables.person[p, MONTHLY] == 1 and (d + 1 == stop or tables.day[d + 1, MONTH] != month):
            done = outside_month(tables, state, p, month, 0, 0)
            total += tables.money[SHORT_MINUTE] * max(0, tables.month[p, month, LEAST] - done)
    return float(min(total, NOTHING))


@compiled_bare
def fill_ahead(tables: Tables, scratch: Scratch, p: int, first: int, stop: int) -> None:
    """`ahead[d, w]`: the least that days d, d + 1, ... can still cost after w worked days of the week of d.

    Only the number of worked days is reckoned with; whatever else a rule forbids can only cost more.
    """
    following = 0.0
    for d in range(stop - 1, first - 1, -1):
        week = tables.day[d, WEEK]
        ends = d + 1 == stop or tables.day[d + 1, WEEK] != week
        cheapest = NOTHING
        g0, g1 = tables.group_set[tables.today[p, d, SET]]
        for g in range(g0, g1):
            cheapest = min(cheapest, scratch.group_price[d, g - g0])
        least, most = tables.week[p, week, DAYS_LEAST], tables.week[p, week, DAYS_MOST]
        for w in range(8):
            if ends:
                rest = following + tables.money[SHORT_DAY] * max(0, least - w)
                after = following + tables.money[SHORT_DAY] * max(0, least - w - 1)
            else:
                rest = scratch.ahead[d + 1, w]
                after = scratch.ahead[d + 1, w + 1] if w < 7 else NOTHING
            best = NOTHING if tables.today[p, d, MUST] == 1 else rest
            if w < most and cheapest < NOTHING / 2:
                best = min(best, cheapest + after)
            scratch.ahead[d, w] = best
        if d == first or tables.day[d - 1, WEEK] != week:
            following = scratch.ahead[d, 0]


@compiled_bare
def fill_coming(tables: Tables, state: State, scratch: Scratch, p: int, first: int, stop: int) -> int:
    """The first start that can still come after each day (a wait that ends before it binds nothing), and of all."""
    soonest = FAR
    for d in range(stop, min(tables.days, stop + 7)):
        if state.chosen[p, d] >= 0:
            soonest = tables.option[tables.today[p, d, STORE] + state.chosen[p, d], START]
            break
    for d in range(stop - 1, first - 1, -1):
        scratch.coming[d] = soonest
        g0, g1 = tables.group_set[tables.today[p, d, SET]]
        for g in range(g0, g1):
            if scratch.group_price[d, g - g0] < NOTHING / 2:
                soonest = min(soonest, tables.group[g, GROUP_START])
    return soonest


@compiled_bare
def best_line(
    tables: Tables, state: State, scratch: Scratch, p: int, first: int, stop: int, exact_month: bool
) -> float:
    """The cheapest legal line over the days [first, stop), whole weeks; fills `scratch.choice`, or returns NOTHING.

    `scratch.option_price[day, k]` holds the price of option k of a day. Without `exact_month`, of labels that differ
    in the month's minutes alone the cheaper stays: fast, legal, not always the cheapest. The body is one piece because
    a call for each label would cost more than the label.
    """
    reduce_groups(tables, scratch, p, first, stop)
    fill_ahead(tables, scratch, p, first, stop)
    dearest = old_cost(tables, state, scratch, p, first, stop) + 1e-9
    run, nights, ready, ready_day = line_before(tables, state, p, first)
    wanted = weekends_wanted(tables, state, p, first, stop)
    soonest = fill_coming(tables, state, scratch, p, first, stop)
    fill_caps(tables, state, scratch, p, first, stop)
    person, day, group = tables.person[p], tables.day, tables.group
    table, run_worked = tables.run_table[person[RUN_KIND]], tables.run_worked[person[RUN_KIND]]
    most_shorts, shorter, short_period = person[SHORT_RESTS], person[SHORTER], person[SHORT_PERIOD]
    shorts_before = 0
    unit, spread, most_nights, monthly = person[UNIT], person[SPREAD], person[MOST_NIGHTS], person[MONTHLY] == 1
    band_first, bands = person[BAND] - 1, person[BANDS]
    label, label_cost, slots = scratch.label, scratch.cost, scratch.slots
    mask, room = slots.shape[0] - 1, label.shape[0]
    left = 0
    for d in range(first, stop):
        if day[d, WEEKEND] >= 0 and (d + 1 == stop or day[d + 1, WEEKEND] != day[d, WEEKEND]):
            left += 1
    label[0, KEY] = (run << 48) | (min(nights, 31) << 12)
    label[0, LABEL_READY] = ready if ready > soonest else 0
    label[0, LABEL_READY_DAY] = ready_day if ready_day > soonest else 0
    label[0, LABEL_MONTH] = 0
    label_cost[0] = 0.0
    scratch.layer[0], scratch.layer[1] = 0, 1
    month, base = -1, 0
    for d in range(first, stop):
        begin, end = scratch.layer[d - first], scratch.layer[d - first + 1]
        count = end
        scratch.clock[LABEL_STAMP] += 1
        stamp = scratch.clock[LABEL_STAMP]
        week = day[d, WEEK]
        limits, today = tables.week[p, week], tables.today[p, d]
        last_of_week = d + 1 == stop or day[d + 1, WEEK] != week
        if monthly and day[d, MONTH] != month:
            month = day[d, MONTH]
            base = outside_month(tables, state, p, month, first, stop)
        last_of_month = monthly and (d + 1 == stop or day[d + 1, MONTH] != month)
        month_most = tables.month[p, month, MOST] if monthly else FAR
        weekend_ends = day[d, WEEKEND] >= 0 and (d + 1 == stop or day[d + 1, WEEKEND] != day[d, WEEKEND])
        left -= weekend_ends
        spoilt_after = (
            weekend_ends
            and d + 1 < tables.days
            and day[d + 1, WEEKEND] == day[d, WEEKEND]
            and state.chosen[p, d + 1] >= 0
        )
        weekend_began = d > 0 and day[d, WEEKEND] >= 0 and day[d - 1, WEEKEND] == day[d, WEEKEND]
        days_most, minutes_most = limits[DAYS_MOST], min(limits[MOST], scratch.cap[week]) // unit
        new_period = most_shorts > 0 and (d == first or day[d, short_period] != day[d - 1, short_period])
        if new_period:
            shorts_before = shorts_outside(tables, state, p, day[d, short_period], first, stop)
        mark = today[MARK]
        coming = scratch.coming[d]
        walls_bound = spread > 0 and week == 0
        g0, g1 = tables.group_set[today[SET]]
        for i in range(begin, end):
            key, cost, in_month = label[i, KEY], label_cost[i], label[i, LABEL_MONTH]
            ready, ready_day = label[i, LABEL_READY], label[i, LABEL_READY_DAY]
            band = key & 63
            free = (key >> 6) & 15
            shorts = 0 if new_period else (key >> 10) & 3
            nights = (key >> 12) & 31
            minutes = (key >> 31) & 16383
            worked = (key >> 45) & 7
            run = key >> 48
            run_off = table[run, today[OFF_KIND]] if today[MUST] == 0 else -1
            for g in range(g0 - 1 if run_off >= 0 else g0, g1 if worked < days_most else g0):
                now_run, now_cost, now_worked, now_minutes, now_month = run_off, cost, worked, minutes, in_month
                now_nights, now_free, now_ready, now_ready_day = 0, free, ready, ready_day
                now_shorts = shorts
                b0, b1 = band, band + 1
                if g < g0:
                    if weekend_ends and free < wanted and not spoilt_after:
                        now_free += not (weekend_began and run_worked[run] == 1)
                else:
                    now_run = table[run, mark + group[g, CLASS]]
                    now_cost += scratch.group_price[d, g - g0]
                    start = group[g, GROUP_START]
                    if now_run < 0 or now_cost >= NOTHING / 2:
                        continue
                    if start < ready:
                        now_shorts += 1
                        if start < ready - shorter or shorts_before + now_shorts > most_shorts:
                            continue
                    if group[g, GROUP_NIGHT] == 1:
                        now_nights = min(nights + 1, 31) if most_nights < 31 else 0
                        if now_nights > most_nights:
                            continue
                    elif start < ready_day and ready_day > ready:
                        continue
                    now_minutes += group[g, GROUP_PAID]
                    if now_minutes > minutes_most:
                        continue
                    if monthly:
                        now_month += group[g, GROUP_PAID]
                        if base + now_month * unit > month_most:
                            continue
                    now_worked += 1
                    now_ready, now_ready_day = group[g, READY], group[g, READY_DAY]
                    if spread > 0:
                        wall = group[g, WALL]
                        if walls_bound and not person[WALL_LOW] <= wall <= person[WALL_HIGH]:
                            continue
                        if band == 0:
                            b0, b1 = 1, bands + 1
                        elif not tables.band[band_first + band, 0] <= wall <= tables.band[band_first + band, 1]:
                            continue
                if now_free < wanted - left:
                    continue
                if last_of_week:
                    now_cost += close_week(tables, p, week, now_worked, now_minutes * unit)
                    now_worked = now_minutes = 0
                if last_of_month:
                    missing = tables.month[p, month, LEAST] - base - now_month * unit
                    now_cost += tables.money[SHORT_MINUTE] * max(0, missing)
                    now_month = 0
                if now_cost + (scratch.ahead[d + 1, now_worked] if d + 1 < stop else 0.0) > dearest:
                    continue
                if now_ready <= coming:
                    now_ready = 0
                if now_ready_day <= coming:
                    now_ready_day = 0
                # A key: 15 bits of run, 3 worked days, 14 minutes, 14 of the month, 5 nights, 2 short rests,
                # 4 weekends, 6 band.
                whole = (now_run << 48) | (now_worked << 45) | (now_minutes << 31) | (now_nights << 12)
                whole |= (now_shorts << 10) | (now_free << 6)
                if exact_month:
                    whole |= (now_month & 16383) << 17
                for b in range(b0, b1):
                    if b1 - b0 > 1:
                        wall = group[g, WALL]
                        if not tables.band[band_first + b, 0] <= wall <= tables.band[band_first + b, 1]:
                            continue
                    new = whole if last_of_week else whole | b
                    mixed = new + now_ready * 0x2545F4914F6CDD1D + now_ready_day * 0x1B873593
                    mixed = (mixed ^ (mixed >> 30)) * 0x3F58476D1CE4E5B9
                    mixed = (mixed ^ (mixed >> 27)) * 0x14D049BB133111EB
                    place = (mixed ^ (mixed >> 31)) & mask
                    found = -1
                    while slots[place, 0] == stamp:
                        j = slots[place, 1]
                        if (
                            label[j, KEY] == new
                            and label[j, LABEL_READY] == now_ready
                            and label[j, LABEL_READY_DAY] == now_ready_day
                        ):
                            found = j
                            break
                        place = (place + 1) & mask
                    if found < 0:
                        if count >= room or count - end >= mask // 2:
                            scratch.clock[CUT_SHORT] = 1
                            continue
                        slots[place, 0] = stamp
                        slots[place, 1] = count
                        found = count
                        count += 1
                    elif now_cost >= label_cost[found]:
                        continue
                    label[found, KEY] = new
                    label[found, LABEL_READY] = now_ready
                    label[found, LABEL_READY_DAY] = now_ready_day
                    label[found, LABEL_MONTH] = now_month
                    label[found, PARENT] = i
                    label[found, PICK] = g if g >= g0 else -1
                    label_cost[found] = now_cost
        if count - end > WIDEST:
            count = thin(scratch, end, count)
            scratch.clock[CUT_SHORT] = 1
        scratch.layer[d - first + 2] = count
    return pick_line(tables, state, scratch, p, first, stop, wanted)


@compiled_bare
def thin(scratch: Scratch, start: int, count: int) -> int:
    """Keep the WIDEST cheapest labels of a day, in the order in which they were found."""
    for i in range(start, count):
        scratch.ranked[i - start] = scratch.cost[i]
    dearest = smallest(scratch.ranked, count - start, WIDEST - 1)
    below = 0
    for i in range(start, count):
        below += scratch.cost[i] < dearest
    ties = WIDEST - below
    kept = start
    for i in range(start, count):
        if scratch.cost[i] > dearest or (scratch.cost[i] == dearest and ties == 0):
            continue
        ties -= scratch.cost[i] == dearest
        for j in range(scratch.label.shape[1]):
            scratch.label[kept, j] = scratch.label[i, j]
        scratch.cost[kept] = scratch.cost[i]
        kept += 1
    return kept


@compiled_bare
def smallest(values: Floats, count: int, k: int) -> float:
    """The k-th smallest (from 0) of the first `count` values, which it puts into another order (Hoare 1961)."""
    low, high = 0, count - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if k <= j:
            high = j
        elif k >= i:
            low = i
        else:
            break
    return float(values[k])


@compiled_bare
def pick_line(tables: Tables, state: State, scratch: Scratch, p: int, first: int, stop: int, wanted: int) -> float:
    """The cheapest of the last day's labels that the days after the window may follow, traced back."""
    begin, end = scratch.layer[stop - first], scratch.layer[stop - first + 1]
    label = scratch.label
    while True:
        best, where = NOTHING, -1
        for i in range(begin, end):
            if scratch.cost[i] < best and ((label[i, KEY] >> 6) & 15) >= wanted:
                best, where = scratch.cost[i], i
        if where < 0:
            return NOTHING
        run, nights = label[where, KEY] >> 48, (label[where, KEY] >> 12) & 31
        ready, ready_day = label[where, LABEL_READY], label[where, LABEL_READY_DAY]
        shorts = (label[where, KEY] >> 10) & 3
        if goes_on(tables, state, p, first, stop, run, nights, ready, ready_day, shorts):
            break
        scratch.cost[where] = NOTHING
    for d in range(stop - 1, first - 1, -1):
        g = label[where, PICK]
        scratch.choice[d] = -1
        if g >= 0:
            scratch.choice[d] = scratch.group_best[d, g - tables.group_set[tables.today[p, d, SET], 0]]
        where = label[where, PARENT]
    return best
