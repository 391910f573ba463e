"""Key figures of a day (KPI-1) for each agent, queue and the site: counts and sums, so that days and people add up.

Shares are made at the end from sums, never averaged. A share of nothing is None, never 0 or 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from centre.events import Contact, Event
from centre.policy import AttendancePolicy
from centre.roster import ON_DUTY, PAID_WORK, Segment
from streams.attendance import Span, attendance, duties
from streams.floor_policy import SECOND
from streams.recorded import timelines_of
from streams.timeline import STATE_CODES, Timeline

LOST = ("late", "early_leaving", "away", "absent")
"""Entries of the statement whose time counts as not attended; a breach is the same time again."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What is counted of somebody or something over some time; seconds where it says `_s`.

    Attributes
    ----------
    offered, answered, abandoned : contacts.
    in_time, in_rings : answered within the queue's goal, and within the rings of the policy.
    followed, timed, rung : contacts offered of which it is known whether they were answered, in time, within the rings.
    handled, talk_s, wrap_s : contacts that ended, their talking time, and wrap-up of those who took them.
    wait_s : waits of those answered.
    rated, satisfied : contacts with a rating, and satisfied ones among them.
    due_s, attended_s : time on duty by the roster, and of it attended.
    scheduled_s, kept_s : time for which adherence is scored, and of it in adherence.
    work_s : paid time of the roster.
    """

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    in_time: int = 0
    in_rings: int = 0
    followed: int = 0
    timed: int = 0
    rung: int = 0
    handled: int = 0
    talk_s: float = 0.0
    wrap_s: float = 0.0
    wait_s: float = 0.0
    rated: int = 0
    satisfied: int = 0
    due_s: int = 0
    attended_s: int = 0
    scheduled_s: float = 0.0
    kept_s: float = 0.0
    work_s: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Sums)))

    def plus(self, **more: float) -> "Sums":
        """With some counts raised."""
        values = asdict(self)
        return Sums(**{name: values[name] + more.get(name, 0) for name in values})

    def figures(self) -> dict[str, float | None]:
        """The shares and means of KPI-1."""
        return {
            "answer_rate": share(self.answered, self.followed),
            "service_level": share(self.in_time, self.timed),
            "three_rings": share(self.in_rings, self.rung),
            "abandonment": share(self.abandoned, self.followed),
            "handle_time_s": share(self.talk_s + self.wrap_s, self.handled),
            "satisfaction": share(self.satisfied, self.rated),
            "attendance": share(self.attended_s, self.due_s),
            "adherence": share(self.kept_s, self.scheduled_s),
        }


def share(part: float, whole: float) -> float | None:
    """A share; None of nothing."""
    return round(part / whole, 4) if whole else None


def total(rows: Iterable[Sums]) -> Sums:
    """The sum of them all."""
    result = Sums()
    for row in rows:
        result += row
    return result


@dataclass(frozen=True)
class DayFigures:
    """A local day: sums by queue and by agent. What is attended and kept is the agents', contacts the queues'."""

    queues: Mapping[str, Sums]
    agents: Mapping[str, Sums]

    @property
    def site(self) -> Sums:
        """The whole site: contacts of the queues, people's time, wrap-up."""
        people, contacts = total(self.agents.values()), total(self.queues.values())
        own = {name: getattr(people, name) for name in ("due_s", "attended_s", "scheduled_s", "kept_s", "work_s")}
        return contacts.plus(**own, wrap_s=people.wrap_s)

    def to_json(self) -> dict[str, Any]:
        """For the logbook."""
        return {
            "queues": {name: asdict(row) for name, row in sorted(self.queues.items())},
            "agents": {name: asdict(row) for name, row in sorted(self.agents.items())},
        }

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> "DayFigures":
        """As the logbook has it."""
        read = ({name: Sums(**row) for name, row in content[key].items()} for key in ("queues", "agents"))
        return cls(*read)


def day_figures(
    events: Sequence[Event],
    segments: Iterable[Segment],
    begin: int,
    end: int,
    *,
    within_s: Mapping[str, float],
    rings_s: float,
    policy: AttendancePolicy,
    authorised: Mapping[str, Sequence[Span]],
    adherence: Mapping[str, tuple[float, float]],
    known_until: int,
) -> DayFigures:
    """The figures of a local day [begin, end), UTC seconds.

    Parameters
    ----------
    events : those of the day and a little beyond, so that contacts end.
    segments : the roster in force.
    within_s : each queue's goal.
    adherence : by agent, seconds scheduled and kept.
    known_until : duties that end later are not judged, UTC second.
    """
    queues, agents = _contacts(events, begin, end, within_s, rings_s)
    timelines = timelines_of(events)
    lines: dict[str, list[Segment]] = {}
    for row in segments:
        if row.activity in ON_DUTY | {"leave"} and begin <= row.start < end:
            lines.setdefault(row.agent, []).append(row)
    for agent in sorted({*lines, *agents, *adherence}):
        line = lines.get(agent, [])
        timeline = timelines.get(agent, Timeline())
        free = authorised.get(agent, ())
        due = sum(d[-1].end - d[0].start for d in duties(line) if d[-1].end <= known_until)
        entries = attendance(agent, timeline, line, policy, authorised=free, known_until=known_until)
        lost = sum(entry.end - entry.start for entry in entries if entry.kind in LOST)
        wrap = _in_state(timeline, STATE_CODES["wrap_up"], begin, min(end, known_until))
        scheduled, kept = adherence.get(agent, (0.0, 0.0))
        paid = sum(row.end - row.start for row in line if row.activity in PAID_WORK)
        agents[agent] = agents.get(agent, Sums()).plus(
            due_s=due, attended_s=max(0, due - lost), wrap_s=wrap, scheduled_s=scheduled, kept_s=kept, work_s=paid
        )
    return DayFigures(queues, agents)


def _contacts(
    events: Iterable[Event], begin: int, end: int, within_s: Mapping[str, float], rings_s: float
) -> tuple[dict[str, Sums], dict[str, Sums]]:
    """Contacts that were offered in [begin, end), by queue and by who answered."""
    calls: dict[str, dict[str, Contact]] = {}
    for event in events:
        if isinstance(event, Contact):
            calls.setdefault(event.contact, {}).setdefault(event.milestone, event)
    queues: dict[str, Sums] = {}
    agents: dict[str, Sums] = {}
    for marks in calls.values():
        offered = marks.get("offered")
        if offered is None or not begin * SECOND <= offered.at < end * SECOND:
            continue
        answered, ended = marks.get("answered"), marks.get("ended")
        counts: dict[str, float] = {"offered": 1, "followed": 1, "timed": 1, "rung": 1}
        if answered is not None:
            wait = (answered.at - offered.at) / SECOND
            counts |= {"answered": 1, "wait_s": wait, "in_time": wait <= within_s.get(offered.queue, 20.0),
                       "in_rings": wait <= rings_s}  # fmt: skip
            if ended is not None:
                counts |= {"handled": 1, "talk_s": (ended.at - answered.at) / SECOND}
                rating = ended.extra.get("satisfied")
                if rating is not None:
                    counts |= {"rated": 1, "satisfied": bool(rating)}
        elif "abandoned" in marks:
            counts["abandoned"] = 1
        queues[offered.queue] = queues.get(offered.queue, Sums()).plus(**counts)
        if answered is not None and answered.agent:
            agents[answered.agent] = agents.get(answered.agent, Sums()).plus(**counts)
    return queues, agents


def _in_state(timeline: Timeline, code: int, begin: int, end: int) -> float:
    """Seconds of [begin, end) spent in a state."""
    ats, found = timeline.ats, 0
    for index in range(len(ats)):
        if timeline.codes[index] != code:
            continue
        until = ats[index + 1] if index + 1 < len(ats) else end * SECOND
        found += max(0, min(until, end * SECOND) - max(ats[index], begin * SECOND))
    return found / SECOND
