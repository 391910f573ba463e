"""Repair: service comes back by the smallest change, what has begun stays, and no answer is worse than none."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centre.policy import Policy, RepairPolicy
from centre.roster import Roster, Segment
from scheduler.checks import check
from scheduler.judging import Floor
from scheduler.repair import Away, Happened, Repaired, Surge, changed_people, repair
from tests.scheduler.conftest import Case

PEOPLE = ("a", "b", "c", "d", "e")
DAY = dict.fromkeys(PEOPLE, "DDDDD..")
HOURS = 3600


def floor_of(lines: dict[str, str] | None = None, gross: int = 3, repair_policy: Any = None, **contract: Any) -> Floor:
    """Five people on the day shift, all at their meal at 12:00."""
    rows = lines or DAY
    case = Case(
        line=rows["a"],
        people={name: {} for name in rows if name != "a"},
        lines={name: line for name, line in rows.items() if name != "a"},
        gross=dict.fromkeys(range(7), gross),
        contract=contract,
        policy=Policy(repair=repair_policy or RepairPolicy(duty_notice_hours=12)),
    )
    problem = case.problem
    need = problem.requirement
    volume = 10.0 * (need.gross > 0)
    curve = (volume[:, :, None] * np.minimum(np.arange(6) / np.maximum(need.gross, 1)[:, :, None], 1)).astype(
        np.float32
    )
    return Floor(replace(problem, requirement=replace(need, volume=volume, curve=curve)), case.roster)


def at(floor: Floor, day: int, hour: float) -> int:
    return floor.problem.horizon.at(day, round(hour * 60))


def absent(floor: Floor, day: int = 1, hour: float = 9.0, until: float = 24.0, agent: str = "a") -> Happened:
    return Happened(away=(Away(agent, at(floor, day, hour), at(floor, day, until)),))


def mended(floor: Floor, happened: Happened, day: int, hour: float, **more: Any) -> Repaired:
    made = repair(floor, happened, at(floor, day, hour), **more)
    assert made.cost[1] <= made.cost[0] + 1e-9
    assert not made.violations
    return made


def test_meals_that_all_lie_at_noon_spread_out_when_one_is_away() -> None:
    floor = floor_of(gross=3)
    made = mended(floor, absent(floor), 1, 9.0, overtime=False)
    # Four are left, all at their meal at noon: three short for an hour. Four meals of an hour between 11 and 14 cannot
    # but meet once: one short for an hour.
    assert made.unrepaired.short_hours == pytest.approx(3.0)
    assert made.after.short_hours == pytest.approx(1.0)
    assert {step.kind for step in made.steps} == {"away", "pause"}


def test_no_more_people_change_than_it_takes() -> None:
    floor = floor_of(gross=3)
    made = mended(floor, absent(floor), 1, 9.0, overtime=False)
    # One of the four meals may stay at noon, and one that meets another gains nothing wherever it lies.
    assert len(changed_people(made.steps)) == 2
    assert len({(step.agent, step.kind) for step in made.steps}) == len(made.steps)


def test_what_has_begun_and_what_is_within_notice_stays() -> None:
    floor = floor_of(gross=3)
    made = mended(floor, absent(floor, hour=11.9), 1, 11.9, overtime=False)
    assert [step.kind for step in made.steps] == ["away"]
    now = at(floor, 1, 11.9)
    before = {row for row in floor.roster.segments if row.end <= now and row.agent != "a"}
    assert before <= set(made.roster.segments)


def test_overtime_waits_for_its_notice_and_for_the_week() -> None:
    tall = replace(absent(floor_of(gross=5)), surges=())
    floor = floor_of(gross=5, week_minutes=(0, 2400), max_overtime_minutes_per_week=60)
    made = mended(floor, tall, 1, 9.0)
    for step in made.steps:
        if step.kind == "overtime":
            assert step.end - step.start <= 60 * 60
            assert step.start >= at(floor, 1, 10.0)
    none = floor_of(gross=5, week_minutes=(0, 2400))
    assert not any(step.kind == "overtime" for step in mended(none, tall, 1, 9.0).steps)


def test_somebody_on_a_day_off_is_called_in_for_a_later_day() -> None:
    lines = {**DAY, "e": "DD.DD.."}
    floor = floor_of(lines, gross=4)
    made = mended(floor, absent(floor, day=2, hour=0), 1, 9.0, overtime=False)
    called = [step for step in made.steps if step.kind == "called_in"]
    assert [(step.agent, step.what) for step in called] == [("e", "D")]
    assert made.after.short_hours < made.unrepaired.short_hours - 7
    assert made.after.answered_in_time > made.unrepaired.answered_in_time


@pytest.mark.parametrize("policy", [RepairPolicy(duty_notice_hours=48), RepairPolicy(called_in=50.0)])
def test_nobody_is_called_in_within_the_notice_or_above_its_worth(policy: RepairPolicy) -> None:
    floor = floor_of({**DAY, "e": "DD.DD.."}, gross=4, repair_policy=policy)
    made = mended(floor, absent(floor, day=2, hour=0), 1, 9.0, overtime=False)
    assert not any(step.kind in ("called_in", "moved_duty", "changed_duty") for step in made.steps)


def test_a_frozen_day_keeps_its_duties() -> None:
    floor = floor_of({**DAY, "e": "DD.DD.."}, gross=4)
    frozen = RepairPolicy(duty_notice_hours=12, frozen_days=(floor.problem.horizon.day(2),))
    floor = floor_of({**DAY, "e": "DD.DD.."}, gross=4, repair_policy=frozen)
    made = mended(floor, absent(floor, day=2, hour=0), 1, 9.0, overtime=False)
    assert not any(step.kind == "called_in" for step in made.steps)


def test_a_contract_that_is_full_is_never_overfilled() -> None:
    floor = floor_of({**DAY, "e": "DD.DDD."}, gross=4, days_per_week=(0, 5), week_minutes=(0, 2400))
    made = mended(floor, absent(floor, day=2, hour=0), 1, 9.0, overtime=False)
    assert not any(found.hard for found in check(made.roster, made.problem))
    # Five days are worked already: a duty can only be moved there from another day that can spare it.
    assert all(step.kind != "called_in" for step in made.steps)


def test_the_rest_of_the_roster_is_left_alone() -> None:
    """A shortage on another day was there before anything happened; it is not this repair's to mend."""
    floor = floor_of({**DAY, "e": "DD.DD.."}, gross=5)
    made = mended(floor, absent(floor, day=1), 1, 9.0)
    assert all(floor.problem.horizon.day_of[floor.problem.horizon.index(step.start)] == 1 for step in made.steps)


def test_a_surge_moves_meals_too() -> None:
    floor = floor_of(gross=3)
    need = floor.problem.requirement
    gross = need.gross.copy()
    noon = slice(need.horizon.index(at(floor, 1, 12)), need.horizon.index(at(floor, 1, 13)))
    gross[:, noon] += 1
    happened = Happened(
        surges=(Surge("billing", at(floor, 1, 12), at(floor, 1, 13)),), requirement=replace(need, gross=gross)
    )
    made = mended(floor, happened, 1, 9.0, overtime=False)
    assert made.after.short_hours < made.unrepaired.short_hours
    assert {step.kind for step in made.steps} == {"pause"}


def test_somebody_on_two_queues_goes_where_it_is_short() -> None:
    floor = floor_of({name: DAY[name] for name in "abc"}, gross=1)
    site = floor.problem.site
    agents = {
        name: agent.model_copy(update={"skills": {"billing": 1.0, "sales": 1.0}}) for name, agent in site.agents.items()
    }
    need = floor.problem.requirement
    two = replace(
        need,
        queues=("billing", "sales"),
        **{
            name: np.concatenate([getattr(need, name)] * 2)
            for name in ("volume", "aht_s", "required", "gross", "curve")
        },
    )
    problem = replace(floor.problem, site=replace(site, agents=agents), requirement=two)
    rows = [replace(row, queue="sales") if row.agent == "a" and row.queue else row for row in floor.roster.segments]
    made = repair(
        Floor(problem, replace(floor.roster, segments=tuple(rows))), absent(floor), at(floor, 1, 9.0), overtime=False
    )
    assert {(step.agent in "bc", step.what) for step in made.steps if step.kind == "queue"} == {(True, "sales")}


def test_a_time_limit_of_nothing_is_no_worse_than_doing_nothing() -> None:
    floor = floor_of(gross=3)
    mended(floor, absent(floor), 1, 9.0, seconds=0.0)
    stopped = mended(floor, absent(floor), 1, 9.0, stop=lambda: True)
    assert changed_people(stopped.steps) == []


def test_the_same_seed_gives_the_same_repair() -> None:
    floor = floor_of(gross=4)
    one, other = (mended(floor, absent(floor), 1, 9.0, workers=1, seed=3) for _ in range(2))
    assert one.roster == other.roster


def test_illness_on_days_off_costs_no_leave() -> None:
    floor = floor_of(gross=3, days_per_week=(0, 5))
    happened = Happened(away=(Away("a", at(floor, 3, 0), at(floor, 7, 0)),))
    made = mended(floor, happened, 1, 9.0)
    days = [(row.start, row.end) for row in made.problem.site.leave]
    assert days == [(at(floor, day, 0), at(floor, day + 1, 0)) for day in (3, 4)]


letters = st.lists(st.sampled_from(["DDDDD..", "EEEE...", "..LLLL.", "D.D.D..", "NN....."]), min_size=4, max_size=6)


@settings(max_examples=25, deadline=None)
@given(
    lines=letters,
    gross=st.integers(1, 5),
    day=st.integers(0, 4),
    hour=st.sampled_from([0.0, 7.25, 9.0, 12.1, 15.0]),
    span=st.sampled_from([4, 12, 36]),
    notice=st.sampled_from([0.0, 12.0, 24.0]),
)
def test_from_any_legal_roster_a_repair_is_legal_pins_the_past_and_is_never_worse(
    lines: list[str], gross: int, day: int, hour: float, span: int, notice: float
) -> None:
    rows = dict(zip("abcdef", lines, strict=False))
    floor = floor_of(
        rows, gross, RepairPolicy(duty_notice_hours=notice), rest_minutes=600, max_consecutive_days=6,
        days_per_week=(0, 5), week_minutes=(0, 2400), max_overtime_minutes_per_week=120,
    )  # fmt: skip
    assert not [found for found in check(floor.roster, floor.problem) if found.hard]
    now = at(floor, day, hour)
    away = Happened(away=(Away("a", now, min(now + span * HOURS, floor.problem.horizon.end)),))
    made = repair(floor, away, now, seconds=2.0, workers=1)
    assert not [found for found in check(made.roster, made.problem) if found.hard]
    assert made.cost[1] <= made.cost[0] + 1e-9
    soon = now + 60 * RepairPolicy().freeze_minutes
    others = [row for row in floor.roster.segments if row.agent != "a"]
    assert _until(others, soon) == _until([row for row in made.roster.segments if row.agent != "a"], soon)


def _until(rows: list[Segment], moment: int) -> list[Segment]:
    """What rows say of the time before a moment, joined where nothing changes."""
    cut = sorted(replace(row, end=min(row.end, moment)) for row in rows if row.start < moment)
    joined: list[Segment] = []
    for row in cut:
        last = joined[-1] if joined else None
        if last and (last.agent, last.end, last.activity, last.queue) == (
            row.agent,
            row.start,
            row.activity,
            row.queue,
        ):
            joined[-1] = replace(last, end=row.end)
        else:
            joined.append(row)
    return joined


@pytest.mark.parametrize("hour", [0.0, 11.0, 36.5])
def test_pauses_alone_are_spread_and_duties_and_what_has_begun_stay(hour: float) -> None:
    floor = floor_of(gross=4)
    horizon = floor.problem.horizon
    now = horizon.begin + round(hour * HOURS)
    made = mended(floor, Happened(), int(hour // 24), hour % 24, pauses=(now, horizon.at(3, 0)), seconds=10)
    assert {step.kind for step in made.steps} == {"pause"}
    assert made.after.short_hours < made.unrepaired.short_hours
    begun = {row for row in floor.roster.segments if row.start < now}
    later = {row for row in floor.roster.segments if row.start >= horizon.at(3, 0)}
    assert {row for row in begun | later if row.activity == "meal"} <= set(made.roster.segments)
    assert edges(made.roster) == edges(floor.roster)
    assert not [violation for violation in check(made.roster, made.problem) if violation.hard]


def edges(roster: Roster) -> set[tuple[str, int, int]]:
    """Where duties begin and end."""
    return {(line.agent.agent, duty.start, duty.end) for line in Floor(floor_of().problem, roster).seen.lines
            for duty in line.duties}  # fmt: skip


def test_pauses_alone_stay_where_nothing_is_gained() -> None:
    floor = floor_of(gross=0)
    made = mended(floor, Happened(), 0, 0.0, pauses=(floor.problem.horizon.begin, floor.problem.horizon.end))
    assert made.roster == floor.roster
    assert not made.steps


def test_with_pauses_alone_nobody_is_called_in_or_asked_for_overtime() -> None:
    floor = floor_of(gross=5, lines=DAY | {"e": "DD...D."})
    span = (at(floor, 2, 0), at(floor, 3, 0))
    made = mended(floor, absent(floor, 2), 0, 9.0, pauses=span)
    assert {step.kind for step in made.steps} <= {"away", "pause"}
    assert "called_in" in {step.kind for step in mended(floor, absent(floor, 2), 0, 9.0).steps}
