"""The choice: better than nothing or nothing, within the law, freezes, limits; plain rules when there is no model."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from centre.reallocation import Reallocation
from streams.reallocation.choice import nothing_broken
from streams.reallocation.choose import choose
from streams.reallocation.curves import Curves, read_curves
from streams.reallocation.effects import added, rows_after
from streams.reallocation.fallback import plain_rules
from streams.reallocation.finders import FINDERS, Ask
from streams.reallocation.move import Move
from streams.reallocation.paint import Line, changed_lines
from streams.reallocation.projection import draw, project
from streams.reallocation.propose import Memory, propose
from streams.reallocation.sight import Sight
from tests.streams.reallocation.floors import at, people, sight, site

POLICY = Reallocation()


def found(floor: Sight, policy: Reallocation = POLICY, spare: bool = False) -> tuple[Curves, list[Move]]:
    curves = read_curves(floor, draw(floor, 1))
    ask = Ask(floor, curves, policy, site(people(len(floor.people))), spare)
    return curves, [move for finder in FINDERS for move in finder(ask)]


LUNCH = sight(12, hour=10, erlangs=(4.0, 4.0, 9.5, 4.0), hours=4)
"""Everybody eats at 12:00, when most comes."""


def test_meals_leave_the_hour_in_which_everybody_is_needed() -> None:
    curves, moves = found(LUNCH)
    choice = choose(LUNCH, curves, moves, POLICY)
    assert choice.moves
    assert {move.type for move in choice.moves} == {"move_meal"}
    draws = draw(LUNCH, 99)
    before, after = project(LUNCH, draws), project(LUNCH, draws, rows_after(LUNCH, choice.moves))
    assert after.total() > before.total() + sum(move.price for move in choice.moves)


def test_every_move_keeps_its_pause_whole_and_inside_its_window() -> None:
    _, moves = found(LUNCH)
    for move in moves:
        if move.type == "move_meal":
            line = changed_lines({p.agent: p.line for p in LUNCH.people}, move.strokes)[move.agents[0]]
            meals = [s for s in line if s.activity == "meal"]
            assert [s.end - s.start for s in meals] == [3600]
            assert at(11) <= meals[0].start
            assert meals[0].end <= at(15)


def test_nothing_that_has_begun_or_begins_within_the_freeze_is_touched() -> None:
    floor = sight(12, hour=12, erlangs=9.0)
    _, moves = found(replace(floor, now=at(11, 55)))
    assert not [move for move in moves if move.type == "move_meal"]


def test_a_floor_without_trouble_is_left_alone() -> None:
    """Price decides: where everybody is answered there is nothing to win, and doing nothing is best."""
    floor = sight(12, hour=13, erlangs=(1.0, 1.0, 0.0, 0.0))
    curves, moves = found(floor)
    assert choose(floor, curves, moves, POLICY).moves == ()


def test_the_choice_is_never_worse_than_the_best_of_all_pairs() -> None:
    """Slow and obvious: every set of at most two moves, priced on the same curves."""
    curves, moves = found(LUNCH)
    few = moves[:14]
    gains = {move.id: added(LUNCH, curves, move) for move in few}

    def worth(chosen: list[Move]) -> float:
        people_added = sum((gains[move.id] for move in chosen), np.zeros(curves.in_time.shape[0]))
        nothing = curves.at(np.zeros(curves.in_time.shape[0])).sum()
        return float(curves.at(people_added).sum() - nothing - sum(move.price for move in chosen))

    pairs = [[a, b] for a in few for b in few if a.place != b.place and not set(a.agents) & set(b.agents)]
    best = max([0.0, *(worth([move]) for move in few), *(worth(pair) for pair in pairs)])
    choice = choose(LUNCH, curves, few, POLICY)
    assert choice.optimal
    assert worth(list(choice.moves)) >= best - 0.1


def test_a_move_that_breaks_a_rule_is_shut_out_and_another_found() -> None:
    curves, moves = found(LUNCH)
    first = choose(LUNCH, curves, moves, POLICY).moves[0].agents[0]

    def broken(lines: Mapping[str, Line]) -> frozenset[str]:
        return frozenset({first} & set(lines))

    choice = choose(LUNCH, curves, moves, POLICY, broken)
    assert choice.moves
    assert all(first not in move.agents for move in choice.moves)
    assert any(first in move.agents for move in choice.rejected)


def test_nobody_is_changed_more_often_than_allowed() -> None:
    tired = replace(LUNCH, people=tuple(replace(p, changes=POLICY.max_changes) for p in LUNCH.people))
    _, moves = found(tired)
    assert not moves


def test_one_notice_moves_several_things_of_a_day() -> None:
    """Everybody eats at 12:00 and rests at 15:00, when most comes: who may be told once is told of both at once."""
    floor = sight(12, hour=10, erlangs=(3.0, 3.0, 10.5, 3.0, 3.0, 11.5, 3.0), hours=7)
    policy = Reallocation(max_changes=1)
    choice = choose(floor, *found(floor, policy), policy)
    kinds: dict[str, set[str]] = {}
    for move in choice.moves:
        kinds.setdefault(move.agents[0], set()).add(move.type)
    assert {"move_meal", "move_break"} in kinds.values()


def test_nothing_is_moved_beyond_the_time_looked_over() -> None:
    """Out there nobody is missed, whoever counts: a pause put there would win for nothing."""
    floor = sight(12, hour=11, erlangs=(3.0, 10.5), hours=2)
    _, moves = found(floor)
    assert moves
    assert all(stroke.end <= floor.end for move in moves for stroke in move.strokes)


def test_who_was_moved_lately_is_asked_last() -> None:
    """FLR-3: of people alike, those who were spared so far are moved."""
    some = tuple(replace(p, weight=10.0 if n < 6 else 0.0) for n, p in enumerate(LUNCH.people))
    floor = replace(LUNCH, people=some)
    curves, moves = found(floor)
    asked = {agent for move in choose(floor, curves, moves, POLICY).moves for agent in move.agents}
    spared = {p.agent for p in floor.people if not p.weight}
    assert asked
    assert asked <= spared or spared <= asked


def test_a_refusal_is_respected() -> None:
    not_now = replace(LUNCH, people=tuple(replace(p, asked_not=frozenset({"move_meal"})) for p in LUNCH.people))
    _, moves = found(not_now)
    assert not [move for move in moves if move.type == "move_meal"]


def test_plain_rules_win_something_and_keep_the_same_limits() -> None:
    curves, moves = found(LUNCH)
    choice = plain_rules(LUNCH, curves, moves, POLICY)
    assert choice.gain > 0
    assert not choice.optimal
    assert len({move.place for move in choice.moves}) == len(choice.moves)


@pytest.mark.parametrize("seconds", [1e-6, 0.05, 1.0])
@pytest.mark.parametrize("count", [12, 30, 150])
def test_the_choice_is_at_least_as_good_as_the_plain_rules_on_the_same_floor(count: int, seconds: float) -> None:
    """However little time there is; with one person in three whom a rule forbids to move as without."""
    floor = sight(count, hour=10, erlangs=tuple(count / 12 * load for load in (4.0, 4.0, 9.5, 4.0)), hours=4)
    curves, moves = found(floor)
    unmovable = frozenset(person.agent for person in floor.people[::3])
    for broken in (nothing_broken, lambda lines: unmovable & set(lines)):
        plain = plain_rules(floor, curves, moves, POLICY, broken)
        choice = choose(floor, curves, moves, POLICY, broken, seconds)
        assert plain.worth > 0
        assert choice.worth >= plain.worth - 0.01
        assert choice.bound >= choice.worth - 0.1
        assert not (broken is not nothing_broken and unmovable & {a for move in choice.moves for a in move.agents})


def test_what_plain_rules_say_they_win_is_what_the_curves_say() -> None:
    """Slow and obvious: every move's people added up, the curves read where they come to."""
    curves, moves = found(LUNCH)
    choice = plain_rules(LUNCH, curves, moves, POLICY)
    nothing = np.zeros(curves.in_time.shape[0])
    people_added = sum((added(LUNCH, curves, move) for move in choice.moves), nothing)
    assert choice.gain == pytest.approx(float((curves.at(people_added) - curves.at(nothing)).sum()))


def test_hours_are_given_back_where_nobody_misses_them() -> None:
    floor = sight(12, hour=14, erlangs=2.0)
    curves, moves = found(floor, spare=True)
    choice = choose(floor, curves, moves, POLICY)
    off = [move for move in choice.moves if move.type == "time_off"]
    assert off
    assert sum(move.paid_minutes for move in off) <= -60
    draws = draw(floor, 99)
    lost = project(floor, draws).total() - project(floor, draws, rows_after(floor, choice.moves)).total()
    assert lost <= 1.0


def test_no_hour_is_given_back_of_which_a_part_is_not_looked_over() -> None:
    """The duty ends at six: looked over to six an hour may go, looked over to half past five it may not."""
    whole = sight(12, hour=14, erlangs=2.0)
    for floor, given_back in ((whole, True), (whole.near(210), False)):
        _, moves = found(floor, spare=True)
        assert any(move.type == "time_off" for move in moves) == given_back


def test_a_site_switches_moves_off_and_prices_them() -> None:
    policy = Reallocation.model_validate({"moves": {"move_meal": {"on": False}, "move_break": {"price": 9.5}}})
    assert policy.of("move_break").price == 9.5
    assert policy.of("move_break").approver == "leader"
    _, moves = found(LUNCH, policy)
    assert not [move for move in moves if move.type == "move_meal"]
    with pytest.raises(ValueError, match="no such move"):
        Reallocation.model_validate({"moves": {"teleport": {"on": True}}})


@pytest.mark.parametrize("count", [30, 150])
def test_a_steady_choice_is_the_same_each_time(count: int) -> None:
    """Cut off in the middle of its work, by its work and not by the clock; in one thread and in two."""
    floor = sight(count, hour=10, erlangs=tuple(count / 12 * load for load in (4.0, 4.0, 9.5, 4.0)), hours=4)
    curves, moves = found(floor)
    one, two = (choose(floor, curves, moves, POLICY, seconds=0.02, steady=True) for _ in range(2))
    assert one == two
    assert one.moves


def test_a_choice_that_runs_out_of_time_says_so_and_plain_rules_stand_in() -> None:
    """Nothing better found is not the same as nothing better: only the second one is optimal."""
    curves, moves = found(LUNCH)
    choice = choose(LUNCH, curves, moves, POLICY, seconds=1e-6)
    assert choice.moves == plain_rules(LUNCH, curves, moves, POLICY).moves
    assert choice.method == "rules"
    assert not choice.optimal
    assert choice.bound >= choice.worth
    _, seen = propose(LUNCH, site(people(12)), POLICY.model_copy(update={"seconds": 1e-6}), Memory(), asked=True)
    assert seen.proposal is not None
    assert seen.proposal.method == "rules"
    assert seen.proposal.won[0] > 0
