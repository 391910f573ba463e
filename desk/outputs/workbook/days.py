"""The sheet of coverage by day: what was required, what is rostered, what service it promises."""

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from desk.outputs.colours import FREE_DAY, GOOD, PLAIN_DAY, SHORT, Colour
from desk.outputs.plan import Plan
from desk.outputs.service import DayFigures, by_day
from desk.outputs.workbook.cells import PLAIN, Look, put, title
from desk.outputs.workbook.paper import landscape
from desk.wording import Words
from scheduler.checks import Coverage

_HEAD = 3


def fill_days(sheet: Worksheet, plan: Plan, coverage: Coverage, words: Words, under: str) -> None:
    """One row a queue and day."""
    title(sheet, words._("Coverage"), under, 3)
    names = (
        (words._("Queue"), 16), (words._("Date"), 12), (words._("Weekday"), 10), (words._("Expected contacts"), 12),
        (words._("Required hours"), 12), (words._("Rostered hours"), 12), (words._("Hours short"), 12),
        (words._("Hours above"), 12), (words._("Predicted service level"), 14), (words._("Target"), 10),
        (words._("Reached"), 10),
    )  # fmt: skip
    for column, (name, width) in enumerate(names, 1):
        put(sheet, _HEAD, column, name, Look(PLAIN_DAY, bold=True))
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[_HEAD].height = 32
    row = _HEAD
    for figures in by_day(coverage):
        if figures.volume or figures.rostered_hours or figures.required_hours:
            row += 1
            _row(sheet, row, figures, plan, words)
    sheet.auto_filter.ref = f"A{_HEAD}:{get_column_letter(len(names))}{row}"
    sheet.freeze_panes = f"C{_HEAD + 1}"
    area = f"A1:{get_column_letter(len(names))}{row}"
    landscape(sheet, head_rows=_HEAD, area=area, fit_width=True, foot=under)


def _row(sheet: Worksheet, row: int, figures: DayFigures, plan: Plan, words: Words) -> None:
    day = plan.horizon.day(figures.day)
    base = FREE_DAY if figures.day in plan.free else PLAIN
    queue = plan.site.queues.get(figures.queue)
    known = figures.service_level == figures.service_level
    reached = known and queue is not None and figures.service_level >= queue.target
    put(sheet, row, 1, figures.queue, Look(base, left=True))
    put(sheet, row, 2, day, Look(base, format="yyyy-mm-dd"))
    put(sheet, row, 3, words.weekday(day), Look(base))
    put(sheet, row, 4, figures.volume, Look(base, format="#,##0"))
    put(sheet, row, 5, figures.required_hours, Look(base, format="#,##0.0"))
    put(sheet, row, 6, figures.rostered_hours, Look(base, format="#,##0.0"))
    put(sheet, row, 7, figures.short_hours, Look(_short(figures, base), format="#,##0.0"))
    put(sheet, row, 8, figures.surplus_hours, Look(base, format="#,##0.0"))
    colour = base if not known else GOOD if reached else SHORT
    put(sheet, row, 9, figures.service_level if known else "–", Look(colour, bold=True, format="0.0%"))
    put(sheet, row, 10, queue.target if queue else None, Look(base, format="0%"))
    put(sheet, row, 11, _verdict(known, reached, words), Look(colour))


def _short(figures: DayFigures, base: Colour) -> Colour:
    return SHORT if figures.short_hours > 0.05 * figures.required_hours else base


def _verdict(known: bool, reached: bool, words: Words) -> str:
    if not known:
        return "–"
    return words._("yes") if reached else words._("no")
