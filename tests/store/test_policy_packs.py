"""The pack that ships is the policy's defaults, value for value; a site's own file overrides single values."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from centre.errors import InputError
from centre.policy import Policy
from centre.words import Shape
from store.site_folder import policy_packs, read_policy


def test_the_pack_that_ships_is_the_default_of_every_field() -> None:
    assert policy_packs() == ("eu-generic", "operator-cn")
    assert read_policy("operator-cn") == Policy()


def test_a_second_pack_charges_nothing_and_bans_nothing() -> None:
    policy = read_policy("eu-generic")
    assert set(policy.attendance.deductions.values()) == {0.0}
    assert not (policy.leave.night_ban)
    assert not (policy.leave.holiday_ban)
    assert not (policy.swap.holiday_ban)
    assert not (policy.swap.no_leave)
    assert policy.leave.final_of_kind == {}
    assert policy.leave.notice_hours == {"annual": 336.0, "personal": 24.0}


def test_the_packs_have_the_values_of_the_regulations() -> None:
    policy = read_policy("operator-cn")
    assert policy.leave.notice_hours == {"personal": 24, "special_personal": 1}  # LEV-1
    assert (policy.leave.short_days, policy.leave.short_final, policy.leave.long_final) == (1, "head", "director")
    assert (policy.leave.night_until, policy.leave.holiday_notice_days) == (12 * 60, 2)  # LEV-5, LEV-6
    assert policy.leave.final_of_kind == {"business": "director", "study": "director"}  # LEV-7
    assert policy.swap.per_month == 2  # SWP-2
    assert (policy.attendance.late_grace_minutes, policy.attendance.breach_minutes) == (5, 20)  # ATT-1, ATT-3
    assert policy.approvals.line == ("leader", "manager", "head", "director")  # ORG-1


def test_the_pack_names_every_value_so_that_a_reader_sees_them_all() -> None:
    text = (files("store") / "policies" / "operator-cn.toml").read_text("utf-8")

    def missing(shape: type[Shape], table: dict[str, Any], at: str = "") -> list[str]:
        found = [f"{at}{key}" for key in shape.model_fields if key not in table]
        for key, field in shape.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, Shape) and key in table:
                found += missing(field.annotation, table[key], f"{at}{key}.")
        return found

    assert missing(Policy, tomllib.loads(text)) == ["since"]  # only a later version names its first day


def test_a_file_of_the_site_overrides_single_values(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        'base = "operator-cn"\nversion = 4\n[attendance]\nlate_grace_minutes = 3\n'
        '[adherence.matrix]\nmeeting = { break = "neutral" }\n'
    )
    policy = read_policy("own.toml", tmp_path)
    assert (policy.name, policy.version) == ("own", 4)
    assert policy.attendance.late_grace_minutes == 3
    assert policy.attendance.breach_minutes == Policy().attendance.breach_minutes
    assert policy.adherence.matrix == {"meeting": {"break": "neutral"}}


def test_a_file_may_build_on_another_file(tmp_path: Path) -> None:
    (tmp_path / "group.toml").write_text("[roster]\nwish = 0.7\nsurplus = 0.3\n")
    (tmp_path / "own.toml").write_text('base = "group.toml"\n[roster]\nwish = 0.9\n')
    policy = read_policy("own.toml", tmp_path)
    assert (policy.roster.wish, policy.roster.surplus, policy.roster.shortage) == (0.9, 0.3, 1.0)


@pytest.mark.parametrize(
    ("content", "where", "words"),
    [
        ("[attendance]\nlate_grace_minutes = -1", "[attendance].late_grace_minutes", "a whole number from 0"),
        ("[attendence]\n", "attendence", 'did you mean "attendance"?'),
        ("[roster]\nwishes = 1", "[roster].wishes", 'did you mean "wish"?'),
        ("[organisation]\nspan_of_control = [14, 12]", "[organisation].span_of_control", "lowest not above highest"),
        ('base = "operator"', "base", 'did you mean "operator-cn"?'),
        ("base = 3", "base", "operator-cn"),
        ('base = "own.toml"', "base", "does not build on this one"),
        ('[adherence.matrix]\nmeeting = { brk = "in" }', "[adherence].matrix", 'states of meeting (not "brk")'),
        ('[adherence.matrix]\nlunch = { meal = "in" }', "[adherence].matrix", 'activities (not "lunch")'),
        ('[adherence.matrix]\nmeal = { meal = "yes" }', "[adherence].matrix", "in, out, neutral"),
        ('[adherence.states]\nACW = "wrapup"', "[adherence].states", 'the state that "ACW" stands for'),
    ],
)
def test_what_is_wrong_is_said_with_place_and_remedy(tmp_path: Path, content: str, where: str, words: str) -> None:
    (tmp_path / "own.toml").write_text(content)
    with pytest.raises(InputError) as caught:
        read_policy("own.toml", tmp_path)
    [problem] = caught.value.problems
    assert (problem.file, problem.where) == ("own.toml", where)
    assert words in problem.allowed


def test_an_unknown_pack_or_file_is_said(tmp_path: Path) -> None:
    for name in ("operator-us", "nowhere.toml"):
        with pytest.raises(InputError):
            read_policy(name, tmp_path)
