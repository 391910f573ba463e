"""Several futures of one floor, simulated one after the other: what they share is made once.

A projection tries a few hundred contacts some twenty times; making tables and room for each run anew would take five
times as long as the runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from centre.errors import InputError
from centre.said import Said
from forecasts.simulate import kernel
from forecasts.simulate.contacts import Contacts, Floats, Ints
from forecasts.simulate.day import Floor, Small, rules_of
from forecasts.simulate.tables import People, empty_state


@dataclass(frozen=True)
class Futures:
    """Contacts of several futures end to end; nobody comes again.

    Attributes
    ----------
    arrival, queue, handle_s, patience_s : as in `Contacts`, [contacts of all futures].
    first : where each future's contacts begin, and the end, [futures + 1].
    """

    arrival: Floats
    queue: Ints
    handle_s: Floats
    patience_s: Floats
    first: Ints

    @classmethod
    def of(cls, contacts: Sequence[Contacts]) -> "Futures":
        """Each future's contacts, in order of arrival, none of whom comes again."""
        assert all(one.returns_after_s is None for one in contacts)
        return cls(
            _joined([one.arrival for one in contacts], np.float64),
            _joined([one.queue for one in contacts], np.int64),
            _joined([one.handle_s for one in contacts], np.float64),
            _joined([one.patience_s for one in contacts], np.float64),
            np.cumsum([0, *(one.arrival.size for one in contacts)]),
        )

    @property
    def future(self) -> Ints:
        """The future of each contact, [contacts]."""
        return np.repeat(np.arange(self.first.size - 1), np.diff(self.first))


def simulate_futures(floor: Floor, staff: NDArray[np.int64], borders: Floats, futures: Futures) -> tuple[Small, Floats]:
    """Let the contacts of every future meet its agents, as `simulate` does.

    Parameters
    ----------
    staff : agents of each group in each interval, [futures, groups, intervals].
    borders : second at which each interval begins, and the end, [intervals + 1].

    Returns
    -------
    Outcome (`kernel.ANSWERED` and so on; 0: came after the last border) and wait in seconds of each contact.

    Raises
    ------
    InputError : when shapes do not agree or a staffing is negative.
    """
    wanted = (len(floor.skills), borders.size - 1)
    if staff.shape != (futures.first.size - 1, *wanted):
        raise InputError(
            Said("staff is [groups, intervals], here {wanted}, not {shape}", wanted=wanted, shape=staff.shape[1:])
        )
    if (staff < 0).any():
        raise InputError(Said("staff: whole numbers from 0"))
    size = futures.arrival.size
    leaves_as, outcome = np.full(size, kernel.ABANDONED, np.int8), np.zeros(size, np.int8)
    follower, wait, group = np.empty(size, np.int64), np.empty(size), np.full(size, -1, np.int16)
    nobody = np.empty(0, np.int64), np.zeros(floor.queues + 1, np.int64)
    rules, state, busy = rules_of(floor, *nobody), empty_state(staff, floor.queues, 0), np.zeros(wanted)
    routing = kernel.LONGEST_IDLE if floor.routing == "longest_idle" else kernel.GIVEN_ORDER
    edges = np.ascontiguousarray(borders, dtype=np.float64)
    ends = futures.first.tolist()
    for number, plan in enumerate(np.ascontiguousarray(staff, dtype=np.int64)):
        part = slice(ends[number], ends[number + 1])
        patience = futures.patience_s[part]
        people = People(
            futures.arrival[part], futures.queue[part], futures.handle_s[part], patience, patience, leaves_as[part],
            follower[part], outcome[part], wait[part], group[part],
        )  # fmt: skip
        state.head.fill(-1)
        for counts in (state.idle_first, state.idle_count, state.engaged):
            counts.fill(0)
        kernel.run(people, ends[number + 1] - ends[number], rules, routing, edges, plan, state, busy)
    return outcome, wait


def _joined(parts: Sequence[NDArray[Any]], kind: type) -> NDArray[Any]:
    return np.concatenate([np.empty(0, kind), *parts])
