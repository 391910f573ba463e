"""LEV and SWP: each rule lets pass what it should and stops what it should, at both edges of its bound."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from centre.grid import instant
from centre.policy import LeavePolicy, Policy
from centre.requests import Handing, LeaveRequest, SwapRequest
from centre.requirement import Requirement
from centre.roster import Roster
from scheduler.checks import check
from scheduler.judging import Floor, Verdict, hours_before
from scheduler.leave import certificate_gaps, granted, leave_verdict
from scheduler.swap import Registered, changed_lines, swap_verdict
from scheduler.swap_partners import who_could_swap

ZONE = "Asia/Shanghai"
DAY, HOUR = 86_400, 3_600
FIRST = date(2026, 3, 2)
TEAM = {
    "b": {"team": "T1"},
    "c": {"team": "T2"},
    "la": {"role": "leader", "team": "T1"},
    "lb": {"role": "leader", "team": "T2"},
}
LINES = {"b": "L.L....", "c": ".D..N..", "la": "DDDDD..", "lb": "DDDDD.."}


@pytest.fixture
def floor(case: Callable[..., Any]) -> Callable[..., Floor]:
    def build(line: str = "DD.DN..", **more: Any) -> Floor:
        lines = {**LINES, **more.pop("lines", {})}
        people = {name: {**TEAM[name], **more.get("people", {}).get(name, {})} for name in TEAM}
        made = case(line=line, agent={"team": "T1"}, people=people, lines=lines,
                    contract=more.pop("contract", {}))  # fmt: skip
        problem = made.problem
        horizon = problem.horizon
        open_now = ((horizon.local_minutes >= 480) & (horizon.local_minutes < 1320)).astype(float)
        need = open_now.astype(np.int64)[None, :]
        curve = (10 * open_now[None, :, None] * np.array([0.0, 0.5, 0.8, 1.0])).astype(np.float32)
        requirement = Requirement(horizon, ("billing",), 10 * open_now[None, :], np.ones(need.shape), need, need, curve)
        return Floor(replace(problem, requirement=requirement), made.roster)

    return build


def at(day: int, minutes: int) -> int:
    return instant(FIRST + timedelta(days=day), minutes, ZONE)


def leave(day: int = 1, **more: Any) -> LeaveRequest:
    values = {"agent": "a", "start": at(day, 0), "end": at(day + 1, 0), "kind": "personal", "at": at(0, 0), **more}
    return LeaveRequest(**values)


def said(verdict: Verdict, rule: str) -> str:
    return next((row.verdict for row in verdict.rules if row.id == rule), "")


def roles(verdict: Verdict) -> list[str]:
    return [step.role for step in verdict.approvers]


@pytest.mark.parametrize(
    ("kind", "minute", "verdict"),
    [
        ("personal", 510, "holds"), ("personal", 511, "exception"),
        ("special_personal", 510 + 1380, "holds"), ("special_personal", 510 + 1381, "exception"),
        ("annual", 510 + 1439, ""),
    ],
)  # fmt: skip
def test_lev1_notice_is_kept_to_the_minute(floor, kind, minute, verdict) -> None:
    told = leave_verdict(leave(kind=kind, at=at(0, minute)), floor(), Policy())
    assert said(told, "LEV-1") == verdict
    assert told.allowed == (verdict != "exception")
    assert told.possible


def test_lev1_a_day_before_is_the_same_hour_the_day_before_when_the_clocks_change() -> None:
    shift = instant(date(2026, 3, 29), 510, "Europe/Berlin")
    assert hours_before(shift, 24, "Europe/Berlin") == instant(date(2026, 3, 28), 510, "Europe/Berlin")
    assert hours_before(shift, 1, "Europe/Berlin") == shift - HOUR


def test_lev1_a_site_changes_the_notice_by_its_policy(floor) -> None:
    own = Policy(leave=LeavePolicy(notice_hours={"personal": 2.0}))
    assert said(leave_verdict(leave(at=at(1, 389)), floor(), own), "LEV-1") == "holds"
    assert said(leave_verdict(leave(at=at(1, 391)), floor(), own), "LEV-1") == "exception"


def test_lev2_a_day_ends_with_the_head_more_with_the_director(floor) -> None:
    assert roles(leave_verdict(leave(0, at=at(-2 + 2, 0) - 3 * DAY), floor(), Policy())) == ["leader", "head"]
    longer = leave(0, end=at(2, 0), at=at(0, 0) - 3 * DAY)
    assert roles(leave_verdict(longer, floor(), Policy())) == ["leader", "head", "director"]


def test_lev2_only_the_own_teams_leader_is_asked(floor) -> None:
    assert leave_verdict(leave(), floor(), Policy()).approvers[0].people == ("la",)


def test_lev3_only_sick_leave_is_asked_for_by_another(floor) -> None:
    assert said(leave_verdict(leave(asked_by="b"), floor(), Policy()), "LEV-3") == "forbidden"
    assert said(leave_verdict(leave(asked_by="b", kind="sick"), floor(), Policy()), "LEV-3") == "holds"
    assert said(leave_verdict(leave(asked_by="a"), floor(), Policy()), "LEV-3") == "holds"


def test_lev4_a_full_sick_day_owes_a_certificate_on_the_day_after(floor) -> None:
    told = leave_verdict(leave(kind="sick"), floor(), Policy())
    ruling = next(row for row in told.rules if row.id == "LEV-4")
    assert (ruling.verdict, ruling.due) == ("duty", "2026-03-04")
    assert told.allowed
    half = leave_verdict(leave(kind="sick", end=at(1, 720)), floor(), Policy())
    assert said(half, "LEV-4") == ""
    shift = leave(kind="sick", start=at(1, 510), end=at(1, 1050))  # a whole shift, by its times, is a full day too
    assert said(leave_verdict(shift, floor(), Policy()), "LEV-4") == "duty"
    covered = leave(kind="sick", certificates=((at(1, 0), at(2, 0)),))
    assert said(leave_verdict(covered, floor(), Policy()), "LEV-4") == "holds"


def test_lev8_leave_over_days_off_takes_no_more_work_from_the_week_than_there_was(floor) -> None:
    """Five days a week at most; Friday and the free Saturday off leave the four worked days legal."""
    contract = {"days_per_week": (0, 5), "week_minutes": (0, 2400)}
    made = floor("DDDDD..", contract=contract)
    over_saturday = leave(4, end=at(6, 0), kind="annual", at=at(0, 0) - 86_400)
    told = leave_verdict(over_saturday, made, Policy())
    assert (said(told, "LEV-8"), [str(day) for day in told.off]) == ("holds", [str(FIRST + timedelta(days=5))])
    line, problem = granted(over_saturday, made)
    assert not made.newly_broken({"a": line}, problem)
    free = leave_verdict(leave(5, at=at(0, 0) - 86_400), made, Policy())
    assert said(free, "LEV-8") == "holds"


def test_lev4_certificates_leave_no_gap() -> None:
    request = leave(kind="sick", end=at(4, 0), certificates=((at(3, 0), at(5, 0)), (at(1, 0), at(2, 0))))
    assert certificate_gaps(request) == [(at(2, 0), at(3, 0))]


def test_lev4_an_emergency_is_told_before_the_shift_by_anyone(floor) -> None:
    before = leave(kind="emergency", asked_by="b", at=at(1, 509))
    assert leave_verdict(before, floor(), Policy()).allowed
    after = leave(kind="emergency", asked_by="b", at=at(1, 510))
    assert said(leave_verdict(after, floor(), Policy()), "LEV-4") == "exception"


@pytest.mark.parametrize(
    ("kind", "minute", "verdict"),
    [
        ("personal", 0, "forbidden"), ("special_personal", 719, "approval"), ("special_personal", 720, "forbidden"),
        ("sick", 800, "holds"),
    ],
)  # fmt: skip
def test_lev5_no_leave_from_a_night_but_special_cases_before_noon(floor, kind, minute, verdict) -> None:
    request = leave(kind=kind, start=at(4, 1320), end=at(5, 360), at=at(4, minute))
    told = leave_verdict(request, floor(), Policy())
    assert said(told, "LEV-5") == verdict
    assert told.possible == (verdict != "forbidden")
    assert said(leave_verdict(leave(3), floor(), Policy()), "LEV-5") == ""


@pytest.mark.parametrize(
    ("kind", "asked", "verdict"),
    [
        ("personal", (0, 0), "forbidden"), ("special_personal", (1, 510), "approval"),
        ("special_personal", (1, 511), "forbidden"), ("emergency", (3, 0), "holds"),
    ],
)  # fmt: skip
def test_lev6_no_leave_on_a_holiday_but_extreme_cases_two_days_before(floor, kind, asked, verdict) -> None:
    told = leave_verdict(leave(3, kind=kind, at=at(*asked)), floor(), Policy(), {date(2026, 3, 5)})
    assert said(told, "LEV-6") == verdict
    assert said(leave_verdict(leave(3, at=at(0, 0)), floor(), Policy(), {date(2026, 3, 6)}), "LEV-6") == ""


def test_lev7_business_and_study_are_the_directors(floor) -> None:
    for kind in ("business", "study"):
        told = leave_verdict(leave(kind=kind), floor(), Policy())
        assert roles(told)[-1] == "director"
        assert said(told, "LEV-7") == "holds"
    assert said(leave_verdict(leave(), floor(), Policy()), "LEV-7") == ""


def test_lev8_the_effect_is_read_off_the_service_curve_and_the_roster_stays_legal(floor) -> None:
    of = floor()
    request = leave(1)
    told = leave_verdict(request, of, Policy())
    assert said(told, "LEV-8") == "holds"
    # On day 1 a and c work 08:30-17:30 with an hour's meal: 32 quarter hours; two answer 8 of 10 in time, one 5 of 10.
    assert len(told.coverage["intervals"]) == 32
    assert {row["service_level"] for row in told.coverage["intervals"]} == {0.8}
    assert {row["service_level_after"] for row in told.coverage["intervals"]} == {0.5}
    assert told.coverage["answered_in_time"] == pytest.approx(-32 * 3)
    line, problem = granted(request, of)
    assert not any(at(1, 0) <= row.start < at(2, 0) for row in line)
    assert [found for found in check(of.with_lines({"a": line}), problem) if found.hard] == []


def test_lev8_leave_of_part_of_a_day_leaves_the_pauses_and_the_rest_of_the_shift(floor) -> None:
    of = floor()
    line, problem = granted(leave(1, start=at(1, 600), end=at(1, 840)), of)
    today = [
        (row.start - at(1, 0), row.end - at(1, 0), row.activity) for row in line if at(1, 0) <= row.start < at(2, 0)
    ]
    minute = 60
    assert today == [
        (510 * minute, 600 * minute, "work"), (600 * minute, 720 * minute, "leave"),
        (720 * minute, 780 * minute, "meal"), (780 * minute, 840 * minute, "leave"),
        (840 * minute, 1050 * minute, "work"),
    ]  # fmt: skip
    assert [found for found in check(of.with_lines({"a": line}), problem) if found.hard] == []


def test_lev8_who_could_take_the_work_is_free_that_day_and_cheapest_first(floor) -> None:
    told = leave_verdict(leave(3), floor(), Policy())
    assert {row.agent for row in told.cover} == {"b", "c"}
    assert [row.cost for row in told.cover] == sorted(row.cost for row in told.cover)
    assert "b" not in {row.agent for row in leave_verdict(leave(3), floor(lines={"b": "...D..."}), Policy()).cover}


def swap(*hands: tuple[str, str, int], when: int | None = None) -> SwapRequest:
    made = tuple(Handing(giver=giver, taker=taker, start=start) for giver, taker, start in hands)
    return SwapRequest(agent=hands[0][0], hands=made, at=at(0, 0) if when is None else when)


TWO_WAY = (("a", "b", at(1, 510)), ("b", "a", at(2, 840)))
"""a's day shift of day 1 against b's late shift of day 2."""


def test_swp1_the_partner_and_both_leaders_agree(floor) -> None:
    told = swap_verdict(swap(*TWO_WAY), floor(), Policy())
    assert told.allowed
    assert [(step.role, step.people) for step in told.approvers] == [("partner", ("b",)), ("leader", ("la",))]
    across = swap_verdict(
        swap(("a", "c", at(3, 510)), ("c", "a", at(4, 1320)), when=at(0, 0)), floor("DD.D..."), Policy()
    )
    assert [step.people for step in across.approvers] == [("c",), ("la",), ("lb",)]


@pytest.mark.parametrize(("earlier", "verdict"), [(1, "holds"), (2, "forbidden")])
def test_swp2_two_swaps_a_month_and_the_pay_back_is_none_of_its_own(floor, earlier, verdict) -> None:
    old = (Handing(giver="b", taker="x", start=at(20, 0)), Handing(giver="x", taker="b", start=at(22, 0)))
    register = [Registered(number, old) for number in range(earlier)]
    assert said(swap_verdict(swap(*TWO_WAY), floor(), Policy(), register=register), "SWP-2") == verdict
    april = (Handing(giver="b", taker="x", start=at(40, 0)),)
    register = [Registered(number, april) for number in range(5)]
    assert said(swap_verdict(swap(*TWO_WAY), floor(), Policy(), register=register), "SWP-2") == "holds"


def test_swp3_no_swaps_on_end(floor) -> None:
    beside = Registered(1, (Handing(giver="x", taker="b", start=at(2, 840)),))
    apart = Registered(1, (Handing(giver="x", taker="b", start=at(4, 840)),))
    assert said(swap_verdict(swap(*TWO_WAY), floor(), Policy(), register=[beside]), "SWP-3") == "forbidden"
    assert said(swap_verdict(swap(*TWO_WAY), floor(), Policy(), register=[apart]), "SWP-3") == "holds"


def test_swp3_no_two_shifts_back_to_back(floor) -> None:
    # b's late shift of day 0 ends at 22:00; a's early shift of day 1 begins 8 hours later, at 06:00.
    assert said(swap_verdict(swap(("a", "b", at(1, 360))), floor("DE....."), Policy()), "SWP-3") == "holds"
    longer = Policy.model_validate({"swap": {"back_to_back_minutes": 481}})
    assert said(swap_verdict(swap(("a", "b", at(1, 360))), floor("DE....."), longer), "SWP-3") == "forbidden"


def test_swp4_same_work_and_comparable_level(floor) -> None:
    for skills, verdict in (
        ({"billing": 0.8}, "holds"),
        ({"billing": 0.79}, "forbidden"),
        ({"sales": 1.0}, "forbidden"),
    ):
        of = floor(people={"b": {"skills": skills}})
        assert said(swap_verdict(swap(*TWO_WAY), of, Policy()), "SWP-4") == verdict, skills
    assert said(swap_verdict(swap(("a", "la", at(4, 1320))), floor(), Policy()), "SWP-4") == "forbidden"


def test_swp5_no_leave_from_a_swapped_shift_or_its_pay_back(floor) -> None:
    swapped = {("a", at(1, 510))}
    assert said(leave_verdict(leave(1), floor(), Policy(), swapped=swapped), "SWP-5") == "forbidden"
    assert said(leave_verdict(leave(3), floor(), Policy(), swapped=swapped), "SWP-5") == ""


def test_swp6_nobody_on_duty_on_a_holiday_swaps(floor) -> None:
    for day, verdict in ((3, "forbidden"), (4, "forbidden"), (5, "holds")):
        told = swap_verdict(swap(*TWO_WAY), floor(), Policy(), {date(2026, 3, day)})
        assert said(told, "SWP-6") == verdict, day


def test_swp8_a_swap_breaks_no_other_rule(floor) -> None:
    kept = swap_verdict(swap(*TWO_WAY), floor(contract={"rest_minutes": 600}), Policy())
    broken = swap_verdict(swap(*TWO_WAY), floor(contract={"rest_minutes": 660}), Policy())
    assert (said(kept, "SWP-8"), said(broken, "SWP-8")) == ("holds", "forbidden")
    assert "rest" in next(row.why for row in broken.rules if row.id == "SWP-8")


def test_swp8_a_shift_that_is_not_there_or_has_begun_cannot_be_swapped(floor) -> None:
    assert not swap_verdict(swap(("a", "b", at(2, 510))), floor(), Policy()).possible
    assert not swap_verdict(swap(*TWO_WAY, when=at(1, 510)), floor(), Policy()).possible


def test_a_swap_moves_whole_shifts_and_loses_no_minute(floor) -> None:
    of = floor()
    changed = changed_lines(swap(*TWO_WAY).hands, of)
    before = sorted((row.start, row.end, row.activity, row.queue) for row in of.roster.segments)
    after = of.with_lines(changed)
    assert sorted((row.start, row.end, row.activity, row.queue) for row in after.segments) == before


def test_the_partners_found_are_exactly_the_legal_ones(floor) -> None:
    """Every pair of shifts is tried through the verdict; the search finds the same two-way swaps."""
    of = floor("DD..N..", lines={"b": "..LE...", "c": "L.D.EE."}, contract={"rest_minutes": 600})
    start, policy = at(1, 510), Policy()
    all_legal = set()
    for name, line in of.lines.items():
        for back in line.duties:
            request = swap(("a", name, start), (name, "a", back.start)) if name != "a" else None
            same = (back.start, back.end) == (start, start + 9 * HOUR)
            if request and not same and swap_verdict(request, of, policy).allowed:
                all_legal.add(request.hands)
    found = who_could_swap("a", start, at(0, 0), of, policy, most=1000)
    assert {offer.hands for offer in found if len(offer.hands) == 2} == all_legal
    assert all_legal
    order = [(len(offer.hands), offer.days_apart) for offer in found]
    assert order == sorted(order)


def test_rings_of_three_are_found_where_two_cannot_swap(case) -> None:
    """a wants off the early shift, b the late, c the night of one day; contracts allow only one way round."""
    letters = {"a": "E", "b": "L", "c": "D"}
    wants = {"a": ("E", "L"), "b": ("L", "D"), "c": ("D", "E")}
    made = case(line="E......", people={"b": {}, "c": {}, "la": {"role": "leader"}},
                lines={"b": "L......", "c": "D......", "la": "D......"})  # fmt: skip
    problem = made.problem
    site = problem.site
    contracts = {n: site.contracts["c"].model_copy(update={"name": n, "shifts": wants[n]}) for n in wants}
    agents = {n: a.model_copy(update={"contract": n if n in wants else "c"}) for n, a in site.agents.items()}
    site = replace(site, contracts={**site.contracts, **contracts}, agents=agents)
    of = Floor(replace(problem, site=site), made.roster)
    starts = {name: at(0, {"E": 360, "L": 840, "D": 510}[letter]) for name, letter in letters.items()}
    found = who_could_swap("a", starts["a"], at(-1 + 1, 0), of, Policy())
    legal = []
    for one, two in permutations(("b", "c")):
        request = swap(("a", one, starts["a"]), (one, two, starts[one]), (two, "a", starts[two]))
        if swap_verdict(request, of, Policy()).allowed:
            legal.append(request.hands)
    assert [offer.hands for offer in found] == legal
    assert len(legal) == 1
    assert Roster.of(row for line in changed_lines(legal[0], of).values() for row in line).segments


def test_a_ring_across_days_is_found_where_nobody_works_on_the_same_one(case) -> None:
    """a wants off Monday, b off Tuesday, c off Wednesday; each can take one other day only."""
    made = case(line="D......", people={"b": {}, "c": {}, "la": {"role": "leader"}},
                lines={"b": ".D.....", "c": "..D....", "la": "DDD...."})  # fmt: skip
    site = made.problem.site
    # Each may work on the own day and on that of one other: a on Wednesday, b on Monday, c on Tuesday.
    of_day = {"MON": ("mon",), "TUE": ("tue",), "WED": ("wed",)}
    shifts = {n: site.shifts["D"].model_copy(update={"name": n, "days": days}) for n, days in of_day.items()}
    off = {"a": ("MON", "WED"), "b": ("TUE", "MON"), "c": ("WED", "TUE")}
    contracts = {n: site.contracts["c"].model_copy(update={"name": n, "shifts": names}) for n, names in off.items()}
    agents = {n: a.model_copy(update={"contract": n if n in off else "c"}) for n, a in site.agents.items()}
    site = replace(site, contracts={**site.contracts, **contracts}, shifts={**site.shifts, **shifts}, agents=agents)
    of = Floor(replace(made.problem, site=site), made.roster)
    own = Policy(swap=Policy().swap.model_copy(update={"no_swaps_on_end": False}))
    found = who_could_swap("a", at(0, 510), at(0, 0), of, own)
    assert [tuple((h.giver, h.taker) for h in offer.hands) for offer in found] == [(("a", "b"), ("b", "c"), ("c", "a"))]
    assert swap_verdict(SwapRequest(agent="a", hands=found[0].hands, at=at(0, 0)), of, own).allowed


@pytest.mark.rule("SWP-8")
def test_a_part_of_a_shift_changes_hands_and_both_shifts_stay_the_shifts_they_are(floor) -> None:
    of = floor("D..DN..", lines={"b": "L.L....", "c": "......."})
    # b works 14:00 to 22:00 on Monday: a, whose day ends at 17:30, would have to begin in the middle of it.
    part = (at(0, 1050), at(0, 1320))
    own = Policy(swap=Policy().swap.model_copy(update={"speed_apart": 1.0}))
    request = SwapRequest(
        agent="b", hands=(Handing(giver="b", taker="a", start=at(0, 840), part=part),), at=at(0, 0) - DAY
    )
    told = swap_verdict(request, of, own)
    assert told.possible, [row for row in told.rules if row.verdict == "forbidden"]
    lines = changed_lines(request.hands, of)
    assert [(row.start, row.end) for row in lines["a"] if row.activity == "overtime"] == [part]
    assert sum(row.end - row.start for row in lines["b"] if row.activity == "leave") == 270 * 60
    short = Handing(giver="b", taker="a", start=at(0, 840), part=(at(0, 1050), at(0, 1065)))
    assert not swap_verdict(SwapRequest(agent="b", hands=(short,), at=0), of, own).possible
    apart = Handing(giver="b", taker="a", start=at(0, 840), part=(at(0, 1200), at(0, 1320)))
    assert not swap_verdict(SwapRequest(agent="b", hands=(apart,), at=0), of, own).possible
    whole = Policy(swap=own.swap.model_copy(update={"part_minutes": 0}))
    assert not swap_verdict(request, of, whole).possible


def test_swp4_a_shift_of_several_queues_goes_to_whoever_serves_one_of_them(floor) -> None:
    of = floor(people={"b": {"skills": {"sales": 1.0}}})
    mixed = Roster.of(
        replace(row, queue="sales") if row.agent == "a" and row.start == at(1, 780) else row
        for row in of.roster.segments
        if row.agent != "b"
    )
    of = Floor(of.problem, mixed)
    assert said(swap_verdict(swap(("a", "b", at(1, 510))), of, Policy()), "SWP-4") == "holds"
    taken = changed_lines(swap(("a", "b", at(1, 510))).hands, of)["b"]
    assert {row.queue for row in taken if row.activity == "work"} == {"sales"}
    assert of.newly_broken({"b": taken}) == []
