"""One queue's history as days by wall-clock slots."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Outcomes:
    """What became of a queue's contacts, as far as the history tells; NaN where it does not, shape [days, slots] each.

    Attributes
    ----------
    answered, abandoned, answered_within : contacts.
    wait_s : total wait of the offered.
    agents, rostered : agents who served the queue, and those the roster had put there, on the mean of the slot.
    """

    answered: FloatArray
    abandoned: FloatArray
    answered_within: FloatArray
    wait_s: FloatArray
    agents: FloatArray
    rostered: FloatArray


@dataclass(frozen=True)
class Record:
    """What is known of one queue, by local day and wall-clock slot.

    Profiles are of wall-clock time: people call after breakfast, not at a UTC hour. An hour that occurs twice is
    the mean of its two, one that does not exist is unknown.

    Attributes
    ----------
    queue : its name.
    first_day : local day of row 0.
    grid_minutes : length of a slot.
    offered : contacts as they came, NaN where unknown, shape [days, slots].
    counts : the same as far as one can learn from it: outages and closed days unknown, outliers capped.
    answered : weights of `aht_s`, shape [days, slots].
    aht_s : mean handle time in seconds, NaN where none is known, shape [days, slots].
    closed : days on which the queue stayed closed, shape [days].
    open : whether a slot of a weekday (Monday 0) is open, shape [7, slots].
    outcomes : what became of the contacts; None where nothing was read of it.
    """

    queue: str
    first_day: date
    grid_minutes: int
    offered: FloatArray
    counts: FloatArray
    answered: FloatArray
    aht_s: FloatArray
    closed: BoolArray
    open: BoolArray
    outcomes: Outcomes | None = None

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.offered)

    @property
    def slots(self) -> int:
        """Slots of a day."""
        return int(self.offered.shape[1])

    def day(self, row: int) -> date:
        """The calendar day of a row."""
        return self.first_day + timedelta(days=row)
