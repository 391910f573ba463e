"""What is special about a day is found as the country's calendar has it."""

from datetime import date, timedelta

import numpy as np
import pytest

from centre.errors import InputError
from centre.site import SpecialDay
from forecasts.calendar import calendar
from forecasts.holidays import public_holidays

FRIDAY, SATURDAY = 4, 5


def row(known, day):
    return (day - known.first_day).days


def marks(known, day):
    values = known.features[row(known, day)]
    return {column for column, value in zip(known.columns, values, strict=True) if value and ":" not in column}


def test_the_weekend_inside_the_spring_festival_belongs_to_it():
    names = public_holidays("CN", date(2025, 1, 1), date(2025, 12, 31)).names
    # Decree of the State Council for 2025: off from 28 January to 4 February.
    festival = [date(2025, 1, 28) + timedelta(days=n) for n in range(8)]
    assert all("Chinese New Year" in names[day] for day in festival)
    assert date(2025, 2, 5) not in names


def test_weekend_days_worked_in_exchange_are_working_days():
    known = public_holidays("CN", date(2025, 1, 1), date(2025, 12, 31))
    assert known.works(date(2025, 1, 26))
    assert known.works(date(2025, 2, 8))
    assert not known.works(date(2025, 2, 9))


@pytest.mark.parametrize("code", ["XX", "US-ZZZ", "china"])
def test_an_unknown_code_is_an_input_error_that_says_what_is_allowed(code):
    with pytest.raises(InputError) as caught:
        public_holidays(code, date(2025, 1, 1), date(2025, 2, 1))
    assert caught.value.problems[0].where == "holidays"


def test_no_code_means_no_holidays():
    known = calendar(date(2025, 1, 1), 60)
    assert not known.holiday.any()
    assert not known.eve.any()


def test_a_holiday_marks_its_neighbours():
    known = calendar(date(2025, 5, 1), 60, holidays="US")  # Memorial Day is Monday 26 May
    assert marks(known, date(2025, 5, 23)) >= {"eve"}
    assert "holiday" in marks(known, date(2025, 5, 26))
    assert "after" in marks(known, date(2025, 5, 27))
    assert "second_after" in marks(known, date(2025, 5, 28))
    assert not marks(known, date(2025, 5, 21)) & {"eve", "after", "second_after", "holiday"}


def test_around_a_holiday_days_are_like_those_around_a_weekend():
    known = calendar(date(2025, 5, 1), 60, holidays="US")
    like = {day: int(known.like[row(known, date(2025, 5, day))]) for day in (23, 26, 27, 28, 29)}
    assert like == {23: 4, 26: 6, 27: 0, 28: 1, 29: 3}  # Friday, Sunday, Monday, Tuesday, its own Thursday


def test_a_holiday_at_the_weekend_is_like_the_last_day_of_the_weekend():
    """Shavuot of 1999 fell on a Friday, when banks are open till noon: they were closed."""
    known = calendar(date(1999, 1, 1), 181, holidays="IL")
    assert known.like[row(known, date(1999, 5, 21))] == SATURDAY
    assert known.like[row(known, date(1999, 5, 28))] == FRIDAY


def test_where_friday_and_saturday_are_the_weekend_the_eve_is_like_a_thursday():
    known = calendar(date(2025, 4, 1), 60, holidays="IL")  # Pesach: Sunday 13 April
    assert known.like[row(known, date(2025, 4, 13))] == 5
    assert known.like[row(known, date(2025, 4, 14))] == 6


def test_places_count_working_days():
    known = calendar(date(2025, 6, 1), 60, holidays="US")
    assert {"first", "start"} <= marks(known, date(2025, 6, 2))  # 1 June 2025 is a Sunday
    assert "second" in marks(known, date(2025, 6, 3))
    assert "mid" in marks(known, date(2025, 6, 16))  # the 15th is a Sunday
    assert {"last", "end"} <= marks(known, date(2025, 6, 30))
    end = known.columns.index("end")
    assert known.features[row(known, date(2025, 6, 27)), end] == pytest.approx(np.exp(-1 / 3))


def test_special_days_are_of_their_queue_or_of_all():
    specials = [
        SpecialDay(date=date(2025, 6, 3), queue="a", factor=1.5, note="bills"),
        SpecialDay(date=date(2025, 6, 4), queue="b", factor=2.0),
        SpecialDay(date=date(2025, 6, 5), factor=0.0, note="closed"),
    ]
    known = calendar(date(2025, 6, 1), 7, special_days=specials, queue="a")
    assert known.factor.tolist() == [1, 1, 1.5, 1, 0, 1, 1]
    assert known.names[2] == "bills"
    assert "note: bills" in known.columns
    assert known.special.tolist() == [False, False, True, False, True, False, False]


def test_the_days_after_a_closure_are_marked_and_over_a_weekend_the_first_working_day_too():
    closed = [SpecialDay(date=day, factor=0, note="closed") for day in (date(2025, 3, 5), date(2025, 3, 14))]
    known = calendar(date(2025, 3, 3), 28, special_days=closed)
    closures = {"after_closure", "second_after_closure", "worked_after_closure"}
    assert marks(known, date(2025, 3, 6)) & closures == {"after_closure"}
    assert marks(known, date(2025, 3, 7)) & closures == {"second_after_closure"}
    # Closed on a Friday: it is Saturday where one works at weekends, Monday where not.
    assert marks(known, date(2025, 3, 15)) & closures == {"after_closure"}
    assert marks(known, date(2025, 3, 17)) & closures == {"worked_after_closure"}
    assert not closures & set(calendar(date(2025, 3, 3), 28).columns)
