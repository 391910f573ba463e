"""The analyst's verbs, as an analyst types them."""

import json
import re
import shutil
from pathlib import Path

import pytest

from desk import exit_codes
from desk.actions import make_example
from tests.desk.conftest import TODAY


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("analysis") / "hotline"
    make_example(folder, seed=7, today=TODAY, language="en")
    for file in sorted((folder / "history").glob("*"))[:-6]:
        file.unlink()  # half a year is enough, and quicker
    return folder


@pytest.fixture
def site(example: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(example, tmp_path / "hotline"))


def test_backtest_says_accuracy_by_horizon_and_regret_by_queue(paiban, site):
    found = paiban("backtest", site, "--weeks", 2, "--json")
    assert found.code == exit_codes.DONE
    said = json.loads(found.out)
    assert set(said["queues"]) == {"billing", "sales", "service"}
    for queue in said["queues"].values():
        assert set(queue["accuracy"]) == {"day", "week", "four_weeks"}
        for figures in queue["accuracy"].values():
            assert figures["origins"] == 14
            assert figures["excess"] == pytest.approx(figures["wape"] - figures["poisson_floor"])
            assert 0.7 < figures["coverage_80"] < 0.9 < figures["coverage_95"]
        assert queue["clairvoyant"]["service_level"] == pytest.approx(queue["plan"]["service_level"], abs=0.01)
        lost = queue["plan"]["gross_hours"] - queue["clairvoyant"]["gross_hours"]
        assert queue["regret"]["gross_hours"] == pytest.approx(lost)
        assert len(queue["by_week"]) == 2
    total = sum(queue["plan"]["cost"] for queue in said["queues"].values())
    assert said["total"]["cost"] == pytest.approx(total)


def test_backtest_speaks_to_people_too(paiban, site):
    found = paiban("backtest", site, "--weeks", 1, "--rule", "expected")
    assert found.code == exit_codes.DONE
    assert "four weeks ahead: WAPE" in found.out
    assert "regret" in found.out


def test_backtest_names_models_in_the_readers_language_and_says_which_queue_is_too_young(paiban, site):
    text = (site / "queues.toml").read_text()
    (site / "queues.toml").write_text(text + '\n[night]\nchannel = "voice"\n')
    last = max((site / "history").glob("*.csv"))
    rows = last.read_text().splitlines()
    young = [row.replace("billing,", "night,", 1) for row in rows[1:] if row.startswith("billing,")][-400:]
    last.write_text("\n".join([*rows, *young]) + "\n")
    told = paiban("backtest", site, "--weeks", 1, "--lang", "zh").out
    assert "night：队列太新，无法回测" in told
    assert "billing：" in told
    assert not re.search("regression|smoothing|pooled|naive", told)


def test_forecast_names_queues_without_rows_and_rows_without_a_queue(paiban, site):
    file = site / "queues.toml"
    file.write_text(file.read_text() + '\n[ghost]\nchannel = "voice"\n')
    last = max((site / "history").glob("*.csv"))
    rows = last.read_text().splitlines()
    last.write_text(
        "\n".join([*rows, next(row for row in rows if row.startswith("sales,")).replace("sales", "fax")]) + "\n"
    )
    asked = ("forecast", site, "--from", "2026-03-09", "--weeks", 1)
    said = json.loads(paiban(*asked, "--json").out)
    assert (said["without_history"], said["left_out"]) == (["ghost"], ["fax"])
    assert "ghost: no rows in history/" in paiban(*asked).out
    assert "fax：" in paiban(*asked, "--lang", "zh").out


def test_the_goals_that_bind_are_named_when_a_queue_has_several(paiban, site):
    text = (site / "queues.toml").read_text()
    stricter = re.sub(r"(?m)^\[billing\]$", "[billing]\nmax_abandonment = 0.005\nmax_asa_s = 15", text)
    (site / "queues.toml").write_text(stricter)
    asked = ("staff", site, "--from", "2026-03-09", "--weeks", 1)
    binding = json.loads(paiban(*asked, "--json").out)["queues"]["billing"]["binding"]
    assert "abandonment" in binding
    assert "abandonment in" in paiban(*asked).out
    assert "放弃率" in paiban(*asked, "--lang", "zh").out


def test_backtest_refuses_a_history_too_short_to_test(paiban, site):
    files = sorted((site / "history").glob("*.csv"))
    for file in files[:-1]:
        file.unlink()
    rows = files[-1].read_text().splitlines()
    files[-1].write_text("\n".join(rows[:200]))
    found = paiban("backtest", site)
    assert found.code == exit_codes.WRONG_INPUT
    assert "history/" in found.err


def without(site: Path, key: str) -> None:
    """Take a key out of queues.toml."""
    file = site / "queues.toml"
    file.write_text("\n".join(line for line in file.read_text().splitlines() if not line.startswith(key)))


def test_staff_says_which_figures_it_used_and_the_planners_come_first(paiban, site):
    said = json.loads(paiban("staff", site, "--from", "2026-03-09", "--weeks", 1, "--json").out)
    patience = said["queues"]["billing"]["figures"]["patience_s"]
    assert (patience["used"], patience["source"]) == (150, "queues.toml")
    assert patience["low"] < 150 < patience["high"]  # what the example's history was drawn with
    assert said["queues"]["billing"]["figures"]["unplanned_shrinkage"]["estimate"] is None


def test_staff_takes_patience_from_the_history_when_the_planner_gives_none(paiban, site):
    without(site, "patience_s")
    said = json.loads(paiban("staff", site, "--from", "2026-03-09", "--weeks", 1, "--json").out)
    for queue in said["queues"].values():
        assert queue["figures"]["patience_s"]["source"] == "history"
    endless = (site / "queues.toml").read_text().replace("[billing]", "[billing]\npatience_s = 0")
    (site / "queues.toml").write_text(endless)
    more = json.loads(paiban("staff", site, "--from", "2026-03-09", "--weeks", 1, "--json").out)
    hours = [each["queues"]["billing"]["required_hours"] for each in (said, more)]
    assert hours[1] > hours[0]  # Erlang C needs more than Erlang A


def test_the_sites_rule_of_staffing_holds_unless_the_command_line_says_otherwise(paiban, site):
    with (site / "site.toml").open("a") as file:
        file.write('\n[staffing]\nrule = "expected"\nover = "day"\n')
    said = json.loads(paiban("staff", site, "--from", "2026-03-09", "--weeks", 1, "--json").out)
    assert (said["rule"], said["target_over"]) == ("expected", "day")
    assert said["queues"]["billing"]["saved_hours"] > 0
    other = json.loads(paiban("staff", site, "--from", "2026-03-09", "--weeks", 1, "--over", "interval", "--json").out)
    assert (other["rule"], other["target_over"]) == ("expected", "interval")
    assert other["queues"]["billing"]["required_hours"] > said["queues"]["billing"]["required_hours"]


def test_a_wrong_rule_is_named_with_its_place(paiban, site):
    with (site / "site.toml").open("a") as file:
        file.write('\n[staffing]\nrule = "median"\n')
    found = paiban("validate", site)
    assert found.code == exit_codes.WRONG_INPUT
    assert "[staffing]" in found.err or "staffing.rule" in found.err


def test_calibrate_shows_what_the_history_tells_and_what_it_would_need_to_tell_the_rest(paiban, site):
    said = json.loads(paiban("calibrate", site, "--json").out)
    for figures in said["queues"].values():
        patience = figures["patience_s"]
        assert patience["low"] < patience["estimate"] < patience["high"]
        assert patience["source"] == "queues.toml"
        assert figures["unplanned_shrinkage"]["estimate"] is None
    words = paiban("calibrate", site).out
    assert "billing: handle time" in words
    assert "unplanned_shrinkage: needs agents in the history" in words
    queues = (site / "queues.toml").read_text()
    (site / "queues.toml").write_text(re.sub(r"(?m)^patience_s *= *[0-9.]+", "patience_s = 999", queues))
    assert "patience_s of queues.toml lies outside what the history says" in paiban("calibrate", site).out


def test_headcount_plans_hires_without_a_file_of_its_own(paiban, site):
    found = paiban("headcount", site, "--from", "2026-04", "--months", 4, "--json")
    assert found.code == exit_codes.DONE
    said = json.loads(found.out)
    assert [row["month"] for row in said["by_month"]] == ["2026-04", "2026-05", "2026-06", "2026-07"]
    assert set(said["hires"]) == {"full_time", "part_time"}
    for row in said["by_month"]:
        assert row["required_hours_low"] < row["required_hours"] < row["required_hours_high"]
        assert 0 <= row["risk"] <= 1
    assert said["cost"]["total"] == pytest.approx(sum(row["cost"]["total"] for row in said["by_month"]))
    assert sum(one["chance"] for one in said["scenarios"]) == pytest.approx(1)
    assert said["gap"] < 0.01


def test_headcount_takes_the_figures_of_its_file(paiban, site):
    (site / "headcount.toml").write_text(
        "months = 2\nturnover_per_year = 0.9\nvolume_deviation = 0.1\n"
        '[[hiring]]\ncontract = "full_time"\nclass_size = [5, 30]\nlead_months = 0\n'
        '[[scenario]]\nname = "double"\nfactor = 2.0\n'
    )
    said = json.loads(paiban("headcount", site, "--from", "2026-04", "--json").out)
    assert said["months"] == 2
    assert said["hires"]["full_time"] >= 5
    assert said["hires"]["part_time"] == 0
    assert said["assumed"]["volume_deviation_from"] == "headcount.toml"
    assert [one["name"] for one in said["scenarios"]] == ["double"]


def test_headcount_toml_is_validated_at_the_door(paiban, site):
    (site / "headcount.toml").write_text(
        'turnover = 0.3\n[[hiring]]\ncontract = "ful_time"\nclass_size = [5, 2]\n'
        '[[scenario]]\nname = "a"\nchance = 0.4\n'
    )
    found = paiban("validate", site)
    assert found.code == exit_codes.WRONG_INPUT
    for said in ("headcount.toml", "turnover", "class_size"):
        assert said in found.err


def test_reforecast_moves_the_rest_of_the_day_by_what_came(paiban, site):
    """The last day of the history as it came, and twice as busy: the rest is expected busier, with narrower bands."""
    rows = [line.split(",") for file in sorted((site / "history").glob("*")) for line in file.read_text().splitlines()]
    today = [row for row in rows if row[1].startswith("2026-03-04")]
    for name, factor in (("same.csv", 1), ("busy.csv", 2)):
        lines = ["queue,start,offered", *(f"{queue},{start},{factor * int(n)}" for queue, start, n, *_ in today)]
        (site / name).write_text("\n".join(lines))
    said = [
        json.loads(paiban("reforecast", site, "--at", "2026-03-04T13:00+08:00", "--source", site / name, "--json").out)
        for name in ("same.csv", "busy.csv")
    ]
    for queue in ("billing", "service", "sales"):
        same, busy = (each["queues"][queue] for each in said)
        assert busy["came"] == 2 * same["came"]
        assert busy["factor"] >= same["factor"]
        assert busy["rest_first"] == same["rest_first"]
        assert len(busy["intervals"]) == 44  # 13:00 to midnight
    assert said[1]["queues"]["billing"]["factor"] > 1.05
    assert said[1]["queues"]["billing"]["required_hours"] > said[1]["queues"]["billing"]["required_hours_first"]
    assert said[1]["queues"]["billing"]["band_width"] < 1.0
    written = (site / "out" / "reforecast.csv").read_text().splitlines()
    assert written[0].startswith("queue,start,actual,first_mean,mean")
    assert len(written) == 1 + 3 * 96


def test_reforecast_takes_the_days_own_rows_and_says_when_there_are_none(paiban, site):
    own = paiban("reforecast", site, "--at", "2026-03-04T12:00+08:00")
    assert own.code == exit_codes.DONE
    assert "contacts from history/" in own.out
    none = paiban("reforecast", site, "--at", "2026-03-20T12:00+08:00")
    assert none.code == exit_codes.WRONG_INPUT
    assert "2026-03-20" in none.err
