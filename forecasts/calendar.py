"""What is special about each day, as columns a regression can read.

Before the columns: most of what can be gained over a mean of past weeks is in them (docs/forecasts.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from centre.site import SpecialDay
from forecasts.holidays import HolidayCalendar, public_holidays

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

PLACES = ("start", "end", "middle", "first", "second", "third", "last", "mid", "mid_second")
"""Place among the month's working days: fading from the first, towards the last, from the 15th on; single days."""

FADING = 3.0
"""Working days in which a fading effect falls to 1/e."""

CLOSURE_COLUMNS = ("after_closure", "second_after_closure", "worked_after_closure")
"""After a closure that is no holiday: the two days after it, and the first working day where it is neither."""

SPECIAL = 7
"""The kind of a day that is unlike its weekday; others are of the kind of theirs, Monday 0."""

HOLIDAY_COLUMNS = ("holiday", "holiday_weekend", "eve", "after", "second_after", "worked_weekend")


@dataclass(frozen=True)
class Calendar:
    """The days of a queue's past and horizon, one row each.

    Attributes
    ----------
    first_day : day of row 0.
    weekday : Monday 0, shape [days].
    features : effects on the logarithm of the day's volume, shape [days, columns].
    columns : their names; "holiday: NAME" and "note: NOTE" are effects of one holiday, of one kind of special day.
    like : the weekday whose volume and course a day takes to begin with, shape [days]. A holiday is like the last day
        of the weekend, the day after it like the first of the working week, the eve like its last.
    holiday : public holidays, shape [days].
    eve : the working day before a run of days off with a holiday in it, shape [days].
    factor : given factor of the day's volume (1: none given, 0: closed), shape [days].
    names : holiday's name or special day's note, "" for a plain day.
    """

    first_day: date
    weekday: IntArray
    like: IntArray
    features: FloatArray
    columns: tuple[str, ...]
    holiday: BoolArray
    eve: BoolArray
    factor: FloatArray
    names: tuple[str, ...]

    @cached_property
    def kind(self) -> IntArray:
        """Each day's weekday, SPECIAL for days around holidays and closures and for special ones; shape [days]."""
        around = [self.columns.index(name) for name in ("after", *CLOSURE_COLUMNS) if name in self.columns]
        unusual = self.special | (self.features[:, around] > 0).any(axis=1)
        kind: IntArray = np.where(unusual, SPECIAL, self.weekday)
        return kind

    def __len__(self) -> int:
        return len(self.weekday)

    def day(self, row: int) -> date:
        """The calendar day of a row."""
        return self.first_day + timedelta(days=row)

    @property
    def special(self) -> BoolArray:
        """Days whose course may differ from their weekday's: holidays, eves, special days; shape [days]."""
        noted = np.array([bool(name) for name in self.names], dtype=bool)
        special: BoolArray = self.holiday | self.eve | (self.factor != 1.0) | noted
        return special


def calendar(
    first_day: date, days: int, *, holidays: str = "", special_days: Iterable[SpecialDay] = (), queue: str = ""
) -> Calendar:
    """The calendar of one queue over `days` days from `first_day`.

    Parameters
    ----------
    holidays : code of the `holidays` package, "" for none.
    special_days : those of this queue and of every queue ("") count.
    """
    margin = 40
    known = public_holidays(holidays, first_day - timedelta(days=margin), first_day + timedelta(days=days + margin))
    dates = [first_day + timedelta(days=row) for row in range(-margin, days + margin)]
    works = np.array([known.works(day) for day in dates])
    weekday = np.array([day.weekday() for day in dates], dtype=np.int64)
    named = {
        **_holiday_columns(dates, works, known),
        **_place_columns(dates, works),
    }
    factor, notes = _special(dates, special_days, queue)
    if (factor == 0).any():
        named |= _closure_columns(factor == 0, works)
    texts = [known.names.get(day, "") for day in dates]
    for name in sorted({text for text in texts[margin : margin + days] if text}):
        named[f"holiday: {name}"] = np.array([text == name for text in texts], dtype=float)
    for note in sorted({note for note in notes[margin : margin + days] if note}):
        named[f"note: {note}"] = np.array([text == note for text in notes], dtype=float)
    inner = slice(margin, margin + days)
    return Calendar(
        first_day=first_day,
        weekday=weekday[inner],
        like=_stand_ins(weekday, named, known)[inner],
        features=np.column_stack([column[inner] for column in named.values()]),
        columns=tuple(named),
        holiday=np.array([bool(text) for text in texts[inner]], dtype=bool),
        eve=named["eve"][inner] > 0,
        factor=factor[inner],
        names=tuple(note or text for note, text in zip(notes[inner], texts[inner], strict=True)),
    )


def _holiday_columns(dates: list[date], works: BoolArray, known: HolidayCalendar) -> dict[str, FloatArray]:
    columns = {name: np.zeros(len(dates)) for name in HOLIDAY_COLUMNS}
    off_with_holiday = False
    since = 9
    for row, day in enumerate(dates):
        if day in known.names:
            weekend = day.weekday() in known.weekend
            columns["holiday_weekend" if weekend else "holiday"][row] = 1.0
        if works[row]:
            since = 1 if off_with_holiday else since + 1
            off_with_holiday = False
            if since == 1:
                columns["after"][row] = 1.0
            elif since == 2:
                columns["second_after"][row] = 1.0
            if day.weekday() in known.weekend:
                columns["worked_weekend"][row] = 1.0
        else:
            off_with_holiday = off_with_holiday or day in known.names
    before_holiday = False
    for row in range(len(dates) - 1, -1, -1):
        if works[row]:
            columns["eve"][row] = float(before_holiday)
            before_holiday = False
        else:
            before_holiday = before_holiday or dates[row] in known.names
    return columns


def _closure_columns(closed: BoolArray, works: BoolArray) -> dict[str, FloatArray]:
    """Where the demand of closed days may come instead."""
    columns = {name: np.zeros(len(closed)) for name in CLOSURE_COLUMNS}
    for row in np.flatnonzero(closed[:-1] & ~closed[1:]) + 1:
        columns["after_closure"][row] = 1.0
        if row + 1 < len(closed) and not closed[row + 1]:
            columns["second_after_closure"][row + 1] = 1.0
        later = np.flatnonzero(works[row:] & ~closed[row:])
        if len(later) and later[0] > 1:
            columns["worked_after_closure"][row + later[0]] = 1.0
    return columns


def _stand_ins(weekday: IntArray, columns: dict[str, FloatArray], known: HolidayCalendar) -> IntArray:
    """The weekday each day is like: its own, save around holidays."""
    like = weekday.copy()
    weekend = known.weekend
    ends = [day for day in weekend if (day + 1) % 7 not in weekend]
    begins = [day for day in weekend if (day - 1) % 7 not in weekend]
    if len(ends) != 1:
        return like
    like[columns["holiday"] + columns["holiday_weekend"] > 0] = ends[0]
    like[columns["eve"] > 0] = (begins[0] - 1) % 7
    like[columns["second_after"] > 0] = (ends[0] + 2) % 7
    like[columns["after"] > 0] = (ends[0] + 1) % 7
    like[columns["worked_weekend"] > 0] = (begins[0] - 1) % 7
    return like


def _place_columns(dates: list[date], works: BoolArray) -> dict[str, FloatArray]:
    """Place among the month's working days; its middle, from the 15th on, because many are paid then."""
    columns = {name: np.zeros(len(dates)) for name in PLACES}
    months: dict[tuple[int, int], list[int]] = {}
    for row in np.flatnonzero(works):
        months.setdefault((dates[row].year, dates[row].month), []).append(int(row))
    for (year, month), rows in months.items():
        middle = [row for row in rows if dates[row].day >= 15]
        whole_start = dates[0] <= date(year, month, 1)
        whole_end = (dates[-1] + timedelta(days=1)).month != month or dates[-1].year != year
        places: list[tuple[str, tuple[str, ...], list[int]]] = [("middle", ("mid", "mid_second"), middle)]
        if whole_start:
            places.append(("start", ("first", "second", "third"), rows))
        if whole_end:
            places.append(("end", ("last",), rows[::-1]))
        for fading, single, ordered in places:
            columns[fading][ordered] = np.exp(-np.arange(len(ordered)) / FADING)
            for name, at in zip(single, ordered, strict=False):
                columns[name][at] = 1.0
    return columns


def _special(dates: list[date], special_days: Iterable[SpecialDay], queue: str) -> tuple[FloatArray, list[str]]:
    factor = np.ones(len(dates))
    notes = [""] * len(dates)
    for special in special_days:
        row = (special.date - dates[0]).days
        if special.queue in ("", queue) and 0 <= row < len(dates):
            factor[row] *= special.factor
            notes[row] = special.note or "special day"
    return factor, notes
