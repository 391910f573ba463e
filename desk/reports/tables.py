"""The tables of a report in one language: head and rows, the same for the page and for the workbook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from desk.reports.content import FIGURES, LOW_IS_GOOD, Report
from desk.wording import Words
from streams.kpi import Sums


@dataclass(frozen=True)
class Cell:
    """A cell: the text people read, the value machines read, and whether it misses its target."""

    text: str
    value: float | str | None
    missed: bool = False


@dataclass(frozen=True)
class Table:
    """A titled table."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(report: Report, said: Words) -> Iterator[Table]:
    """Every table of a report, in the order in which they are read."""
    _ = said._
    head = (_("Offered"), _("Handled"), *(said.term("figure", name) for name in FIGURES))
    whole = [(report.site, report.whole)]
    yield Table(_("Site"), (_("Site"), *head), _rows(whole, report, said))
    if len(report.days) > 1:
        days = [(said.day(day), sums or Sums()) for day, sums in report.days]
        yield Table(_("Days"), (_("Day"), *head), _rows(days, report, said))
    yield Table(_("Queues"), (_("Queue"), *head), _rows(list(report.queues.items()), report, said))
    yield Table(_("Teams"), (_("Team"), *head), _rows(list(report.teams.items()), report, said))
    low, high = report.inspections_wanted
    rows = []
    for name, sums in report.agents.items():
        heard = report.inspections.get(name, 0)
        points = report.points.get(name, 0.0)
        missed = report.kind == "monthly" and not low <= heard <= high
        more = (Cell(said.number(points, 1), points), Cell(str(heard), heard, missed))
        rows.append((*_row(name, sums, report, said), *more))
    head_of_agents = (_("Agent"), *head, _("Points"), _("Inspections"))
    yield Table(_("Agents"), head_of_agents, tuple(rows))
    duty = tuple((Cell(said.term("duty", name), name), Cell(str(count), count)) for name, count in report.duty.items())
    yield Table(_("Duty"), (_("What"), _("Count")), duty)


def _rows(named: list[tuple[str, Sums]], report: Report, said: Words) -> tuple[tuple[Cell, ...], ...]:
    return tuple(_row(name, sums, report, said) for name, sums in named)


def _row(name: str, sums: Sums, report: Report, said: Words) -> tuple[Cell, ...]:
    figures = sums.figures()
    counts = (Cell(said.number(sums.offered), sums.offered), Cell(said.number(sums.handled), sums.handled))
    return (Cell(name, name), *counts, *(_cell(key, figures[key], report.targets, said) for key in FIGURES))


def _cell(key: str, value: float | None, targets: Mapping[str, float], said: Words) -> Cell:
    if value is None:
        return Cell("–", None)
    text = said.number(value) if key == "handle_time_s" else said.percent(value)
    target = targets.get(key)
    missed = target is not None and (value > target if key in LOW_IS_GOOD else value < target)
    return Cell(text, value, missed)
