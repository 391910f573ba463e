"""Each move type where it is the right one: a floor made for it, on which it is found, chosen, and borne out."""

from dataclasses import replace

import numpy as np
import pytest

from centre.queues import Queue
from centre.reallocation import Reallocation
from centre.roster import Segment
from centre.site import Site
from streams.reallocation.choose import choose
from streams.reallocation.curves import read_curves
from streams.reallocation.effects import rows_after
from streams.reallocation.finders import FINDERS, Ask
from streams.reallocation.move import Move
from streams.reallocation.projection import draw, project
from streams.reallocation.propose import Memory, propose
from streams.reallocation.sight import STEP_S, Present, Sight
from tests.streams.reallocation.floors import BILLING, at, people, sight, site

SALES = Queue(name="sales", aht_s=240, within_s=20, patience_s=150)
CASES = Queue(name="cases", channel="deferred", aht_s=900, deadline_minutes=1440)
POLICY = Reallocation()


def chosen(floor: Sight, where: Site, policy: Reallocation = POLICY, spare: bool = False) -> list[Move]:
    """What is chosen; on futures that had no part in the choice it must win, or give back without losing much."""
    curves = read_curves(floor, draw(floor, 1))
    ask = Ask(floor, curves, policy, where, spare)
    choice = choose(floor, curves, [move for finder in FINDERS for move in finder(ask)], policy)
    if choice.moves:
        fresh = draw(floor, 99)
        won = project(floor, fresh, rows_after(floor, choice.moves)).total() - project(floor, fresh).total()
        assert won > sum(move.price for move in choice.moves) - (2.0 if spare else 0.0)
    return list(choice.moves)


def only(kind: str) -> Reallocation:
    """A site that has switched every other move off."""
    return Reallocation(moves={name: {"on": name == kind} for name in POLICY.moves})  # type: ignore[arg-type]


def working(agent: str, queue: str, **more: object) -> Present:
    """Somebody who works on one queue from nine to six."""
    line = (Segment(agent, at(9), at(18), "work", queue),)
    return replace(Present(agent, "agent", "full", {queue: 1.0} if queue else {}, line), **more)  # type: ignore[arg-type]


def with_sales(floor: Sight, billing: float, sales: float, calls_wait: bool = True) -> Sight:
    """Two queues with so many erlangs each."""
    loads = np.array([[billing], [sales]]) * STEP_S / 240
    return replace(
        floor,
        queues=(BILLING, SALES),
        volume=np.repeat(loads, floor.steps, axis=1),
        aht_s=np.full((2, floor.steps), 240.0),
        volume_sd=np.array([0.05, 0.05]),
        waiting=np.array([4 if calls_wait else 0, 0]),
        busy=np.array([0, 0]),
    )


def test_people_are_lent_where_each_answers_the_rostered_queue_only() -> None:
    """Billing drowns, sales idles, some have both skills: they are lent, and only they."""
    both = {"billing": 1.0, "sales": 1.0}
    staff = [working(f"b{n}", "billing") for n in range(6)]
    staff += [working(f"s{n}", "sales", skills=both if n < 4 else {"sales": 1.0}) for n in range(10)]
    floor = with_sales(replace(sight(12, hour=10), people=tuple(staff), by_roster=True), 7.0, 3.0)
    moves = chosen(floor, site())
    assert "lend" in {move.type for move in moves}
    assert {move.agents[0] for move in moves if move.type == "lend"} <= {"s0", "s1", "s2", "s3"}
    assert {move.facts["queue"] for move in moves if move.type == "lend"} == {"billing"}


def test_nobody_is_lent_where_routing_lends_already_and_that_is_said() -> None:
    """Everybody is offered the contacts of all his skills: lending would change nothing."""
    floor = sight(12, hour=10, erlangs=(4.0, 4.0, 9.5, 4.0), hours=4)
    _, seen = propose(floor, site(people(12)), Reallocation(), Memory(), asked=True)
    assert seen.proposal is not None
    assert seen.proposal.not_chosen["lend"] == "answered"


def back_office(due: int | None) -> tuple[Sight, Site]:
    """Six on calls that would need eight; four on cases who have the calls' skill."""
    both = {"billing": 1.0, "cases": 1.0}
    staff = [working(f"b{n}", "billing") for n in range(6)]
    staff += [working(f"c{n}", "cases", skills=both) for n in range(4)]
    floor = replace(sight(12, hour=10, erlangs=6.5, waiting=3), people=tuple(staff))
    floor = replace(floor, due={} if due is None else {"cases": due})
    where = site(people(2))
    return floor, replace(where, queues={"billing": BILLING, "cases": CASES})


def test_back_office_comes_to_the_phones_while_its_own_work_can_wait() -> None:
    moves = chosen(*back_office(None))
    assert {move.type for move in moves} == {"to_inbound"}
    assert all(move.agents[0].startswith("c") for move in moves)


def test_whoever_has_cases_due_stays_with_them() -> None:
    """The first case is due at noon: half an hour before, everybody is back with it; due at once, nobody leaves."""
    moves = chosen(*back_office(at(12)))
    assert moves
    assert all(move.end <= at(11, 30) for move in moves)
    assert not chosen(*back_office(at(10, 30)))


def test_when_it_is_calm_people_go_to_the_back_office() -> None:
    both = {"billing": 1.0, "cases": 1.0}
    staff = [working(f"b{n}", "billing", skills=both) for n in range(14)]
    floor = replace(sight(12, hour=10, erlangs=4.0), people=tuple(staff))
    where = replace(site(), queues={"billing": BILLING, "cases": CASES})
    moves = chosen(floor, where, only("to_back_office"), spare=True)
    assert {move.type for move in moves} == {"to_back_office"}
    assert {stroke.queue for move in moves for stroke in move.strokes} == {"cases"}
    assert len({move.agents for move in moves}) < 10, "not more than can be spared"


def test_whoever_is_on_cases_does_not_count_as_answering() -> None:
    floor, _ = back_office(None)
    assert (floor.rows >= 0).sum(axis=0).max() == 6


@pytest.mark.parametrize("role", ["leader", "inspector"])
def test_leaders_and_inspectors_go_to_the_phones_in_need(role: str) -> None:
    """One leader stays off the phones whenever leaders are there; inspectors may all go."""
    staff = [working(f"b{n}", "billing") for n in range(6)]
    staff += [working(f"x{n}", "", role=role, skills={"billing": 0.9}, stands_in=True) for n in range(3)]
    floor = replace(sight(12, hour=10, erlangs=7.0, waiting=5), people=tuple(staff))
    moves = [move for move in chosen(floor, site()) if move.type == f"{role}_to_phones"]
    assert moves
    assert len({move.agents for move in moves}) <= (2 if role == "leader" else 3)


@pytest.mark.parametrize(("role", "comes"), [("leader", True), ("agent", False)])
def test_who_was_told_often_enough_still_answers_other_contacts_but_keeps_his_pauses(role: str, comes: bool) -> None:
    """ORG-5: any position at any time; a day of one's own is changed three times at most."""
    staff = [working(f"b{n}", "billing") for n in range(6)]
    if role == "leader":
        staff += [working(f"x{n}", "", role=role, skills={"billing": 0.9}, stands_in=True) for n in range(3)]
    floor = replace(sight(12, hour=10, erlangs=7.0, waiting=5), people=(*staff, *sight(6).people))
    told = replace(floor, people=tuple(replace(p, changes=POLICY.max_changes) for p in floor.people))
    assert bool(chosen(told, site(people(6)))) == comes


def test_standby_is_called_in_when_the_evening_will_need_it() -> None:
    staff = [working(f"b{n}", "billing") for n in range(6)]
    staff.append(
        Present("y1", "agent", "full", {"billing": 1.0}, (Segment("y1", at(10), at(18), "standby"),), chance=0.96)
    )
    floor = replace(sight(12, hour=10, erlangs=(6.0, 6.0, 8.0, 8.0)), people=tuple(staff))
    moves = [move for move in chosen(floor, site()) if move.type == "standby"]
    assert [move.agents for move in moves] == [("y1",)]
    assert moves[0].start >= at(11), "an hour's notice"


def test_overtime_is_proposed_for_the_head_to_approve() -> None:
    """At the end of the day it stays busy: people stay longer, as far as the site's policy lets them."""
    staff = [
        replace(working(f"b{n}", "billing"), line=(Segment(f"b{n}", at(9), at(17), "work", "billing"),))
        for n in range(4)
    ]
    staff += [working(f"c{n}", "billing") for n in range(4)]
    floor = replace(sight(12, hour=16, erlangs=6.0, hours=2), people=tuple(staff))
    moves = chosen(floor, site(), only("overtime"))
    assert {move.type for move in moves} == {"overtime"}
    assert {move.approver for move in moves} == {"head"}
    assert not chosen(floor, site(), only("overtime").model_copy(update={"max_overtime_minutes": 0}))
