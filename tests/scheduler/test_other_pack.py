"""Nothing is hard-coded: under the European pack the same requests are judged by its values alone."""

from collections.abc import Callable
from datetime import date

import pytest

from centre.grid import instant
from centre.policy import Policy
from centre.requests import Handing, LeaveRequest, OvertimeRequest, SwapRequest
from scheduler.checks import Duty
from scheduler.judging import Floor
from scheduler.leave import leave_verdict
from scheduler.overtime import overtime_verdict
from scheduler.swap import Registered, swap_verdict

ZONE, FIRST = "Asia/Shanghai", date(2026, 3, 2)
PACKS = Callable[[str], Policy]


def at(day: int, minutes: int) -> int:
    return instant(FIRST, day * 1440 + minutes, ZONE)


@pytest.fixture
def pack() -> PACKS:
    from store.site_folder import read_policy

    return read_policy


@pytest.fixture
def floor(case) -> Floor:
    people = {"b": {"team": "T"}, "la": {"role": "leader", "team": "T"}}
    made = case(line="DD.DN..", agent={"team": "T"}, people=people, lines={"b": "L.L....", "la": "DDDDD.."})
    return Floor(made.problem, made.roster)


def verdicts(policy: Policy, floor: Floor, request: LeaveRequest, holidays: frozenset[object]) -> dict[str, str]:
    return {rule.id: rule.verdict for rule in leave_verdict(request, floor, policy, holidays).rules}


def test_nights_and_holidays_admit_leave_where_the_pack_bans_nothing(pack, floor) -> None:
    night = LeaveRequest(agent="a", start=at(4, 1320), end=at(5, 360), kind="personal", at=at(0, 0))
    holiday = frozenset([date(2026, 3, 6)])
    ours = verdicts(pack("operator-cn"), floor, night, holiday)
    theirs = verdicts(pack("eu-generic"), floor, night, holiday)
    assert (ours["LEV-5"], ours["LEV-6"]) == ("forbidden", "forbidden")
    assert not {"LEV-5", "LEV-6"} & set(theirs)


def test_who_decides_and_how_early_one_asks_are_the_packs(pack, floor) -> None:
    week = LeaveRequest(agent="a", start=at(0, 0), end=at(4, 0), kind="annual", at=at(0, 0) - 10 * 86_400)
    ours, theirs = (leave_verdict(week, floor, pack(name)) for name in ("operator-cn", "eu-generic"))
    assert [step.role for step in ours.approvers] == ["leader", "head", "director"]
    assert [step.role for step in theirs.approvers] == ["leader", "head"]  # two weeks' notice was missed: a manager
    assert [rule.verdict for rule in theirs.rules if rule.id == "LEV-1"] == ["exception"]
    assert not [rule for rule in ours.rules if rule.id == "LEV-1"]


def test_a_certificate_is_owed_from_the_packs_day_on(pack, floor) -> None:
    two = LeaveRequest(agent="a", start=at(0, 0), end=at(2, 0), kind="sick", at=at(0, 0))
    found = {name: verdicts(pack(name), floor, two, frozenset()).get("LEV-4") for name in ("operator-cn", "eu-generic")}
    assert found == {"operator-cn": "duty", "eu-generic": None}


def test_swaps_are_counted_only_where_the_pack_counts_them(pack, floor) -> None:
    duty: Duty = floor.lines["a"].duties[1]
    hands = (Handing(giver="a", taker="b", start=duty.start),)
    register = [Registered(n, (Handing(giver="a", taker="b", start=at(20 + n, 510)),)) for n in range(2)]
    request = SwapRequest(agent="a", hands=hands, at=at(0, 0))
    found = {}
    for name in ("operator-cn", "eu-generic"):
        told = swap_verdict(request, floor, pack(name), frozenset(), register)
        found[name] = next(rule.verdict for rule in told.rules if rule.id == "SWP-2")
    assert found == {"operator-cn": "forbidden", "eu-generic": "holds"}


def test_overtime_ends_with_the_packs_level_and_its_notice(pack, floor) -> None:
    end = floor.lines["a"].duties[0].end
    request = OvertimeRequest(agent="a", start=end, end=end + 3600, at=end - 1800)
    ours, theirs = (overtime_verdict(request, floor, pack(name)) for name in ("operator-cn", "eu-generic"))
    assert [step.role for step in ours.approvers] == ["leader", "head"]
    assert [step.role for step in theirs.approvers] == ["leader"]
    assert (ours.possible, theirs.possible) == (True, False)  # asked half an hour before; there it takes an hour
