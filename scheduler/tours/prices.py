"""What things cost: coverage of an instant, a person's own line, and the price of one more duty for the search."""

import numpy as np

from centre.compiled import compiled_bare
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
    GOAL,
    GOAL_SHARE,
    HIGH,
    KIND,
    LEADER,
    LEADER_OVER,
    LEADER_UNDER,
    LEADING,
    LEAST,
    LENGTH,
    LOCAL,
    LOW,
    MIDNIGHT,
    MONTH,
    MONTHLY,
    NUMBER,
    ON_CALL,
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


@compiled_bare
def random(rng: Seeds) -> float:
    """A number in [0, 1): xorshift, so that a seed means the same everywhere and on every thread."""
    x = rng[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    rng[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled_bare
def leader_cost(tables: Tables, agents: float, leading: float) -> float:
    """Price of a tick's leaders, missing or to spare, for agents on the floor."""
    if tables.always == 1:
        lack = np.ceil((agents - 1e-6) / tables.span) - leading
    else:
        lack = np.floor((agents + 1e-6) / tables.span) - leading
    if lack > 0:
        return float(tables.money[LEADER_UNDER] * (lack + tables.money[STEEP] * lack * lack))
    return float(-tables.money[LEADER_OVER] * lack)


@compiled_bare
def coverage_cost(tables: Tables, state: State, component: int, first: int, last: int) -> float:
    """Price of shortage and surplus of the ticks [first, last) in one component of queues, or of the leaders."""
    total = 0.0
    last = min(last, tables.last)
    if component == tables.leaders:
        for t in range(first, last):
            total += leader_cost(tables, state.floor[AGENTS, t], state.floor[LEADING, t])
        return total
    if tables.serving > 0:
        return service_cost(tables, state, component, first, last)
    s0, s1 = tables.set_first[component], tables.set_first[component + 1]
    under, over, steep = tables.price[component, UNDER], tables.price[component, OVER], tables.money[STEEP]
    for t in range(first, last):
        lack = 0.0
        for s in range(s0, s1):
            lack = max(lack, tables.wanted[s, t] - state.staffed[s, t])
        spare = state.staffed[s1 - 1, t] - tables.wanted[s1 - 1, t] + lack
        total += under * (lack + steep * lack * lack) + over * spare
    return total


@compiled_bare
def late_at(tables: Tables, component: int, t: int, staff: float) -> float:
    """Contacts of a tick not answered in time with so many agents, between whole numbers in proportion."""
    row = tables.late[component, t // tables.in_interval]
    top = row.shape[0] - 1
    if staff >= top:
        return float(row[top])
    at = max(0.0, staff)
    k = int(at)
    return float(row[k] + (at - k) * (row[k + 1] - row[k]))


@compiled_bare
def serving_staff(tables: Tables, state: State, p: int, component: int, t: int, more: float) -> float:
    """Agents who can be of use at a tick: those wanted, and more as far as every set of queues has more.

    What a set of queues lacks, no surplus of the others makes up for. `more` of the person p's weight is added.
    """
    s0, s1 = tables.set_first[component], tables.set_first[component + 1]
    lack = -1e9
    for s in range(s0, s1):
        if s == s1 - 1 or tables.wanted[s, t] > 0.0:
            mine = more if more > 0.0 and tables.touched[p, s - s0] == 1 else 0.0
            lack = max(lack, tables.wanted[s, t] - state.staffed[s, t] - mine)
    return float(tables.wanted[s1 - 1, t] - lack)


@compiled_bare
def late_of_day(tables: Tables, state: State, component: int, d: int) -> float:
    """Contacts of a day not answered in time."""
    total = 0.0
    for t in range(tables.day[d, MIDNIGHT], min(tables.last, tables.day[d + 1, MIDNIGHT])):
        total += late_at(tables, component, t, serving_staff(tables, state, 0, component, t, 0.0))
    return total


@compiled_bare
def service_cost(tables: Tables, state: State, component: int, first: int, last: int) -> float:
    """Price of contacts not answered in time; for a daily goal of those beyond it, and a little for each."""
    total = 0.0
    for d in range(tables.days):
        if tables.day[d, MIDNIGHT] >= last or tables.day[d + 1, MIDNIGHT] <= first:
            continue
        late = late_of_day(tables, state, component, d)
        if tables.serving == GOAL:
            late = max(0.0, late - tables.allowed[component, d]) + tables.money[GOAL_SHARE] * late
        total += tables.late_price * late
    return total


@compiled_bare
def post_cost(tables: Tables, state: State, post: int, first: int, last: int) -> float:
    """Price of a post's people missing over the ticks [first, last)."""
    total = 0.0
    for t in range(first, min(last, tables.last)):
        lack = tables.post_wanted[post, t] - state.posted[post, t]
        if lack > 0.0:
            total += tables.post_price[post] * (lack + tables.money[STEEP] * lack * lack)
    return total


@compiled_bare
def team_cost(tables: Tables, state: State, team: int, first: int, stop: int) -> float:
    """Price of a team's people on different shifts: of each two who work on a day, if theirs differ."""
    total = 0.0
    for d in range(first, stop):
        everybody = alike = 0
        for kind in range(state.together.shape[2]):
            n = state.together[team, d, kind]
            everybody += n
            alike += n * n
        total += 0.5 * tables.apart[team] * (everybody * everybody - alike)
    return total


@compiled_bare
def counts_for(tables: Tables, p: int, post: int, o: int) -> bool:
    """Whether a person in a duty counts for a post."""
    if tables.holds[p, post] == 0:
        return False
    if tables.post_kind[post] < 0:
        return bool(tables.option[o, ON_CALL] == 0)
    return bool(tables.post_kind[post] == tables.option[o, KIND])


@compiled_bare
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
        excess = max(0.0, state.burdens[p, b] + tables.carried[p, b] - state.share[p, b])
        total += tables.money[UNFAIR] * excess * excess
    return total


@compiled_bare
def present(tables: Tables, p: int, t: int) -> bool:
    """False during leave of part of a day."""
    for j in range(tables.person[p, ABSENT], tables.person[p, ABSENT_STOP]):
        if tables.absent[j, 0] <= t < tables.absent[j, 1]:
            return False
    return True


@compiled_bare
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


@compiled_bare
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


@compiled_bare
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
    posts = 0
    for j in range(tables.post_kind.shape[0]):
        posts += tables.holds[p, j] == 1 and tables.post_kind[j] < 0
    day, worth_late = -1, tables.late_price
    for t in range(first, last):
        worth = standing = 0.0
        if not covers:
            # Nothing tells where their pauses should lie: let them fall apart rather than together.
            answers[t + 1] = answers[t] + 1e-7 * ((t * 7919 + p * 104729) % 97)
        if t < tables.last and (not partly or present(tables, p, t)):
            if covers and tables.serving > 0:
                if tables.serving == GOAL and (day < 0 or t >= tables.day[day + 1, MIDNIGHT]):
                    day = max(0, day)
                    while day + 1 < tables.days and t >= tables.day[day + 1, MIDNIGHT]:
                        day += 1
                    behind = late_of_day(tables, state, component, day) > tables.allowed[component, day]
                    worth_late = tables.late_price * (tables.money[GOAL_SHARE] + (1.0 if behind else 0.0))
                staff = serving_staff(tables, state, p, component, t, 0.0)
                more = serving_staff(tables, state, p, component, t, weight)
                worth = worth_late * (late_at(tables, component, t, staff) - late_at(tables, component, t, more))
            elif covers:
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
            if posts > 0:
                for j in range(tables.post_kind.shape[0]):
                    if tables.holds[p, j] == 1 and tables.post_kind[j] < 0:
                        standing += post_worth(tables, state, j, t)
        there[t + 1] = there[t] + worth + standing
        if covers:
            answers[t + 1] = answers[t] + worth


@compiled_bare
def post_worth(tables: Tables, state: State, post: int, t: int) -> float:
    """What one more person on a post is worth at a tick."""
    lack = tables.post_wanted[post, t] - state.posted[post, t]
    if lack <= 0.0:
        return 0.0
    less, steep = max(0.0, lack - 1.0), tables.money[STEEP]
    return float(tables.post_price[post] * (lack + steep * lack * lack - less - steep * less * less))


@compiled_bare
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
    for j in range(tables.post_kind.shape[0]):
        if tables.holds[p, j] == 1 and tables.post_kind[j] >= 0:
            sums = scratch.post_sums[j]
            sums[low] = 0.0
            for t in range(low, high):
                sums[t + 1] = sums[t] + (post_worth(tables, state, j, t) if t < tables.last else 0.0)
    price_options(tables, state, scratch, rng, p, first, stop, noise)


@compiled_bare
def price_options(
    tables: Tables, state: State, scratch: Scratch, rng: Seeds, p: int, first: int, stop: int, noise: float
) -> None:
    """The price of each option from the worth of the ticks in `scratch.sums`."""
    there, answers = scratch.sums[THERE], scratch.sums[ANSWERS]
    scratch.clock[PATTERN_STAMP] += 1
    stamp = scratch.clock[PATTERN_STAMP]
    share = 0.5 * (stop - first) / tables.days - 1.0
    team = tables.team[p]
    for d in range(first, stop):
        own = tables.person[p, OWN] + tables.today[p, d, LOCAL]
        everybody = 0
        if team >= 0:
            for kind in range(state.together.shape[2]):
                everybody += state.together[team, d, kind]
        for k in range(tables.today[p, d, COUNT]):
            option = tables.option[tables.today[p, d, STORE] + k]
            pattern = option[PATTERN]
            if scratch.pattern_stamp[pattern] != stamp:
                scratch.pattern_stamp[pattern] = stamp
                scratch.pattern_price[pattern] = place_pauses(tables, pattern, answers, scratch, False)
            price = scratch.pattern_price[pattern]
            if price < NOTHING / 2:
                price += tables.own_cost[own + k]
                if option[ON_CALL] == 0:
                    price -= there[option[END]] - there[option[START]]
                for j in range(tables.post_kind.shape[0]):
                    if tables.holds[p, j] == 1 and tables.post_kind[j] == option[KIND]:
                        price -= scratch.post_sums[j, option[END]] - scratch.post_sums[j, option[START]]
                if team >= 0 and option[ON_CALL] == 0:
                    price += tables.apart[team] * (everybody - state.together[team, d, option[KIND]])
                for b in range(state.burdens.shape[1]):
                    if (option[BURDEN] >> b) & 1:
                        # One more of these, in the middle of what a fair share brings in this window.
                        excess = state.burdens[p, b] + tables.carried[p, b] + 0.5 + state.share[p, b] * share
                        price += tables.money[UNFAIR] * 2.0 * max(0.0, excess)
                if noise > 0.0:
                    price += noise * (random(rng) + random(rng) - 1.0)
            scratch.option_price[d, k] = price
