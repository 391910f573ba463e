"""Slow down whoever guesses passwords: after a few failures each further one costs a longer wait."""

from collections import OrderedDict
from collections.abc import Callable

FREE = 5
LONGEST_S = 900.0
KNOWN = 10_000


class Throttle:
    """Failures by key (an account, an address), in the memory of this process.

    A restart forgets them: starting the board anew takes longer than the waits it would spare, and is noticed.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, *keys: str) -> float:
        """Seconds until one of these may try again; 0 for now."""
        return max(self._wait(key) for key in keys)

    def failed(self, *keys: str) -> None:
        """Another failure of these."""
        now = self.clock()
        for key in keys:
            count, last = self._failures.pop(key, (0, now))
            fresh = now - last > 2 * LONGEST_S
            self._failures[key] = (1 if fresh else count + 1, now)
        while len(self._failures) > KNOWN:
            self._failures.popitem(last=False)

    def succeeded(self, *keys: str) -> None:
        """These have nothing to wait for any more."""
        for key in keys:
            self._failures.pop(key, None)

    def _wait(self, key: str) -> float:
        count, last = self._failures.get(key, (0, 0.0))
        if count < FREE:
            return 0.0
        return max(0.0, last + min(LONGEST_S, 2.0 ** (count - FREE + 1)) - self.clock())
