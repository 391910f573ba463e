"""The night: validate, forecast, staff, roster, check, publish; one lock, one log line a step, one summary."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from centre.errors import InputError
from centre.grid import Horizon
from centre.said import Said
from desk import clock
from desk.actions.escalating import deliver_due
from desk.actions.figures import keep_figures
from desk.actions.leave import recheck_waiting
from desk.actions.planning import forecast, history_files, horizon, staff
from desk.actions.relaxing import consistent
from desk.actions.reporting import make_due_reports
from desk.actions.rostering import MadeRoster, Stopped, make_roster
from desk.compiling_ahead import compiling_ahead
from desk.wiring import Place, open_place
from scheduler.checks import Violation
from scheduler.progress import OnProgress
from store.lock import site_lock
from store.site_folder import validate_site

Step = TypeVar("Step")

REPORTS_BACK_DAYS = 2
"""Reports that were due in the last days and not made are made by night; older ones by `paiban report due`."""

FIGURES_BACK_DAYS = 28
"""Days whose key figures are kept from the floor's journal by night: shrinkage is estimated from their attendance."""


@dataclass(frozen=True)
class Night:
    """What a night came to. `made` is None when nothing that goes in had changed since `version`."""

    days: Horizon
    made: MadeRoster | None
    version: int

    @property
    def hard_violations(self) -> tuple[Violation, ...]:
        """Hard rules that tonight's roster breaks; it is then not published."""
        return self.made.hard_violations if self.made else ()

    def summary(self) -> dict[str, Any]:
        """For --json."""
        first, last = self.days.first_day, self.days.day(self.days.days - 1)
        head = {"from": str(first), "to": str(last), "changed": self.made is not None, "version": self.version}
        return {**head, **(self.made.summary() if self.made else {})}

    def words(self) -> Iterable[str]:
        """For people."""
        first, last = self.days.first_day, self.days.day(self.days.days - 1)
        if self.made is None:
            yield Said(
                "{first} to {last}: nothing has changed since version {version}, which stands (--again: anew)",
                first=first,
                last=last,
                version=self.version,
            )
            return
        yield Said("{first} to {last}", first=first, last=last)
        yield from self.made.words()


def nightly(
    folder: Path,
    *,
    from_day: date | None,
    weeks: int,
    seconds: float,
    seed: int,
    workers: int,
    again: bool,
    language: str,
    now: datetime,
    log: Callable[[str], None],
    on_progress: OnProgress | None = None,
    stop: Stopped = lambda: False,
    verified: bool = True,
) -> Night:
    """Run the night. Whatever fails, what was published before stands, and out/ shows it whole.

    Raises
    ------
    BusyError : another run holds the site's lock.
    InputError : anything wrong in any file, the history included.
    ContradictionError : the files contradict themselves, told before anything is made.
    """
    steps = _Steps(log)
    with site_lock(folder):
        steps.run(Said("validate"), lambda: _valid(folder))
        with open_place(folder, now) as place:
            place.language(language)
            days = horizon(place, from_day, weeks)
            steps.run(Said("attendance"), lambda: _keep_attendance(place))
            inputs = fingerprint(place, days, seconds, seed)
            known = place.plans.version_made_from(inputs)
            if known is not None and not again:
                steps.run(Said("reports"), lambda: _report(place, steps.log))
                return Night(days, None, known)
            steps.run(Said("contradictions"), lambda: consistent(place, days))
            with compiling_ahead(place):
                expected = steps.run(Said("forecast"), lambda: forecast(place, days, write=False))
                need = steps.run(Said("staff"), lambda: staff(place, days, expected, write=False))
            made = steps.run(
                Said("roster"),
                lambda: make_roster(
                    place,
                    days,
                    seconds=seconds,
                    seed=seed,
                    workers=workers,
                    language=language,
                    on_progress=on_progress,
                    stop=stop,
                    demand=(expected, need),
                    verified=verified,
                ),
            )
            if made.published:
                place.plans.remember_inputs(inputs, made.version)
                recheck_waiting(place, clock.now())
            steps.run(Said("reports"), lambda: _report(place, steps.log))
            return Night(days, made, made.version)


def _keep_attendance(place: Place) -> None:
    days = [place.today - timedelta(days=back) for back in range(FIGURES_BACK_DAYS, 0, -1)]
    keep_figures(place, days, clock.now())


def _report(place: Place, log: Callable[[str], None]) -> None:
    """Make the reports that are due and deliver what is to be told; a report that fails does not undo the night."""
    reports, passed = make_due_reports(place, look_back=REPORTS_BACK_DAYS, made=clock.now())
    for report in reports:
        log(Said("report {name}", name=report.report.name))
    for why in passed:
        log(Said("no report: {why}", why=why))
    deliver_due(place, made=clock.now())


def fingerprint(place: Place, days: Horizon, seconds: float, seed: int) -> str:
    """One digest of everything that goes into a night: files, history, days, the roster before them, settings."""
    digest = sha256(repr((days, float(seconds), seed, sorted(place.site.sources.items()))).encode())
    digest.update(place.policy.model_dump_json().encode())
    digest.update(repr(place.plans.published_roster(days.begin - 35 * 86400, days.begin).version).encode())
    for file in history_files(place.folder):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _valid(folder: Path) -> None:
    problems = validate_site(folder)
    if problems:
        raise InputError(problems)


class _Steps:
    """One line a step, with what it took."""

    def __init__(self, log: Callable[[str], None]) -> None:
        self.log = log

    def run(self, name: str, step: Callable[[], Step]) -> Step:
        begin = time.monotonic()
        try:
            result = step()
        except BaseException as error:
            after = time.monotonic() - begin
            self.log(
                Said(
                    "{step}: failed after {seconds:.1f} s ({error})",
                    step=name,
                    seconds=after,
                    error=type(error).__name__,
                )
            )
            raise
        self.log(Said("{step}: {seconds:.1f} s", step=name, seconds=time.monotonic() - begin))
        return result
