"""The compiled event loop: contacts meet agents.

Four kinds of event, taken in order of time: a border at which staffing changes, a contact that ends, a contact that
comes back (callback or retrial), a contact that arrives. Waiting contacts stand first come, first served in their
queue; one whose patience has run out is passed over when its turn comes, with the wait it had, which changes nothing
for the others. Everything random is drawn before (handle times, patience, whether a caller tries again), so that two
floors can be compared on the same contacts.
"""

import numpy as np
from numpy.typing import NDArray

from centre.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ANSWERED, ABANDONED, LEFT_WAITING = 1, 2, 3

LONGEST_IDLE, GIVEN_ORDER = 0, 1


@compiled
def push(times: Floats, items: Ints, size: int, time: float, item: int) -> int:
    """Add to a binary heap by time; the arrays have room. Returns the new size."""
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if times[parent] <= time:
            break
        times[i], items[i] = times[parent], items[parent]
        i = parent
    times[i], items[i] = time, item
    return size + 1


@compiled
def pop(times: Floats, items: Ints, size: int) -> int:
    """Take the first off a binary heap (read `times[0]` and `items[0]` before). Returns the new size."""
    size -= 1
    time, item = times[size], items[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and times[child + 1] < times[child]:
            child += 1
        if times[child] >= time:
            break
        times[i], items[i] = times[child], items[child]
        i = child
    times[i], items[i] = time, item
    return size


@compiled
def first_waiting(
    now: float, queue: int, head: Ints, follower: Ints, since: Floats, patience: Floats, outcome: Ints, wait: Floats
) -> int:
    """The first contact of a queue that is still there, -1 for none; those who have left are noted on the way."""
    contact = int(head[queue])
    while contact >= 0 and since[contact] + patience[contact] <= now:
        outcome[contact] = ABANDONED
        wait[contact] = patience[contact]
        contact = int(follower[contact])
    head[queue] = contact
    return contact


@compiled
def choose_group(
    queue: int, groups: Ints, rule: int, idle_count: Ints, idle_since: Floats, idle_first: Ints, room: int
) -> int:
    """Which group answers: the first of the queue's order with somebody idle, or who has been idle longest."""
    best = -1
    since = np.inf
    for k in range(groups.shape[1]):
        group = int(groups[queue, k])
        if group < 0:
            break
        if idle_count[group] == 0:
            continue
        if rule == GIVEN_ORDER:
            return group
        mine = idle_since[group, idle_first[group] % room]
        if mine < since:
            since, best = mine, group
    return best


@compiled
def choose_queue(
    now: float,
    group: int,
    queues: Ints,
    priority: Ints,
    head: Ints,
    follower: Ints,
    since: Floats,
    patience: Floats,
    outcome: Ints,
    wait: Floats,
) -> int:
    """Which queue a free agent of a group serves: highest priority (1 first), then who has waited longest."""
    best = -1
    rank = 0
    earliest = np.inf
    for k in range(queues.shape[1]):
        queue = int(queues[group, k])
        if queue < 0:
            break
        contact = first_waiting(now, queue, head, follower, since, patience, outcome, wait)
        if contact < 0:
            continue
        if best < 0 or priority[queue] < rank or (priority[queue] == rank and since[contact] < earliest):
            best, rank, earliest = queue, int(priority[queue]), since[contact]
    return best


@compiled
def run(
    arrival: Floats,
    queue_of: Ints,
    handle: Floats,
    patience: Floats,
    returns_after: Floats,
    first: int,
    borders: Floats,
    staff: Ints,
    groups_of_queue: Ints,
    queues_of_group: Ints,
    speed: Floats,
    priority: Ints,
    rule: int,
    outcome: Ints,
    wait: Floats,
    server: Ints,
    began: Floats,
    busy: Floats,
) -> None:
    """Simulate one day; fills outcome, wait (seconds), server (group), began, and busy seconds [groups, intervals].

    Parameters
    ----------
    arrival, queue_of, handle, patience : the contacts by time, shape [contacts]; the first `first` of them arrive by
        themselves, the rest is room for those who come back (their patience is drawn, the others are filled in).
    returns_after : seconds after which a contact that gave up tries again (infinity: never), [contacts].
    borders : second at which each interval begins, and the end, [intervals + 1].
    staff : agents of each group in each interval, [groups, intervals]. Who is busy at a border where his group
        shrinks finishes first: no contact is cut off.
    groups_of_queue, queues_of_group : who serves whom in order of preference, padded with -1.
    speed : [groups, queues], 1 is the standard handle time, 0.8 takes longer.
    """
    contacts = arrival.shape[0]
    spare = first
    queues = priority.shape[0]
    groups = staff.shape[0]
    intervals = staff.shape[1]
    room = 1
    for group in range(groups):
        for interval in range(intervals):
            room = max(room, staff[group, interval])
    room += 1
    head = np.full(queues, -1, np.int64)
    tail = np.full(queues, -1, np.int64)
    follower = np.full(contacts, -1, np.int64)
    since = arrival
    idle_since = np.zeros((groups, room))
    idle_first = np.zeros(groups, np.int64)
    idle_count = np.zeros(groups, np.int64)
    engaged = np.zeros(groups, np.int64)
    end_time = np.empty(groups * room + 1)
    end_item = np.empty(groups * room + 1, np.int64)
    ends = 0
    back_time = np.empty(contacts + 1)
    back_item = np.empty(contacts + 1, np.int64)
    backs = 0
    nxt = 0
    interval = 0
    now = borders[0]
    while True:
        t_border = borders[interval] if interval <= intervals else np.inf
        t_end = end_time[0] if ends > 0 else np.inf
        t_back = back_time[0] if backs > 0 else np.inf
        t_arrival = arrival[nxt] if nxt < first else np.inf
        now = min(min(t_border, t_end), min(t_back, t_arrival))
        if now == np.inf or (interval > intervals and ends == 0):
            break
        if t_border <= now:
            if interval == intervals:
                for group in range(groups):
                    idle_count[group] = 0
                interval += 1
                continue
            for group in range(groups):
                wanted = staff[group, interval]
                while engaged[group] + idle_count[group] > wanted and idle_count[group] > 0:
                    idle_count[group] -= 1
                while engaged[group] + idle_count[group] < wanted:
                    slot = (idle_first[group] + idle_count[group]) % room
                    idle_since[group, slot] = now
                    idle_count[group] += 1
            interval += 1
            for group in range(groups):
                while idle_count[group] > 0:
                    queue = choose_queue(
                        now, group, queues_of_group, priority, head, follower, since, patience, outcome, wait
                    )
                    if queue < 0:
                        break
                    contact = head[queue]
                    head[queue] = follower[contact]
                    idle_first[group] = (idle_first[group] + 1) % room
                    idle_count[group] -= 1
                    engaged[group] += 1
                    outcome[contact] = ANSWERED
                    wait[contact] = now - since[contact]
                    server[contact] = group
                    began[contact] = now
                    ends = push(end_time, end_item, ends, now + handle[contact] / speed[group, queue], contact)
            continue
        if t_end <= now:
            contact = end_item[0]
            ends = pop(end_time, end_item, ends)
            group = server[contact]
            book(busy, borders, group, began[contact], now)
            wanted = staff[group, interval - 1] if 0 < interval <= intervals else 0
            if engaged[group] + idle_count[group] > wanted:
                engaged[group] -= 1
                continue
            queue = choose_queue(now, group, queues_of_group, priority, head, follower, since, patience, outcome, wait)
            if queue < 0:
                engaged[group] -= 1
                slot = (idle_first[group] + idle_count[group]) % room
                idle_since[group, slot] = now
                idle_count[group] += 1
                continue
            contact = head[queue]
            head[queue] = follower[contact]
            outcome[contact] = ANSWERED
            wait[contact] = now - since[contact]
            server[contact] = group
            began[contact] = now
            ends = push(end_time, end_item, ends, now + handle[contact] / speed[group, queue], contact)
            continue
        if t_back <= now:
            gone = back_item[0]
            backs = pop(back_time, back_item, backs)
            if outcome[gone] == ANSWERED or spare == contacts or interval > intervals:
                continue
            contact = spare
            spare += 1
            arrival[contact], queue_of[contact], handle[contact] = now, queue_of[gone], handle[gone]
        else:
            contact = nxt
            nxt += 1
        queue = queue_of[contact]
        group = choose_group(queue, groups_of_queue, rule, idle_count, idle_since, idle_first, room)
        if group >= 0:
            idle_first[group] = (idle_first[group] + 1) % room
            idle_count[group] -= 1
            engaged[group] += 1
            outcome[contact] = ANSWERED
            wait[contact] = 0.0
            server[contact] = group
            began[contact] = now
            ends = push(end_time, end_item, ends, now + handle[contact] / speed[group, queue], contact)
            continue
        if first_waiting(now, queue, head, follower, since, patience, outcome, wait) < 0:
            head[queue] = contact
        else:
            follower[tail[queue]] = contact
        tail[queue] = contact
        if returns_after[contact] < np.inf:
            backs = push(back_time, back_item, backs, now + patience[contact] + returns_after[contact], contact)
    closing = float(borders[intervals])
    for queue in range(queues):
        contact = first_waiting(closing, queue, head, follower, since, patience, outcome, wait)
        while contact >= 0:
            left = since[contact] + patience[contact] <= closing
            outcome[contact] = ABANDONED if left else LEFT_WAITING
            wait[contact] = patience[contact] if left else closing - since[contact]
            contact = follower[contact]


@compiled
def book(busy: Floats, borders: Floats, group: int, begin: float, end: float) -> None:
    """Add the seconds [begin, end) to a group's busy time, interval by interval; after the last border to the last."""
    intervals = busy.shape[1]
    i, beyond = 0, intervals
    while beyond - i > 1:
        middle = (i + beyond) >> 1
        if borders[middle] <= begin:
            i = middle
        else:
            beyond = middle
    while i < intervals - 1 and begin < end:
        stop = min(end, borders[i + 1])
        busy[group, i] += max(0.0, stop - begin)
        begin = max(begin, stop)
        i += 1
    if begin < end:
        busy[group, intervals - 1] += end - begin
