"""Moves within a single day, compiled: another start, length or course of pauses, the rest of the line as it is.

Most of what is short or to spare late in a search is a matter of quarters of an hour within a day. To find another
duty for one day takes a tenth of what the search of a week takes, as every rule that looks at more than the day is met
by keeping to duties that are the same to it: as long a rest before and after, the same class, no night for a day.
"""

from centre.compiled import compiled_bare
from scheduler.tours.best_line import NOTHING, close_week, reduce_groups
from scheduler.tours.moves import count_in, draw, local_cost, remember, restore, settle, unmoved
from scheduler.tours.prices import price_days, random
from scheduler.tours.tables import (
    AVERAGE_WEEKS,
    CLASS,
    END,
    FAR,
    GROUP_NIGHT,
    GROUP_PAID,
    KIND,
    LEAST,
    MONTH,
    MONTHLY,
    MOST,
    NIGHT,
    PAID,
    READY_AT,
    READY_DAY_AT,
    REST,
    REST_AFTER,
    RUN_KIND,
    SET,
    SHORT_MINUTE,
    SPREAD,
    START,
    STORE,
    UNIT,
    WALL_AT,
    WALL_HIGH,
    WALL_LOW,
    WEEK,
    Ints,
    Scratch,
    Seeds,
    State,
    Tables,
)

NEAR = 4
"""Days before and after a duty in which another may stand in its way."""


@compiled_bare
def room_between(tables: Tables, state: State, p: int, d: int, night: int) -> tuple[int, int]:
    """From which tick on a duty of day d may start, and by which it has to end, for full rests on both sides."""
    person = tables.person[p]
    soonest = person[READY_AT] if night == 1 else person[READY_DAY_AT]
    for before in range(d - 1, max(-1, d - 1 - NEAR), -1):
        k = state.chosen[p, before]
        if k >= 0:
            o = tables.today[p, before, STORE] + k
            rest = person[REST_AFTER] if tables.option[o, NIGHT] == 1 and night == 0 else person[REST]
            soonest = max(soonest, tables.option[o, END] + rest)
            break
    latest = FAR
    for after in range(d + 1, min(tables.days, d + 1 + NEAR)):
        k = state.chosen[p, after]
        if k >= 0:
            o = tables.today[p, after, STORE] + k
            rest = person[REST_AFTER] if night == 1 and tables.option[o, NIGHT] == 0 else person[REST]
            latest = tables.option[o, START] - rest
            break
    return soonest, latest


@compiled_bare
def best_duty(tables: Tables, state: State, scratch: Scratch, p: int, d: int) -> None:
    """The cheapest duty of day d in the place of the one the person has, in `scratch.choice[d]`.

    `scratch.option_price[d]` holds the prices of the day's options. Only duties of the present one's class are looked
    at, a night for a night, none that rests shorter than it where that is too short, and none that takes week, month
    or band of starts over its limit.
    """
    reduce_groups(tables, scratch, p, d, d + 1)
    person, group, store = tables.person[p], tables.group, tables.today[p, d, STORE]
    old = tables.option[store + state.chosen[p, d]]
    week, month = tables.day[d, WEEK], tables.day[d, MONTH]
    worked, paid, in_month = 1, 0, 0
    spread = person[SPREAD]
    low, high = -FAR, FAR
    if spread > 0 and week == 0:
        low, high = person[WALL_LOW], person[WALL_HIGH]
    for other in range(tables.week_first[week], tables.week_first[week + 1]):
        k = state.chosen[p, other]
        if k >= 0 and other != d:
            o = tables.today[p, other, STORE] + k
            worked += 1
            paid += tables.option[o, PAID]
            if spread > 0:
                low, high = max(low, tables.option[o, WALL_AT] - spread), min(high, tables.option[o, WALL_AT] + spread)
    most = tables.week[p, week, MOST]
    if person[AVERAGE_WEEKS] > 0:
        most = min(most, paid + old[PAID])
    monthly = person[MONTHLY] == 1
    if monthly:
        for other in range(tables.days):
            k = state.chosen[p, other]
            if k >= 0 and other != d and tables.day[other, MONTH] == month:
                in_month += tables.option[tables.today[p, other, STORE] + k, PAID]
    soonest, latest = room_between(tables, state, p, d, old[NIGHT])
    soonest, latest = min(soonest, old[START]), max(latest, old[END])
    kind = tables.run_class[person[RUN_KIND], old[KIND]]
    scratch.choice[d] = state.chosen[p, d]
    best = NOTHING
    g0, g1 = tables.group_set[tables.today[p, d, SET]]
    for g in range(g0, g1):
        price = scratch.group_price[d, g - g0]
        if price >= best or group[g, CLASS] != kind or group[g, GROUP_NIGHT] != old[NIGHT]:
            continue
        option = tables.option[store + scratch.group_best[d, g - g0]]
        if option[START] < soonest or option[END] > latest:
            continue
        if not low <= option[WALL_AT] <= high and option[WALL_AT] != old[WALL_AT]:
            continue
        minutes = group[g, GROUP_PAID] * person[UNIT]
        if paid + minutes > most and minutes > old[PAID]:
            continue
        price += close_week(tables, p, week, worked, paid + minutes)
        if monthly:
            if in_month + minutes > tables.month[p, month, MOST] and minutes > old[PAID]:
                continue
            price += tables.money[SHORT_MINUTE] * max(0, tables.month[p, month, LEAST] - in_month - minutes)
        if price < best:
            best = price
            scratch.choice[d] = scratch.group_best[d, g - g0]


@compiled_bare
def days_anew(
    tables: Tables, state: State, scratch: Scratch, rng: Seeds, rounds: int, first: int, stop: int, smallest: int,
    largest: int, pool_first: Ints, pool: Ints, noise: float, slack: float, led: bool,
) -> float:  # fmt: skip
    """So many rounds on single days of [first, stop); returns the change of the cost.

    As `moves.ruin_and_recreate`, but of the people drawn only those who work on the day take part, and only their
    duty of that day is chosen anew.
    """
    total = 0.0
    some = scratch.some
    alone = pool_first.shape[0] - 2
    for _ in range(rounds):
        d = first + int(random(rng) * (stop - first))
        at = int(random(rng) * pool.shape[0])
        component = 0
        while pool_first[component + 1] <= at:
            component += 1
        drawn = draw(rng, some, pool, at, pool_first[component], pool_first[component + 1], smallest, largest)
        size = 0
        for i in range(drawn if component != alone else 1):
            if state.chosen[some[i], d] >= 0:
                some[size] = some[i]
                size += 1
        if size == 0:
            continue
        before = local_cost(tables, state, some, size, d, d + 1)
        for i in range(size):
            remember(state, scratch, some[i], i, d, d + 1)
            count_in(tables, state, some[i], d, d + 1, -1.0)
        here = noise * (0.3 + random(rng))
        for step in range(2 * size if size > 1 else 1):
            if step == size and unmoved(state, scratch, some, size, d, d + 1):
                break
            p = some[step % size]
            if step >= size:
                count_in(tables, state, p, d, d + 1, -1.0)
                here = 0.0
            price_days(tables, state, scratch, rng, p, d, d + 1, here, led)
            best_duty(tables, state, scratch, p, d)
            settle(tables, state, scratch, p, d, d + 1)
            count_in(tables, state, p, d, d + 1, 1.0)
        change = local_cost(tables, state, some, size, d, d + 1) - before
        if change > slack:
            restore(tables, state, scratch, some, size, d, d + 1)
        else:
            total += change
    return total
