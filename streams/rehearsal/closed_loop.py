"""The loop closed: a rehearsed floor that goes wrong, an engine that sees only its events, people who obey.

The same seed gives the same people, habits and contacts to every arm, so that what differs is what was decided.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
from msgspec.structs import replace as changed

from centre.events import RosterPublished, Tick
from centre.grid import Horizon, instant
from centre.reallocation import Reallocation
from centre.requirement import Requirement
from centre.roster import Roster, Segment
from centre.site import Site
from streams.floor_policy import FloorPolicy
from streams.reallocation.choice import Broken, nothing_broken
from streams.reallocation.expecting import Reforecaster
from streams.reallocation.looking import Ledger, as_planned, lines_of, look_at, rolling_levels, stand_in_skills
from streams.reallocation.paint import Line, changed_lines, seconds_moved
from streams.reallocation.projection import Projection, draw, project
from streams.reallocation.proposal import Proposal
from streams.reallocation.propose import Memory, propose
from streams.reallocation.sight import Sight
from streams.rehearsal.clairvoyant import Truth, clairvoyant_sight, known_futures, truth
from streams.rehearsal.contacts import Arrivals, day_factor
from streams.rehearsal.disruption import Disruption, disturbed_contacts, stay_away
from streams.rehearsal.floor import Caller, Floor
from streams.rehearsal.habits import Habits
from streams.rehearsal.measure import DayFigures, contacts_of, occupied
from streams.rehearsal.orders import Order
from streams.rehearsal.people import SECOND, Person
from streams.rehearsal.promise import Kept, kept
from streams.rehearsal.rehearse import USUAL, people_of
from streams.state import State, initial
from streams.step import fold

Arm = Literal["ignore", "watch", "accept", "half", "clairvoyant"]
"""Nothing is looked at; the floor is looked at and nothing proposed; all is accepted; half; all, by one who knows the
future."""

ANSWERS_S = (60, 180)
"""How long a shift leader takes to answer a proposal, seconds."""

HEARS_S = (20, 120)
"""How long after that somebody does what he is told, seconds."""

OBEYS = 0.97
"""Chance that somebody does."""

PLAN_REPETITIONS = 24

FEW = 8
"""A level of fewer contacts says nothing."""

CLAIRVOYANT_LOOKS = 3
"""Who knows the future does not wait for trouble: at every third look the best moves are asked for."""


@dataclass(frozen=True)
class Setting:
    """What all arms and seeds share.

    Attributes
    ----------
    roster : published; the duties that begin on `day` are lived.
    demand : what was forecast; the truth is drawn around it.
    broken : which changed lines break a hard rule.
    recorded : contacts of a real day instead of drawn ones, by queue.
    reforecaster : what past days teach about the course of this one, for the engine.
    promises : whether each accepted proposal's effect is measured by living the hours after it without it, too.
    """

    site: Site
    policy: Reallocation
    floor: FloorPolicy
    roster: Roster
    demand: Requirement
    day: date
    disruption: Disruption
    broken: Broken = nothing_broken
    habits: Habits = USUAL
    factor: float | None = None
    recorded: Callable[[str, int], Arrivals] | None = None
    reforecaster: Reforecaster | None = None
    promises: bool = False

    @property
    def window(self) -> tuple[int, int]:
        """The local day, UTC seconds."""
        zone = self.site.settings.zone
        return instant(self.day, 0, zone), instant(self.day, 1440, zone)

    @property
    def grid(self) -> Horizon:
        """The day's intervals."""
        return Horizon(self.site.settings.zone, self.site.settings.grid_minutes, self.day, 1)


def live_day(setting: Setting, arm: Arm, seed: int) -> DayFigures:
    """Live one day in one arm."""
    run = _Run(setting, arm, seed)
    run.live()
    return run.figures()


def contacts_for(setting: Setting, seed: int) -> list[Arrivals]:
    """The day's contacts of every queue, disturbed."""
    begin, end = setting.window
    busier = day_factor(seed) if setting.factor is None else setting.factor
    queues, demand = setting.site.queues, setting.demand
    return disturbed_contacts(queues, demand, (begin, end), seed, busier, setting.disruption, setting.recorded)


def people_for(setting: Setting, seed: int) -> list[Person]:
    """The day's people, with those absent besides the usual."""
    people = people_of(setting.site, setting.roster, setting.day, seed, setting.habits)
    return stay_away(people, setting.disruption, seed)


@dataclass
class _Tally:
    minutes_moved: float = 0.0
    overtime_minutes: float = 0.0
    paid_minutes: float = 0.0
    looks: int = 0
    alarmed: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    proposals: int = 0
    accepted: int = 0
    promised: float = 0.0
    moves: dict[str, int] = field(default_factory=dict)
    projected: list[tuple[int, int, float, float, float]] = field(default_factory=list)


class _Run:
    """One arm of one seed, as it goes on."""

    def __init__(self, setting: Setting, arm: Arm, seed: int) -> None:
        self.setting, self.arm, self.seed = setting, arm, seed
        self.begin, self.end = setting.window
        self.people = people_for(setting, seed)
        self.contacts = contacts_for(setting, seed)
        self.last = max([self.end, *(duty.intent.end for p in self.people for duty in p.duties)])
        site = setting.site.settings
        self.floor = Floor(
            site.name, f"{setting.day}-{seed}-{arm}", setting.site.queues, self.people, site.grid_minutes * 60,
            self.begin * SECOND,
        )  # fmt: skip
        self.floor.open(self.contacts, self.last * SECOND)
        self.lines = {a: tuple(line) for a, line in setting.roster.by_agent().items()}
        self.version = 1
        self.state: State = initial(self.begin * SECOND, site.zone)
        self.state, _ = fold(self.state, [self._published(self.begin)], setting.floor)
        self.heard = 0
        self.memory = Memory()
        self.ledger: dict[str, int] = {}
        self.tally = _Tally()
        self.rng = np.random.default_rng([seed, 43])
        self.truth: Truth | None = truth(self.contacts, setting, self.people) if arm == "clairvoyant" else None
        self.plan: Projection | None = None
        self.original: dict[str, Line] = {}
        self.kept: list[Kept] = []

    def live(self) -> None:
        """From the first duty to the last."""
        every = self.setting.policy.look_minutes * 60
        starts = [duty.intent.start for p in self.people for duty in p.duties] or [self.begin]
        at = max(min(starts), self.begin) // every * every
        while at < self.last and self.arm != "ignore":
            self._until(at)
            proposal = self._look()
            if proposal is not None and self._agrees():
                self._accept(proposal)
            at += every
        self.floor.run(None)

    def figures(self) -> DayFigures:
        """What came of it."""
        offered, in_time, abandoned = contacts_of(self.floor, self.setting.grid)
        busy, idle = occupied(self.floor)
        tally = self.tally
        return DayFigures(
            offered, in_time, abandoned, busy, idle, tally.minutes_moved, tally.overtime_minutes, tally.paid_minutes,
            tally.looks, len(tally.alarmed), tally.proposals, tally.accepted, tally.moves, tally.promised,
            tuple(self._came_true()), tuple(self.kept), sum(self._was_false(*alarm) for alarm in tally.alarmed),
        )  # fmt: skip

    def _until(self, second: int) -> None:
        """Let the floor live up to an instant, and the engine hear of it."""
        self.floor.run(second * SECOND)
        new = [row if row.at >= self.begin * SECOND else changed(row, at=self.begin * SECOND)
               for row in self.floor.events[self.heard :]]  # fmt: skip
        self.heard = len(self.floor.events)
        at = max(second * SECOND, self.state.now)
        self.state, _ = fold(self.state, [*sorted(new, key=lambda event: event.at), Tick(at)], self.setting.floor)

    def _look(self) -> Proposal | None:
        setting, policy = self.setting, self.setting.policy
        if self.truth is not None:
            policy = policy.model_copy(update={"looks": 1, "drop": 0.005, "calm": 0.0, "certainty": 0.5})
        elif self.arm == "watch":
            policy = policy.model_copy(update={"on": False})
        ledger = Ledger(changes=self.ledger)
        sight = look_at(self.state, setting.site, policy, setting.demand, ledger, reforecaster=setting.reforecaster)
        if not sight.people or sight.volume.sum() < 1:
            return None
        planned = self._planned(sight)
        if self.truth is not None:
            sight = clairvoyant_sight(sight, self.truth)
        was = self.memory.watch.trouble
        self.memory, seen = propose(
            sight,
            setting.site,
            policy,
            self.memory,
            plan=planned,
            rolling=rolling_levels(self.state, setting.site, sight.now),
            version=self.version,
            broken=setting.broken,
            seed=self.seed,
            asked=self.truth is not None and self.tally.looks % CLAIRVOYANT_LOOKS == 0,
            futures=known_futures(self.truth) if self.truth is not None else draw,
            steady=True,
        )
        self.tally.looks += 1
        if seen.watch.trouble and not was:
            self.tally.alarmed.append((sight.begin, {r.queue: r.bar - policy.drop for r in seen.readings}))
        self.tally.proposals += seen.proposal is not None
        if seen.readings and not seen.readings[0].queue:
            first = seen.readings[0]
            end = sight.begin + min(policy.project_minutes * 60, sight.steps * 300)
            self.tally.projected.append((sight.begin, end, first.projected, first.low, first.high))
        return seen.proposal

    def _planned(self, sight: Sight) -> Projection:
        """What the roster as it was published would give if the day went as forecast, over the time ahead."""
        if self.plan is None:
            self.original = lines_of(self.state, self.begin, self.end)
            setting = self.setting
            policy = setting.policy.model_copy(update={"plan_minutes": 1440})
            whole = initial(self.begin * SECOND, setting.site.settings.zone)
            whole, _ = fold(whole, [self._published(self.begin), Tick(self.begin * SECOND + 1)], setting.floor)
            day = as_planned(look_at(whole, setting.site, policy, setting.demand), self.original)
            self.plan = project(day, draw(day, self.seed, PLAN_REPETITIONS))
        first = round((sight.begin - self.begin) / 900)
        return Projection(self.plan.offered[:, :, first:], self.plan.in_time[:, :, first:])

    def _agrees(self) -> bool:
        return self.arm != "half" or bool(self.rng.random() < 0.5)

    def _accept(self, proposal: Proposal) -> None:
        """A new roster version, in force at once; everybody concerned hears of it a little later."""
        at = self.state.now // SECOND + int(self.rng.integers(*ANSWERS_S))
        today = lines_of(self.state, self.begin, self.end)
        changed = changed_lines(today, (stroke for move in proposal.moves for stroke in move.strokes))
        self._until(at)
        for agent, line in changed.items():
            was = today.get(agent, ())
            rest = [s for s in self.lines.get(agent, ()) if all(s.end <= w.start or w.end <= s.start for w in was)]
            self.tally.minutes_moved += seconds_moved(today.get(agent, ()), line) / 60
            self.lines[agent] = tuple(sorted([*rest, *line]))
        self.version += 1
        self.state, _ = fold(self.state, [self._published(at)], self.setting.floor)
        without = self.floor.fork() if self.setting.promises else None
        self._tell(proposal, changed, at)
        if without is not None:
            self.kept.append(kept(proposal, without, self.floor.fork()))
        self._note(proposal)

    def _tell(self, proposal: Proposal, changed: dict[str, Line], at: int) -> None:
        people = {person.name: person for person in self.people}
        back = {agent for move in proposal.moves if move.type == "call_back" for agent in move.agents}
        voice = [q for q in self.setting.site.queues.values() if q.channel in ("voice", "chat")]
        for agent in sorted({*changed, *back}):
            person = people.get(agent)
            hears = at + int(self.rng.integers(*HEARS_S))
            if person is None or self.rng.random() > OBEYS:
                continue
            known = self.setting.site.agents.get(agent)
            skills = stand_in_skills(known, voice, self.setting.policy) if known else {}
            line = changed.get(agent) or tuple(s for duty in person.duties for s in duty.intent.duty)
            self.floor.tell(Order(person, line, agent in back, skills), hears * SECOND)

    def _note(self, proposal: Proposal) -> None:
        tally = self.tally
        tally.accepted += 1
        tally.promised += proposal.won[0]
        for move in proposal.moves:
            tally.moves[move.type] = tally.moves.get(move.type, 0) + 1
            tally.overtime_minutes += move.overtime_minutes
            tally.paid_minutes += move.paid_minutes
        for agent in {agent for move in proposal.moves for agent in move.told}:
            self.ledger[agent] = self.ledger.get(agent, 0) + 1

    def _published(self, at: int) -> RosterPublished:
        segments: list[Segment] = [s for line in self.lines.values() for s in line]
        start = max(at, self.begin)
        end = max((s.end for s in segments), default=self.end)
        site = self.setting.site.settings.name
        return RosterPublished(
            f"roster-{self.version}", at * SECOND, site, self.version, start, end, tuple(sorted(segments))
        )

    def _was_false(self, begin: int, bars: dict[str, float]) -> bool:
        """Whether over the time looked ahead neither a queue nor all together came to lie under its bar."""
        end = begin + self.setting.policy.project_minutes * 60
        mine = [c for c in self.floor.callers if begin <= c.at // SECOND < end]
        for queue, bar in bars.items():
            met = [self._met(c) for c in mine if queue in ("", c.queue)]
            if len(met) >= FEW and sum(met) / len(met) < bar:
                return False
        return True

    def _met(self, caller: Caller) -> bool:
        within = self.floor.lines[caller.queue].queue.within_s
        return bool(caller.answered) and (caller.answered - caller.at) / SECOND <= within

    def _came_true(self) -> list[tuple[float, float, float, float]]:
        """Of each look, what was projected and what it became; later moves change what becomes of an early look."""
        within = {name: line.queue.within_s for name, line in self.floor.lines.items()}
        at = np.array([c.at // SECOND for c in self.floor.callers])
        met = np.array(
            [bool(c.answered) and (c.answered - c.at) / SECOND <= within[c.queue] for c in self.floor.callers]
        )
        found = []
        for begin, end, mean, low, high in self.tally.projected:
            inside = (at >= begin) & (at < end)
            if inside.sum() >= 20:
                found.append((mean, low, high, float(met[inside].mean())))
        return found
