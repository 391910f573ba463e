"""Which days have a published roster: the answer to who asks for another, and the day meant by who names none."""

from datetime import date

from centre.errors import InputError
from centre.grid import local_day
from centre.said import Said
from desk.wiring import Place

EVER = (0, 1 << 40)


def rostered_span(place: Place) -> tuple[date, date] | None:
    """The first and the last local day that a published roster speaks for; None while nothing is published."""
    parts = place.plans.published_parts(*EVER)
    if not parts:
        return None
    zone = place.site.settings.zone
    begin, end = min(part.begin for part in parts), max(part.end for part in parts)
    return local_day(begin, zone), local_day(end - 1, zone)


def no_roster(place: Place, day: date) -> InputError:
    """What to answer who asks for a day without a roster: which days have one, and how to get it."""
    span = rostered_span(place)
    if span is None:
        return InputError(Said("no roster is published yet: run `paiban nightly`, or `paiban roster`"))
    return InputError(
        Said(
            "no roster is published for {day}: published are days from {first} to {last}; choose one of them, or make "
            "a roster with `paiban roster --from`",
            day=day,
            first=span[0],
            last=span[1],
        )
    )


def day_meant(place: Place) -> date:
    """The day of who names none: today where it is rostered, else the nearest rostered day.

    Raises
    ------
    InputError : nothing is published.
    """
    today = local_day(int(place.now.timestamp()), place.site.settings.zone)
    span = rostered_span(place)
    if span is None:
        raise no_roster(place, today)
    return min(max(today, span[0]), span[1])
