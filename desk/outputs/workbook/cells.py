"""Cells: text that stays text, styles made once."""

from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from desk.outputs.colours import Colour

_EDGE = Side(style="thin", color="BFC5CC")
_DASH = Side(style="dashed", color="777777")
EDGES = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
DASHES = Border(left=_DASH, right=_DASH, top=_DASH, bottom=_DASH)
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
PLAIN = Colour("FFFFFF", "1A1A1A")

_styles: WeakKeyDictionary[Any, dict["Look", Any]] = WeakKeyDictionary()
"""Numbers of the styles of each workbook by look: the library hashes a style anew for every cell it is given to."""


@dataclass(frozen=True)
class Look:
    """How a cell looks."""

    colour: Colour = PLAIN
    bold: bool = False
    italic: bool = False
    size: float = 10
    left: bool = False
    dashed: bool = False
    format: str = "General"


def put(sheet: Worksheet, row: int, column: int, value: str | float | date | None, look: Look) -> None:
    """Write a cell. Text is never read as a formula, whatever a person is called."""
    cell: Any = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
    else:
        cell.value = value
    styles = _styles.setdefault(sheet.parent, {})
    if look in styles:
        cell._style = copy(styles[look])
        return
    cell.fill, cell.font = _fill(look.colour.fill), _font(look)
    cell.alignment = LEFT if look.left else MIDDLE
    cell.border = DASHES if look.dashed else EDGES
    if look.format != "General":
        cell.number_format = look.format
    styles[look] = copy(cell._style)


@cache
def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor="FF" + colour)


@cache
def _font(look: Look) -> Font:
    return Font(name="Calibri", size=look.size, bold=look.bold, italic=look.italic, color="FF" + look.colour.text)


def title(sheet: Worksheet, text: str, under: str, column: int = 2) -> None:
    """The sheet's title in its first row, and from `column` on, a line of small print."""
    for where, words, font in (
        (1, text, Font(name="Calibri", size=14, bold=True)),
        (column, under, Font(name="Calibri", size=10, color="FF555555")),
    ):
        cell: Any = sheet.cell(1, where)
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", words)
        cell.data_type = "s"
        cell.font = font
        cell.alignment = Alignment(horizontal="left", vertical="center")
    sheet.row_dimensions[1].height = 24


def sheet_names(wanted: list[str]) -> list[str]:
    """Names a workbook accepts: at most 31 characters, none of []:*?/\\, no quote at an end, no two alike."""
    names: list[str] = []
    for text in wanted:
        clean = "".join("_" if char in "[]:*?/\\" else char for char in ILLEGAL_CHARACTERS_RE.sub("", text))
        clean = clean.strip().strip("'")[:31] or "-"
        name, number = clean, 1
        while name.casefold() in {taken.casefold() for taken in names} or name.casefold() == "history":
            number += 1
            name = f"{clean[: 30 - len(str(number))]} {number}"
        names.append(name)
    return names
