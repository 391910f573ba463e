"""Lines at given prices of coverage, everybody by themselves: what the bound is made of."""

import numpy as np

from centre.compiled import compiled_bare
from scheduler.tours.best_line import NOTHING, best_line
from scheduler.tours.moves import settle, stand
from scheduler.tours.prices import present, price_options
from scheduler.tours.tables import (
    ABSENT,
    ABSENT_STOP,
    AGENT,
    ANSWERS,
    COMPONENT,
    CUT_SHORT,
    END,
    LEADER,
    LENGTH,
    NUMBER,
    ON_CALL,
    ORDER,
    OVER,
    PATTERN,
    ROLE,
    SIZE,
    START,
    STORE,
    THERE,
    WEIGHT,
    Floats,
    Ints,
    Scratch,
    Seeds,
    State,
    Tables,
)


@compiled_bare
def lines_at_prices(
    tables: Tables, state: State, scratch: Scratch, rng: Seeds, people: Ints, copies: Ints, worth: Floats
) -> float:
    """The sum of everybody's cheapest lines at fixed prices; `state` counts the coverage they give.

    Parameters
    ----------
    people, copies : one of each kind of people who are alike, and how many there are of the kind.
    worth : what one standard agent is worth at each tick to each set of queues, and one leader to the agents on the
        floor (the leaders' row), [sets, ticks].
    """
    total = 0.0
    for i in range(people.shape[0]):
        p = people[i]
        component = tables.person[p, COMPONENT]
        partly = tables.person[p, ABSENT_STOP] > tables.person[p, ABSENT]
        there, answers = scratch.sums[THERE], scratch.sums[ANSWERS]
        there[0] = answers[0] = 0.0
        s0 = s1 = 0
        if component >= 0 and component != tables.leaders:
            s0, s1 = tables.set_first[component], tables.set_first[component + 1]
        leading = worth[tables.set_first[tables.leaders]]
        for t in range(worth.shape[1]):
            gain = standing = 0.0
            if t < tables.last and (not partly or present(tables, p, t)):
                if s1 > s0:
                    gain = -tables.price[component, OVER]
                for s in range(s0, s1):
                    if tables.touched[p, s - s0] == 1:
                        gain += worth[s, t]
                gain *= tables.rate[p, WEIGHT]
                if tables.person[p, ROLE] == LEADER:
                    standing = leading[t]
                elif tables.person[p, ROLE] == AGENT:
                    standing = -leading[t] / tables.span
            there[t + 1] = there[t] + gain + standing
            answers[t + 1] = answers[t] + gain
        price_options(tables, state, scratch, rng, p, 0, tables.days, 0.0)
        scratch.clock[CUT_SHORT] = 0
        cost = best_line(tables, state, scratch, p, 0, tables.days, True)
        if cost >= NOTHING / 2:
            continue
        settle(tables, state, scratch, p, 0, tables.days)
        # Where labels had to be dropped the line is no minimum; what no line can be below still holds.
        total += copies[i] * (scratch.ahead[0, 0] if scratch.clock[CUT_SHORT] == 1 else cost)
        for d in range(tables.days):
            k = state.chosen[p, d]
            if k >= 0:
                option = tables.option[tables.today[p, d, STORE] + k]
                if option[ON_CALL] == 1:
                    continue
                stand(tables, state, p, option[START], option[END], copies[i], False)
                stand(tables, state, p, option[START], option[END], copies[i], True)
                if tables.pattern[option[PATTERN], SIZE] > 0:
                    order = tables.pattern[option[PATTERN], ORDER]
                    for j in range(tables.order[order], tables.order[order + 1]):
                        at = state.places[p, d, tables.pause[j, NUMBER]]
                        stand(tables, state, p, at, at + tables.pause[j, LENGTH], -copies[i], True)
    return total


def alike(tables: Tables) -> tuple[Ints, Ints]:
    """One person of each kind who have the same options, limits, skills and costs, and how many they are."""
    some = kinds(tables)
    return np.array([kind[0] for kind in some], dtype=np.int64), np.array([len(kind) for kind in some], dtype=np.int64)


def kinds(tables: Tables) -> list[list[int]]:
    """People who have the same options, limits, skills and costs."""
    found: dict[bytes, list[int]] = {}
    for p in range(tables.today.shape[0]):
        rows = (tables.person[p], tables.today[p], tables.week[p], tables.touched[p], tables.rate[p])
        found.setdefault(b"|".join(row.tobytes() for row in rows), []).append(p)
    return list(found.values())
