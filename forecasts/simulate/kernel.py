"""The compiled event loop: contacts meet agents.

Four kinds of event, taken in order of time: a border at which staffing changes, a contact that ends, a contact that
comes back (callback or retrial), a contact that arrives. Waiting contacts stand first come, first served in their
queue; one who has left is passed over when its turn comes, with the wait it had, which changes nothing for the others.
Everything random is drawn before (handle times, patience, whether a caller tries again), so that two floors can be
compared on the same contacts.
"""

import numpy as np

from centre.compiled import compiled_bare
from forecasts.simulate.heap import pop, push, replace_first
from forecasts.simulate.tables import Floats, Ints, People, Rules, State

ANSWERED, ABANDONED, LEFT_WAITING, CALLED_BACK = 1, 2, 3, 4

LONGEST_IDLE, GIVEN_ORDER = 0, 1

GONE = -1
"""In place of the group of an agent who leaves after the contact in hand."""


@compiled_bare
def run(
    people: People, first: int, rules: Rules, rule: int, borders: Floats, staff: Ints, state: State, busy: Floats
) -> int:
    """Simulate one day; fills the outcome, wait and server of all contacts and busy seconds [groups, intervals].

    Parameters
    ----------
    people : the contacts; `first` of them arrive by themselves, the rest is room.
    rule : LONGEST_IDLE or GIVEN_ORDER, which of several groups with somebody idle answers.
    borders : second at which each interval begins, and the end, [intervals + 1].
    staff : agents of each group in each interval, [groups, intervals]. Where a group shrinks the idle go first;
        who goes and is busy finishes the contact in hand, and the others go on: no contact is cut off.
    state : as `empty_state` makes it.

    Returns
    -------
    The number of contacts, those who came back included; -1 when there was no room for all of these.
    """
    arrival, outcome = people.arrival, people.outcome
    groups, intervals = staff.shape
    spare, ends, backs, nxt, interval = first, 0, 0, 0, 0
    t_border, t_back = borders[0], np.inf
    t_arrival = arrival[0] if first > 0 else np.inf
    while True:
        t_end = state.end_time[0] if ends > 0 else np.inf
        if min(t_end, t_border) <= min(t_arrival, t_back):
            if t_end < t_border:
                group = state.end_group[0]
                if group == GONE:
                    ends = pop(state.end_time, state.end_group, ends)
                    continue
                wanted = staff[group, interval - 1] if interval <= intervals else 0
                ends = at_end(t_end, group, wanted, people, rules, borders, interval - 1, state, ends, busy)
                continue
            if t_border == np.inf:
                break
            if interval == intervals:
                for group in range(groups):
                    state.idle_count[group] = 0
                t_border, t_arrival, t_back = np.inf, np.inf, np.inf
                interval += 1
                continue
            ends = at_border(t_border, people, rules, borders, staff, interval, state, ends, busy)
            interval += 1
            t_border = borders[interval]
            continue
        if t_back <= t_arrival:
            now = t_back
            gone = state.back_item[0]
            backs = pop(state.back_time, state.back_item, backs)
            t_back = state.back_time[0] if backs > 0 else np.inf
            if outcome[gone] == ANSWERED:
                continue
            if spare == arrival.shape[0]:
                return -1
            contact = spare
            spare += 1
            come_back(contact, gone, now, people, rules)
        else:
            now = t_arrival
            contact = nxt
            nxt += 1
            t_arrival = arrival[nxt] if nxt < first else np.inf
        queue = people.queue[contact]
        group = choose_group(queue, rule, rules, state)
        if group >= 0:
            take_idle(group, state)
            until = answer(now, contact, group, queue, people, rules, borders, interval - 1, busy)
            ends = push(state.end_time, state.end_group, ends, until, group)
            continue
        stand_in_line(contact, queue, people, state)
        if arrival.shape[0] > first and people.returns_after[contact] < np.inf:
            if backs == state.back_time.shape[0]:
                return -1
            due = now + people.patience[contact] + people.returns_after[contact]
            backs = push(state.back_time, state.back_item, backs, due, contact)
            t_back = state.back_time[0]
    clear(float(borders[intervals]), people, state)
    return spare


@compiled_bare
def at_border(
    now: float, people: People, rules: Rules, borders: Floats, staff: Ints, interval: int, state: State, ends: int,
    busy: Floats,
) -> int:  # fmt: skip
    """Staff of a new interval: some leave or come, those who come take who waits. Returns the size of the heap.

    Of those who leave the idle go at once, the others when they have finished.
    """
    for group in range(staff.shape[0]):
        wanted = staff[group, interval]
        if state.engaged[group] > wanted:
            let_go(group, state.engaged[group] - wanted, ends, state)
        state.idle_count[group] = min(state.idle_count[group], max(0, wanted - state.engaged[group]))
        while state.engaged[group] + state.idle_count[group] < wanted:
            sit_down(now, group, state)
    for group in range(staff.shape[0]):
        while state.idle_count[group] > 0:
            queue = choose_queue(now, group, people, rules, state)
            if queue < 0:
                break
            take_idle(group, state)
            contact = step_out(queue, people, state)
            until = answer(now, contact, group, queue, people, rules, borders, interval, busy)
            ends = push(state.end_time, state.end_group, ends, until, group)
    return ends


@compiled_bare
def at_end(
    now: float, group: int, wanted: int, people: People, rules: Rules, borders: Floats, interval: int, state: State,
    ends: int, busy: Floats,
) -> int:  # fmt: skip
    """Who has finished goes home, takes the next, or sits idle. Returns the size of the heap."""
    if state.engaged[group] + state.idle_count[group] <= wanted:
        queue = choose_queue(now, group, people, rules, state)
        if queue >= 0:
            contact = step_out(queue, people, state)
            until = answer(now, contact, group, queue, people, rules, borders, interval, busy)
            replace_first(state.end_time, state.end_group, ends, until, group)
            return ends
        sit_down(now, group, state)
    state.engaged[group] -= 1
    return pop(state.end_time, state.end_group, ends)


@compiled_bare
def answer(
    now: float, contact: int, group: int, queue: int, people: People, rules: Rules, borders: Floats, interval: int,
    busy: Floats,
) -> float:  # fmt: skip
    """Note that a contact is answered. Returns when it ends; its seconds are booked interval by interval.

    What runs on after the last border counts to the last interval.
    """
    people.outcome[contact] = ANSWERED
    people.wait[contact] = now - people.arrival[contact]
    people.server[contact] = group
    until = now + people.handle[contact] * rules.pace[group, queue]
    begin, last = now, busy.shape[1] - 1
    while interval < last and until > borders[interval + 1]:
        busy[group, interval] += borders[interval + 1] - begin
        begin = borders[interval + 1]
        interval += 1
    busy[group, interval] += until - begin
    return float(until)


@compiled_bare
def let_go(group: int, count: int, ends: int, state: State) -> None:
    """So many of the busy ones of a group take no contact after the one they have: a systematic sample of them.

    Where it starts comes from the fraction of a second at which the next contact ends, which nothing else looks at.
    """
    engaged = state.engaged[group]
    run = state.end_time[0] * 997.0 % 1.0
    for i in range(ends):
        if state.end_group[i] == group:
            run += count / engaged
            if run >= 1.0:
                run -= 1.0
                state.end_group[i] = GONE
                state.engaged[group] -= 1


@compiled_bare
def sit_down(now: float, group: int, state: State) -> None:
    """One more of a group is idle from now on."""
    room = state.idle_since.shape[1]
    slot = state.idle_first[group] + state.idle_count[group]
    state.idle_since[group, slot if slot < room else slot - room] = now
    state.idle_count[group] += 1


@compiled_bare
def take_idle(group: int, state: State) -> None:
    """Who has been idle longest in a group becomes busy."""
    after = state.idle_first[group] + 1
    state.idle_first[group] = after if after < state.idle_since.shape[1] else 0
    state.idle_count[group] -= 1
    state.engaged[group] += 1


@compiled_bare
def stand_in_line(contact: int, queue: int, people: People, state: State) -> None:
    """At the end of the queue."""
    people.follower[contact] = -1
    if state.head[queue] < 0:
        state.head[queue] = contact
    else:
        people.follower[state.tail[queue]] = contact
    state.tail[queue] = contact


@compiled_bare
def step_out(queue: int, people: People, state: State) -> int:
    """The first of the line, no longer in it."""
    contact = state.head[queue]
    state.head[queue] = people.follower[contact]
    return int(contact)


@compiled_bare
def come_back(contact: int, gone: int, now: float, people: People, rules: Rules) -> None:
    """A contact that left comes again: for its callback, or trying again with the patience of another of its queue."""
    queue = people.queue[gone]
    people.arrival[contact], people.handle[contact] = now, people.handle[gone]
    if people.leaves_as[gone] == CALLED_BACK:
        people.queue[contact] = rules.callback_queue[queue]
        people.patience[contact], people.returns_after[contact] = np.inf, np.inf
        return
    people.queue[contact] = queue
    begin, end = rules.from_queue[queue], rules.from_queue[queue + 1]
    # Knuth's multiplicative hash of the number scatters it over the queue's contacts.
    like = rules.of_queue[begin + (contact * 2654435761 % 4294967296) * (end - begin) // 4294967296]
    people.patience[contact], people.returns_after[contact] = people.patience[like], people.returns_after[like]
    people.leaves_as[contact] = people.leaves_as[like]


@compiled_bare
def first_waiting(now: float, queue: int, people: People, state: State) -> int:
    """The first contact of a queue that is still there, -1 for none; those who have left are noted on the way."""
    contact = state.head[queue]
    while contact >= 0 and people.arrival[contact] + people.patience[contact] <= now:
        people.outcome[contact] = people.leaves_as[contact]
        people.wait[contact] = people.patience[contact]
        contact = people.follower[contact]
    state.head[queue] = contact
    return int(contact)


@compiled_bare
def choose_group(queue: int, rule: int, rules: Rules, state: State) -> int:
    """Which group answers: the first of the queue's order with somebody idle, or who has been idle longest."""
    groups = rules.groups_of_queue
    best, since = -1, np.inf
    for k in range(groups.shape[1]):
        group = groups[queue, k]
        if group < 0:
            break
        if state.idle_count[group] == 0:
            continue
        if rule == GIVEN_ORDER:
            return int(group)
        mine = state.idle_since[group, state.idle_first[group]]
        if mine < since:
            since, best = mine, group
    return int(best)


@compiled_bare
def choose_queue(now: float, group: int, people: People, rules: Rules, state: State) -> int:
    """Which queue a free agent of a group serves: highest priority (1 first), then who has waited longest."""
    queues = rules.queues_of_group
    best, rank, earliest = -1, 0, np.inf
    for k in range(queues.shape[1]):
        queue = queues[group, k]
        if queue < 0:
            break
        if state.head[queue] < 0:
            continue
        contact = first_waiting(now, queue, people, state)
        if contact < 0:
            continue
        mine, since = rules.priority[queue], people.arrival[contact]
        if best < 0 or mine < rank or (mine == rank and since < earliest):
            best, rank, earliest = queue, mine, since
    return int(best)


@compiled_bare
def clear(closing: float, people: People, state: State) -> None:
    """The end of the day: who still waits has left by now, or is left waiting."""
    for queue in range(state.head.shape[0]):
        contact = first_waiting(closing, queue, people, state)
        while contact >= 0:
            left = people.arrival[contact] + people.patience[contact] <= closing
            people.outcome[contact] = people.leaves_as[contact] if left else LEFT_WAITING
            people.wait[contact] = people.patience[contact] if left else closing - people.arrival[contact]
            contact = people.follower[contact]
