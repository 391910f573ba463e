"""The analyst's verbs, as an analyst types them."""

import json
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


def test_backtest_refuses_a_history_too_short_to_test(paiban, site):
    files = sorted((site / "history").glob("*.csv"))
    for file in files[:-1]:
        file.unlink()
    rows = files[-1].read_text().splitlines()
    files[-1].write_text("\n".join(rows[:200]))
    found = paiban("backtest", site)
    assert found.code == exit_codes.WRONG_INPUT
    assert "history/" in found.err
