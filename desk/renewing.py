"""Write out/ in the background: in a process of its own, one at a time, and once more where it was asked meanwhile."""

import logging
import multiprocessing
import os
import threading
from multiprocessing.process import BaseProcess
from pathlib import Path

log = logging.getLogger(__name__)
SETTLE_S = 1.0
"""So long is waited for the next version before all files are written: changes come in bursts."""


class Renewal:
    """Who writes out/ of a site in the background.

    Parameters
    ----------
    settle_s : how long is waited for more to do.
    """

    def __init__(self, folder: Path, settle_s: float = SETTLE_S) -> None:
        self.folder, self.settle_s = folder, settle_s
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._wanted = False
        self._thread: threading.Thread | None = None
        self._process: BaseProcess | None = None

    def ask(self) -> None:
        """Something was published; returns at once."""
        with self._lock:
            self._wanted = True
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._run, name="out", daemon=True)
                self._thread.start()

    def finish(self, seconds: float) -> None:
        """Wait so long for what was asked."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def stop(self) -> None:
        """End; what is not in place yet is written when the board starts again, or with the next version."""
        self._stopped.set()
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()

    def _run(self) -> None:
        while True:
            self._stopped.wait(self.settle_s)
            with self._lock:
                if not self._wanted or self._stopped.is_set():
                    self._thread = None
                    return
                self._wanted = False
            self._process = multiprocessing.get_context("spawn").Process(target=renew, args=(self.folder,), daemon=True)
            self._process.start()
            self._process.join()
            if self._process.exitcode and not self._stopped.is_set():
                log.warning("out/ of %s could not be written (exit %d)", self.folder, self._process.exitcode)


def renew(folder: Path) -> None:
    """What the other process does: write out/ as published now, where it speaks of something else."""
    from desk.actions.written_anew import write_published
    from desk.wiring import open_place

    os.nice(5)
    with open_place(folder) as place:
        write_published(place)
