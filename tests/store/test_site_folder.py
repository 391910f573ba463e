"""A site folder is read whole, and everything wrong with it is said in one go."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from centre.errors import InputError
from centre.grid import instant
from centre.roster import Segment
from centre.site import Leave
from store.site_folder import read_site, validate_site

Write = Callable[..., Path]
ZONE = "Asia/Shanghai"


def lines(folder: Path) -> list[str]:
    return [str(problem) for problem in validate_site(folder)]


def places(folder: Path) -> list[tuple[str, str]]:
    return [(problem.file, problem.where) for problem in validate_site(folder)]


def test_a_folder_that_holds_is_read_into_the_shapes_of_the_centre(write: Write) -> None:
    site = read_site(write())
    assert validate_site(write()) == []
    assert site.settings.opening["sat"] == ((540, 720), (780, 1080))
    assert site.queues["sales"].patience_s == 120
    assert site.shifts["early"].start == (510, 510)
    assert site.shifts["late"].pauses[0].after_minutes == (120, 240)
    assert site.contracts["part_time"].shifts == ("late",)
    first = site.agents["a001"]
    assert (first.name, first.skills, first.hired) == ("王芳", {"billing": 1.0, "sales": 0.8}, date(2025, 1, 1))
    assert [(wish.what, wish.weight) for wish in first.wishes] == [("early", 2), ("off-sun", 5)]
    assert site.agents["l001"].skills == {}
    assert site.activities[0].who == ("team:Team 1",)
    assert [day.factor for day in site.special_days] == [1.3, 0]


def test_whole_days_of_leave_include_the_last_and_instants_are_local_or_carry_an_offset(write: Write) -> None:
    march = date(2026, 3, 2)
    assert read_site(write()).leave == (
        Leave(agent="a001", start=instant(march, 0, ZONE), end=instant(date(2026, 3, 4), 0, ZONE)),
        Leave(agent="a002", start=instant(march, 3600, ZONE), end=instant(march, 3960, ZONE), kind="sick"),
    )


def test_fixed_rows_become_segments(write: Write) -> None:
    day = date(2026, 3, 5)
    assert read_site(write()).fixed == (
        Segment("a001", instant(day, 540, ZONE), instant(day, 660, ZONE), "training"),
        Segment("a001", instant(day, 660, ZONE), instant(day, 720, ZONE), "work", "sales"),
    )


def test_optional_files_may_be_missing(write: Write) -> None:
    absent = dict.fromkeys(("leave.csv", "activities.toml", "fixed.csv", "special_days.csv"))
    folder = write(absent)
    assert validate_site(folder) == []
    assert read_site(folder).leave == ()


def test_every_missing_file_is_named(write: Write, files: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    assert [file for file, _ in places(write(dict.fromkeys(files)))] == [
        "site.toml", "queues.toml", "shifts.toml", "contracts.toml", "agents.csv", "history/",
    ]  # fmt: skip
    assert "no such folder" in lines(tmp_path / "nowhere")[0]


def test_read_site_raises_all_problems_of_all_files_at_once(write: Write, files: dict[str, str]) -> None:
    folder = write(
        {
            "site.toml": files["site.toml"].replace("15", "7").replace("Asia/Shanghai", "Asia/Shangai"),
            "queues.toml": "[billing]\ntarget = 1.5\nwithin_s = '20'\n[sales]\nchannel = 'voic'\n",
            "agents.csv": files["agents.csv"].replace("part_time", "parttime").replace("leader", "leadr"),
            "leave.csv": files["leave.csv"] + "a009,2026-03-02,2026-03-02,annual\n",
        }
    )
    with pytest.raises(InputError) as caught:
        read_site(folder)
    assert [(problem.file, problem.where) for problem in caught.value.problems] == [
        ("site.toml", "zone"),
        ("site.toml", "grid_minutes"),
        ("queues.toml", "[billing].target"),
        ("queues.toml", "[billing].within_s"),
        ("queues.toml", "[sales].channel"),
        ("agents.csv", "row 3, column contract"),
        ("agents.csv", "row 4, column role"),
        ("leave.csv", "row 4, column agent"),
    ]


def test_the_digest_of_every_file_read_is_kept_and_changes_with_the_file(write: Write, files: dict[str, str]) -> None:
    before = read_site(write()).sources
    after = read_site(write({"queues.toml": files["queues.toml"] + "\n"})).sources
    assert set(before) == {name for name in files if not name.startswith("history/")}
    assert {name for name in before if before[name] != after[name]} == {"queues.toml"}
    assert all(len(digest) == 64 for digest in before.values())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("agents.csv", lambda text: text.encode("utf-8-sig").replace(b"\n", b"\r\n")),
        ("site.toml", lambda text: text.encode("utf-8-sig").replace(b"\n", b"\r\n")),
        ("special_days.csv", lambda text: text.replace("2026-03-10", "2026/3/10").encode()),
        ("leave.csv", lambda text: text.replace("2026-03-04 18:00", "2026/3/4 18:00").encode()),
        ("agents.csv", lambda text: (text + ",,,,,,,,,\n\n").encode()),
    ],
    ids=["CSV saved by Excel", "TOML with a byte order mark", "a date", "an instant", "blank rows"],
)
def test_what_spreadsheets_do_to_files_is_understood(
    write: Write, files: dict[str, str], name: str, content: Callable[[str], bytes]
) -> None:
    plain = read_site(write())
    changed = read_site(write({name: content(files[name])}))
    assert (changed.agents, changed.leave, changed.special_days) == (plain.agents, plain.leave, plain.special_days)


def test_other_encodings_are_named_with_the_remedy(write: Write, files: dict[str, str]) -> None:
    folder = write(
        {
            "agents.csv": files["agents.csv"].encode("gb18030"),
            "leave.csv": files["leave.csv"].encode("utf-16"),
            "fixed.csv": files["fixed.csv"].encode() + b"\xff",
        }
    )
    chinese, wide, neither = lines(folder)
    assert "line 2" in chinese
    assert "GB18030" in chinese
    assert "王芳" in chinese
    assert "UTF-16" in wide
    assert "line 4" in neither
    assert all("CSV UTF-8" in line for line in (chinese, wide, neither))


def test_a_special_day_without_a_factor_is_learned_by_its_note(write: Write) -> None:
    folder = write()
    (folder / "special_days.csv").write_text("date,queue,factor,note\n2026-03-10,,,campaign\n", encoding="utf-8")
    day = read_site(folder).special_days[0]
    assert (day.factor, day.note) == (1.0, "campaign")
    (folder / "special_days.csv").write_text("date,queue,factor,note\n2026-03-10,,,\n", encoding="utf-8")
    assert [problem.where for problem in validate_site(folder)] == ["row 2, column factor"]
