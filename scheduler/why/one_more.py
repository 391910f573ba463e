"""What one more person would do for a hole in coverage, contract by contract."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from centre.people import Agent
from scheduler.judging import Floor
from scheduler.tours.engine import Course
from scheduler.why.alternatives import Asked
from scheduler.why.closing import Stretch, figures, options_over, week_with

TERMS = ("shortage", "surplus", "service", "paid hours", "overtime", "leaders", "posts")
"""What one more person costs and saves; wishes and fair shares are of those who are there."""


@dataclass(frozen=True)
class Closing:
    """One more person of a contract: the agent-hours of shortage that go, over the whole roster and in the hole.

    `shifts` counts the duties of the best line such a person has, `example` is the one that covers the hole:
    shift, start, end (UTC seconds).
    """

    contract: str
    saved_hours: float
    in_hole: float
    cost: float
    shifts: tuple[tuple[str, int], ...]
    example: tuple[str, int, int]


class Newcomers:
    """A published roster with somebody of each contract and queue who does nothing yet, loaded once for all holes."""

    def __init__(self, floor: Floor, queues: Iterable[str], seed: int = 0, workers: int = 2) -> None:
        self.floor, self.queues, self.seed, self.workers = floor, tuple(dict.fromkeys(queues)), seed, workers

    @cached_property
    def contracts(self) -> list[str]:
        """Those that agents have."""
        used = {agent.contract for agent in self.floor.agents.values() if agent.role == "agent"}
        return [name for name in self.floor.problem.site.contracts if name in used]

    @cached_property
    def asked(self) -> Asked:
        """The roster with them, to be asked about."""
        site = self.floor.problem.site
        people = {
            name: Agent(agent=name, name=name, contract=contract, skills={queue: 1.0})
            for contract in self.contracts
            for queue in self.queues
            for name in [_name(contract, queue)]
        }
        problem = replace(self.floor.problem, site=replace(site, agents={**site.agents, **people}))
        return Asked(Floor(problem, self.floor.roster), self.seed, self.workers)

    def closing(self, queue: str, hole: Stretch) -> list[Closing]:
        """What one of each contract who serves the queue would do, best first."""
        found = [self._one_more(contract, queue, hole) for contract in self.contracts]
        return sorted((row for row in found if row), key=lambda row: row.cost)

    def _one_more(self, contract: str, queue: str, hole: Stretch) -> Closing | None:
        asked = self.asked
        engine, tours, p = asked.engine, asked.tours, asked.number[_name(contract, queue)]
        day, wanted = options_over(asked, p, hole.worst)
        if not wanted:
            return None
        before = figures(asked, hole)
        with asked.left_as_it_is():
            for _ in range(2):
                for window in engine.weeks:
                    if window[0] <= day < window[1]:
                        week_with(engine, p, day, wanted, window)
                    else:
                        engine.ruin(window, np.array([p]), Course(1, slack=np.inf))
            after = figures(asked, hole)
            taken = [int(o) for o in tours.chosen[p] if o >= 0]
            own = int(tours.chosen[p][day])
        lines, clock = tours.members[p].lines, tours.clock
        if own - int(lines.options[day]) not in wanted:
            return None
        return Closing(
            contract=contract,
            saved_hours=before.total - after.total,
            in_hole=before.inside - after.inside,
            cost=sum(after.terms[name] - before.terms[name] for name in TERMS),
            shifts=tuple(Counter(lines.kind[o] for o in taken).most_common()),
            example=(lines.kind[own], clock.second(int(lines.start[own])), clock.second(int(lines.end[own]))),
        )


def _name(contract: str, queue: str) -> str:
    return f"one more {contract} {queue}"
