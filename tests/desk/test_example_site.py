"""The example centre is whole, valid, the same for the same seed, and its demand can be met by its people."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from centre.errors import InputError
from centre.grid import local_day
from centre.people import Agent
from centre.site import Site
from desk.example_site import HISTORY_DAYS, write_example_site
from forecasts.arrivals import forecast
from forecasts.history import read_history
from forecasts.staffing import required_staff
from store.site_folder import read_site, validate_site

MONDAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "hotline"
    write_example_site(folder, first_day=MONDAY)
    return folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Site:
    return read_site(folder)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_is_valid_in_both_languages_and_says_the_same(folder: Path, site: Site, tmp_path: Path) -> None:
    write_example_site(tmp_path / "zh", first_day=MONDAY, language="zh")
    chinese = read_site(tmp_path / "zh")
    assert validate_site(folder) == validate_site(tmp_path / "zh") == []
    assert (chinese.queues, chinese.shifts, chinese.contracts) == (site.queues, site.shifts, site.contracts)
    assert chinese.activities == site.activities
    assert list(chinese.agents) == list(site.agents)
    assert (chinese.settings.name, chinese.settings.language) == ("上海热线", "zh")
    same = {"name": site.settings.name, "language": site.settings.language}
    assert chinese.settings.model_copy(update=same) == site.settings


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(folder: Path, tmp_path: Path) -> None:
    paths = write_example_site(tmp_path / "again", first_day=MONDAY)
    write_example_site(tmp_path / "other", first_day=MONDAY, seed=8)
    assert files(tmp_path / "again") == files(folder)
    assert sorted(path.relative_to(tmp_path / "again") for path in paths) == sorted(map(Path, files(folder)))
    assert {name for name, content in files(tmp_path / "other").items() if content != files(folder)[name]} >= {
        "agents.csv", "leave.csv", "history/2025-06.csv",
    }  # fmt: skip


def test_a_folder_with_files_in_it_is_refused_unless_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt"):
        write_example_site(tmp_path, first_day=MONDAY)
    assert set(files(tmp_path)) == {"notes.txt"}
    write_example_site(tmp_path, first_day=MONDAY, overwrite=True)
    assert {"notes.txt", "site.toml"} <= set(files(tmp_path))


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="en, zh"):
        write_example_site(tmp_path / "site", first_day=MONDAY, language="fr")


def test_five_teams_of_twelve_each_with_a_leader(site: Site) -> None:
    roles = Counter((person.team, person.role) for person in site.agents.values())
    teams = {team for team, _ in roles}
    assert len(teams) == 5
    assert all(roles[team, "agent"] == 12 and roles[team, "leader"] in (1, 2) for team in teams)


def test_some_serve_one_queue_some_several_and_some_wish(site: Site) -> None:
    agents = [person for person in site.agents.values() if person.role == "agent"]
    assert set(Counter(len(person.skills) for person in agents)) == {1, 2, 3}
    assert {queue for person in agents for queue in person.skills} == set(site.queues)
    assert {person.contract for person in agents} == set(site.contracts)
    assert 10 < sum(bool(person.wishes) for person in agents) < 40
    assert len(site.leave) > 10
    assert len(site.fixed) == 2


def test_the_history_is_a_year_up_to_the_first_day(folder: Path, site: Site) -> None:
    table = read_history(sorted((folder / "history").iterdir()), site.settings.zone)
    assert set(table["queue"]) == set(site.queues)
    days = {str(local_day(int(second), site.settings.zone)) for second in table["start"].unique()}
    assert len(days) == HISTORY_DAYS
    assert (min(days), max(days)) == (str(MONDAY - timedelta(days=HISTORY_DAYS)), str(MONDAY - timedelta(days=1)))


def test_the_requirement_is_about_nine_tenths_of_what_the_people_can_be_rostered_for(folder: Path, site: Site) -> None:
    """Paid minutes at their highest, less leave, pauses and activities inside shifts, against gross agent-hours."""
    said = forecast(
        read_history(sorted((folder / "history").iterdir()), site.settings.zone),
        zone=site.settings.zone,
        grid_minutes=15,
        from_day=MONDAY,
        weeks=4,
        holidays="CN",
        special_days=site.special_days,
        opening=site.settings.opening,
    )
    gross = required_staff(said.table, site.queues.values(), interval_minutes=15).table["gross"].sum() / 4
    on_leave = sum(row.end - row.start for row in site.leave if row.start < said.horizon.end) / (28 * 86400)
    agents = [person for person in site.agents.values() if person.role == "agent"]
    share_on_leave = on_leave / len(agents)
    productive = sum(_productive_minutes(person, site) for person in agents) / 60 * 4 * (1 - share_on_leave)
    assert 0.85 <= gross / productive <= 0.92
    peak = required_staff(said.table, site.queues.values(), interval_minutes=15).table.groupby("start")["gross"].sum()
    assert 22 <= np.quantile(peak, 0.99) <= 30


def _productive_minutes(person: Agent, site: Site) -> float:
    """Minutes a week on contacts at the contract's most hours, a week of its longest shifts."""
    contract = site.contracts[person.contract]
    shares = [
        1 - sum(pause.minutes for pause in shift.pauses if pause.paid) / (shift.minutes[1] - shift.unpaid_minutes)
        for shift in (site.shifts[name] for name in contract.shifts)
    ]
    inside = 10 * contract.days_per_week[1] + 30
    return contract.week_minutes[1] * float(np.mean(shares)) - inside
