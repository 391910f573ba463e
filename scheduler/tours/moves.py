"""What the compiled search does to a roster: take out, put in, build, pass over everybody, ruin and recreate.

Everything here keeps `State` consistent: who has which option on which day, where pauses lie, how many stand where.
"""

from centre.compiled import compiled_bare
from scheduler.tours.best_line import NOTHING, best_line
from scheduler.tours.prices import (
    counts_for,
    coverage_cost,
    own_cost,
    place_pauses,
    post_cost,
    present,
    price_days,
    random,
    team_cost,
)
from scheduler.tours.tables import (
    ABSENT,
    ABSENT_STOP,
    AGENT,
    ANSWERS,
    BURDEN,
    COMPONENT,
    END,
    KIND,
    LENGTH,
    MIDNIGHT,
    NEITHER,
    NUMBER,
    ON_CALL,
    ORDER,
    PATTERN,
    ROLE,
    SIZE,
    START,
    STORE,
    WEIGHT,
    Ints,
    Scratch,
    Seeds,
    State,
    Tables,
)

EXACT_DAYS = 14
"""Windows up to this long are searched exactly even where a month's minutes are bounded."""


@compiled_bare
def stand(tables: Tables, state: State, p: int, begin: int, end: int, sign: float, answering: bool) -> None:
    """Add a person to the ticks [begin, end): as one who answers, or as one who is there."""
    row = tables.person[p]
    partly = row[ABSENT_STOP] > row[ABSENT]
    if not answering:
        if row[ROLE] != NEITHER:
            floor = state.floor[row[ROLE] - AGENT]
            for t in range(begin, end):
                if not partly or present(tables, p, t):
                    floor[t] += sign
        return
    component = row[COMPONENT]
    if component < 0 or component == tables.leaders:
        return
    s0, s1 = tables.set_first[component], tables.set_first[component + 1]
    sign *= tables.rate[p, WEIGHT]
    for s in range(s0, s1):
        if tables.touched[p, s - s0] == 1:
            for t in range(begin, end):
                if not partly or present(tables, p, t):
                    state.staffed[s, t] += sign


@compiled_bare
def count_in(tables: Tables, state: State, p: int, first: int, stop: int, sign: float) -> None:
    """Add (or take away) a person's duties of the days [first, stop) to coverage and burdens."""
    for d in range(first, stop):
        k = state.chosen[p, d]
        if k < 0:
            continue
        o = tables.today[p, d, STORE] + k
        option = tables.option[o]
        for j in range(tables.post_kind.shape[0]):
            if counts_for(tables, p, j, o):
                for t in range(option[START], option[END]):
                    if present(tables, p, t):
                        state.posted[j, t] += sign
        for b in range(state.burdens.shape[1]):
            if (option[BURDEN] >> b) & 1:
                state.burdens[p, b] += sign
        if option[ON_CALL] == 1:
            continue
        if tables.team[p] >= 0:
            state.together[tables.team[p], d, option[KIND]] += int(sign)
        stand(tables, state, p, option[START], option[END], sign, False)
        stand(tables, state, p, option[START], option[END], sign, True)
        if tables.pattern[option[PATTERN], SIZE] > 0:
            order = tables.pattern[option[PATTERN], ORDER]
            for j in range(tables.order[order], tables.order[order + 1]):
                at = state.places[p, d, tables.pause[j, NUMBER]]
                stand(tables, state, p, at, at + tables.pause[j, LENGTH], -sign, True)


@compiled_bare
def settle(tables: Tables, state: State, scratch: Scratch, p: int, first: int, stop: int) -> None:
    """Make the line in `scratch.choice` the person's, its pauses where they cost least."""
    for d in range(first, stop):
        k = scratch.choice[d]
        state.chosen[p, d] = k
        if k >= 0:
            pattern = tables.option[tables.today[p, d, STORE] + k, PATTERN]
            place_pauses(tables, pattern, scratch.sums[ANSWERS], scratch, True)
            for j in range(tables.pattern[pattern, SIZE]):
                state.places[p, d, j] = scratch.spots[j]


@compiled_bare
def local_cost(tables: Tables, state: State, people: Ints, size: int, first: int, stop: int) -> float:
    """Price of all that a change to these people in the days [first, stop) can change."""
    low = tables.day[first, MIDNIGHT]
    high = tables.day[stop + 1, MIDNIGHT] if stop < tables.days else tables.last  # nights go on beyond the horizon
    total = coverage_cost(tables, state, tables.leaders, low, high)
    for i in range(size):
        total += own_cost(tables, state, people[i])
        component = tables.person[people[i], COMPONENT]
        known = component < 0 or component == tables.leaders
        for j in range(i):
            known = known or tables.person[people[j], COMPONENT] == component
        if not known:
            total += coverage_cost(tables, state, component, low, high)
        team = tables.team[people[i]]
        for j in range(i):
            if tables.team[people[j]] == team:
                team = -1
        if team >= 0:
            total += team_cost(tables, state, team, first, stop)
    for post in range(tables.post_kind.shape[0]):
        held = False
        for i in range(size):
            held = held or tables.holds[people[i], post] == 1
        if held:
            total += post_cost(tables, state, post, low, high)
    return total


@compiled_bare
def remember(state: State, scratch: Scratch, p: int, i: int, first: int, stop: int) -> None:
    """Note a person's days as they are, as the i-th of those taken out."""
    for d in range(first, stop):
        scratch.old_chosen[i, d] = state.chosen[p, d]
        for j in range(state.places.shape[2]):
            scratch.old_places[i, d, j] = state.places[p, d, j]


@compiled_bare
def unmoved(state: State, scratch: Scratch, people: Ints, size: int, first: int, stop: int) -> bool:
    """Whether everybody taken out has the duties again that were noted."""
    for i in range(size):
        for d in range(first, stop):
            if scratch.old_chosen[i, d] != state.chosen[people[i], d]:
                return False
    return True


@compiled_bare
def restore(tables: Tables, state: State, scratch: Scratch, people: Ints, size: int, first: int, stop: int) -> None:
    """Put some people's days back as they were."""
    for i in range(size):
        p = people[i]
        count_in(tables, state, p, first, stop, -1.0)
        for d in range(first, stop):
            state.chosen[p, d] = scratch.old_chosen[i, d]
            for j in range(state.places.shape[2]):
                state.places[p, d, j] = scratch.old_places[i, d, j]
        count_in(tables, state, p, first, stop, 1.0)


@compiled_bare
def ruin_and_recreate(
    tables: Tables, state: State, scratch: Scratch, rng: Seeds, rounds: int, first: int, stop: int, smallest: int,
    largest: int, pool_first: Ints, pool: Ints, noise: float, slack: float, led: bool,
) -> float:  # fmt: skip
    """So many rounds on the days [first, stop) and the people of `pool`; returns the change of the cost.

    A round takes some people of one component out of these days, puts the best lines at noisy prices back, and then, if
    these are others, once more at true ones; what costs more than `slack` is undone. With `noise` 0 the people are
    taken in the order of the pool: a pass.

    `pool` lists people by component (those who cover nothing last), `pool_first` where each component begins. Nothing
    of other people or days is changed, so that threads may work on disjoint people and on weeks apart. It is all one
    function because the compiler works through everything below a function anew for each function above it.
    """
    total = 0.0
    some = scratch.some
    alone = pool_first.shape[0] - 2
    exact = stop - first <= EXACT_DAYS
    for turn in range(rounds):
        at = int(random(rng) * pool.shape[0]) if noise > 0.0 else turn
        component = 0
        while pool_first[component + 1] <= at:
            component += 1
        size = draw(rng, some, pool, at, pool_first[component], pool_first[component + 1], smallest, largest)
        if component == alone:
            size = 1
        before = local_cost(tables, state, some, size, first, stop)
        for i in range(size):
            remember(state, scratch, some[i], i, first, stop)
            count_in(tables, state, some[i], first, stop, -1.0)
        here = noise * (0.3 + random(rng))
        steps = 2 * size if noise > 0.0 and size > 1 else size
        for step in range(steps):
            if step == size and unmoved(state, scratch, some, size, first, stop):
                break
            p = some[step % size]
            if step >= size:
                count_in(tables, state, p, first, stop, -1.0)
                here = 0.0
            price_days(tables, state, scratch, rng, p, first, stop, here, led)
            if best_line(tables, state, scratch, p, first, stop, exact) < NOTHING / 2:
                settle(tables, state, scratch, p, first, stop)
            count_in(tables, state, p, first, stop, 1.0)
        change = local_cost(tables, state, some, size, first, stop) - before
        if change > slack:
            restore(tables, state, scratch, some, size, first, stop)
        else:
            total += change
    return total


@compiled_bare
def draw(rng: Seeds, some: Ints, pool: Ints, at: int, first: int, stop: int, smallest: int, largest: int) -> int:
    """Draw distinct people of pool[first:stop], pool[at] the first of them; returns how many."""
    size = min(stop - first, smallest + int(random(rng) * (largest + 1 - smallest)))
    some[0] = pool[at]
    i = 1
    while i < size:
        some[i] = pool[first + int(random(rng) * (stop - first))]
        fresh = True
        for j in range(i):
            fresh = fresh and some[j] != some[i]
        i += fresh
    return max(1, size)
