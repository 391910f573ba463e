"""Long work in a process of its own."""

import time
from collections.abc import Callable
from pathlib import Path

from desk.web.jobs import Job, Jobs
from desk.wording import words
from tests.desk.web.conftest import MOMENT


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_draft_is_made_in_another_process_and_published_by_nobody(hotline: Path) -> None:
    from desk.actions import open_place

    jobs, shown = Jobs(hotline), files(hotline / "out")
    job = jobs.start(Job("draft", "planner", MOMENT, {"seconds": 2.0, "weeks": 1, "from": None}))
    until = time.monotonic() + 280
    while job.state in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.2)
    jobs.stop()
    assert (job.state, job.error) == ("done", "")
    assert job.result is not None
    with open_place(hotline, MOMENT) as place:
        made = next(row for row in place.plans.roster_versions() if row.version == job.result["version"])
    assert made.published_at is None
    assert files(hotline / "out") == shown, "out/ speaks of what is published"
    assert {"forecast.csv", "history.csv", "requirement.csv", "roster.csv"} <= files(hotline / "draft").keys()


def test_what_goes_wrong_is_told(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    job = jobs.start(Job("draft", "planner", MOMENT, {"seconds": 2.0, "weeks": 1, "from": None}))
    while job.state in ("waiting", "running"):
        time.sleep(0.1)
    assert job.state == "failed"
    assert "site.toml" in job.error
    assert "没有这个文件" in words("zh").tell(job.error), "its sentence came through the pipe whole"


def _until(so: Callable[[], bool], seconds: float = 280) -> None:
    end = time.monotonic() + seconds
    while not so() and time.monotonic() < end:
        time.sleep(0.1)
    assert so()


def test_a_search_that_is_cancelled_ends_with_the_best_it_has(hotline: Path) -> None:
    jobs = Jobs(hotline)
    settings = {"seconds": 1500.0, "scenario": {"name": "more", "volume": 1.1}}
    job = jobs.start(Job("scenario", "planner", MOMENT, settings))
    _until(lambda: job.over or job.progress.get("objective") is not None)
    jobs.cancel(job)
    assert job.to_json()["stopping"]
    _until(lambda: job.over)
    assert (job.state, job.error) == ("done", "")
    assert job.result is not None
    assert job.result["stopped"]
    assert job.result["seconds"] < 1500
    assert job.result["hard_violations"] == 0


def test_a_job_that_waits_or_has_nothing_yet_is_cancelled_at_once(hotline: Path) -> None:
    jobs = Jobs(hotline)
    first, second = (
        jobs.start(Job("draft", "planner", MOMENT, {"seconds": 1500.0, "weeks": 1, "from": None})) for _ in range(2)
    )
    _until(lambda: "running" in (first.state, second.state))
    now, then = (first, second) if first.state == "running" else (second, first)
    jobs.cancel(then)
    assert then.state == "cancelled"
    jobs.cancel(now)
    assert now.state == "cancelled"
    third = jobs.start(Job("draft", "planner", MOMENT, {"seconds": 2.0, "weeks": 1, "from": "no day"}))
    _until(lambda: third.over)
    assert then.state == now.state == "cancelled"
    jobs.cancel(third)
    assert third.state == "failed"
