"""What is special about each day, as columns a regression can read.

Before the columns: most of what can be gained over a mean of past weeks is in them (docs/forecasts.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from centre.site import SpecialDay
from forecasts.holidays import HolidayCalendar, public_holidays

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

PLACES = ("first", "second", "third", "last", "fifteenth", "sixteenth")
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
    holiday : public holidays, shape [days].
    eve : the working day before a run of days off with a holiday in it, shape [days].
    factor : given factor of the day's volume (1: none given, 0: closed), shape [days].
    names : holiday's name or special day's note, "" for a plain day.
    """

    first_day: date
    weekday: IntArray
    features: FloatArray
    columns: tuple[str, ...]
    holiday: BoolArray
    eve: BoolArray
    factor: FloatArray
    names: tuple[str, ...]

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
    named = {
        **_holiday_columns(dates, works, known),
        **_place_columns(dates, works),
    }
    factor, notes = _special(dates, special_days, queue)
    texts = [known.names.get(day, "") for day in dates]
    for name in sorted({text for text in texts[margin : margin + days] if text}):
        named[f"holiday: {name}"] = np.array([text == name for text in texts], dtype=float)
    for note in sorted({note for note in notes[margin : margin + days] if note}):
        named[f"note: {note}"] = np.array([text == note for text in notes], dtype=float)
    inner = slice(margin, margin + days)
    return Calendar(
        first_day=first_day,
        weekday=np.array([day.weekday() for day in dates[inner]], dtype=np.int64),
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


def _place_columns(dates: list[date], works: BoolArray) -> dict[str, FloatArray]:
    """Place among the month's working days, and the two days in its middle on which many are paid."""
    columns = {name: np.zeros(len(dates)) for name in PLACES}
    months: dict[tuple[int, int], list[int]] = {}
    for row, day in enumerate(dates):
        if works[row]:
            months.setdefault((day.year, day.month), []).append(row)
        if day.day == 15:
            columns["fifteenth"][row] = 1.0
        elif day.day == 16:
            columns["sixteenth"][row] = 1.0
    for (year, month), rows in months.items():
        if dates[0] <= date(year, month, 1):
            for name, row in zip(PLACES[:3], rows, strict=False):
                columns[name][row] = 1.0
        if (dates[-1] + timedelta(days=1)).month != month or dates[-1].year != year:
            columns["last"][rows[-1]] = 1.0
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
