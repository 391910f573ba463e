"""Each thing that can be wrong in a site folder is said with file, row or key, what was found, what is allowed."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from desk.wording import words
from store.site_folder import validate_site

Write = Callable[..., Path]

WRONG = [
    # file, what stands there, what is written instead, where, found, allowed
    ("site.toml", "format = 1", "format = 2", "format", "2", "1"),
    ("site.toml", "format = 1\n", "", "format", "nothing", "1"),
    ("site.toml", '"Hotline Shanghai"', '""', "name", '""', "not empty"),
    ("site.toml", "Asia/Shanghai", "Asia/Shangai", "zone", '"Asia/Shangai"', "IANA time zone"),
    ("site.toml", "= 15", "= 7", "grid_minutes", "7", "5, 10, 15, 30, 60"),
    ("site.toml", "= 15", '= "15"', "grid_minutes", '"15"', "a whole number"),
    ("site.toml", "= 15", "= 60", "[opening].mon[0]", '"08:30-22:00"', "the grid of 60 minutes"),
    ("site.toml", '"CN"', '"China"', "holidays", '"China"', 'such as "CN"'),
    ("site.toml", '"CN"', '"DE-XX"', "holidays", '"DE-XX"', "BY"),
    ("site.toml", "holidays", "holiday", "holiday", "unknown key", 'did you mean "holidays"?'),
    ("site.toml", "operator-cn", "operator-us", "policy", '"operator-us"', 'did you mean "operator-cn"?'),
    ("site.toml", "operator-cn", "own.toml", "file", "no such file", "the file"),
    ("site.toml", "sqlite:///paiban.db", "mysql://db", "database", "mysql", "sqlite:///FILE"),
    ("site.toml", "sqlite:///paiban.db", "postgresql://u:pw@h/d", "database", "u:***@h", "postgresql+psycopg://"),
    ("site.toml", 'week_starts = "mon"', 'week_starts = "monday"', "week_starts", '"monday"', "mon, tue, wed"),
    ("site.toml", "mon = [", "monday = [", "opening", 'a key "monday"', "mon, tue, wed"),
    ("site.toml", '"08:30-22:00"', '"8:30-22:00"', "[opening].mon[0]", '"8:30-22:00"', "HH:MM-HH:MM"),
    ("site.toml", '"08:30-22:00"', '"08:30-08:30"', "[opening].mon[0]", '"08:30-08:30"', "differ"),
    ("site.toml", '["08:30-22:00"]', '"08:30-22:00"', "[opening].mon", '"08:30-22:00"', "a list"),
    ("site.toml", '"13:00-18:00"', '"11:00-18:00"', "[opening].sat[1]", '"11:00-18:00"', "after [opening].sat[0]"),
    ("site.toml", "[opening]", "[broker]\n[opening]", "[broker].bootstrap", "nothing", "text"),
    ("site.toml", "= 15", "= ", "line 4, column 16", '"grid_minutes ="', "TOML"),
    ("queues.toml", "target = 0.80", "target = 80", "[billing].target", "80", "above 0 and below 1"),
    ("queues.toml", "target = 0.80", "target = nan", "[billing].target", "NaN", "above 0 and below 1"),
    ("queues.toml", "within_s = 20", "within_s = inf", "[billing].within_s", "Infinity", "a number from 0"),
    ("queues.toml", "within_s = 20", "within_s = true", "[billing].within_s", "true", "a number from 0"),
    ("queues.toml", "within_s = 20", "withins = 20", "[billing].withins", "unknown key", 'did you mean "within_s"?'),
    ("queues.toml", "within_s = 20", 'channel = "mail"', "[billing].channel", '"mail"', "voice, chat, deferred"),
    ("queues.toml", "within_s = 20", 'channel = "deferred"', "[billing].deadline_minutes", "nothing", "above 0"),
    ("queues.toml", "within_s = 20", "concurrency = 1.5", "[billing].concurrency", "1.5", "whole number from 1 to 20"),
    ("queues.toml", "within_s = 20", 'name = "x"', "[billing].name", "unknown key", "[billing], is it"),
    ("queues.toml", "[sales]\n", "[sales]\n[sales]\n", "line 6, column 7", '"[sales]"', "TOML"),
    ("queues.toml", "[sales]", "[a]\n[sales.x]", "[sales].x", "unknown key", "the keys here are"),
    ("queues.toml", "[billing]", "x = 1\n[billing]", "x", "1", "a table [name]"),
    ("shifts.toml", '"08:30"', "830", "[early].start", "830", '"HH:MM"'),
    ("shifts.toml", '"08:30"', "08:30:00", "[early].start", "08:30:00", '"HH:MM"'),
    ("shifts.toml", '"08:30"', '"08:40"', "[early].start", "08:40", "the grid of 15 minutes"),
    ("shifts.toml", "minutes = 540", "minutes = [540]", "[early].minutes", "[540]", "the longest"),
    ("shifts.toml", "minutes = 540", "minutes = 2000", "[early].minutes", "2000", "from 1 to 1440"),
    ("shifts.toml", "minutes = 540", 'minutes = 540\ndays = ["Mon"]', "[early].days[0]", '"Mon"', "mon, tue"),
    ("shifts.toml", "minutes = 60", "minutes = 40", "[early].pauses[0].minutes", "40", "the grid of 15"),
    ("shifts.toml", "minutes = 60", "minutes = 600", "[early].pauses[0].window", "11:00", "600 minutes"),
    ("shifts.toml", '"14:00"]', '"11:30"]', "[early].pauses[0].window", "11:30", "as long as the pause"),
    ("shifts.toml", '["11:00", "14:00"]', '["18:00", "20:00"]', "[early].pauses[0].window", "18:00", "08:30 to 17:30"),
    ("shifts.toml", "window = ", "after_minutes = [0, 9]\nwindow = ", "[early].pauses[0]", "this table", "exactly one"),
    ("shifts.toml", "window = ", "where = ", "[early].pauses[0].where", "unknown key", "window"),
    ("shifts.toml", "[120, 240]", "[500, 530]", "[late].pauses[0].after_minutes", "500", "holds 45 minutes"),
    ("shifts.toml", "minutes = [480", "days = ['sun']\nminutes = [480", "[late]", "12:00", "the opening hours"),
    ("contracts.toml", "[2100, 2400]", "[2400, 2100]", "[full_time].week_minutes", "[2400, 2100]", "lowest not above"),
    ("contracts.toml", "[2, 5]", "[2, 8]", "[part_time].days_per_week", "[2, 8]", "from 0 to 7"),
    ("contracts.toml", '"early", "late"', '"erly", "late"', "[full_time].shifts[0]", '"erly"', 'did you mean "early"?'),
    ("contracts.toml", "shifts = [\"late\"]", 'rotation = [["late"], ["erly"]]', "[part_time].rotation[1][0]", '"erly"',
     'did you mean "early"?'),
    ("contracts.toml", "shifts = [\"late\"]", 'rotation = [["late"]]', "[part_time].rotation", '["late"]', "two turns"),
    ("contracts.toml", "shifts = [\"late\"]", 'forbidden_sequences = [["late", "of"]]',
     "[part_time].forbidden_sequences[0][1]", '"of"', "or one of off, work: early, late"),
    ("contracts.toml", "shifts = [\"late\"]", "max_shifts_per_week = {night = 2}",
     "[part_time].max_shifts_per_week.night", '"night"', "a shift of shifts.toml: early, late"),
    ("contracts.toml", "shifts = [\"late\"]", "average_weeks = 4", "[part_time].average_weeks", "4", "both or neither"),
    ("shifts.toml", "minutes = 540\n", "minutes = 540\nnot_followed_by = ['lat']\n", "[early].not_followed_by[0]",
     '"lat"', 'did you mean "late"?'),
    ("shifts.toml", "minutes = 540\n", "minutes = 540\npaid_share = 0.5\n", "[early].paid_share", "0.5", "on_call"),
    ("posts.toml", "role:leader", "attribute:senior", "[leader].who", '"attribute:senior"', "attribute: one of"),
    ("posts.toml", '"early"', '"erly"', "[leader].shift", '"erly"', 'did you mean "early"?'),
    ("posts.toml", '"18:00"', '"09:00"', "[leader].window", '"09:00"', "differ"),
    ("presence.csv", "a001", "a009", "row 2, column agent", '"a009"', "a001"),
    ("presence.csv", "2026-03-06 10:00", "2026-03-06 08:00", "row 2, column end", "08:00", "after the start"),
    ("agents.csv", "skills", "skill", "row 1", 'a column "skill"', 'did you mean "skills"?'),
    ("agents.csv", "email", "name", "row 1", 'column "name" 2 times', "each column once"),
    ("agents.csv", ",", ";", "row 1", "agent;name", 'separated by ","'),
    ("agents.csv", "a002", "a001", "row 3, column agent", '"a001"', "row 2 is the same"),
    ("agents.csv", "a002", "a;2", "row 3, column agent", '"a;2"', "a name without"),
    ("agents.csv", "a002", "", "row 3, column agent", "nothing", "a value"),
    ("agents.csv", "leader", "boss", "row 4, column role", '"boss"', "leader"),
    ("agents.csv", "part_time", "parttime", "row 3, column contract", '"parttime"', 'did you mean "part_time"?'),
    ("agents.csv", "billing:1.1", "biling:1.1", "row 3, column skills", '"biling:1.1"', 'did you mean "billing"?'),
    ("agents.csv", "billing:1.1", "billing", "row 3, column skills", '"billing"', "billing:1.0;sales:0.8"),
    ("agents.csv", "billing:1.1", "billing:0", "row 3, column skills", '"billing:0"', "above 0, at most 5"),
    ("agents.csv", "billing:1.1", "billing:nan", "row 3, column skills", '"billing:nan"', "above 0"),
    ("agents.csv", "billing:1.1", "billing:1;billing:1", "row 3, column skills", "billing", "each queue once"),
    ("agents.csv", "early:2", "erly:2", "row 2, column wishes", '"erly:2"', 'did you mean "early"?'),
    ("agents.csv", "early:2", "early:11", "row 2, column wishes", '"early:11"', "from 1 to 10"),
    ("agents.csv", "off-sun:5", "off-sunday:5", "row 2, column wishes", '"off-sunday:5"', 'did you mean "off-sun"?'),
    ("agents.csv", "1.1,,,,", "1.1,,,,early:1", "row 3, column wishes", '"early:1"', "shift of the contract part_time"),
    ("agents.csv", "2025-01-01", "01.02.2025", "row 2, column hired", '"01.02.2025"', "2026-03-02"),
    ("agents.csv", "2025-01-01,", "2025-01-01,2024-01-01", "row 2, column left", '"2024-01-01"', "not before hired"),
    ("agents.csv", ",,,,\n", ',,,,,"x"\n', "row 3", "11 cells", "10 cells"),
    ("agents.csv", "李娜", '"李"娜', "line 3", "expected", "quotes in pairs"),
    ("leave.csv", "a002", "a003", "row 3, column agent", '"a003"', "a002"),
    ("leave.csv", "2026-03-03", "2026-03-01", "row 2, column end", '"2026-03-01"', "after the start"),
    ("leave.csv", "2026-03-04 18:00", "evening", "row 3, column end", '"evening"', "local to the site"),
    ("leave.csv", "2026-03-02", "2026-02-30", "row 2, column start", '"2026-02-30"', "2026-03-02"),
    ("leave.csv", "2026-03-02", "", "row 2, column start", "nothing", "2026-03-02"),
    ("leave.csv", "start", "begin", "row 1", 'a column "begin"', "start"),
    ("activities.toml", '"team:Team 1"', '"team:Team 2"', "[briefing].who", "Team 2", 'did you mean "Team 1"?'),
    ("activities.toml", '"team:Team 1"', '"everyone"', "[briefing].who", '"everyone"', "team:NAME"),
    ("activities.toml", '"team:Team 1"', '"agent:a9", "all"', "[briefing].who[0]", "a9", "a001"),
    ("activities.toml", "minutes = 10", "minutes = 20", "[briefing].window", "15:20", "at least as long"),
    ("activities.toml", '"briefing"', '"party"', "[briefing].activity", '"party"', "briefing, meeting, training"),
    ("fixed.csv", "training", "trainig", "row 2, column activity", '"trainig"', 'did you mean "training"?'),
    ("fixed.csv", "work,sales", "work,tech", "row 3, column queue", '"tech"', "billing, sales"),
    ("fixed.csv", "training,", "training,sales", "row 2, column queue", '"sales"', "training serves no queue"),
    ("fixed.csv", "a001,2026-03-05T11", "a002,2026-03-05T11", "row 3, column queue", '"sales"', "a skill of a002"),
    ("fixed.csv", "T11:00+08:00,2", "T10:30+08:00,2", "row 3, column start", "10:30", "after the end of row 2"),
    ("fixed.csv", "T12:00", "T10:00", "row 3, column end", "T10:00", "after the start"),
    ("fixed.csv", "2026-03-05T09:00+08:00", "2026-03-05", "row 2, column start", '"2026-03-05"', "a time such as"),
    ("special_days.csv", "1.3", "-1", "row 2, column factor", '"-1"', "a number from 0"),
    ("special_days.csv", "1.3", "inf", "row 2, column factor", '"inf"', "a number from 0"),
    ("special_days.csv", "sales", "sale", "row 3, column queue", '"sale"', 'did you mean "sales"?'),
    ("special_days.csv", "2026-03-11,sales", "2026-03-10,", "row 3, column date", "2026-03-10", "row 2 is the same"),
    ("history/2025.csv", "offered", "calls", "row 1", 'a column "calls"', "offered"),
    ("history/2025.csv", "sales", "sale", "row 4, column queue", '"sale"', 'did you mean "sales"?'),
    ("history/2025.csv", "2025-03-03 09:00,12", "noon,12", "row 2, column start", '"noon"', "local to the site"),
    ("history/2025.csv", ",12,", ",twelve,", "row 2, column offered", '"twelve"', "a number"),
    ("history/2025.csv", ",12,", ",,", "row 2, column offered", "nothing", "a number"),
    ("history/2025.csv", ",9,", ",9,1,2,3,", "file", "Expected", "as many cells"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "stands", "instead", "where", "found", "allowed"), WRONG, ids=[f"{c[0]} {c[3]} {c[2]!r}" for c in WRONG]
)
def test_what_is_wrong_is_said_where_it_stands(
    write: Write, files: dict[str, str], file: str, stands: str, instead: str, where: str, found: str, allowed: str
) -> None:
    assert stands in files[file]
    content = files[file].replace(stands, instead, 1 if stands != "," else -1)
    problems = validate_site(write({file: content}))
    said = [problem for problem in problems if problem.where == where]
    assert said, problems
    assert found in said[0].found
    assert allowed in said[0].allowed
    jargon = ("Input should", "validation error", "Value error", "pydantic", "Traceback")
    assert not any(word in str(problem) for word in jargon for problem in problems)


@pytest.mark.parametrize(("file", "stands", "instead"), [c[:3] for c in WRONG], ids=[f"{c[0]} {c[2]!r}" for c in WRONG])
def test_what_is_wrong_is_told_in_chinese(
    write: Write, files: dict[str, str], file: str, stands: str, instead: str
) -> None:
    """But for what stands in the files: names, keys and values, which are told as they are."""
    content = files[file].replace(stands, instead, 1 if stands != "," else -1)
    for problem in validate_site(write({file: content})):
        told = words("zh").tell(str(problem))
        assert not re.search(r"[A-Za-z]{2,} [a-z]{2,}", re.sub(r'"[^"]*"|`[^`]*`', "", told)), told
        assert re.search(r"[\u4e00-\u9fff]", told)


@pytest.mark.parametrize(
    ("file", "stands", "instead"), [(c[0], c[1], c[2]) for c in WRONG if c[3].startswith(("row", "["))]
)
def test_one_mistake_does_not_bring_a_flood(
    write: Write, files: dict[str, str], file: str, stands: str, instead: str
) -> None:
    content = files[file].replace(stands, instead, 1 if stands != "," else -1)
    assert 1 <= len(validate_site(write({file: content}))) <= 4


def test_keys_that_do_not_agree_are_found_beside_keys_that_are_wrong(write: Write) -> None:
    folder = write(
        {"contracts.toml": "[full_time]\nrest_minutes = '11h'\nweek_minutes = [9, 1]\ndays_per_week = [5, 4]\n"}
    )
    said = [problem.where for problem in validate_site(folder) if problem.file == "contracts.toml"]
    assert said == ["[full_time].rest_minutes", "[full_time].week_minutes", "[full_time].days_per_week"]


def test_pauses_that_fit_alone_but_not_together_are_found(write: Write, files: dict[str, str]) -> None:
    pause = '[[{0}.pauses]]\nactivity = "break"\nminutes = 60\nwindow = ["{1}", "{2}"]\n'
    early = '[early]\nstart = "08:30"\nminutes = 540\n'
    clash = early + pause.format("early", "11:00", "12:30") + pause.format("early", "11:30", "12:45")
    fits = early + pause.format("early", "11:30", "12:45") + pause.format("early", "10:30", "12:30")
    late = files["shifts.toml"].partition("[late]")[2]
    said = validate_site(write({"shifts.toml": f"{clash}\n[late]{late}"}))
    assert [problem.where for problem in said] == ["[early].pauses"]
    assert validate_site(write({"shifts.toml": f"{fits}\n[late]{late}"})) == []


def test_a_pause_of_a_night_shift_may_lie_after_midnight(write: Write, files: dict[str, str]) -> None:
    night = (
        '\n[night]\nstart = "22:00"\nminutes = 600\nnight = true\n'
        '[[night.pauses]]\nactivity = "meal"\nminutes = 60\nwindow = ["02:00", "04:00"]\n'
    )
    site = files["site.toml"].replace('mon = ["08:30-22:00"]', 'mon = ["22:00-06:00"]\ntue = ["08:30-22:00"]')
    assert validate_site(write({"shifts.toml": files["shifts.toml"] + night, "site.toml": site})) == []


def test_an_unreadable_file_is_said_once_and_what_names_its_content_is_left_alone(write: Write) -> None:
    problems = validate_site(write({"queues.toml": "[billing", "shifts.toml": "[", "contracts.toml": "x"}))
    assert {problem.file for problem in problems} == {"queues.toml", "shifts.toml", "contracts.toml"}
    assert len(problems) == 3


def test_hours_in_parquet_are_looked_at_too(write: Write) -> None:
    folder = write()
    starts = pd.to_datetime(["2025-03-03T09:00+08:00", "2025-03-03T09:15+08:00"])
    table = pd.DataFrame({"queue": ["sales", "sale"], "start": starts, "offered": [1.0, 2.0]})
    table.to_parquet(folder / "history" / "more.parquet")
    (folder / "history" / "broken.parquet").write_bytes(b"PAR1")
    said = [(problem.file, problem.where) for problem in validate_site(folder)]
    assert said == [("history/broken.parquet", "file"), ("history/more.parquet", "row 3, column queue")]


def test_many_wrong_rows_of_a_history_are_one_line(write: Write, files: dict[str, str]) -> None:
    rows = "billing,2025-03-04 09:00,x,\n" * 5000
    [problem] = validate_site(write({"history/2025.csv": files["history/2025.csv"] + rows}))
    assert (problem.where, problem.found) == ("row 5, column offered", '"x" (and 4,999 more rows)')
