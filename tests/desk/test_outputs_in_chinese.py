"""What people open of a roster is Chinese where they read Chinese, but for names: page, workbook, calendars."""

import re
from pathlib import Path

import icalendar
import pytest
from openpyxl import load_workbook

from desk.outputs.ics import write_calendars
from desk.outputs.page import write_page
from desk.outputs.plan import plan_of
from desk.outputs.workbook import write_workbook
from desk.wording import words
from tests.desk import sample

NAMES = re.compile(
    r"\b(Team \d+|A\d{3}|Agent \d+|Hotline|Asia|Shanghai|JavaScript|early|late|night|billing|sales|paiban|UTC)\b"
)
SPOKEN = re.compile(r"[A-Za-z]{3,}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything written once, in Chinese."""
    folder = tmp_path_factory.mktemp("zh")
    of, at = sample.site(), sample.horizon()
    made, needed = sample.roster(of, at), sample.requirement(at)
    of = sample.leave(of, "A003", at.at(3, 0), at.at(4, 0))
    covered = sample.covered(of, at, needed, made)
    plan, zh = plan_of(of, at, needed, made), words("zh")
    write_page(folder / "roster.html", plan, covered, zh, sample.AT)
    write_workbook(folder / "roster.xlsx", plan, covered, zh, sample.AT)
    (folder / "ics").mkdir()
    write_calendars(folder / "ics", plan, zh, sample.AT)
    return folder


def english(text: str) -> list[str]:
    return SPOKEN.findall(NAMES.sub("", text))


def test_the_page_shows_no_english(folder: Path) -> None:
    page = (folder / "roster.html").read_text("utf-8")
    assert '<html lang="zh' in page
    shown = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    attributes = re.findall(r'(?:title|aria-label|placeholder|alt)="([^"]*)"', shown)
    texts = [re.sub(r"&\w+;", "", part).strip() for part in re.split(r"<[^>]*>", shown)]
    assert [text for text in [*texts, *attributes] if english(text)] == []


def test_the_workbook_shows_no_english(folder: Path) -> None:
    book = load_workbook(folder / "roster.xlsx")
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    printed = [part.text or "" for sheet in book for part in (sheet.oddHeader.center, sheet.oddFooter.left)]
    assert cells
    assert [text for text in [*book.sheetnames, *cells, *printed] if english(re.sub(r"&\[?\w+\]?", "", text))] == []


def test_the_calendars_show_no_english(folder: Path) -> None:
    events = [
        event
        for file in (folder / "ics").iterdir()
        for event in icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    ]
    texts = [str(event.get(name, "")) for event in events for name in ("summary", "description", "location")]
    assert events
    assert sorted({text for text in texts if english(text)}) == []
