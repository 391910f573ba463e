"""One look at the live floor: its state, what it is held against, what moves would win; kept and told.

look_live(place, state, now, memory)    -> Proposed, and what the trigger remembers
keep_proposal(place, looked)            -> its number
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from centre.events import Event
from centre.grid import aware, instant, local_day
from centre.roster import Segment
from desk.actions.day_plans import day_plans
from desk.actions.promises import trust_of
from desk.actions.recorded import recorded_events
from desk.actions.requests import floor_around
from desk.actions.rostered_days import no_roster
from desk.decisions import known_rosters
from desk.floor_engine import floor_of
from desk.wiring import Place, proposals_of
from streams.reallocation.expecting import demand_between
from streams.reallocation.law import Law
from streams.reallocation.looking import Ledger, as_planned, lines_of, look_at, rolling_levels
from streams.reallocation.move import REDEPLOYED
from streams.reallocation.projection import Projection, draw, project
from streams.reallocation.propose import Memory, Seen, propose
from streams.reallocation.sight import Sight
from streams.state import State
from streams.watching import lived

WEEK_S = 7 * 86_400


@dataclass(frozen=True)
class Proposed:
    """One look at the floor.

    Attributes
    ----------
    number : under which a proposal was kept; None where there is none.
    """

    at: int
    zone: str
    seen: Seen
    sight: Sight
    number: int | None = None

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        made = self.seen.proposal
        return {
            "at": aware(self.at, self.zone).isoformat(),
            "trouble": self.seen.watch.trouble,
            "spare": self.seen.watch.spare,
            "queues": [reading.to_json() for reading in self.seen.readings],
            "degraded": list(self.sight.degraded),
            "not_known": [what.to_json() for what in self.sight.degraded],
            "number": self.number,
            "proposal": made.to_json(self.zone) if made else None,
        }


def look_live(place: Place, state: State, now: int, memory: Memory, asked: bool = False) -> tuple[Memory, Proposed]:
    """Look at a floor whose state is known.

    Parameters
    ----------
    now : UTC second.
    memory : what the trigger remembers of the looks before.
    asked : choose even without trouble; a plain look waits for the trigger.
    """
    zone, policy = place.site.settings.zone, place.policy.reallocation
    day = local_day(now, zone)
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    expected = place.plans.requirement_covering(begin, end)
    plans = day_plans(place, day) if expected is not None else None
    sight = look_at(state, place.site, policy, expected, ledger_of(place, now, begin), reforecaster=plans)
    memory, seen = propose(
        sight,
        place.site,
        policy,
        memory,
        plan=_planned(place, state, sight),
        rolling=rolling_levels(state, place.site, now),
        version=place.plans.published_roster(begin, end).version,
        broken=Law(floor_around(place, begin, end), begin, end).broken,
        seed=now,
        asked=asked,
        trust=trust_of(place, now),
    )
    return memory, Proposed(now, zone, seen, sight)


def floor_heard(place: Place, now: int, source: str = "", events: Sequence[Event] | None = None) -> State:
    """The floor as it was at an instant, UTC second, reckoned from what was heard of its day.

    Parameters
    ----------
    source : a file of events, or "" for what `paiban watch` took in.
    events : what was heard, instead of reading it.

    Raises
    ------
    InputError : no roster for that day.
    """
    zone = place.site.settings.zone
    day = local_day(now, zone)
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    found = list(events) if events is not None else recorded_events(place, source, begin, now)
    rosters = known_rosters(place, begin - 86_400, end + 86_400)
    if not rosters:
        raise no_roster(place, day)
    heard = [event for event in found if begin <= event.at // 1_000_000 < now]
    return lived(heard, rosters, floor_of(place, begin, end), now * 1_000_000)


def keep_proposal(place: Place, looked: Proposed) -> int:
    """Keep what was proposed, with the lines as they were; its number."""
    proposal, zone = looked.seen.proposal, looked.zone
    assert proposal is not None
    content = proposal.to_json(zone)
    lines = {person.agent: person.line for person in looked.sight.people}
    content["was"] = {agent: [_row(segment) for segment in lines[agent]] for agent in proposal.people}
    return proposals_of(place).keep(content, proposal.at, proposal.expires, place.now)


def told_of(place: Place, looked: Proposed, number: int) -> dict[str, Any]:
    """A proposal as its topic has it."""
    assert looked.seen.proposal is not None
    return {**looked.seen.proposal.to_json(looked.zone), "number": number, "site": place.site.settings.name}


def last_proposed(place: Place, now: int) -> int:
    """When something was last proposed on this floor, UTC second; 0: not within the last hours."""
    return max((kept.at for kept in proposals_of(place).all(now - 6 * 3600) if kept.at <= now), default=0)


def ledger_of(place: Place, now: int, begin: int) -> Ledger:
    """Who was moved today and lately, and what was refused lately (FLR-3)."""
    changes: dict[str, int] = {}
    weight: dict[str, float] = {}
    asked_not: dict[str, set[str]] = {}
    silence = place.policy.reallocation.silence_minutes * 60
    for kept in proposals_of(place).all(now - 5 * WEEK_S):
        by_id = {move["id"]: move for move in kept.moves}
        for deed in kept.deeds:
            if deed.at > now:
                continue
            moves = [by_id[name] for name in deed.moves if name in by_id]
            if deed.act == "accept":
                moved = [move for move in moves if move["changes"]]
                for agent in {agent for move in moved for agent in move["agents"]}:
                    weight[agent] = weight.get(agent, 0.0) + 0.5 ** ((now - deed.at) / WEEK_S)
                own = [move for move in moved if move["type"] not in REDEPLOYED and deed.at >= begin]
                for agent in {agent for move in own for agent in move["agents"]}:
                    changes[agent] = changes.get(agent, 0) + 1
            elif deed.act == "refuse" and deed.at > now - silence:
                for move in moves:
                    for agent in move["agents"]:
                        asked_not.setdefault(agent, set()).add(move["type"])
    return Ledger(changes, weight, {agent: frozenset(kinds) for agent, kinds in asked_not.items()})


def _planned(place: Place, state: State, sight: Sight) -> Projection | None:
    """What the roster as first published for the day would give over the time projected, were the day as forecast."""
    begin = instant(local_day(sight.now, place.site.settings.zone), 0, place.site.settings.zone)
    end = begin + 86_400
    expected = place.plans.requirement_covering(begin, end)
    if expected is None:
        return None
    sight = sight.near(place.policy.reallocation.project_minutes)
    volume, aht = demand_between(expected, sight.queues, sight.begin, sight.steps)
    morning = place.plans.published_roster(begin, end, aware(begin))
    lines = morning.by_agent() or lines_of(state, begin, end)
    as_made = replace(as_planned(sight, lines), volume=volume, aht_s=aht)
    return project(as_made, draw(as_made, 1))


def _row(segment: Segment) -> list[Any]:
    return [segment.start, segment.end, segment.activity, segment.queue]
