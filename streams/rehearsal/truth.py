"""What really happened in a rehearsal, to hold against what the live floor found."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from centre.roster import Segment
from streams.outputs import iso
from streams.rehearsal.habits import Intent
from streams.rehearsal.people import PAUSES, SECOND, Duty, Person


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that really happened, of an agent or a queue, over [start, end), UTC microseconds.

    Attributes
    ----------
    type : as the alert about it is called; "away" for what is none of the named ones, such as a pause taken late
        because a call had to be finished.
    agent, queue : whom it happened to; the other one is "".
    case : the case that is stuck, if one is.
    """

    type: str
    agent: str
    start: int
    end: int
    queue: str = ""
    case: str = ""

    def to_json(self, zone: str) -> dict[str, object]:
        """As one line of a truth file."""
        start, end = (iso(at, zone) for at in (self.start, self.end))
        whom = {"agent": self.agent, "queue": self.queue, "case": self.case}
        return {"type": self.type, **{name: value for name, value in whom.items() if value}, "start": start, "end": end}

    @classmethod
    def from_json(cls, row: dict[str, str]) -> "Happened":
        """What a line of a truth file says."""
        moments = (datetime.fromisoformat(row[name]) for name in ("start", "end"))
        start, end = (int(m.replace(microsecond=0).timestamp()) * SECOND + m.microsecond for m in moments)
        return cls(row["type"], row.get("agent", ""), start, end, row.get("queue", ""), row.get("case", ""))


@dataclass(frozen=True, slots=True)
class QueueDay:
    """What really became of a queue's contacts over the day."""

    queue: str
    offered: int
    answered: int
    answered_within: int
    abandoned: int
    wait_s: float


def truth_of(people: Iterable[Person]) -> Iterator[Happened]:
    """Where each person really departed from the roster, by agent and time."""
    for person in people:
        for duty in person.duties:
            yield from _duty_truth(person, duty)


def _duty_truth(person: Person, duty: Duty) -> Iterator[Happened]:
    intent = duty.intent
    start, end = intent.start * SECOND, intent.end * SECOND
    if intent.unreported or intent.absent:
        kind = "absent" if intent.absent else "missing_state"
        yield Happened(kind, person.name, start, end)
        return
    states = [*person.heard, (end, "", "")]
    came = next((at for at, state, _ in states if state not in ("logged_out", "") and at >= intent.come * SECOND), end)
    if came > start:
        yield Happened("late", person.name, start, came)
    left = next((at for at, state, _ in states if state == "logged_out" and at > came), end)
    if left < end:
        yield Happened("early_leave", person.name, left, end)
    for place, (rest_start, rest_end) in duty.rested.items():
        yield from _rest_truth(person, intent, intent.duty[place], rest_start, min(rest_end, left))
    for (at, state, _queue), (until, _, _) in pairwise(states):
        if start <= at < end and state == "not_ready":
            yield from _joined("away", person, _overlaps(intent, at, until, lambda part: part.activity not in PAUSES))
    if intent.strange:
        yield from _strange_truth(person, states, intent.strange[2])
    yield from _outlived_truth(person, intent, states)


def _strange_truth(person: Person, states: list[tuple[int, str, str]], strange: str) -> Iterator[Happened]:
    """From logging in to a wrong queue until anything is done that is not of it."""
    until = 0
    for at, state, queue in states:
        if at >= until and queue == strange and state == "ready":
            until = _logged_in_until(states, at, queue)
            yield Happened("wrong_queue", person.name, at, until)


def _outlived_truth(person: Person, intent: Intent, states: list[tuple[int, str, str]]) -> Iterator[Happened]:
    """Staying logged in to a queue that was the rostered one until the next segment began."""
    for at, state, queue in states:
        if state == "ready" and queue and queue != (intent.strange or ("", "", ""))[2]:
            until = _logged_in_until(states, at, queue)
            others = _overlaps(intent, at, until, _of_another(queue))
            yield from _joined("wrong_queue", person, others)


def _of_another(queue: str) -> Callable[[Segment], bool]:
    return lambda part: part.queue not in ("", queue)


def _overlaps(intent: Intent, start: int, end: int, counts: Callable[[Segment], bool]) -> Iterator[tuple[int, int]]:
    """What of [start, end) lies in the segments that count, by segment."""
    for segment in intent.duty:
        first, last = max(start, segment.start * SECOND), min(end, segment.end * SECOND)
        if counts(segment) and first < last:
            yield first, last


def _joined(kind: str, person: Person, parts: Iterable[tuple[int, int]]) -> Iterator[Happened]:
    """One thing each, however many segments it went on through."""
    whole: list[tuple[int, int]] = []
    for first, last in sorted(parts):
        if whole and whole[-1][1] == first:
            whole[-1] = (whole[-1][0], last)
        else:
            whole.append((first, last))
    for first, last in whole:
        yield Happened(kind, person.name, first, last)


def _rest_truth(person: Person, intent: Intent, pause: Segment, start: int, end: int) -> Iterator[Happened]:
    """A pause that lasted beyond its own length was long; one that was taken late reaches beyond its place besides."""
    planned_end = pause.end * SECOND
    earned_end = max(start + (pause.end - pause.start) * SECOND, planned_end)
    if start >= planned_end:  # wholly out of its place
        earned_end = end
    away = max(planned_end, start)
    if away < min(earned_end, end):
        yield Happened("away", person.name, away, min(earned_end, end))
    if earned_end < end:
        yield Happened("long_break", person.name, earned_end, end)


def _logged_in_until(states: list[tuple[int, str, str]], at: int, queue: str) -> int:
    """Until when somebody stayed on a queue: until anything is done that is not of it."""
    for when, state, other in states:
        if when > at and (other != queue or state not in ("ready", "talking", "wrap_up")):
            return when
    return at
