"""A rehearsed day is one that a telephone system could have reported, and the floor finds in it what happened."""

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from centre.events import AgentState, Case, Contact, QueueSnapshot, Tick
from centre.policy import Policy
from centre.roster import Roster, Segment
from forecasts.erlang import service_level
from streams.floor_policy import floor_policy
from streams.outputs import Alert
from streams.rehearsal import FAULTLESS, Disturbance, Habits, disturb, rehearse, score
from streams.service_level import virtual_from_waits
from streams.snapshot import digest
from streams.state import initial
from streams.step import fold, with_ticks
from streams.watching import publication, watch
from tests.streams.centres import DAY, ZONE, centre, duties, expected
from tests.streams.floors import at, us

SITE, ROSTER, DEMAND = centre(30), duties(30), expected(30)
POLICY = floor_policy(SITE, Policy())


@pytest.fixture(scope="module")
def day():
    return rehearse(SITE, ROSTER, DEMAND, DAY, 5)


def of(day, kind):
    return [event for event in day if isinstance(event, kind)]


def test_the_same_seed_gives_the_same_day_and_another_seed_another(day):
    assert rehearse(SITE, ROSTER, DEMAND, DAY, 5) == day
    assert rehearse(SITE, ROSTER, DEMAND, DAY, 6).events != day.events


def test_events_come_in_order_of_time_with_ids_of_their_own(day):
    assert all(a.at <= b.at for a, b in pairwise(day))
    assert len({event.id for event in day}) == len(day.events)


def test_every_contact_is_answered_or_abandoned_once_and_none_is_lost(day):
    milestones = defaultdict(list)
    for event in of(day, Contact):
        milestones[event.contact].append(event.milestone)
    assert set(map(tuple, milestones.values())) <= {("offered", "answered", "ended"), ("offered", "abandoned")}
    counted = Counter(event.milestone for event in of(day, Contact))
    assert counted["offered"] == counted["answered"] + counted["abandoned"] == sum(q.offered for q in day.queues)


def test_nobody_talks_to_two_at_once_or_while_away(day):
    ends = {e.contact: e.at for e in of(day, Contact) if e.milestone == "ended"}
    talks = defaultdict(list)
    for event in of(day, Contact):
        if event.milestone == "answered":
            talks[event.agent].append((event.at, ends[event.contact]))
    for spans in talks.values():
        assert all(a[1] <= b[0] for a, b in pairwise(sorted(spans)))
    states = defaultdict(list)
    for event in of(day, AgentState):
        states[event.agent].append(event)
    for agent, line in states.items():
        talking = [(a.at, b.at) for a, b in pairwise(line) if a.state == "talking"]
        assert talking == sorted(talks[agent])


def test_contacts_go_to_those_who_have_the_skill():
    calm = rehearse(SITE, ROSTER, DEMAND, DAY, 5, FAULTLESS)
    for event in of(calm, Contact):
        assert not event.agent or event.queue in SITE.agents[event.agent].skills


def test_contacts_are_as_many_as_the_demand_says_give_or_take_chance():
    wanted = DEMAND.volume.sum()
    days = [sum(q.offered for q in rehearse(SITE, ROSTER, DEMAND, DAY, s, factor=1.0).queues) for s in range(4)]
    assert abs(sum(days) - 4 * wanted) < 4 * np.sqrt(4 * wanted)


def test_snapshots_count_what_the_milestones_say(day):
    snapshots = {(e.queue, (e.at + 1000) // 1_000_000): e for e in of(day, QueueSnapshot)}
    offered = {e.contact: e.at for e in of(day, Contact) if e.milestone == "offered"}
    for queue in SITE.queues:
        for quarter in range(at(8), at(20), 900):
            mine = [e for e in of(day, Contact) if e.queue == queue and quarter <= e.at / 1_000_000 < quarter + 900]
            waits = {
                e.contact: (e.at - offered[e.contact]) / 1e6 for e in mine if e.milestone in ("answered", "abandoned")
            }
            answered = [e for e in mine if e.milestone == "answered"]
            seen = snapshots[queue, quarter + 900]
            assert seen.offered == sum(e.milestone == "offered" for e in mine)
            assert seen.answered == len(answered)
            assert seen.answered_within == sum(waits[e.contact] <= 20 for e in answered)
            assert seen.abandoned == sum(e.milestone == "abandoned" for e in mine)
            assert seen.wait_s == pytest.approx(sum(waits.values()), abs=0.01)


def one_queue_day(load, seeds):
    """Days of ten agents and one queue with patience 150 s, one after the other."""
    site = centre(10)
    roster = Roster.of([Segment(f"a{n:04}", at(0), at(24), "work", "billing") for n in range(10)], 1)
    people = {name: agent.model_copy(update={"skills": {"billing": 1.0}}) for name, agent in site.agents.items()}
    site = type(site)(site.settings, {"billing": site.queues["billing"]}, {}, site.contracts, people)
    flat = type(DEMAND)(DEMAND.horizon, ("billing",), np.full((1, 96), load / 240 * 900), np.full((1, 96), 240.0))
    days = [rehearse(site, roster, flat, DAY, seed, FAULTLESS, factor=1.0) for seed in seeds]
    return site, days


def test_a_floor_of_one_queue_keeps_the_service_level_of_erlang_a():
    """Ten agents, 8.5 erlangs, patience 150 s; handle times are lognormal, so within a few points."""
    _, days = one_queue_day(8.5, range(4))
    met = sum(day.queues[0].answered_within for day in days)
    offered = sum(day.queues[0].offered for day in days)
    theory = service_level(10, 8.5, 240, 20, patience_s=150, definition="of_offered")
    assert met / offered == pytest.approx(float(theory), abs=0.05)


def test_the_measured_virtual_service_level_is_the_modelled_one():
    """Kaplan and Meier's estimate from the contacts of such days, against Erlang A."""
    _, days = one_queue_day(9.5, range(3))
    offered, answered, gone = {}, [], []
    for event in (event for day in days for event in day if isinstance(event, Contact)):
        offered.setdefault(event.contact, event.at)
        wait = (event.at - offered[event.contact]) / 1e6
        if event.milestone in ("answered", "abandoned"):
            (answered if event.milestone == "answered" else gone).append(wait)
    theory = service_level(10, 9.5, 240, 20, patience_s=150, definition="virtual")
    assert virtual_from_waits(answered, gone, 20) == pytest.approx(float(theory), abs=0.05)


def test_without_habits_nobody_is_late_absent_or_leaves_early():
    calm = rehearse(SITE, ROSTER, DEMAND, DAY, 5, FAULTLESS)
    assert {row.type for row in calm.truth} <= {"away", "long_break"}
    outputs = watch(calm.events, [publication(ROSTER, "x")], POLICY)
    told = {o.type for o in outputs if isinstance(o, Alert) and o.agent}
    assert told <= {"away"}


@pytest.mark.parametrize("seed", [5, 8])
def test_everything_that_happened_is_told_in_time_and_nothing_else(seed):
    habits = Habits(absent=0.08, late=0.3, early_leave=0.2, long_break=0.3, wrong_state=0.3, wrong_queue=0.2,
                    unreported=0.05)  # fmt: skip
    played = rehearse(SITE, ROSTER, DEMAND, DAY, seed, habits, policy=Policy())
    outputs = list(watch(played.events, [publication(ROSTER, "x")], POLICY))
    scores = {row.type: row for row in score(played.truth, outputs, POLICY)}
    assert {"late", "absent", "away", "long_break", "early_leave", "wrong_queue"} <= scores.keys()
    for row in scores.values():
        assert row.recall in (1.0, None), row
        assert row.precision in (1.0, None), row
        assert row.delay_s[1] <= 60, row


def test_a_disturbed_delivery_ends_in_the_same_state(day):
    start, _ = fold(initial(us(0, day=DAY), ZONE), [publication(ROSTER, "x")], POLICY)
    arrivals = disturb(day, Disturbance(duplicate=0.05, delay=0.05, delay_s=120, reorder_s=5), 3)
    assert [event for _, event in arrivals] != list(day)
    end = us(22)
    clean, _ = fold(start, [*with_ticks(day, start.now)], POLICY)
    messy, _ = fold(start, [*with_ticks((event for _, event in arrivals), start.now)], POLICY)
    assert digest(fold(clean, [Tick(end)], POLICY)[0], POLICY) == digest(fold(messy, [Tick(end)], POLICY)[0], POLICY)


def test_deferred_work_comes_as_cases():
    site = centre(9)
    queues = {
        name: queue.model_copy(update={"channel": "deferred", "deadline_minutes": 240, "patience_s": 0})
        if name == "sales"
        else queue
        for name, queue in site.queues.items()
    }
    site = type(site)(site.settings, queues, {}, site.contracts, site.agents)
    played = rehearse(site, duties(9), expected(9), DAY, 1)
    cases = of(played, Case)
    assert {event.milestone for event in cases} == {"arrived", "taken", "closed"}
    assert {event.queue for event in cases} == {"sales"}
    assert any(event.state == "case_work" for event in of(played, AgentState))


def test_the_trouble_of_queues_and_stuck_cases_is_told_where_it_really_was_and_nowhere_else():
    mail = SITE.queues["sales"].model_copy(update={"channel": "deferred", "deadline_minutes": 120, "patience_s": 0})
    site = replace(SITE, queues={**SITE.queues, "sales": mail})
    policy = Policy()
    floor = replace(
        floor_policy(site, policy), required={"billing": {at(0) + 900 * n: 3 if n % 96 > 40 else 9 for n in range(96)}}
    )
    lived = rehearse(site, ROSTER, DEMAND, DAY, 5, factor=2.2, policy=policy, required=floor.required)
    scores = {
        row.type: row for row in score(lived.truth, watch(lived.events, [publication(ROSTER, "x")], floor), floor)
    }
    for kind in ("below_service", "below_staffing", "queue_overload", "stuck_case"):
        found = scores[kind]
        assert found.happened, kind
        assert (found.precision, found.recall) == (1.0, 1.0), kind
        assert found.delay_s[1] <= 60.0, kind


def test_a_score_names_every_type_of_alert():
    assert {row.type for row in score([], [], POLICY)} >= {"late", "absent", "stuck_case", "below_service"}
