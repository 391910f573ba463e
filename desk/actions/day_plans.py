"""What past days teach about the course of a day, made once a day: by it the live floor moves its forecast."""

from datetime import date
from pathlib import Path

from centre.errors import InputError
from centre.grid import Horizon
from desk.actions.planning import history_files
from desk.actions.reforecasting import first_forecast, site_history
from desk.wiring import Place
from forecasts.intraday_plan import intraday_plans
from streams.reallocation.reforecasting import DayPlans

_KEPT: dict[tuple[Path, date], tuple[object, DayPlans | None]] = {}
"""The plans made last, with what they were made from: a process that lives long looks every few minutes."""


def day_plans(place: Place, day: date) -> DayPlans | None:
    """The plans of a day; None where the history does not tell, so that the day's own counts have to do.

    Learning takes about a second; it is done again only when another day is asked for, or a history file changed.
    """
    key = place.folder.resolve(), day
    made_from = _made_from(place)
    known = _KEPT.get(key)
    if known is not None and known[0] == made_from:
        return known[1]
    plans = _learnt(place, day) if made_from else None
    _KEPT.clear()
    _KEPT[key] = made_from, plans
    return plans


def _made_from(place: Place) -> object:
    try:
        files = history_files(place.folder)
    except InputError:
        return ()
    return tuple((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files)


def _learnt(place: Place, day: date) -> DayPlans | None:
    settings = place.site.settings
    try:
        made = first_forecast(place, day, site_history(place))
    except InputError:
        return None
    return DayPlans(Horizon(settings.zone, settings.grid_minutes, day, 1), intraday_plans(made, day))
