"""The clock of the live floor: the only place of the package where the real time is read."""

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """What time it is, and how to wait."""

    def now(self) -> int:
        """This moment, UTC microseconds since 1970."""
        ...

    def sleep(self, seconds: float) -> None:
        """Do nothing for a while."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        return time.time_ns() // 1000

    def sleep(self, seconds: float) -> None:
        time.sleep(max(seconds, 0.0))


@dataclass
class ManualClock:
    """A clock that moves when it is told to, or slept on: for tests and for rehearsals faster than life.

    Attributes
    ----------
    at : this moment, UTC microseconds.
    """

    at: int

    def now(self) -> int:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += round(seconds * 1_000_000)
