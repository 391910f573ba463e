"""The floor as the choice sees it: who is really there, what is expected to come, what already waits.

Everything here is plain numbers, from the live state, from a rehearsal that knows the future, or written by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from centre.queues import Queue
from centre.roster import ANSWERING
from centre.said import Said
from streams.reallocation.paint import Line

STEP_S = 300
"""Staff is counted in steps of five minutes: every pause and activity of the field is a whole number of them."""

BLOCK = 3
"""Steps over which service is summed: a quarter of an hour."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Present:
    """One person on the floor.

    Attributes
    ----------
    skills : speed by queue; of those who stand in, the speeds they stand in with.
    line : today's segments, in order of time.
    from_s : UTC second from which the person is there, as far as can be told; 0: is there.
    chance : probability to be there at all.
    out : how the person departs from the roster now: "long_break", "not_ready", "late", "absent" or "".
    out_since : since when, UTC seconds.
    stands_in : whether contacts are none of the person's usual work.
    changes : notices of a changed line given today.
    weight : what fairness adds to each further price (FLR-3).
    asked_not : move types refused for this person lately.
    """

    agent: str
    role: str
    contract: str
    skills: Mapping[str, float]
    line: Line
    from_s: int = 0
    chance: float = 1.0
    out: str = ""
    out_since: int = 0
    stands_in: bool = False
    changes: int = 0
    weight: float = 0.0
    asked_not: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sight:
    """The floor now and what is expected of the time to come.

    Attributes
    ----------
    now : UTC second.
    begin : start of the first step, at or before now.
    queues : in the order of the axes below.
    people : everybody with something planned that is not over.
    volume, aht_s : expected contacts a step and handle time in seconds, [queues, steps].
    volume_sd : relative standard deviation of each queue's own level, [queues].
    common_sd, aht_sd : of the level common to all queues; of handle times.
    due : when the first open case of a deferred queue is due, UTC seconds.
    waiting : contacts that wait now, [queues].
    busy : contacts being handled now, [queues].
    by_roster : whether people are offered the contacts of their rostered queue only, not of all their skills.
    degraded : what is not known and was replaced by a plain rule, in words.
    """

    now: int
    begin: int
    queues: tuple[Queue, ...]
    people: tuple[Present, ...]
    volume: Floats
    aht_s: Floats
    volume_sd: Floats
    waiting: Ints
    busy: Ints
    by_roster: bool = False
    degraded: tuple[Said, ...] = field(default=())
    common_sd: float = 0.0
    aht_sd: float = 0.0
    due: Mapping[str, int] = field(default_factory=dict)

    def near(self, minutes: int) -> "Sight":
        """The same floor, with only so many minutes of the time to come."""
        steps = max(minutes * 60 // STEP_S, 1)
        return replace(self, volume=self.volume[:, :steps], aht_s=self.aht_s[:, :steps])

    @cached_property
    def steps(self) -> int:
        """Number of steps."""
        return int(self.volume.shape[1])

    @property
    def end(self) -> int:
        """UTC second at which the last step ends."""
        return self.begin + self.steps * STEP_S

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the queues."""
        return tuple(queue.name for queue in self.queues)

    @cached_property
    def person(self) -> Mapping[str, int]:
        """Place of each agent in `people`."""
        return {person.agent: place for place, person in enumerate(self.people)}

    @cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The sets of queues that somebody serves together."""
        known = {self.served(person, queue) for person in self.people for queue in ("", *self.names)}
        return tuple(sorted(group for group in known if group))

    @cached_property
    def place_of_group(self) -> Mapping[tuple[str, ...], int]:
        """Number of each group."""
        return {group: place for place, group in enumerate(self.groups)}

    @cached_property
    def speed(self) -> Floats:
        """Mean speed of each group on each queue, [groups, queues]."""
        total, count = np.zeros((len(self.groups), len(self.queues))), np.zeros((len(self.groups), 1))
        for person in self.people:
            group = self.place_of_group.get(self.served(person, ""))
            if group is not None:
                total[group] += [person.skills.get(name, 1.0) for name in self.names]
                count[group] += 1
        return np.where(count > 0, total / np.maximum(count, 1), 1.0)

    def served(self, person: Present, queue: str) -> tuple[str, ...]:
        """The queues a person serves while rostered on one of them."""
        if self.by_roster and queue:
            return (queue,) if queue in person.skills else ()
        return tuple(name for name in self.names if name in person.skills)

    def row(self, person: Present, line: Line | None = None) -> Ints:
        """The group a person belongs to in each step, -1 where no contact is answered, [steps]."""
        row = np.full(self.steps, -1, dtype=np.int64)
        known: dict[str, int] = {}
        for segment in person.line if line is None else line:
            if segment.activity not in ANSWERING or (person.stands_in and not segment.queue):
                continue
            if segment.queue and segment.queue not in self.names:
                continue  # rostered to deferred or outbound work: no calls meanwhile
            group = known.get(segment.queue, -2)
            if group < -1:
                group = known[segment.queue] = self.place_of_group.get(self.served(person, segment.queue), -1)
            # A step counts for what fills its middle.
            first = max(-(-(max(segment.start, person.from_s) - self.begin - STEP_S // 2) // STEP_S), 0)
            last = min(-(-(segment.end - self.begin - STEP_S // 2) // STEP_S), self.steps)
            row[first : max(last, first)] = group
        return row

    @cached_property
    def rows(self) -> Ints:
        """The group of everybody in each step, -1 where no contact is answered, [people, steps]."""
        if not self.people:
            return np.full((0, self.steps), -1, dtype=np.int64)
        return np.stack([self.row(person) for person in self.people])
