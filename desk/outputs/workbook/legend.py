"""The sheet that says what the colours and figures mean."""

from openpyxl.worksheet.worksheet import Worksheet

from centre.shifts import Shift
from centre.words import clock_text
from desk.outputs.colours import FREE_DAY, LEAVE, NOT_EMPLOYED, PLAIN_DAY, STANDBY, Colour
from desk.outputs.plan import Plan
from desk.outputs.workbook.cells import Look, put, title
from desk.outputs.workbook.paper import landscape
from desk.wording import Words


def fill_legend(sheet: Worksheet, plan: Plan, colours: dict[str, Colour], words: Words, under: str) -> None:
    """Shifts with their times and pauses, marks, and how the figures are meant."""
    title(sheet, words._("Legend"), under)
    for column, (name, width) in enumerate(
        ((words._("Shift"), 18), (words._("Start"), 16), (words._("Length"), 14), (words._("Pauses"), 46)), 1
    ):
        put(sheet, 3, column, name, Look(PLAIN_DAY, bold=True, left=True))
        sheet.column_dimensions["ABCD"[column - 1]].width = width
    row = 3
    for shift in plan.site.shifts.values():
        row += 1
        name = words._("{shift} (night)", shift=shift.name) if shift.night else shift.name
        put(sheet, row, 1, name, Look(colours[shift.name]))
        put(sheet, row, 2, _range(*map(clock_text, shift.start)), Look())
        put(sheet, row, 3, _range(*map(words.hours, shift.minutes)) + " h", Look())
        put(sheet, row, 4, _pauses(shift, words), Look(left=True))
    marks = (
        (words.activity("leave"), Look(LEAVE, italic=True), words._("Approved leave")),
        (words.activity("standby"), Look(STANDBY, dashed=True), words._("On call, not at the centre")),
        (words._("Duty"), Look(bold=True), words._("A duty outside the shift catalogue")),
        ("×", Look(NOT_EMPLOYED), words._("Not employed on that day")),
        ("", Look(FREE_DAY), words._("Weekend or public holiday")),
    )
    row += 1
    for mark, look, meaning in marks:
        row += 1
        put(sheet, row, 1, mark, look)
        put(sheet, row, 2, meaning, Look(left=True))
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=4)
    row += 1
    for text in _notes(words):
        row += 1
        put(sheet, row, 1, text, Look(left=True))
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
        sheet.row_dimensions[row].height = 32
    landscape(sheet, head_rows=3, area=f"A1:D{row}", fit_width=True, foot=under)


def _notes(words: Words) -> tuple[str, ...]:
    return (
        words._(
            "Hours are paid hours: a duty's span less its unpaid pauses. A duty counts on the day on which it starts."
        ),
        words._("Required hours are agent-hours to be rostered so that the goals hold after unplanned shrinkage."),
        words._(
            "Predicted service level: expected contacts answered within the queue's time, of all expected contacts."
        ),
    )


def _range(low: str, high: str) -> str:
    return low if low == high else f"{low} – {high}"


def _pauses(shift: Shift, words: Words) -> str:
    return words.listing(
        [
            words._("{activity} {minutes} min", activity=words.activity(p.activity), minutes=p.minutes)
            for p in shift.pauses
        ]
    )
