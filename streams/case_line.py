"""What is known of one deferred case, and whether it is stuck."""

from dataclasses import replace
from typing import Any, NamedTuple

from centre.events import Case
from streams.agenda import NEVER
from streams.floor_policy import SECOND, FloorPolicy
from streams.outputs import Alert, Ended, Output


class CaseLine(NamedTuple):
    """When what happened to a case, UTC microseconds; 0: not, or not yet known.

    `held`: who had it last, and since when; `told`: whether it was told to be stuck; `due`: when to look again.
    """

    queue: str = ""
    held: tuple[int, str] = (0, "")
    arrived: int = 0
    taken: int = 0
    returned: int = 0
    closed: int = 0
    told: bool = False
    due: int = NEVER

    @property
    def open(self) -> bool:
        """Arrived, and not closed since it arrived or was last given back."""
        return bool(self.arrived) and self.closed <= max(self.arrived, self.returned)

    @property
    def last(self) -> int:
        """When it was last heard of."""
        return max(self.arrived, self.taken, self.returned, self.closed)


def with_case_milestone(line: CaseLine, event: Case) -> CaseLine:
    """A case of which one more milestone is known: of arrivals the first holds, of the others the last."""
    known: int = getattr(line, event.milestone)
    first = event.milestone == "arrived" and known
    moment: dict[str, Any] = {event.milestone: min(known, event.at) if first else max(known, event.at)}
    changed = line._replace(**moment)
    held = max(line.held, (event.at, event.agent)) if event.agent else line.held
    return changed._replace(queue=max(line.queue, event.queue), held=held)


def deadline(line: CaseLine, floor: FloorPolicy) -> int:
    """When the case is stuck if it is still open, UTC microseconds."""
    queue = floor.queues.get(line.queue)
    minutes = queue.deadline_minutes if queue else 0
    return line.arrived + minutes * 60 * SECOND if minutes and line.arrived else NEVER


def stuck_alert(name: str, line: CaseLine, floor: FloorPolicy) -> Alert:
    """What there is to say of a case that is stuck."""
    limit = deadline(line, floor)
    facts = {"case": name, "agent": line.held[1], "deadline_minutes": (limit - line.arrived) // (60 * SECOND)}
    return Alert("stuck_case", "", line.queue, f"case:{name}", line.arrived, limit, limit, "warning", facts)


def look_at_case(name: str, line: CaseLine, floor: FloorPolicy, at: int) -> tuple[CaseLine | None, list[Output]]:
    """The case as of an instant, and what has to be said; None when it can be forgotten."""
    limit = deadline(line, floor)
    stuck = line.open and limit <= at
    says: list[Output] = []
    if stuck and not line.told:
        says.append(replace(stuck_alert(name, line, floor), noticed=at))
    if line.told and not stuck:
        says.append(
            Ended("stuck_case", "", line.queue, f"case:{name}", line.arrived, line.closed or at, at, "resolved")
        )
    forget = line.last + floor.horizon + 1
    if not line.open and forget <= at:
        return None, says
    due = (NEVER if stuck else limit) if line.open else forget
    return line._replace(told=stuck, due=due), says
