"""Long work in a process of its own."""

import time
from pathlib import Path

from desk.web.jobs import Job, Jobs
from tests.desk.web.conftest import MOMENT


def test_a_draft_is_made_in_another_process_and_published_by_nobody(hotline: Path) -> None:
    from desk.actions import open_place

    jobs = Jobs(hotline)
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


def test_what_goes_wrong_is_told(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    job = jobs.start(Job("draft", "planner", MOMENT, {"seconds": 2.0, "weeks": 1, "from": None}))
    while job.state in ("waiting", "running"):
        time.sleep(0.1)
    assert job.state == "failed"
    assert "site.toml" in job.error
