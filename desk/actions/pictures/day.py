"""A day of the floor: everybody's segments, what really happened over them, and the coverage under them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from centre.events import STATES
from centre.grid import Horizon
from centre.people import Agent
from centre.policy import Policy
from centre.roster import Roster
from centre.shifts import ACTIVITIES
from desk.actions.pictures.actual import actual_timelines
from desk.actions.published_floor import NIGHT_S
from desk.outputs.service import by_day, predicted_service_level
from desk.wiring import Place
from scheduler.checks import Coverage, coverage
from scheduler.problem import Problem
from streams.heard_days import overlapping
from streams.timeline import Timeline

SECOND = 1_000_000
_ACTIVITY = {activity: number for number, activity in enumerate(ACTIVITIES)}
_RANK = {role: rank for rank, role in enumerate(("director", "head", "leader", "trainer", "inspector", "agent"))}


@dataclass(frozen=True)
class Day:
    """A local day as rostered and as it was.

    Attributes
    ----------
    coverage : of the day; None where no requirement is known.
    actual : each agent's states, as far as events were heard.
    """

    horizon: Horizon
    roster: Roster
    coverage: Coverage | None
    actual: Mapping[str, Timeline]
    agents: Mapping[str, Agent]
    queues: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Who has something on that day, by team, leaders first: [activity, queue, start, minutes] for each segment.

        Times are minutes from the day's begin; what runs in from the day before is negative.
        """
        lines = self.roster.by_agent()
        known = [self.agents[name] for name in lines if name in self.agents]
        order = {team: number for number, team in enumerate(dict.fromkeys(a.team for a in self.agents.values()))}
        starts = {name: line[0].start for name, line in lines.items()}
        known.sort(key=lambda a: (not a.team, order[a.team], _RANK[a.role], starts[a.agent], a.agent))
        numbers = {name: number for number, name in enumerate(self.queues)}
        begin = self.horizon.begin
        return [
            {
                "id": agent.agent,
                "name": agent.name,
                "team": agent.team,
                "role": agent.role,
                "skills": sorted(agent.skills),
                "segments": [
                    [
                        _ACTIVITY[row.activity], numbers.get(row.queue, -1), (row.start - begin) // 60,
                        (row.end - row.start) // 60,
                    ]
                    for row in lines[agent.agent]
                ],
                "actual": self._states(agent.agent),
            }
            for agent in known
        ]  # fmt: skip

    def _states(self, agent: str) -> list[list[float]]:
        """[state, minute from the day's begin] of each change; state 0 is unknown, then `centre.events.STATES`."""
        line = self.actual.get(agent)
        if line is None:
            return []
        return [
            [code, round((at / SECOND - self.horizon.begin) / 60, 1)]
            for at, code in zip(line.ats, line.codes, strict=True)
        ]

    def queue_rows(self) -> list[dict[str, Any]]:
        """Each queue's required and rostered staff and service level by interval, and its service level of the day."""
        if self.coverage is None:
            return []
        need = self.coverage.requirement
        level = predicted_service_level(self.coverage)
        days = {row.queue: row.service_level for row in by_day(self.coverage)}
        return [
            {
                "queue": name,
                "required": need.gross[row].tolist(),
                "rostered": np.round(self.coverage.rostered[row], 2).tolist(),
                "service_level": [None if value != value else round(value, 3) for value in level[row].tolist()],
                "day": None if days[name] != days[name] else round(days[name], 4),
                "volume": round(float(need.volume[row].sum()), 1),
            }
            for row, name in enumerate(need.queues)
        ]


def day(place: Place, wanted: date) -> Day:
    """The published roster of a local day, its coverage, and what the floor's journal holds of it."""
    settings, site = place.site.settings, place.site
    horizon = Horizon(settings.zone, settings.grid_minutes, wanted, 1)
    near = place.plans.published_roster(horizon.begin - NIGHT_S, horizon.end + NIGHT_S)
    whole = overlapping(near, horizon.begin, horizon.end)
    roster = Roster(tuple(row for row in whole.segments if row.end > horizon.begin), whole.version)
    need = place.plans.requirement_for(horizon)
    queues = need.queues if need is not None else tuple(site.queues)
    staffed = None
    if need is not None:
        staffed = coverage(roster, Problem(site, horizon, need, Policy()))
    return Day(horizon, roster, staffed, actual_timelines(place, horizon), site.agents, queues)


STATE_NAMES = ("unknown", *STATES)
