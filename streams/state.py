"""The state of the live floor: what a fold of `step` over all inputs has come to. Immutable.

It holds what was heard and planned, what was told of it, and nothing of how it was heard: the same inputs within the
horizon of late events give the same state in any order, however often each came, once time has moved on.
"""

from dataclasses import dataclass, field

from msgspec import Struct

from centre.grid import instant, local_day
from streams.agenda import NEVER, Index
from streams.alerts import Told
from streams.case_line import CaseLine
from streams.floor_policy import SECOND, FloorPolicy
from streams.persistent import PersistentMap
from streams.pieces import Excuse
from streams.plan import Coverage, Plan
from streams.queue_line import QueueLine
from streams.timeline import Timeline

NO_STATES = Timeline()
NO_PLAN = Plan()


class Line(Struct, frozen=True, gc=False):
    """Everything of one agent.

    Attributes
    ----------
    timeline : states heard.
    plan : what the roster wants.
    excuses : exceptions, in order of their ids.
    told : the incident that has been told and not ended.
    due : when to look again, UTC microseconds: too early does no harm. Not part of what the state means.
    """

    timeline: Timeline = NO_STATES
    plan: Plan = NO_PLAN
    excuses: tuple[Excuse, ...] = ()
    told: Told | None = None
    due: int = NEVER


@dataclass(frozen=True, slots=True)
class State:
    """The live floor at an instant.

    Attributes
    ----------
    begun : when the floor began to listen, UTC microseconds.
    now : how far time has come, UTC microseconds.
    open_from : start of the first local day that is not closed, UTC microseconds.
    policy : digest of the policy it was last judged by.
    coverage : roster versions known, and over which time.
    lines : the agents.
    queues : the queues.
    cases : deferred cases that are open, or were lately.
    dues : by second, whom to look at again in it; an index of what each of them knows itself.
    """

    begun: int
    now: int
    open_from: int
    policy: str = ""
    coverage: tuple[Coverage, ...] = ()
    lines: PersistentMap[str, Line] = field(default_factory=PersistentMap)
    queues: PersistentMap[str, QueueLine] = field(default_factory=PersistentMap)
    cases: PersistentMap[str, CaseLine] = field(default_factory=PersistentMap)
    dues: Index = field(default_factory=PersistentMap)


def initial(at: int, zone: str) -> State:
    """The state of a floor that begins to listen on the local day in which `at`, UTC microseconds, lies."""
    midnight = instant(local_day(at // SECOND, zone), 0, zone) * SECOND
    return State(begun=midnight, now=midnight, open_from=midnight)


def day_window(at: int, floor: FloorPolicy, days: int = 0) -> tuple[int, int]:
    """The local day in which an instant lies (moved by `days`), as [start, end) in UTC microseconds."""
    day = local_day(at // SECOND, floor.zone)
    start = instant(day, days * 1440, floor.zone)
    return start * SECOND, instant(day, (days + 1) * 1440, floor.zone) * SECOND
