"""roster.xlsx opened back: what a planner finds in it, and what a printer gets."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook as Book
from openpyxl.worksheet.worksheet import Worksheet

from centre.grid import Horizon
from centre.roster import Roster, Segment
from centre.site import Site
from desk.outputs.colours import ACTIVITY, shift_colours
from desk.outputs.plan import plan_of
from desk.outputs.service import by_day
from desk.outputs.workbook import write_workbook
from desk.outputs.workbook.cells import sheet_names
from desk.wording import words
from tests.desk import sample


def written(path: Path, of: Site, at: Horizon, made: Roster, language: str = "en") -> Book:
    needed = sample.requirement(at)
    covered = sample.covered(of, at, needed, made)
    write_workbook(path / "roster.xlsx", plan_of(of, at, needed, made), covered, words(language), sample.AT)
    return load_workbook(path / "roster.xlsx")


def line(sheet: Worksheet, agent: str) -> list[object]:
    """The row of an agent."""
    return next([cell.value for cell in row] for row in sheet.iter_rows() if row[1].value == agent)


def test_a_sheet_a_team_then_coverage_and_legend(tmp_path: Path) -> None:
    of, at = sample.site(18, 6), sample.horizon(7)
    book = written(tmp_path, of, at, sample.roster(of, at))
    assert book.sheetnames == ["Team 1", "Team 2", "Team 3", "Coverage", "Legend"]
    assert book["Team 2"]["B4"].value == "A011"  # the leader first


def test_a_day_shows_the_shift_and_its_times_and_the_hours_add_up(tmp_path: Path) -> None:
    of, at = sample.site(6), sample.horizon(14)
    book = written(tmp_path, of, at, sample.roster(of, at))
    row = line(book["Team 1"], "A001")  # late, on from day 0 to 3, off 4 and 5, on again
    assert row[:3] == ["Agent 1", "A001", "Agent"]
    assert row[3:11] == [*["late\n13:00–22:00"] * 4, None, None, "late\n13:00–22:00", 40.0]
    assert row[18:20] == [40.0, 80.0]


def test_weeks_are_pages_and_headings_and_names_are_on_every_page(tmp_path: Path) -> None:
    of, at = sample.site(6), sample.horizon(28)
    sheet = written(tmp_path, of, at, sample.roster(of, at))["Team 1"]
    assert [page.id for page in sheet.col_breaks.brk] == [11, 19, 27]
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$3", "$A:$C")
    assert sheet.freeze_panes == "D4"
    assert sheet.print_area == "'Team 1'!$A$1:$AJ$10"
    assert sheet.page_setup.orientation == "landscape"


def test_weeks_follow_the_first_weekday_of_the_site(tmp_path: Path) -> None:
    of, at = sample.site(6), sample.horizon(10, first=date(2026, 3, 4))  # a Wednesday
    sheet = written(tmp_path, of, at, sample.roster(of, at))["Team 1"]
    assert [cell.value for cell in sheet[2] if cell.value] == ["4 Mar 2026 – 8 Mar 2026", "9 Mar 2026 – 13 Mar 2026"]


def test_leave_standby_and_not_being_employed_are_shown(tmp_path: Path) -> None:
    at = sample.horizon(4)
    of = sample.leave(sample.site(6, a0={"left": date(2026, 3, 4)}), "A000", at.at(1, 0), at.at(2, 0))
    standby = Segment("A000", at.at(2, 600), at.at(2, 720), "standby")
    book = written(tmp_path, of, at, Roster.of([*sample.duty("A000", at, 0, "early", "billing"), standby]))
    assert line(book["Team 1"], "A000")[3:7] == ["early\n08:30–17:30", "Leave", "Standby\n10:00–12:00", "×"]


def test_a_name_is_never_a_formula_and_a_team_name_never_breaks_the_book(tmp_path: Path) -> None:
    of = sample.site(6, 6, a0={"name": "=1+1", "team": "=A1"}, a1={"name": "@SUM(1)", "team": "x/y[1]?" * 9})
    at = sample.horizon(1)
    book = written(tmp_path, of, at, sample.roster(of, at))
    cell = next(cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_sheet_names_are_what_a_workbook_accepts() -> None:
    names = sheet_names(["Team", "team", "a/b", "a:b", "", "'q'", "x" * 40, "x" * 50, "History", "组" * 40])
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name


def test_coverage_by_day_holds_numbers_and_dates_not_their_text(tmp_path: Path) -> None:
    of, at = sample.site(6), sample.horizon(2)
    made = sample.roster(of, at)
    sheet = written(tmp_path, of, at, made)["Coverage"]
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    expected = [*by_day(sample.covered(of, at, sample.requirement(at), made))]
    assert [(row[0], row[1].date()) for row in found] == [(day.queue, at.day(day.day)) for day in expected]
    for row, day in zip(found, expected, strict=True):
        figures = (day.volume, day.required_hours, day.rostered_hours, day.short_hours, day.surplus_hours)
        assert row[3:8] == pytest.approx(figures)
        assert row[8] == pytest.approx(day.service_level)
        assert row[10] == ("yes" if day.service_level >= 0.8 else "no")


def test_headings_are_chinese_when_chinese_is_asked_for(tmp_path: Path) -> None:
    of, at = sample.site(6), sample.horizon(7)
    book = written(tmp_path, of, at, sample.roster(of, at), "zh")
    assert book.sheetnames == ["Team 1", "人力覆盖", "图例"]
    assert [cell.value for cell in book["Team 1"][3]][:4] == ["姓名", "工号", "岗位", "周一\n3月2日"]


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_stands_out_on_every_colour_as_wcag_aa_asks() -> None:
    of = sample.site()
    for colour in (*shift_colours(of.shifts.values()).values(), *ACTIVITY.values()):
        if colour != ACTIVITY["off"]:
            light, dark = sorted((_luminance(colour.fill), _luminance(colour.text)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, colour
