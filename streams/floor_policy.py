"""The policy as the live floor needs it: a site's numbers, matrix, queues and people in one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from zlib import compress, decompress
from zlib import error as zlib_error

import msgspec

from centre.policy import Policy
from centre.queues import Queue
from centre.requirement import Requirement
from centre.site import Site
from streams.matrix import Matrix, alarming_cells, build_matrix

SECOND = 1_000_000
"""Microseconds."""


@dataclass(frozen=True)
class FloorPolicy:
    """What `step` decides by.

    Attributes
    ----------
    zone : IANA name of the site's time zone; days are local days.
    grid_minutes : length of an interval.
    policy : the policy pack.
    queues : the queues and their goals.
    skills : the queues each agent can serve; an agent who is not listed has none known.
    teams : the team of each agent.
    required : for each queue, agents needed by interval, named by its start in UTC seconds.
    demand : the whole requirement, for what departures cost.
    """

    zone: str
    grid_minutes: int = 15
    policy: Policy = field(default_factory=Policy)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    skills: Mapping[str, frozenset[str]] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    required: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    demand: Requirement | None = field(default=None, compare=False)

    @cached_property
    def matrix(self) -> Matrix:
        """Class of each activity and state."""
        return build_matrix(self.policy.adherence.matrix, f"policy {self.policy.name}")

    @cached_property
    def alarming(self) -> bytes:
        """Cells of the matrix in which somebody is missed."""
        return alarming_cells(self.matrix)

    @cached_property
    def digest(self) -> str:
        """What tells this policy from another: the live state is judged anew when it changes."""
        return sha256(msgspec.json.encode(self._parts, order="sorted")).hexdigest()[:16]

    @cached_property
    def record(self) -> bytes:
        """All of it that the live state depends on, to be kept beside the state; without what departures cost."""
        required = {queue: list(needed.items()) for queue, needed in self.required.items()}
        return compress(msgspec.json.encode((*self._parts, required), order="sorted"), 1)

    @cached_property
    def _parts(self) -> tuple[object, ...]:
        return (
            self.zone,
            self.grid_minutes,
            self.policy.model_dump(mode="json"),
            {name: queue.model_dump(mode="json") for name, queue in self.queues.items()},
            {agent: sorted(queues) for agent, queues in self.skills.items()},
            dict(self.teams),
        )

    @staticmethod
    def of_record(record: bytes) -> "FloorPolicy":
        """The policy that `record` was made of.

        Raises
        ------
        ValueError : it is none, or one of a release that knew other rules.
        """
        try:
            zone, grid, policy, queues, skills, teams, required = msgspec.json.decode(decompress(record))
        except (zlib_error, msgspec.DecodeError) as error:
            raise ValueError(error) from error
        return FloorPolicy(
            zone,
            grid,
            Policy.model_validate(policy),
            {name: Queue.model_validate(queue) for name, queue in queues.items()},
            {agent: frozenset(names) for agent, names in skills.items()},
            teams,
            {queue: dict(needed) for queue, needed in required.items()},
        )

    @cached_property
    def grace(self) -> int:
        """Microseconds below which nothing is scored."""
        return self.policy.adherence.grace_s * SECOND

    @cached_property
    def delay(self) -> int:
        """Microseconds below which nobody is told."""
        return max(self.policy.adherence.alarm_delay_s, self.policy.adherence.grace_s) * SECOND

    @cached_property
    def severe(self) -> int:
        """Microseconds from which a departure is severe."""
        return self.policy.adherence.severe_s * SECOND

    @cached_property
    def late(self) -> int:
        """Microseconds after the start of a duty from which somebody who has not come is late (ATT-1)."""
        return max(self.policy.attendance.late_grace_minutes * 60 * SECOND, self.delay)

    @cached_property
    def absent(self) -> int:
        """Microseconds after the start of a duty from which somebody who has not come is absent (ATT-3)."""
        return max(self.policy.attendance.breach_minutes * 60 * SECOND, self.late)

    @cached_property
    def missing(self) -> int:
        """Microseconds of silence after which the state of somebody on duty is missing; 0: never."""
        return self.policy.alerts.missing_state_minutes * 60 * SECOND

    @cached_property
    def horizon(self) -> int:
        """Microseconds for which a late event still changes the live picture."""
        return self.policy.adherence.late_events_s * SECOND


def floor_policy(site: Site, policy: Policy, requirement: Requirement | None = None) -> FloorPolicy:
    """The floor's policy of a site, with what its queues need where that is known."""
    return FloorPolicy(
        zone=site.settings.zone,
        grid_minutes=site.settings.grid_minutes,
        policy=policy,
        queues=dict(site.queues),
        skills={name: frozenset(agent.skills) for name, agent in site.agents.items()},
        teams={name: agent.team for name, agent in site.agents.items()},
        required=_required(requirement) if requirement else {},
        demand=requirement,
    )


def _required(requirement: Requirement) -> dict[str, dict[int, int]]:
    starts = requirement.horizon.starts.tolist()
    return {
        queue: dict(zip(starts, requirement.required[row].tolist(), strict=True))
        for row, queue in enumerate(requirement.queues)
    }
