"""Ends the process when one step of its loop takes far too long: a supervisor starts a new one, which resumes."""

import faulthandler
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def exit_if_longer(seconds: float) -> Iterator[None]:
    """Within this block for longer than `seconds`: write every thread's stack to standard error, and exit with 1.

    A client library that hangs holds no lock we could ask it to release, and a lost loop sends no alert. Nothing is
    lost by leaving at any line: positions are committed together with what was made of the events.
    One block at a time in a process; 0 seconds or less watches nothing.
    """
    if seconds <= 0:
        yield
        return
    faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__ or 2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
