"""One simulated day, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from centre.errors import InputError
from centre.said import Said
from forecasts.simulate import kernel
from forecasts.simulate.contacts import Contacts
from forecasts.simulate.tables import People, Rules, empty_state

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Small = NDArray[np.int8]
Number = TypeVar("Number", bound=np.generic)

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
    callback_queue : of each queue, the queue in which those who took a callback wait for it; the queue itself by
        default.
    """

    skills: tuple[tuple[int, ...], ...]
    queues: int
    routing: Routing = "longest_idle"
    order: tuple[tuple[int, ...], ...] = ()
    priority: tuple[int, ...] = ()
    speed: Floats | None = None
    callback_queue: tuple[int, ...] = ()


@dataclass(frozen=True)
class DayRun:
    """What happened to each contact (those who came back are appended), and how busy each group was.

    Attributes
    ----------
    queue, arrival, wait_s : of each contact.
    outcome : `kernel.ANSWERED`, `ABANDONED`, `CALLED_BACK` (took a callback; the callback itself is another contact) or
        `LEFT_WAITING` (still waiting at the end).
    group : who answered, -1 nobody.
    busy_s : [groups, intervals].
    """

    queue: Ints
    arrival: Floats
    wait_s: Floats
    outcome: Small
    group: NDArray[np.int16]
    busy_s: Floats

    @cached_property
    def began(self) -> Floats:
        """Second at which each contact was answered, NaN if it was not."""
        return np.where(self.outcome == kernel.ANSWERED, self.arrival + self.wait_s, np.nan)

    def since(self, second: float) -> "DayRun":
        """The contacts that came from a second on (to leave a warm-up out); busy time stays whole."""
        return self._those(self.arrival >= second)

    def _those(self, which: NDArray[np.bool_]) -> "DayRun":
        return DayRun(
            self.queue[which],
            self.arrival[which],
            self.wait_s[which],
            self.outcome[which],
            self.group[which],
            self.busy_s,
        )


def simulate(floor: Floor, staff: NDArray[np.integer], borders: Floats, contacts: Contacts) -> DayRun:
    """Let contacts meet agents. What arrives after the last border is left out.

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
        raise InputError(
            Said("staff is [groups, intervals], here {wanted}, not {shape}", wanted=wanted, shape=staff.shape)
        )
    if np.any(staff < 0):
        raise InputError(Said("staff: whole numbers from 0"))
    returns = contacts.returns_after_s
    room = 0 if returns is None else 64 + int(np.isfinite(returns).sum())
    while (day := _attempt(floor, staff, borders, contacts, room)) is None:
        room *= 4
    return day


def _attempt(floor: Floor, staff: NDArray[np.integer], borders: Floats, contacts: Contacts, room: int) -> DayRun | None:
    """One run with room for so many who come back; None if more did."""
    first = contacts.arrival.size
    size = first + room
    queues = floor.queues
    arrival, handle, patience, returns, queue = (
        contacts.arrival, contacts.handle_s, contacts.patience_s, contacts.patience_s, contacts.queue
    )  # fmt: skip
    leaves_as = np.full(size, kernel.ABANDONED, np.int8)
    if room:
        returns = contacts.patience_s if contacts.returns_after_s is None else contacts.returns_after_s
        arrival, handle, patience, returns = (_with_room(part, size) for part in (arrival, handle, patience, returns))
        queue = _with_room(queue, size)
        if contacts.callback is not None:
            leaves_as[:first][contacts.callback] = kernel.CALLED_BACK
    of_queue = np.argsort(contacts.queue, kind="stable") if room else np.empty(0, np.int64)
    from_queue = np.searchsorted(contacts.queue[of_queue], np.arange(queues + 1))
    outcome, group, wait = np.zeros(size, np.int8), np.full(size, -1, np.int16), np.empty(size)
    people = People(
        arrival, queue, handle, patience, returns, leaves_as, np.empty(size, np.int64), outcome, wait, group
    )
    plan = np.ascontiguousarray(staff, dtype=np.int64)
    busy = np.zeros(plan.shape)
    used = kernel.run(
        people,
        first,
        rules_of(floor, of_queue, from_queue),
        kernel.LONGEST_IDLE if floor.routing == "longest_idle" else kernel.GIVEN_ORDER,
        np.ascontiguousarray(borders, dtype=np.float64),
        plan,
        empty_state(plan, queues, room),
        busy,
    )
    if used < 0:
        return None
    day = DayRun(queue, arrival, wait, outcome, group, busy)
    late = first > 0 and arrival[first - 1] >= borders[-1]
    return day._those(outcome > 0) if room or late else day


def _with_room(values: NDArray[Number], size: int) -> NDArray[Number]:
    """A copy of the values, followed by room for those who come back."""
    longer = np.empty(size, values.dtype)
    longer[: values.size] = values
    return longer


def rules_of(floor: Floor, of_queue: Ints, from_queue: Ints) -> Rules:
    """Who serves whom, as the event loop reads it; `of_queue` and `from_queue` as in `Rules`."""

    def padded(rows: Sequence[Sequence[int]], count: int) -> Ints:
        table = np.full((count, max((len(row) for row in rows), default=0) or 1), -1, np.int64)
        for number, row in enumerate(rows):
            table[number, : len(row)] = row
        return table

    groups, queues = len(floor.skills), floor.queues
    able = [[g for g, skills in enumerate(floor.skills) if queue in skills] for queue in range(queues)]
    if floor.routing == "most_specialised":
        able = [sorted(groups, key=lambda g: len(floor.skills[g])) for groups in able]
    elif floor.routing == "given_order" and floor.order:
        able = [list(groups) for groups in floor.order]
    return Rules(
        groups_of_queue=padded(able, queues),
        queues_of_group=padded(floor.skills, groups),
        pace=np.ones((groups, queues)) if floor.speed is None else np.ascontiguousarray(1.0 / floor.speed, float),
        priority=np.array(floor.priority or [1] * queues, dtype=np.int64),
        callback_queue=np.array(floor.callback_queue or range(queues), dtype=np.int64),
        of_queue=of_queue,
        from_queue=from_queue.astype(np.int64),
    )
