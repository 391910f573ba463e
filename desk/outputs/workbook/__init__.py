"""roster.xlsx: the roster for people who plan, print and pin up in spreadsheets."""

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from desk.outputs.colours import shift_colours
from desk.outputs.plan import Plan
from desk.outputs.workbook.cells import sheet_names
from desk.outputs.workbook.days import fill_days
from desk.outputs.workbook.legend import fill_legend
from desk.outputs.workbook.settle import settle
from desk.outputs.workbook.team import TeamSheet
from desk.wording import Words
from scheduler.checks import Coverage


def write_workbook(path: Path, plan: Plan, coverage: Coverage, words: Words, at: datetime) -> None:
    """Write a sheet a team, the coverage by day, and a legend.

    Parameters
    ----------
    at : aware; when this version was made, as the file's own date.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    under = _under(plan, words)
    colours = shift_colours(plan.site.shifts.values())
    names = [team.name or words._("Without a team") for team in plan.teams]
    *team_names, days, legend = sheet_names([*names, words._("Coverage"), words._("Legend")])
    for name, team in zip(team_names, plan.teams, strict=True):
        TeamSheet(book.create_sheet(name), plan, colours, words).fill(team, under)
    fill_days(book.create_sheet(days), plan, coverage, words, under)
    fill_legend(book.create_sheet(legend), plan, colours, words, under)
    book.properties.title = f"{plan.site.settings.name}: {under}"
    book.properties.creator = "Paiban"
    book.save(path)
    settle(path, at)


def _under(plan: Plan, words: Words) -> str:
    first, last = plan.horizon.day(0), plan.horizon.day(plan.horizon.days - 1)
    version = words._("Roster version {version}", version=plan.version)
    return f"{plan.site.settings.name} · {words.day(first)} – {words.day(last)} · {version}"
