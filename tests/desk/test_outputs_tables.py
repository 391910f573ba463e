"""The tables of out/: exactly the columns of the site format, and every value readable back."""

import csv
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from centre.errors import InputError
from centre.grid import Horizon
from centre.roster import Roster, Segment
from centre.shifts import ACTIVITIES
from desk.outputs.read_roster import read_roster_csv
from desk.outputs.service import by_day, over_horizon
from desk.outputs.service_curve import write_service_curve
from desk.outputs.tables import (
    write_coverage_csv,
    write_forecast_csv,
    write_requirement_csv,
    write_roster_csv,
)
from tests.desk import sample


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def forecast(at: Horizon) -> pd.DataFrame:
    values = np.linspace(0.0, 40.0, at.count)
    columns = {name: values * factor for name, factor in (("mean", 1), ("q10", 0.8), ("q50", 0.99), ("q90", 1.2))}
    return pd.DataFrame({"queue": "billing", "start": at.starts, **columns, "aht_s": 240.0})


def test_forecast_has_the_columns_of_the_format_and_gives_its_values_back(tmp_path: Path) -> None:
    at = sample.horizon(2)
    table = forecast(at)
    write_forecast_csv(tmp_path / "forecast.csv", table, at.zone)
    found = pd.read_csv(tmp_path / "forecast.csv")
    assert list(found.columns) == ["queue", "start", "mean", "q10", "q50", "q90", "aht_s"]
    assert [datetime.fromisoformat(text).timestamp() for text in found["start"]] == table["start"].tolist()
    np.testing.assert_allclose(found["mean"], table["mean"], atol=5e-5)


def test_forecast_takes_aware_datetimes_as_well_as_seconds(tmp_path: Path) -> None:
    at = sample.horizon(1)
    table = forecast(at)
    write_forecast_csv(tmp_path / "a.csv", table, at.zone)
    stamps = pd.to_datetime(table["start"], unit="s", utc=True).dt.tz_convert("Europe/Paris")
    write_forecast_csv(tmp_path / "b.csv", table.assign(start=stamps), at.zone)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_times_carry_the_offset_in_force_when_the_clocks_change(tmp_path: Path) -> None:
    at = Horizon("Europe/Berlin", 60, date(2026, 10, 25), 1)
    write_requirement_csv(tmp_path / "requirement.csv", sample.requirement(at))
    starts = [row["start"] for row in rows(tmp_path / "requirement.csv")][: at.count]
    assert starts[2:4] == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]
    assert len(set(starts)) == at.count == 25


def test_requirement_has_net_and_gross_staff_for_every_queue_and_interval(tmp_path: Path) -> None:
    at = sample.horizon(1)
    needed = sample.requirement(at)
    write_requirement_csv(tmp_path / "requirement.csv", needed)
    found = rows(tmp_path / "requirement.csv")
    assert list(found[0]) == ["queue", "start", "required", "gross", "binding"]
    assert [(row["queue"], int(row["required"]), int(row["gross"])) for row in found] == [
        (queue, int(needed.required[number, i]), int(needed.gross[number, i]))
        for number, queue in enumerate(needed.queues)
        for i in range(at.count)
    ]


def test_coverage_leaves_the_service_level_empty_where_no_contact_is_expected(tmp_path: Path) -> None:
    at, of = sample.horizon(2), sample.site(8)
    covered = sample.covered(of, at, sample.requirement(at), sample.roster(of, at))
    write_coverage_csv(tmp_path / "coverage.csv", covered)
    found = rows(tmp_path / "coverage.csv")
    figures = ["required", "rostered", "predicted_service_level", "simulated_service_level", "simulated_half_width"]
    assert list(found[0]) == ["queue", "start", *figures]
    volume = covered.requirement.volume.ravel()
    assert [row["predicted_service_level"] == "" for row in found] == [value == 0 for value in volume]


def test_service_level_between_whole_agents_is_read_linearly_off_the_curve(tmp_path: Path) -> None:
    at, of = sample.horizon(1), sample.site(2)
    sales = Roster.of(sample.duty("A000", at, 0, "early", "sales"))  # speed 0.8
    covered = sample.covered(of, at, sample.requirement(at), sales)
    write_coverage_csv(tmp_path / "coverage.csv", covered)
    nine = next(row for row in rows(tmp_path / "coverage.csv") if row["queue"] == "sales" and "T09:00" in row["start"])
    assert nine["rostered"] == "0.8"
    assert float(nine["predicted_service_level"]) == pytest.approx(0.8 * 0.5)  # n / (n + 1) at 0 and 1
    assert nine["required"] == "3"


def test_figures_of_the_days_add_up_to_the_horizon() -> None:
    at, of = sample.horizon(3), sample.site(8)
    covered = sample.covered(of, at, sample.requirement(at), sample.roster(of, at))
    days = [figures for figures in by_day(covered) if figures.queue == "billing"]
    assert sum(day.short_hours for day in days) == pytest.approx(covered.under[0].sum() / 4)
    assert sum(day.rostered_hours for day in days) == pytest.approx(covered.rostered[0].sum() / 4)
    weighted = sum(day.service_level * day.volume for day in days) / sum(day.volume for day in days)
    assert over_horizon(covered)["billing"] == pytest.approx(weighted)


def test_service_curve_is_one_list_an_interval_with_aware_times(tmp_path: Path) -> None:
    at = sample.horizon(2)
    needed = sample.requirement(at)
    write_service_curve(tmp_path / "service_curve.parquet", needed)
    found = pd.read_parquet(tmp_path / "service_curve.parquet")
    assert str(found["start"].dt.tz) == at.zone
    seconds = found["start"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[s]").astype(int)
    assert seconds.tolist() == at.starts.tolist() * 2
    np.testing.assert_array_equal(np.stack(found["answered_within"].to_list()), needed.curve.reshape(-1, 13))
    assert found["queue"].astype(str).tolist() == ["billing"] * at.count + ["sales"] * at.count


names = st.text(
    st.characters(exclude_characters=';:,"/\\\r\n\t', exclude_categories=("C", "Z")), min_size=1, max_size=12
)
segments = st.builds(
    lambda agent, start, minutes, activity, queue: Segment(agent, start * 60, (start + minutes) * 60, activity, queue),
    names,
    st.integers(28_000_000, 31_000_000),
    st.integers(1, 900),
    st.sampled_from(ACTIVITIES),
    st.one_of(st.just(""), names),
)


@given(
    st.lists(segments, unique=True), st.integers(0, 9999), st.sampled_from(["Asia/Shanghai", "America/New_York", "UTC"])
)
def test_a_roster_written_is_the_roster_read(
    tmp_path_factory: pytest.TempPathFactory, found: list[Segment], version: int, zone: str
) -> None:
    path = tmp_path_factory.mktemp("roster") / "roster.csv"
    made = Roster.of(found, version if found else 0)
    write_roster_csv(path, made, zone)
    assert read_roster_csv(path, zone) == made


def test_a_roster_may_come_from_a_spreadsheet_with_mark_other_order_and_local_times(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    text = "activity,start,end,agent\r\nwork, 2026-03-02T08:30,2026-03-02 12:00 ,A1\r\n,,,\r\n"
    path.write_bytes(text.encode("utf-8-sig"))
    begin = int(datetime.fromisoformat("2026-03-02T08:30+08:00").timestamp())
    assert read_roster_csv(path, "Asia/Shanghai") == Roster((Segment("A1", begin, begin + 12600, "work"),))


def test_every_bad_row_is_reported_at_once_with_row_found_and_allowed(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    good = "2026-03-02T08:30+08:00,2026-03-02T09:30+08:00"
    path.write_text(
        "agent,start,end,activity,queue,version\n"
        f"A1,{good},work,billing,1\n"
        f"nobody,{good},work,billing,1\n"
        f"A1,{good},dancing,billing,1\n"
        "A1,tomorrow,2026-03-02T09:30:00.5,work,,1\n"
        "A1,2026-03-02T10:30+08:00,2026-03-02T09:30+08:00,work,pizza,1\n"
        f"A1,{good},work\n"
        f"A1,{good},work,billing,2\n"
        f"A1,{good},work,billing,-1\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_roster_csv(path, "Asia/Shanghai", agents={"A1"}, queues={"billing"})
    found = [(problem.where, problem.found) for problem in caught.value.problems]
    assert found == [
        ("row 3, column agent", "'nobody'"),
        ("row 4, column activity", "'dancing'"),
        ("row 5, column start", "'tomorrow'"),
        ("row 5, column end", "'2026-03-02T09:30:00.5'"),
        ("row 6, column queue", "'pizza'"),
        ("row 6, column end", "2026-03-02T09:30+08:00"),
        ("row 7", "4 values"),
        ("row 8, column version", "2"),
        ("row 9, column version", "'-1'"),
    ]
    assert {problem.file for problem in caught.value.problems} == {"mine.csv"}
    assert "standby" in caught.value.problems[1].allowed


@pytest.mark.parametrize(
    ("content", "where", "found"),
    [
        (b"", "header", 'no column "agent"'),
        (b"agent,start,end,activity,colour\n", "header", 'a column "colour"'),
        (b"agent,start,end,activity,agent\n", "header", 'column "agent" 2 times'),
        ("agent,start,end,activity\n张三,".encode("gb18030"), "file", "another encoding"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_in_words(tmp_path: Path, content: bytes, where: str, found: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_roster_csv(path, "UTC")
    assert (where, found) in [(problem.where, problem.found) for problem in caught.value.problems]


def test_a_roster_that_is_not_there_is_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_roster_csv(tmp_path / "none.csv", "UTC")
