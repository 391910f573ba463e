"""What the event loop works on: plain arrays under names. The loop allocates nothing, so all room is made here."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Smalls = NDArray[np.int8]


class People(NamedTuple):
    """Contacts by time, [contacts]: the first arrive by themselves, the rest is room for those who come back.

    Attributes
    ----------
    arrival, queue, handle, patience : seconds, number of the queue, seconds, seconds.
    returns_after : seconds after which a contact that left comes again (infinity: never); not looked at where there is
        no room for those who come back.
    leaves_as : ABANDONED or CALLED_BACK, what a contact does whose patience has run out.
    follower : who stands behind in the line.
    outcome, wait, server : what happened; the group that answered.
    """

    arrival: Floats
    queue: Ints
    handle: Floats
    patience: Floats
    returns_after: Floats
    leaves_as: Smalls
    follower: Ints
    outcome: Smalls
    wait: Floats
    server: NDArray[np.int16]


class Rules(NamedTuple):
    """Who serves whom, in what order.

    Attributes
    ----------
    groups_of_queue, queues_of_group : in order of preference, padded with -1.
    pace : handle times are multiplied with it, [groups, queues].
    priority : 1 is served first, [queues].
    callback_queue : where a contact of each queue waits for its callback, [queues].
    of_queue, from_queue : the first contacts sorted by queue, and where each queue's begin, [queues + 1]: a caller who
        tries again is as patient as one of these.
    """

    groups_of_queue: Ints
    queues_of_group: Ints
    pace: Floats
    priority: Ints
    callback_queue: Ints
    of_queue: Ints
    from_queue: Ints


class State(NamedTuple):
    """The lines, the desks and what is to come.

    Attributes
    ----------
    head, tail : first and last of each line, -1: nobody, [queues].
    idle_since : a ring for each group, [groups, most idle].
    idle_first, idle_count, engaged : where the ring begins, how many are idle, and busy, [groups].
    end_time, end_group : heap of contacts that end.
    back_time, back_item : heap of contacts that come again.
    """

    head: Ints
    tail: Ints
    idle_since: Floats
    idle_first: Ints
    idle_count: Ints
    engaged: Ints
    end_time: Floats
    end_group: Ints
    back_time: Floats
    back_item: Ints


def empty_state(staff: NDArray[np.int64], queues: int, room: int) -> State:
    """Nobody there yet, and room for the most that can be.

    Parameters
    ----------
    staff : agents of each group in each interval, [..., groups, intervals]: of one day, or of each of several.
    room : how many contacts may come back.
    """
    groups = staff.shape[-2]
    most = staff.max(axis=-1, initial=0)
    # Those who leave may still be busy when others come.
    leaving = np.maximum(0, staff[..., :-1] - staff[..., 1:]).sum(axis=(-2, -1))
    seats = int((most.sum(axis=-1) + leaving).max(initial=0)) + 1
    none = np.full((2, queues), -1, np.int64)
    counts = np.zeros((3, groups), np.int64)
    idle = np.zeros((groups, int(most.max(initial=0)) + 1))
    ends, end_groups = np.empty(seats), np.empty(seats, np.int64)
    return State(
        none[0], none[1], idle, counts[0], counts[1], counts[2], ends, end_groups, np.empty(room + 1),
        np.empty(room + 1, np.int64),
    )  # fmt: skip
