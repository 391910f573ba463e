"""Python's collector of cycles, kept out of the hot loop.

The engine's state is many small objects that live long and form no cycles; each time the collector looks at them it
finds nothing, and under load that took a third of the time. So it is switched off while the engine runs, and called
between two turns: when much is new, and once a minute.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

MUCH = 1_000_000
"""Objects that came and did not go, after which the young ones are looked at."""

EVERY_S = 60.0


@contextmanager
def collected_between_turns() -> Iterator[Callable[[], None]]:
    """While the block runs, cycles are collected only where the function it is given is called."""
    was_on = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    last = monotonic()

    def between() -> None:
        nonlocal last
        if monotonic() > last + EVERY_S:
            gc.collect()
            last = monotonic()
        elif gc.get_count()[0] > MUCH:
            gc.collect(1)

    try:
        yield between
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()
