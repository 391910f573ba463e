"""A report as an Excel workbook: one sheet a table, numbers as numbers."""

import re
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook

from desk.outputs.colours import Colour
from desk.outputs.workbook.cells import Look, put
from desk.outputs.workbook.settle import settle
from desk.reports.content import Report
from desk.reports.tables import Table, tables
from desk.wording import Words

HEAD = Look(Colour("EEF1F4", "1A1A1A"), bold=True)
MISSED = Colour("FDE7E3", "1A1A1A")


def write_report_workbook(path: Path, report: Report, said: Words) -> None:
    """Write the workbook whole; the same report gives the same bytes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables(report, said):
        if table.rows:
            _sheet(book, table)
    path.parent.mkdir(parents=True, exist_ok=True)
    side = path.with_name(f".{path.name}.part")
    book.save(side)
    settle(side, datetime(report.last.year, report.last.month, report.last.day, tzinfo=UTC))
    side.replace(path)


def _sheet(book: Workbook, table: Table) -> None:
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", table.title)[:31])
    for column, name in enumerate(table.head, start=1):
        put(sheet, 1, column, name, HEAD)
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = 14
    sheet.column_dimensions["A"].width = 22
    for number, row in enumerate(table.rows, start=2):
        for column, cell in enumerate(row, start=1):
            share = isinstance(cell.value, float) and cell.text.endswith("%")
            look = Look(left=column == 1, format="0.0%" if share else "General")
            if cell.missed:
                look = Look(MISSED, left=column == 1, format=look.format)
            put(sheet, number, column, cell.text if column == 1 else cell.value, look)
    sheet.freeze_panes = "B2"
