"""Public holidays of a country, as the `holidays` package knows them, with what planners mean by them.

A weekend inside a run of holidays belongs to the run (the Saturday and Sunday of a Spring Festival), and a weekend
day that is worked in exchange (调休) is a working day.
"""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import holidays as package

from centre.errors import InputError, Problem
from centre.said import Said

_DECORATION = re.compile(r"\s*\((?:observed|estimated|substituted|observed, estimated)[^)]*\)", re.IGNORECASE)
_SUBSTITUTE = re.compile(r"substitut|day off|bridge|in lieu", re.IGNORECASE)


@dataclass(frozen=True)
class HolidayCalendar:
    """Public holidays between two days.

    Attributes
    ----------
    names : each holiday's name, the runs' weekends included; substitute days carry the name of their run.
    weekend : weekdays that are not worked, Monday 0.
    worked_weekends : weekend days that are worked in exchange for another day.
    """

    names: Mapping[date, str]
    weekend: frozenset[int]
    worked_weekends: frozenset[date]

    def works(self, day: date) -> bool:
        """Whether the country works on a day."""
        if day in self.names:
            return False
        return day.weekday() not in self.weekend or day in self.worked_weekends


def public_holidays(code: str, first: date, last: date) -> HolidayCalendar:
    """The holidays of `code` from `first` to `last`.

    Parameters
    ----------
    code : "CN", "US", "IL", or with a subdivision "CN-XZ"; "" for no holidays at all.

    Raises
    ------
    InputError : a code that the `holidays` package does not know.
    """
    if not code:
        return HolidayCalendar({}, frozenset({5, 6}), frozenset())
    country, _, subdivision = code.partition("-")
    # One year more on either side: the run of days off around New Year is seen whole.
    years = range(first.year - 1, last.year + 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # years whose decree is not out yet are estimates; said by the name
        try:
            known = package.country_holidays(country, subdiv=subdivision or None, years=years)
        except (NotImplementedError, KeyError, ValueError) as problem:
            raise InputError(
                [Problem("site.toml", "holidays", repr(code), _allowed(country, subdivision))]
            ) from problem
    weekend = frozenset(int(day) for day in known.weekend)
    worked = frozenset(getattr(known, "weekend_workdays", ()))
    names = _runs({day: _plain(name) for day, name in known.items()}, weekend, worked)
    return HolidayCalendar(
        {day: name for day, name in sorted(names.items()) if first <= day <= last},
        weekend,
        frozenset(day for day in worked if first <= day <= last),
    )


def _allowed(country: str, subdivision: str) -> str:
    supported = package.list_supported_countries()
    if country in supported and subdivision:
        if not supported[country]:
            return Said("{country} alone: it has no subdivisions", country=country)
        return Said("a subdivision of {country}: {names}", country=country, names=list(supported[country]))
    return Said('a country of the `holidays` package such as "CN", "US" or "DE-BY", or "" for none')


def _plain(name: str) -> str:
    return _DECORATION.sub("", name).split(";")[0].strip()


def _runs(names: dict[date, str], weekend: frozenset[int], worked: frozenset[date]) -> dict[date, str]:
    """Holidays with the weekends between them, and substitute days named after the run they lengthen."""
    whole = dict(names)
    for day in names:
        gap = [day + timedelta(days=1)]
        while gap[-1].weekday() in weekend and gap[-1] not in worked and gap[-1] not in names:
            gap.append(gap[-1] + timedelta(days=1))
        if gap[-1] in names:
            whole.update((between, names[day]) for between in gap[:-1])
    for day in sorted(whole):
        before = whole.get(day - timedelta(days=1))
        if _SUBSTITUTE.search(whole[day]) and before:
            whole[day] = before
    for day in sorted(whole, reverse=True):
        after = whole.get(day + timedelta(days=1))
        if _SUBSTITUTE.search(whole[day]) and after:
            whole[day] = after
    return whole
