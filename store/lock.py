"""One run at a time on a site: a lock beside its files, given back by the system when its holder dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from centre.errors import BusyError
from centre.said import Said

FILE = ".paiban.lock"


@contextmanager
def site_lock(folder: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the site's lock while inside.

    Raises
    ------
    BusyError : another run holds it, and still does after `wait_s` seconds.
    """
    lock = FileLock(Path(folder) / FILE, timeout=wait_s)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(Said("another run is at work on {folder}; wait until it has ended", folder=folder)) from None
    try:
        yield
    finally:
        lock.release()
