"""Reports (KPI-1, KPI-3): made by command and when they are due, as pages and workbooks in both languages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from centre.approvals import Open
from centre.errors import InputError, PaibanError
from centre.grid import instant, local_day
from centre.said import Said
from centre.words import WEEKDAYS
from desk.actions.duty import rounds_of, snapshot_of
from desk.actions.escalating import incidents
from desk.actions.figures import days_between, figures_of_days, summed
from desk.actions.handing_over import handover_log
from desk.actions.monthly import statement
from desk.actions.targeting import targets_of
from desk.reports.content import FIGURES, Kind, Report
from desk.reports.page import report_page
from desk.reports.workbook import write_report_workbook
from desk.wiring import Place, logbook_of, requests_of
from desk.wording import LANGUAGES
from desk.wording import words as words_of
from store.atomic import write_whole
from streams.kpi import Sums, total

MADE, INSPECTION = "report", "inspection"
FOLDER = "reports"
LOOK_BACK_DAYS = 35
"""How far back reports that were due and not made are looked for."""


@dataclass(frozen=True)
class MadeReport:
    """A report and its files."""

    report: Report
    files: Sequence[Path]

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {**self.report.to_json(), "files": [str(file) for file in self.files]}

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        report = self.report
        first, last = said.day(report.first), said.day(report.last)
        span = first if first == last else f"{first} – {last}"
        yield said._("{name}: {text}", name=said.term("period", report.kind), text=span)
        figures = report.whole.figures()
        for name in FIGURES:
            value = figures[name]
            if value is not None:
                shown = said.number(value) if name == "handle_time_s" else said.percent(value)
                yield "  " + said._("{name}: {text}", name=said.term("figure", name), text=shown)
        for file in self.files:
            yield f"  {file}"


def make_report(
    place: Place, kind: Kind, day: date, source: str = "", *, made: datetime, languages: Sequence[str] = LANGUAGES
) -> MadeReport:
    """Make the report of the day, week, month, half-year or year in which a local day lies, and write its files.

    Raises
    ------
    InputError : nothing is known of that time.
    """
    first, last = period(kind, day, place.site.settings.week_starts)
    report = report_of(place, kind, first, last, source, made)
    zone = place.site.settings.zone
    folder = place.folder / FOLDER
    files = []
    for language in languages:
        said = words_of(language)
        page, book = (folder / f"{report.name}.{language}.{suffix}" for suffix in ("html", "xlsx"))
        write_whole(page, report_page(report, said, place.now, zone))
        write_report_workbook(book, report, said)
        files += [page, book]
    content = {"from": str(first), "to": str(last), "files": [file.name for file in files]}
    at = int(place.now.timestamp())
    logbook_of(place).write(MADE, f"{kind}/{first}", at, "", content, made)
    return MadeReport(report, files)


def report_of(place: Place, kind: Kind, first: date, last: date, source: str, made: datetime) -> Report:
    """What a report over local days says.

    Raises
    ------
    InputError : nothing is known of that time.
    """
    days = days_between(first, min(last, max(first, place.today)))
    known = figures_of_days(place, days, source, made)
    if not known:
        raise InputError(
            Said(
                "nothing is known of {first} to {last}: name a file of events with --source, let `paiban watch` take "
                "events in, or put the days' history into history/",
                first=first,
                last=last,
            )
        )
    agents = summed(row.agents for row in known.values())
    team_of = {name: agent.team for name, agent in place.site.agents.items()}
    teams = summed({team_of.get(name, ""): row} for name, row in agents.items())
    zone = place.site.settings.zone
    begin, end = instant(first, 0, zone), instant(last, 1440, zone)
    inspected: dict[str, int] = {}
    for line in logbook_of(place).lines(INSPECTION, begin=begin, end=end):
        inspected[line.about] = inspected.get(line.about, 0) + 1
    now = int(place.now.timestamp())
    return Report(
        kind=kind, site=place.site.settings.name, first=first, last=last,
        days=[(day, known[day].site if day in known else None) for day in days],
        queues=summed(row.queues for row in known.values()), teams=teams, agents=agents,
        whole=total(known[day].site for day in days if day in known) if known else Sums(),
        targets=targets_of(place, first.replace(day=1)).figures, duty=_duty(place, days, begin, end),
        points=_points(place, first, last, source), inspections=inspected,
        inspections_wanted=place.policy.reports.inspections,
        stuck=len(snapshot_of(place, source, min(now, end - 1)).stuck),
    )  # fmt: skip


def period(kind: Kind, day: date, week_starts: str = "mon") -> tuple[date, date]:
    """First and last local day of the time of a kind of report in which a day lies."""
    if kind == "daily":
        return day, day
    if kind == "weekly":
        first = day - timedelta(days=(day.weekday() - WEEKDAYS.index(week_starts)) % 7)
        return first, first + timedelta(days=6)
    if kind == "monthly":
        first = day.replace(day=1)
        return first, _next_month(first) - timedelta(days=1)
    if kind == "half-year":
        first = date(day.year, 1 if day.month <= 6 else 7, 1)
        return first, date(day.year, 6, 30) if first.month == 1 else date(day.year, 12, 31)
    return date(day.year, 1, 1), date(day.year, 12, 31)


def due_reports(place: Place, look_back: int = LOOK_BACK_DAYS) -> list[tuple[Kind, date]]:
    """The reports that are due by now and were not made, each with a day of its time, oldest first (KPI-3).

    The daily log of a day is due that day at 18:00; the weekly report of the week before on Friday at 09:00; the
    monthly report of the month before on the 22nd; those of half a year and of a year when it is over.
    """
    policy, settings = place.policy.reports, place.site.settings
    zone, now = settings.zone, int(place.now.timestamp())
    made = {line.about for line in logbook_of(place).lines(MADE)}
    found: list[tuple[int, Kind, date]] = []
    for day in days_between(place.today - timedelta(days=look_back), place.today):
        found.append((instant(day, policy.daily_at, zone), "daily", day))
        if WEEKDAYS[day.weekday()] == policy.weekly_on:
            found.append((instant(day, policy.weekly_at, zone), "weekly", day - timedelta(days=7)))
        before = day.replace(day=1) - timedelta(days=1)
        if day.day == policy.monthly_day:
            found.append((instant(day, 0, zone), "monthly", before))
        if day.day == 1 and day.month in (1, 7):
            found.append((instant(day, 0, zone), "half-year", before))
        if day.day == 1 and day.month == 1:
            found.append((instant(day, 0, zone), "year", before))
    rows = [
        (kind, day)
        for due, kind, day in sorted(found, key=lambda row: row[0])
        if due <= now and f"{kind}/{period(kind, day, settings.week_starts)[0]}" not in made
    ]
    return list(dict.fromkeys(rows))


def make_due_reports(
    place: Place, *, source: str = "", look_back: int = LOOK_BACK_DAYS, made: datetime
) -> tuple[list[MadeReport], list[str]]:
    """Make every report that is due; those of which nothing is known are passed over, with why."""
    reports: list[MadeReport] = []
    passed: list[str] = []
    for kind, day in due_reports(place, look_back):
        try:
            reports.append(make_report(place, kind, day, source, made=made))
        except PaibanError as error:
            passed.append(Said("{report} {day}: {error}", report=Said.term("period", kind), day=day, error=error))
    return reports, passed


def inspect(place: Place, agent: str, *, by: str, score: float | None, note: str, made: datetime) -> dict[str, Any]:
    """Write down that quality inspection listened to somebody (KPI-4), with a score and what coaching is to follow.

    Raises
    ------
    InputError : nobody of that name.
    """
    for name in (agent, by):
        if name not in place.site.agents and name != by:
            raise InputError(Said('"{name}" is nobody of agents.csv', name=name))
    at = int(place.now.timestamp())
    number = logbook_of(place).write(INSPECTION, agent, at, by, {"score": score, "note": note}, made)
    zone = place.site.settings.zone
    first, last = period("monthly", local_day(at, zone))
    lines = logbook_of(place).lines(
        INSPECTION, about=agent, begin=instant(first, 0, zone), end=instant(last, 1440, zone)
    )
    low, high = place.policy.reports.inspections
    return {"inspection": number, "agent": agent, "by": by, "score": score, "note": note, "this_month": len(lines),
            "wanted": [low, high]}  # fmt: skip


def _duty(place: Place, days: Sequence[date], begin: int, end: int) -> dict[str, int]:
    rounds = [rounds_of(place, day) for day in days]
    handovers = handover_log(place)
    log = incidents(place, every=True)
    decided = [row for row in requests_of(place).all(int(place.now.timestamp())) if begin <= row.asked.at < end]
    return {
        "rounds": sum(len(row.rounds) for row in rounds),
        "missing_rounds": sum(len(row.missing) for row in rounds),
        "handovers": sum(str(days[0]) <= str(row["at"])[:10] <= str(days[-1]) for row in handovers.handovers),
        "open_items": len(handovers.items),
        "reports_upwards": sum(begin <= row.at < end for row in log.rows),
        "requests": len(decided),
        "requests_open": sum(isinstance(row.state, Open) for row in decided),
    }


def _points(place: Place, first: date, last: date, source: str) -> dict[str, float]:
    """Deduction points by person, of entries that began in the time; months of which nothing is known cost nothing."""
    points: dict[str, float] = {}
    month = first.replace(day=1)
    while month <= last and (last - first).days < 40:
        try:
            made = statement(place, month, source)
        except InputError:
            made = None
        for agent in made.agents if made else ():
            for line in agent.lines:
                day = local_day(line.entry.start, place.site.settings.zone)
                if first <= day <= last and line.excused is None:
                    points[agent.agent] = points.get(agent.agent, 0.0) + line.points
        month = _next_month(month)
    return points


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
