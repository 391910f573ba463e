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
from desk.actions import horizon as horizon_of
from desk.actions import make_roster, open_place
from desk.actions.planning import forecast, staff
from desk.actions.scenarios import Wanted, roster_of_scenario
from scheduler.progress import Progress

KEPT = 50
Send = Callable[[dict[str, Any]], None]


@dataclass
class Job:
    """A piece of work: waiting, running, done or failed, with the last thing it said."""

    kind: str
    by: str
    at: datetime
    settings: Mapping[str, Any]
    number: str = field(default_factory=lambda: uuid4().hex[:12])
    state: str = "waiting"
    progress: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] | None = None
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        """For the API."""
        return {
            "job": self.number,
            "kind": self.kind,
            "by": self.by,
            "at": self.at.isoformat(),
            "state": self.state,
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

    def _run(self, job: Job) -> None:
        with self._turn:
            if self._stopped:
                return
            context = multiprocessing.get_context("spawn")
            theirs, ours = context.Pipe()
            process = context.Process(
                target=work, args=(job.kind, self.folder, dict(job.settings), job.by, job.at, ours), daemon=True
            )
            process.start()
            ours.close()
            self._process, job.state = process, "running"
            try:
                while True:
                    told = theirs.recv()
                    job.progress = told.get("progress", job.progress)
                    job.result = told.get("result", job.result)
                    job.error = told.get("error", job.error)
            except (EOFError, OSError):
                process.join()
            done = job.result is not None and not job.error
            job.error = job.error or ("" if done else "it ended before it was done")
            job.state = "done" if done else "failed"


def work(kind: str, folder: Path, settings: dict[str, Any], by: str, at: datetime, pipe: Any) -> None:
    """What the other process does."""
    os.nice(5)
    try:
        pipe.send({"result": KINDS[kind](folder, settings, by, at, pipe.send)})
    except PaibanError as error:
        pipe.send({"error": str(error)})
    except Exception as error:
        pipe.send({"error": f"{type(error).__name__}: {error}"})  # a fault of ours: whoever waits is told all the same
        raise
    finally:
        pipe.close()


def _draft(folder: Path, settings: dict[str, Any], by: str, at: datetime, send: Send) -> dict[str, Any]:
    """A new draft roster: forecast, required staff, roster; published by hand later."""
    with open_place(folder, at) as place:
        days = horizon_of(place, settings.get("from"), int(settings["weeks"]))
        made = make_roster(
            place, days, seconds=float(settings["seconds"]), publish=False, on_progress=_progress(send), workers=2
        )
        return {
            "version": made.version,
            **{k: v for k, v in made.summary().items() if k not in ("files", "violations")},
        }


def _scenario(folder: Path, settings: dict[str, Any], by: str, at: datetime, send: Send) -> dict[str, Any]:
    wanted = Wanted.model_validate(settings["scenario"])
    with open_place(folder, at) as place:
        return roster_of_scenario(place, wanted, seconds=float(settings["seconds"]), on_progress=_progress(send))


def _forecast(folder: Path, settings: dict[str, Any], by: str, at: datetime, send: Send) -> dict[str, Any]:
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


KINDS: Mapping[str, Callable[[Path, dict[str, Any], str, datetime, Send], dict[str, Any]]] = {
    "draft": _draft,
    "scenario": _scenario,
    "forecast": _forecast,
}
"""What can be asked for."""
