"""A day's key figures: kept in the logbook once the day is over, else made from events, else read off the history."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from centre.errors import InputError
from centre.events import Event
from centre.grid import instant
from desk.actions.calibrating import FIGURES
from desk.actions.monthly import authorised
from desk.actions.planning import history_files
from desk.actions.recorded import read_events, recorded_events
from desk.floor_engine import was_live
from desk.wiring import Place, logbook_of
from forecasts.history.table import read_history
from streams.adherence import Account
from streams.floor_policy import SECOND, floor_policy
from streams.kpi import DayFigures, Sums, day_figures
from streams.outputs import AdherenceDay
from streams.watching import publication
from streams.watching import watch as watch_events

KIND = FIGURES


def keep_figures(place: Place, days: Sequence[date], made: datetime) -> None:
    """Keep the figures of days that are over and that the journal knows, where they are not kept yet."""
    if not was_live(place):
        return
    kept = {line.about for line in logbook_of(place).lines(KIND)}
    for day in days:
        if str(day) not in kept and day < place.today:
            found = _from_events(place, day, None)
            if found is not None:
                _keep(place, day, found, made)


def _keep(place: Place, day: date, found: DayFigures, made: datetime) -> None:
    logbook_of(place).write(KIND, str(day), int(place.now.timestamp()), "", found.to_json(), made)


def figures_of_days(place: Place, days: Sequence[date], source: str, made: datetime) -> dict[date, DayFigures]:
    """The figures of local days, those of which nothing is known left out.

    A day that is over and was made from the journal is kept, so that a year's report need not read a year of events.
    """
    kept = {line.about: DayFigures.of_json(line.content) for line in logbook_of(place).lines(KIND)}
    from_file = read_events(place, source) if source not in ("", "journal") else None
    history: Mapping[date, DayFigures] | None = None
    found: dict[date, DayFigures] = {}
    for day in days:
        if from_file is None and str(day) in kept:
            found[day] = kept[str(day)]
            continue
        made_now = _from_events(place, day, from_file)
        if made_now is not None:
            found[day] = made_now
            if from_file is None and day < place.today:
                _keep(place, day, made_now, made)
            continue
        history = _of_history(place, days[0], days[-1]) if history is None else history
        if day in history:
            found[day] = history[day]
    return found


def _from_events(place: Place, day: date, from_file: Sequence[Event] | None) -> DayFigures | None:
    zone = place.site.settings.zone
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    if from_file is None:
        events = recorded_events(place, "", begin - 3600, end + 6 * 3600)
    else:
        events = [event for event in from_file if begin - 3600 <= event.at // SECOND < end + 6 * 3600]
    mine = [event for event in events if begin <= event.at // SECOND < end]
    if not mine:
        return None
    known = min(int(place.now.timestamp()), max(event.at for event in events) // SECOND)
    roster = place.plans.published_roster(begin, end)
    need = place.plans.requirement_covering(begin, end)
    floor = floor_policy(place.site, place.policy, need)
    scores: dict[str, tuple[float, float]] = {}
    for output in watch_events(mine, [publication(roster, place.site.settings.name)], floor):
        if isinstance(output, AdherenceDay) and output.date == day:
            scores[output.agent] = _score(output.account)
    reports = place.policy.reports
    return day_figures(
        events, roster.segments, begin, end,
        within_s={name: queue.within_s for name, queue in place.site.queues.items()},
        rings_s=reports.rings * reports.ring_s, policy=place.policy.attendance,
        authorised=authorised(place, begin, end), adherence=scores,
        known_until=known,
    )  # fmt: skip


def _score(account: Account) -> tuple[float, float]:
    """Seconds for which adherence is scored, and of them kept (amazon's definition: exempt time left out)."""
    scored = account.scheduled - account.exempt
    return max(scored, 0) / SECOND, max(min(account.kept, scored), 0) / SECOND


def _of_history(place: Place, first: date, last: date) -> dict[date, DayFigures]:
    """What the history files say of contacts, by local day."""
    zone = place.site.settings.zone
    try:
        files = history_files(place.folder)
    except InputError:  # a site need not have a history to report on its days
        return {}
    table = read_history(files, zone)
    local = pd.to_datetime(table["start"], unit="s", utc=True).dt.tz_convert(zone)
    table = table.assign(day=local.dt.date)
    table = table[(table["day"] >= first) & (table["day"] <= last) & table["queue"].isin(list(place.site.queues))]
    table = table.drop_duplicates(["queue", "start"], keep="last")
    found: dict[date, DayFigures] = {}
    for day, rows in table.groupby("day"):
        queues = {str(queue): _history_sums(part) for queue, part in rows.groupby("queue")}
        assert isinstance(day, date)
        found[day] = DayFigures(queues, {})
    return found


def _history_sums(rows: pd.DataFrame) -> Sums:
    def column(name: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        values = rows[name] if name in rows else pd.Series(0.0, rows.index)
        return np.asarray(values.fillna(0.0), dtype=np.float64)

    def known(name: str) -> int:
        """Contacts offered of the rows that say something of it."""
        return int(column("offered")[rows[name].notna()].sum()) if name in rows else 0

    answered = column("answered")
    return Sums(
        offered=int(column("offered").sum()), answered=int(answered.sum()), abandoned=int(column("abandoned").sum()),
        in_time=int(column("answered_within").sum()), followed=known("answered"), timed=known("answered_within"),
        handled=int(answered.sum()), talk_s=float((column("aht_s") * answered).sum()),
        wait_s=float(column("wait_s").sum()),
    )  # fmt: skip


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def summed(parts: Iterable[Mapping[str, Sums]]) -> dict[str, Sums]:
    """Sums by name over several days."""
    whole: dict[str, Sums] = {}
    for part in parts:
        for name, row in part.items():
            whole[name] = whole.get(name, Sums()) + row
    return dict(sorted(whole.items()))
