"""Where a day stands, as far as a sequence may ask, and the word for what somebody does on it."""

from dataclasses import dataclass

from scheduler.checks.calendar import Calendar
from scheduler.frame import Option

OFF, FREE = "off", "free"
"""A known day without a duty; a day of leave, or one of which nothing is known: whatever it is, it is excused."""

FIXED, FIXED_NIGHT = "fixed", "fixed night"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the tail or the horizon.

    Attributes
    ----------
    number : counted from the first day of the horizon.
    ordinal : `date.toordinal` of it.
    place : its place in the week, from 0.
    week, month : whether the day is the first of one.
    ends : on the last day of a week, or of the horizon, how many unknown days of the week follow; else -1.
    weekend : "sat", "sun", or "" on other days.
    """

    number: int
    ordinal: int
    place: int
    week: bool
    month: bool
    ends: int
    weekend: str


def days_of(calendar: Calendar, first: int) -> tuple[Day, ...]:
    """The days from the first known one (at most 0) to the end of the horizon."""
    days = calendar.horizon.days
    first_week = calendar.weeks[0].start

    def day(number: int) -> Day:
        place = (number - first_week) % 7
        last = place == 6 or number == days - 1
        weekday = calendar.weekday(number)
        return Day(
            number=number,
            ordinal=calendar.date(number).toordinal(),
            place=place,
            week=place == 0,
            month=calendar.date(number).day == 1,
            ends=6 - place if last else -1,
            weekend=weekday if weekday in ("sat", "sun") else "",
        )

    return tuple(day(number) for number in range(first, days))


def word_of(option: Option | None, excused: bool) -> str:
    """The word of a day: what is worked, or how it is off."""
    if option is None:
        return FREE if excused else OFF
    return FIXED_NIGHT if option.kind == FIXED and option.night else option.kind
