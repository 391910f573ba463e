"""Which start times would help, against covers that can be reckoned by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from centre.grid import Horizon
from centre.people import Agent, Contract
from centre.policy import Policy
from centre.requirement import Requirement
from centre.shifts import Shift
from centre.site import Settings, Site
from scheduler.problem import Problem
from scheduler.shift_starts import best_additions, cheapest_cover, with_start

EARLY = Shift(name="early", start="06:00", minutes=480)  # type: ignore[arg-type]
DAYS, PEOPLE = 7, 10


def problem(wanted_from: int, wanted_to: int, *shifts: Shift, people: int = PEOPLE) -> Problem:
    """Ten agents, free to work all days; ten wanted between two hours of each day."""
    horizon = Horizon("Asia/Shanghai", 60, date(2026, 3, 2), DAYS)
    gross = np.zeros((1, horizon.count), np.int64)
    hour = horizon.local_minutes // 60
    gross[0, (hour >= wanted_from) & (hour < wanted_to)] = PEOPLE
    nothing = Requirement.nothing(horizon, ("billing",))
    contract = Contract(name="c", week_minutes=(0, 0), days_per_week=(0, 7))
    site = Site(
        settings=Settings(format=1, name="t", zone="Asia/Shanghai", grid_minutes=60),
        queues={},
        shifts={shift.name: shift for shift in shifts or (EARLY,)},
        contracts={"c": contract},
        agents={f"a{n}": Agent(agent=f"a{n}", name="", contract="c", skills={"billing": 1.0}) for n in range(people)},
    )
    return Problem(site, horizon, replace(nothing, gross=gross), Policy())


def test_a_shift_that_fits_the_demand_covers_it_with_nothing_to_spare() -> None:
    cover = cheapest_cover(problem(6, 14))
    assert cover.short_hours == pytest.approx(0)
    assert cover.spare_hours == pytest.approx(0)
    assert cover.paid_hours == pytest.approx(DAYS * PEOPLE * 8)


def test_demand_outside_every_shift_stays_short() -> None:
    cover = cheapest_cover(problem(10, 18))
    assert cover.short_hours == pytest.approx(DAYS * PEOPLE * 4)
    assert cover.spare_hours == pytest.approx(DAYS * PEOPLE * 4)


def test_nobody_works_more_than_their_contract() -> None:
    """Ten wanted and five there: half of it stays short, however cheap they are."""
    assert cheapest_cover(problem(6, 14, people=5)).short_hours == pytest.approx(DAYS * 5 * 8)


def test_a_pause_takes_its_share_of_presence_over_its_window() -> None:
    meal = [{"activity": "meal", "minutes": 60, "window": ["10:00", "12:00"]}]
    shift = Shift(name="early", start="06:00", minutes=480, pauses=meal)  # type: ignore[arg-type]
    # Half of them are away in each of the two hours: 1 hour a person.
    assert cheapest_cover(problem(6, 14, shift)).short_hours == pytest.approx(DAYS * PEOPLE)


def test_the_start_that_fits_is_found_first_and_nothing_after_it() -> None:
    candidates = [("early", hour * 60) for hour in (8, 9, 10, 11, 12)]
    found = best_additions(problem(10, 18), candidates)
    assert [each.name for each in found] == ["early 10:00"]
    assert found[0].cover.short_hours == pytest.approx(0)


def test_a_problem_with_another_start_has_it_for_those_who_work_the_shift() -> None:
    given = problem(10, 18)
    own = given.site.contracts["c"].model_copy(update={"shifts": ("early",)})
    given = replace(given, site=replace(given.site, contracts={"c": own}))
    wider = with_start(given, "early", 600)
    assert wider.site.contracts["c"].shifts == ("early", "early at 1000")
    assert wider.site.shifts["early at 1000"].start == (600, 600)
    assert cheapest_cover(wider).short_hours == pytest.approx(0)
