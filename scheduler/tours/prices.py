"""What things cost: coverage of an instant, a person's own line, and the price of one more duty for the search."""

import numpy as np

from centre.compiled import compiled
from scheduler.tours.best_line import NOTHING, close_week
from scheduler.tours.tables import (
    ABSENT,
    ABSENT_STOP,
    AGENT,
    AGENTS,
    ANSWERS,
    BURDEN,
    COMPONENT,
    COUNT,
    END,
    HIGH,
    LEADER,
    LEADER_OVER,
    LEADER_UNDER,
    LEADING,
    LEAST,
    LENGTH,
    LOCAL,
    LOW,
    MONTH,
    MONTHLY,
    NUMBER,
    ORDER,
    ORDER_STOP,
    OVER,
    OWN,
    PAID,
    PATTERN,
    PATTERN_STAMP,
    ROLE,
    SHORT_MINUTE,
    START,
    STEEP,
    STORE,
    STRIDE,
    THERE,
    UNDER,
    UNFAIR,
    WEIGHT,
    Floats,
    Scratch,
    Seeds,
    State,
    Tables,
)


@compiled
def random(rng: Seeds) -> float:
    """A number in [0, 1): xorshift, so that a seed means the same everywhere and on every thread."""
    x = rng[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    rng[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def leader_cost(tables: Tables, agents: float, leading: float) -> float:
    """Price of a tick's leaders, missing or to spare, for agents on the floor."""
    if tables.always == 1:
        lack = np.ceil((agents - 1e-6) / tables.span) - leading
    else:
        lack = np.floor((agents + 1e-6) / tables.span) - leading
    if lack > 0:
        return float(tables.money[LEADER_UNDER] * (lack + tables.money[STEEP] * lack * lack))
    return float(-tables.money[LEADER_OVER] * lack)


@compiled
def coverage_cost(tables: Tables, state: State, component: int, first: int, last: int) -> float:
    """Price of shortage and surplus of the ticks [first, last) in one component of queues, or of the leaders."""
    total = 0.0
    last = min(last, tables.last)
    if component == tables.leaders:
        for t in range(first, last):
            total += leader_cost(tables, state.floor[AGENTS, t], state.floor[LEADING, t])
        return total
    s0, s1 = tables.set_first[component], tables.set_first[component + 1]
    under, over, steep = tables.price[component, UNDER], tables.price[component, OVER], tables.money[STEEP]
    for t in range(first, last):
        lack = 0.0
        for s in range(s0, s1):
            lack = max(lack, tables.wanted[s, t] - state.staffed[s, t])
        spare = state.staffed[s1 - 1, t] - tables.wanted[s1 - 1, t] + lack
        total += under * (lack + steep * lack * lack) + over * spare
    return total


@compiled
def own_cost(tables: Tables, state: State, p: int) -> float:
    """A person's own price over the horizon: wages, wishes, overtime, burdens, what is missing to lower bounds."""
    total = 0.0
    paid = worked = 0
    for d in range(tables.days):
        k = state.chosen[p, d]
        if k >= 0:
            worked += 1
            paid += tables.option[tables.today[p, d, STORE] + k, PAID]
            total += tables.own_cost[tables.person[p, OWN] + tables.today[p, d, LOCAL] + k]
        if d + 1 == tables.days or tables.day[d + 1, 0] != tables.day[d, 0]:
            total += close_week(tables, p, tables.day[d, 0], worked, paid)
            paid = worked = 0
    if tables.person[p, MONTHLY] == 1:
        for month in range(tables.month.shape[1]):
            paid = 0
            for d in range(tables.days):
                if tables.day[d, MONTH] == month and state.chosen[p, d] >= 0:
                    paid += tables.option[tables.today[p, d, STORE] + state.chosen[p, d], PAID]
            total += tables.money[SHORT_MINUTE] * max(0, tables.month[p, month, LEAST] - paid)
    for b in range(state.burdens.shape[1]):
        excess = max(0.0, state.burdens[p, b] - state.share[p, b])
        total += tables.money[UNFAIR] * excess * excess
    return total


@compiled
def present(tables: Tables, p: int, t: int) -> bool:
    """False during leave of part of a day."""
    for j in range(tables.person[p, ABSENT], tables.person[p, ABSENT_STOP]):
        if tables.absent[j, 0] <= t < tables.absent[j, 1]:
            return False
    return True


@compiled
def price_order(tables: Tables, order: int, loss: Floats, table: Floats) -> float:
    """The least that pauses in an order cost, NOTHING when they find no room.

    From the last pause to the first, `table[k, c]` is the least that pauses k, k + 1, ... cost with pause k at its
    place c or later.
    """
    pause = tables.pause
    first, stop = tables.order[order], tables.order[order + 1]
    for j in range(stop - 1, first - 1, -1):
        low, stride, length = pause[j, LOW], pause[j, STRIDE], pause[j, LENGTH]
        best = NOTHING
        for c in range((pause[j, HIGH] - low) // stride, -1, -1):
            s = low + c * stride
            cost = loss[s + length] - loss[s]
            if j + 1 < stop:
                after = max(0, (s + length - pause[j + 1, LOW] + pause[j + 1, STRIDE] - 1) // pause[j + 1, STRIDE])
                fits = after <= (pause[j + 1, HIGH] - pause[j + 1, LOW]) // pause[j + 1, STRIDE]
                cost += table[j + 1 - first, after] if fits else NOTHING
            best = min(best, cost)
            table[j - first, c] = best
    return float(table[0, 0]) if stop > first else 0.0


@compiled
def place_pauses(tables: Tables, pattern: int, loss: Floats, scratch: Scratch, settle: bool) -> float:
    """Place a pattern's pauses where they cost least, none overlapping; with `settle`, fill `scratch.spots`.

    `loss` is a running sum over ticks: a pause at s costs loss[s + length] - loss[s].
    """
    best, which = NOTHING, -1
    for order in range(tables.pattern[pattern, ORDER], tables.pattern[pattern, ORDER_STOP]):
        cost = price_order(tables, order, loss, scratch.table)
        if cost < best:
            best, which = cost, order
    if not settle or which < 0:
        return best
    price_order(tables, which, loss, scratch.table)
    pause = tables.pause
    first, stop = tables.order[which], tables.order[which + 1]
    reached = 0
    for j in range(first, stop):
        low, stride = pause[j, LOW], pause[j, STRIDE]
        c = max(0, (reached - low + stride - 1) // stride)
        row = scratch.table[j - first]
        while c < (pause[j, HIGH] - low) // stride and row[c + 1] <= row[c]:
            c += 1
        scratch.spots[pause[j, NUMBER]] = low + c * stride
        reached = low + c * stride + pause[j, LENGTH]
    return best


@compiled
def fill_worth(tables: Tables, state: State, scratch: Scratch, p: int, first: int, last: int, led: bool) -> None:
    """Running sums over ticks of what one more such person is worth: being there at all, and answering.

    `led` says whether leaders are reckoned with; while the first roster is built they are not.
    """
    component, role = tables.person[p, COMPONENT], tables.person[p, ROLE]
    there, answers = scratch.sums[THERE], scratch.sums[ANSWERS]
    there[first] = answers[first] = 0.0
    partly = tables.person[p, ABSENT_STOP] > tables.person[p, ABSENT]
    covers = component >= 0 and component != tables.leaders
    weight, steep = tables.rate[p, WEIGHT], tables.money[STEEP]
    s0 = s1 = 0
    under = over = 0.0
    if covers:
        s0, s1 = tables.set_first[component], tables.set_first[component + 1]
        under, over = tables.price[component, UNDER], tables.price[component, OVER]
    for t in range(first, last):
        worth = standing = 0.0
        if not covers:
            # Nothing tells where their pauses should lie: let them fall apart rather than together.
            answers[t + 1] = answers[t] + 1e-7 * ((t * 7919 + p * 104729) % 97)
        if t < tables.last and (not partly or present(tables, p, t)):
            if covers:
                short = shorter = 0.0
                for s in range(s0, s1):
                    lack = tables.wanted[s, t] - state.staffed[s, t]
                    short = max(short, lack)
                    shorter = max(shorter, lack - weight if tables.touched[p, s - s0] == 1 else lack)
                worth = under * (short + steep * short * short - shorter - steep * shorter * shorter)
                worth += over * (short - shorter - weight)
            agents, leading = state.floor[AGENTS, t], state.floor[LEADING, t]
            if role == LEADER:
                standing = leader_cost(tables, agents, leading) - leader_cost(tables, agents, leading + 1)
            elif role == AGENT and led:
                standing = leader_cost(tables, agents, leading) - leader_cost(tables, agents + 1, leading)
        there[t + 1] = there[t] + worth + standing
        if covers:
            answers[t + 1] = answers[t] + worth


@compiled
def price_days(
    tables: Tables, state: State, scratch: Scratch, rng: Seeds, p: int, first: int, stop: int, noise: float, led: bool
) -> None:
    """The price of each option of the days [first, stop) to a person who stands nowhere on them."""
    low, high = 1 << 40, 0
    for d in range(first, stop):
        for o in range(tables.today[p, d, STORE], tables.today[p, d, STORE] + tables.today[p, d, COUNT]):
            low, high = min(low, tables.option[o, START]), max(high, tables.option[o, END])
    if high <= low:
        return
    fill_worth(tables, state, scratch, p, low, high, led)
    price_options(tables, state, scratch, rng, p, first, stop, noise)


@compiled
def price_options(
    tables: Tables, state: State, scratch: Scratch, rng: Seeds, p: int, first: int, stop: int, noise: float
) -> None:
    """The price of each option from the worth of the ticks in `scratch.sums`."""
    there, answers = scratch.sums[THERE], scratch.sums[ANSWERS]
    scratch.clock[PATTERN_STAMP] += 1
    stamp = scratch.clock[PATTERN_STAMP]
    share = 0.5 * (stop - first) / tables.days - 1.0
    for d in range(first, stop):
        own = tables.person[p, OWN] + tables.today[p, d, LOCAL]
        for k in range(tables.today[p, d, COUNT]):
            option = tables.option[tables.today[p, d, STORE] + k]
            pattern = option[PATTERN]
            if scratch.pattern_stamp[pattern] != stamp:
                scratch.pattern_stamp[pattern] = stamp
                scratch.pattern_price[pattern] = place_pauses(tables, pattern, answers, scratch, False)
            price = scratch.pattern_price[pattern]
            if price < NOTHING / 2:
                price += tables.own_cost[own + k] - (there[option[END]] - there[option[START]])
                for b in range(state.burdens.shape[1]):
                    if (option[BURDEN] >> b) & 1:
                        # One more of these, in the middle of what a fair share brings in this window.
                        excess = state.burdens[p, b] + 0.5 + state.share[p, b] * share
                        price += tables.money[UNFAIR] * 2.0 * max(0.0, excess)
                if noise > 0.0:
                    price += noise * (random(rng) + random(rng) - 1.0)
            scratch.option_price[d, k] = price
