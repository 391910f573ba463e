"""out/ as a whole: every file, or none of them; and the figures that say what it was made from."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from centre.errors import InputError
from centre.policy import Policy
from centre.roster import Roster
from desk.outputs import write as writing
from desk.outputs import write_forecast, write_outputs, write_requirement
from forecasts.history import HistoryReport
from scheduler.checks import Violation
from scheduler.problem import Problem
from scheduler.progress import Progress
from scheduler.solve import Result
from tests.desk import sample

FILES = {"forecast.csv", "requirement.csv", "service_curve.parquet", "roster.csv", "coverage.csv"} | {
    "roster.xlsx", "roster.html", "result.json",
}  # fmt: skip
VERSIONS = {"forecast_run": 4, "requirement": 5, "roster": 3, "seed": 11}


def made(agents: int = 6, **people: dict[str, Any]) -> dict[str, Any]:
    """Everything write_outputs wants of a small centre."""
    of, at = sample.site(agents, **people), sample.horizon(7)
    needed, roster = sample.requirement(at), sample.roster(of, at)
    problem = Problem(of, at, needed, Policy(), Roster((), 2))
    violation = Violation("rest", "A001", date(2026, 3, 3), True, "9 h", 120)
    log = (Progress(0.5, "first roster"), Progress(9.0, "checked", 12.5, 10.0))
    covered = sample.covered(of, at, needed, roster)
    result = Result(
        roster, 12.5, 10.0, 0.2, {"shortage": 12.0, "wishes": 0.5, "surplus": -1e-13}, 9.0, (violation,), covered, log
    )
    forecast = pd.DataFrame(
        {"queue": "billing", "start": at.starts, **dict.fromkeys(("mean", "q10", "q50", "q90"), 1.0)}
    )
    return {
        "problem": problem,
        "forecast": forecast.assign(aht_s=240.0),
        "roster": roster,
        "result": result,
        "versions": VERSIONS,
        "language": "en",
        "at": sample.AT,
    }


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def strict(path: Path) -> Any:
    """JSON as the standard has it: NaN and Infinity are refused."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def test_every_file_of_the_site_format_is_written_and_named(tmp_path: Path) -> None:
    files = write_outputs(tmp_path / "out", **made())
    calendars = {f"ics/A00{number}.ics" for number in range(6)}
    assert {path.relative_to(tmp_path / "out").as_posix() for path in files} == FILES | calendars
    assert set(tree(tmp_path)) == {f"out/{name}" for name in FILES | calendars}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_outputs(tmp_path / folder, **made())
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_without_a_language_the_site_s_own_is_spoken(tmp_path: Path) -> None:
    given = made()
    site = given["problem"].site
    chinese = replace(site, settings=site.settings.model_copy(update={"language": "zh"}))
    write_outputs(tmp_path, **(given | {"problem": replace(given["problem"], site=chinese), "language": ""}))
    assert '<html lang="zh-CN">' in (tmp_path / "roster.html").read_text("utf-8")
    with pytest.raises(InputError, match="one of en, zh"):
        write_outputs(tmp_path, **(given | {"language": "fr"}))


def test_result_names_figures_versions_violations_and_the_digest_of_every_file(tmp_path: Path) -> None:
    write_outputs(tmp_path, **made())
    found = strict(tmp_path / "result.json")
    figures = {key: found[key] for key in ("objective", "bound", "gap", "seconds", "hard_violations")}
    assert figures == {"objective": 12.5, "bound": 10.0, "gap": 0.2, "seconds": 9.0, "hard_violations": 1}
    assert found["cost_by_term"] == {"shortage": 12.0, "wishes": 0.5, "surplus": 0.0}
    assert found["violations"] == [
        {"rule": "rest", "agent": "A001", "day": "2026-03-03", "hard": True, "message": "9 h", "amount": 120}
    ]
    assert {key: found["versions"][key] for key in VERSIONS} == VERSIONS
    assert found["versions"]["previous_roster"] == 2
    assert found["versions"]["policy"]["name"] == "operator-cn"
    assert found["versions"]["site"] == {"agents.csv": "ab" * 32, "site.toml": "cd" * 32}
    assert found["log"][1]["gap"] == pytest.approx(0.2)
    assert found["made_at"] == "2026-02-28T02:15:00+00:00"
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in tree(tmp_path).items()}
    del digests["result.json"]
    assert found["files"] == digests


def test_totals_of_the_result_are_those_of_the_coverage(tmp_path: Path) -> None:
    given = made()
    write_outputs(tmp_path, **given)
    totals = strict(tmp_path / "result.json")["coverage"]
    covered = given["result"].coverage
    assert totals["required_hours"] == pytest.approx(covered.requirement.gross.sum() / 4)
    assert totals["short_hours"] == pytest.approx(covered.under.sum() / 4)
    assert totals["rostered_hours"] - totals["surplus_hours"] + totals["short_hours"] == pytest.approx(
        totals["required_hours"]
    )


def test_undefined_figures_are_null(tmp_path: Path) -> None:
    given = made()
    needed = given["problem"].requirement
    silent = replace(needed, volume=np.zeros_like(needed.volume), curve=np.zeros_like(needed.curve))
    result = given["result"]
    result = replace(
        result, bound=float("-inf"), gap=float("nan"), coverage=replace(result.coverage, requirement=silent)
    )
    write_outputs(tmp_path, **(given | {"result": result}))
    found = strict(tmp_path / "result.json")
    assert (found["bound"], found["gap"]) == (None, None)
    assert found["coverage"]["queues"]["billing"]["predicted_service_level"] is None


def test_calendars_of_people_who_left_go_and_files_of_others_stay(tmp_path: Path) -> None:
    write_outputs(tmp_path, **made(8))
    (tmp_path / "notes.txt").write_text("mine")
    write_outputs(tmp_path, **made(6))
    assert set(tree(tmp_path / "ics")) == {f"A00{number}.ics" for number in range(6)}
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("step", ["write_workbook", "write_page", "write_calendars", "write_result"])
def test_when_a_file_cannot_be_written_everything_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    write_outputs(tmp_path / "out", **made(8))
    before = tree(tmp_path)

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, step, fail)
    with pytest.raises(OSError, match="No space"):
        write_outputs(tmp_path / "out", **made(6))
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("write", "names"),
    [
        (
            lambda out: write_forecast(out, made()["forecast"], "Asia/Shanghai", HistoryReport()),
            {"forecast.csv", "history.csv"},
        ),
        (
            lambda out: write_requirement(out, sample.requirement(sample.horizon(1))),
            {"requirement.csv", "service_curve.parquet"},
        ),
    ],
)
def test_a_step_on_its_own_writes_its_files_and_leaves_the_others(
    tmp_path: Path, write: Callable[[Path], list[Path]], names: set[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/roster.csv").write_text("yesterday's")
    assert {path.name for path in write(tmp_path / "out")} == names
    assert set(tree(tmp_path / "out")) == names | {"roster.csv"}
