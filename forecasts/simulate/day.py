"""One simulated day, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from centre.errors import InputError
from forecasts.simulate import kernel
from forecasts.simulate.contacts import Contacts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Routing = Literal["longest_idle", "most_specialised", "given_order"]


@dataclass(frozen=True)
class Floor:
    """Who serves whom.

    Attributes
    ----------
    skills : for each group of agents, its queues by number (in order of preference for `given_order`).
    queues : number of queues.
    routing : which of several groups with somebody idle answers: who has been idle longest, the group with the fewest
        skills, or the first of `order`.
    order : for `given_order`, the groups of each queue in order.
    priority : of each queue, 1 is served first; equal ones by who has waited longest.
    speed : [groups, queues], handle times are divided by it.
    """

    skills: tuple[tuple[int, ...], ...]
    queues: int
    routing: Routing = "longest_idle"
    order: tuple[tuple[int, ...], ...] = ()
    priority: tuple[int, ...] = ()
    speed: Floats | None = None


@dataclass(frozen=True)
class DayRun:
    """What happened to each contact (those who came back are appended), and how busy each group was.

    Attributes
    ----------
    queue, arrival, wait_s : of each contact.
    outcome : `kernel.ANSWERED`, `ABANDONED` or `LEFT_WAITING` (still waiting at the end).
    group : who answered, -1 nobody.
    began : second at which it was answered, NaN if it was not.
    busy_s : [groups, intervals].
    """

    queue: Ints
    arrival: Floats
    wait_s: Floats
    outcome: Ints
    group: Ints
    began: Floats
    busy_s: Floats

    def since(self, second: float) -> "DayRun":
        """The contacts that came from a second on (to leave a warm-up out); busy time stays whole."""
        late = self.arrival >= second
        return DayRun(
            self.queue[late],
            self.arrival[late],
            self.wait_s[late],
            self.outcome[late],
            self.group[late],
            self.began[late],
            self.busy_s,
        )


def simulate(floor: Floor, staff: NDArray[np.integer], borders: Floats, contacts: Contacts) -> DayRun:
    """Let contacts meet agents.

    Parameters
    ----------
    floor : who serves whom.
    staff : agents of each group in each interval, [groups, intervals]. A busy agent finishes before leaving.
    borders : second at which each interval begins, and the end, [intervals + 1].
    contacts : drawn, or of a record.

    Raises
    ------
    InputError : when shapes do not agree or a staffing is negative.
    """
    if staff.shape != (len(floor.skills), borders.size - 1):
        wanted = (len(floor.skills), borders.size - 1)
        raise InputError(f"staff is [groups, intervals], here {wanted}, not {staff.shape}")
    if np.any(staff < 0):
        raise InputError("staff: whole numbers from 0")
    first = contacts.arrival.size
    returning = int(np.isfinite(contacts.returns_after_s).sum())
    size = first + 3 * returning
    arrival, handle, patience, returns = (
        _extended(values, size)
        for values in (contacts.arrival, contacts.handle_s, contacts.patience_s, contacts.returns_after_s)
    )
    queue = np.resize(contacts.queue, size)
    outcome, group = np.zeros(size, np.int64), np.full(size, -1, np.int64)
    wait, began = np.zeros(size), np.full(size, np.nan)
    busy = np.zeros(staff.shape)
    by_queue, by_group = _preferences(floor)
    kernel.run(
        arrival,
        queue,
        handle,
        patience,
        returns,
        first,
        np.ascontiguousarray(borders, dtype=np.float64),
        np.ascontiguousarray(staff, dtype=np.int64),
        by_queue,
        by_group,
        np.ones((len(floor.skills), floor.queues)) if floor.speed is None else np.ascontiguousarray(floor.speed, float),
        np.array(floor.priority or [1] * floor.queues, dtype=np.int64),
        kernel.LONGEST_IDLE if floor.routing == "longest_idle" else kernel.GIVEN_ORDER,
        outcome,
        wait,
        group,
        began,
        busy,
    )
    if not returning:
        return DayRun(queue, arrival, wait, outcome, group, began, busy)
    met = outcome > 0
    return DayRun(queue[met], arrival[met], wait[met], outcome[met], group[met], began[met], busy)


def _extended(values: Floats, size: int) -> Floats:
    """A copy of the values, followed by room for those who come back, filled by repeating them from the start."""
    return np.resize(values, size)


def _preferences(floor: Floor) -> tuple[Ints, Ints]:
    def padded(rows: Sequence[Sequence[int]], count: int) -> Ints:
        table = np.full((count, max((len(row) for row in rows), default=0) or 1), -1, np.int64)
        for number, row in enumerate(rows):
            table[number, : len(row)] = row
        return table

    able = [[g for g, skills in enumerate(floor.skills) if queue in skills] for queue in range(floor.queues)]
    if floor.routing == "most_specialised":
        able = [sorted(groups, key=lambda g: len(floor.skills[g])) for groups in able]
    elif floor.routing == "given_order" and floor.order:
        able = [list(groups) for groups in floor.order]
    return padded(able, floor.queues), padded(floor.skills, len(floor.skills))
