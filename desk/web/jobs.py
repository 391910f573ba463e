"""Long work in a process of its own, one at a time, with progress: no page waits for a solver."""

import multiprocessing
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from centre.errors import PaibanError
from centre.library_words import said_by
from centre.said import Said
from desk.actions import horizon as horizon_of
from desk.actions import make_roster, open_place
from desk.actions.planning import forecast, staff
from desk.actions.rostering import Stopped
from desk.actions.scenarios import Wanted, roster_of_scenario
from scheduler.progress import Progress

KEPT = 50
Send = Callable[[dict[str, Any]], None]


@dataclass
class Job:
    """A piece of work: waiting, running, done, failed or cancelled, with the last thing it said.

    `stopping` is a search that was asked to end with the best it has; its result says so as `stopped`.
    """

    kind: str
    by: str
    at: datetime
    settings: Mapping[str, Any]
    number: str = field(default_factory=lambda: uuid4().hex[:12])
    state: str = "waiting"
    progress: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] | None = None
    error: str = ""
    stopping: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state not in ("waiting", "running")

    def to_json(self) -> dict[str, Any]:
        """For the API."""
        return {
            "job": self.number,
            "kind": self.kind,
            "by": self.by,
            "at": self.at.isoformat(),
            "state": self.state,
            "stopping": self.stopping and not self.over,
            "settings": dict(self.settings),
            "progress": self.progress,
            "result": self.result,
            "error": self.error,
        }


class Jobs:
    """The jobs of one board. Each runs in a fresh process; the next one waits for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.all: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._running: Job | None = None
        self._enough: Any = None
        self._stopped = False

    def start(self, job: Job) -> Job:
        """Put a job in line."""
        with self._lock:
            self.all[job.number] = job
            while len(self.all) > KEPT:
                self.all.popitem(last=False)
        threading.Thread(target=self._run, args=(job,), name=f"job {job.number}", daemon=True).start()
        return job

    def stop(self) -> None:
        """End what runs; nothing of it is half written."""
        self._stopped = True
        if self._process is not None and self._process.is_alive():
            self._process.terminate()

    def cancel(self, job: Job) -> None:
        """End a job: a search with the best it has, where it has something and is asked for the first time; else at
        once, and nothing of it is left. One that is over stays as it is."""
        with self._lock:
            if job.state == "waiting":
                job.state = "cancelled"
            elif job is self._running and self._process is not None and not job.over:
                if job.progress.get("objective") is not None and not job.stopping:
                    job.stopping = True
                    self._enough.set()
                else:
                    job.state = "cancelled"
                    self._process.terminate()

    def _run(self, job: Job) -> None:
        with self._turn:
            context = multiprocessing.get_context("spawn")
            theirs, ours = context.Pipe()
            with self._lock:
                if self._stopped or job.over:
                    return
                self._enough = context.Event()
                process = context.Process(
                    target=work, daemon=True,
                    args=(job.kind, self.folder, dict(job.settings), job.by, job.at, ours, self._enough),
                )  # fmt: skip
                process.start()
                self._process, self._running, job.state = process, job, "running"
            ours.close()
            try:
                while True:
                    told = theirs.recv()
                    job.progress = told.get("progress", job.progress)
                    job.result = told.get("result", job.result)
                    job.error = told.get("error", job.error)
            except (EOFError, OSError):
                process.join()
            with self._lock:
                self._running = None
                if job.state == "cancelled":
                    return
                done = job.result is not None and not job.error
                job.error = job.error or ("" if done else Said("it ended before it was done"))
                job.state = "done" if done else "failed"


def work(kind: str, folder: Path, settings: dict[str, Any], by: str, at: datetime, pipe: Any, enough: Any) -> None:
    """What the other process does. `enough` is an event: the search ends with what it has."""
    os.nice(5)
    try:
        made = KINDS[kind](folder, settings, by, at, pipe.send, enough.is_set)
        pipe.send({"result": {**made, "stopped": enough.is_set()}})
    except PaibanError as error:
        pipe.send({"error": said_by(error)})
    except Exception as error:  # a fault of ours: whoever waits is told all the same
        pipe.send({"error": Said("{kind}: {error}", kind=type(error).__name__, error=str(error))})
        raise
    finally:
        pipe.close()


def _draft(folder: Path, settings: dict[str, Any], by: str, at: datetime, send: Send, stop: Stopped) -> dict[str, Any]:
    """A new draft roster: forecast, required staff, roster; published by hand later."""
    with open_place(folder, at) as place:
        days = horizon_of(place, settings.get("from"), int(settings["weeks"]))
        made = make_roster(
            place,
            days,
            seconds=float(settings["seconds"]),
            publish=False,
            on_progress=_progress(send),
            workers=2,
            stop=stop,
        )
        return {
            "version": made.version,
            **{k: v for k, v in made.summary().items() if k not in ("files", "violations")},
        }


def _scenario(
    folder: Path, settings: dict[str, Any], by: str, at: datetime, send: Send, stop: Stopped
) -> dict[str, Any]:
    wanted = Wanted.model_validate(settings["scenario"])
    with open_place(folder, at) as place:
        return roster_of_scenario(
            place, wanted, seconds=float(settings["seconds"]), on_progress=_progress(send), stop=stop
        )


def _forecast(
    folder: Path, settings: dict[str, Any], by: str, at: datetime, send: Send, stop: Stopped
) -> dict[str, Any]:
    """Forecast and required staff anew, after special days or the history have changed."""
    from desk.actions.scenarios import run_in_force

    with open_place(folder, at) as place:
        days = run_in_force(place).horizon
        made = forecast(place, days)
        need = staff(place, days, made)
        return {"run": made.run, "requirement": need.version}


def _progress(send: Send) -> Callable[[Progress], None]:
    def told(progress: Progress) -> None:
        send(
            {
                "progress": {
                    "seconds": round(progress.seconds, 1),
                    "phase": str(progress.phase),
                    "objective": progress.objective,
                    "bound": progress.bound,
                    "gap": progress.gap,
                }
            }
        )

    return told


KINDS: Mapping[str, Callable[[Path, dict[str, Any], str, datetime, Send, Stopped], dict[str, Any]]] = {
    "draft": _draft,
    "scenario": _scenario,
    "forecast": _forecast,
}
"""What can be asked for."""
