"""A team's sheet: its people by the days, a week a page."""

from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from desk.outputs.colours import FREE_DAY, LEAVE, NO_SHIFT, NOT_EMPLOYED, PLAIN_DAY, STANDBY, Colour
from desk.outputs.moments import Moments
from desk.outputs.plan import Entry, Plan, Row, Team
from desk.outputs.workbook.cells import Look, put, title
from desk.outputs.workbook.paper import landscape
from desk.wording import Words

HEADER = 3
"""Rows repeated on every page: title, week, day."""

FIRST_DAY = 4
"""Column of the first day, after name, id and role, which every page repeats."""

HOURS = "#,##0.##;-#,##0.##;0"


@dataclass(frozen=True)
class Columns:
    """Where each day and each week's hours stand."""

    weeks: list[range]

    def day(self, number: int) -> int:
        return FIRST_DAY + number + next(i for i, week in enumerate(self.weeks) if number in week)

    def week_hours(self, index: int) -> int:
        return self.day(self.weeks[index][-1]) + 1

    @property
    def total(self) -> int:
        return self.week_hours(len(self.weeks) - 1) + 1


class TeamSheet:
    """Fills one sheet."""

    def __init__(self, sheet: Worksheet, plan: Plan, colours: dict[str, Colour], words: Words) -> None:
        self.sheet, self.plan, self.words = sheet, plan, words
        self.colours = colours
        self.columns = Columns(plan.weeks())
        self.moments = Moments(plan.horizon.zone)

    def fill(self, team: Team, under: str) -> None:
        """The whole sheet."""
        title(self.sheet, team.name or self.words._("Without a team"), under, FIRST_DAY)
        self.head()
        for row, person in enumerate(team.rows, HEADER + 1):
            self.person(row, person)
        self.on_duty(HEADER + 1 + len(team.rows), team)
        self.pages(HEADER + 1 + len(team.rows), under)

    def head(self) -> None:
        sheet, words, days = self.sheet, self.words, self.plan.horizon
        names = (words._("Name"), words._("ID"), words._("Role"))
        for column, (name, width) in enumerate(zip(names, (16, 9, 11), strict=True), 1):
            put(sheet, 2, column, None, Look(PLAIN_DAY))
            put(sheet, HEADER, column, name, Look(PLAIN_DAY, bold=True, left=True))
            sheet.column_dimensions[get_column_letter(column)].width = width
        for index, week in enumerate(self.columns.weeks):
            self.week_head(index, week)
        for number, day in enumerate(days):
            column = self.columns.day(number)
            colour = FREE_DAY if number in self.plan.free else PLAIN_DAY
            put(sheet, HEADER, column, f"{words.weekday(day)}\n{words.day_short(day)}", Look(colour, bold=True))
            sheet.column_dimensions[get_column_letter(column)].width = 12
        put(sheet, 2, self.columns.total, None, Look(PLAIN_DAY))
        put(sheet, HEADER, self.columns.total, words._("Total hours"), Look(PLAIN_DAY, bold=True))
        sheet.column_dimensions[get_column_letter(self.columns.total)].width = 9
        sheet.row_dimensions[HEADER].height = 30

    def week_head(self, index: int, week: range) -> None:
        first, last = self.columns.day(week[0]), self.columns.week_hours(index)
        span = f"{self.words.day(self.plan.horizon.day(week[0]))} – {self.words.day(self.plan.horizon.day(week[-1]))}"
        for column in range(first, last + 1):
            put(self.sheet, 2, column, span if column == first else None, Look(PLAIN_DAY, bold=True))
        self.sheet.merge_cells(start_row=2, end_row=2, start_column=first, end_column=last)
        put(self.sheet, HEADER, last, self.words._("Hours"), Look(PLAIN_DAY, bold=True))
        self.sheet.column_dimensions[get_column_letter(last)].width = 8

    def person(self, row: int, person: Row) -> None:
        agent = person.agent
        bold = agent.role != "agent"
        put(self.sheet, row, 1, agent.name, Look(bold=bold, left=True))
        put(self.sheet, row, 2, agent.agent, Look(left=True, size=9))
        put(self.sheet, row, 3, self.words.role(agent.role), Look(left=True, size=9))
        for number, entries in enumerate(person.days):
            text, look = self.day(entries, person.employed[number])
            put(self.sheet, row, self.columns.day(number), text, look)
        for index, week in enumerate(self.columns.weeks):
            hours = Look(PLAIN_DAY, format=HOURS)
            put(self.sheet, row, self.columns.week_hours(index), person.paid(week) / 60, hours)
        total = person.paid(range(self.plan.horizon.days)) / 60
        put(self.sheet, row, self.columns.total, total, Look(PLAIN_DAY, bold=True, format=HOURS))
        self.sheet.row_dimensions[row].height = 15 * max(2, *(2 * len(entries) for entries in person.days))

    def day(self, entries: tuple[Entry, ...], employed: bool) -> tuple[str | None, Look]:
        """What stands in a day, and how it looks: like its duty where it has one."""
        if not entries:
            return (None, Look()) if employed else ("×", Look(NOT_EMPLOYED))
        return "\n".join(map(self.entry, entries)), self.look(min(entries, key=lambda entry: entry.kind != "duty"))

    def entry(self, entry: Entry) -> str:
        if entry.whole_day:
            return self.words.activity(entry.kind)
        span = self.moments.span(entry.start, entry.end)
        name = entry.shift if entry.kind == "duty" else self.words.activity(entry.kind)
        return f"{name or self.words._('Duty')}\n{span}"

    def look(self, entry: Entry) -> Look:
        if entry.kind == "leave":
            return Look(LEAVE, italic=True)
        if entry.kind == "standby":
            return Look(STANDBY, dashed=True)
        return Look(self.colours.get(entry.shift, NO_SHIFT), bold=not entry.shift)

    def on_duty(self, row: int, team: Team) -> None:
        """How many of the team have a duty that starts on each day."""
        for column in range(1, self.columns.total + 1):
            put(self.sheet, row, column, None, Look(PLAIN_DAY))
        put(self.sheet, row, 1, self.words._("On duty"), Look(PLAIN_DAY, bold=True, left=True))
        for number in range(self.plan.horizon.days):
            count = sum(any(entry.kind == "duty" for entry in person.days[number]) for person in team.rows)
            put(self.sheet, row, self.columns.day(number), count, Look(PLAIN_DAY, bold=True))
        for index, week in enumerate(self.columns.weeks):
            hours = sum(person.paid(week) for person in team.rows) / 60
            put(self.sheet, row, self.columns.week_hours(index), hours, Look(PLAIN_DAY, bold=True, format=HOURS))
        total = sum(person.paid(range(self.plan.horizon.days)) for person in team.rows) / 60
        put(self.sheet, row, self.columns.total, total, Look(PLAIN_DAY, bold=True, format=HOURS))

    def pages(self, last_row: int, under: str) -> None:
        """Landscape A4, a week a page; names and headings on every page."""
        sheet = self.sheet
        sheet.freeze_panes = sheet.cell(HEADER + 1, FIRST_DAY).coordinate
        area = f"A1:{get_column_letter(self.columns.total)}{last_row}"
        landscape(sheet, head_rows=HEADER, area=area, fit_width=False, foot=under)
        sheet.print_title_cols = f"A:{get_column_letter(FIRST_DAY - 1)}"
        sheet.page_setup.scale = 80
        for index in range(len(self.columns.weeks) - 1):
            sheet.col_breaks.append(Break(id=self.columns.week_hours(index)))
