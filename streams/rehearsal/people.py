"""The people of a rehearsed floor: what each wants to do at an instant, by roster and by habit."""

from dataclasses import dataclass, field

from centre.roster import Segment
from streams.rehearsal.habits import Intent

SECOND = 1_000_000
PAUSES = ("break", "meal")
STATE_OF = {"break": "break", "meal": "meal", "training": "training", "meeting": "meeting", "briefing": "meeting"}


@dataclass
class Duty:
    """One duty of one person as it is being lived. Instants are UTC microseconds.

    Attributes
    ----------
    intent : what was drawn.
    rested : for each pause taken, by its place, from when to when.
    stands_in : contacts are taken only where a segment names a queue: a leader, an inspector.
    """

    intent: Intent
    rested: dict[int, tuple[int, int]] = field(default_factory=dict)
    stands_in: bool = False

    def wakes(self) -> list[int]:
        """The instants at which the person may want something else."""
        intent = self.intent
        if intent.absent:
            return []
        edges = {intent.come, intent.leave, *(s.start for s in intent.duty), *(s.end for s in intent.duty)}
        edges |= set(intent.idle or ()) | set((intent.strange or ())[:2])
        return sorted(int(edge) * SECOND for edge in edges)

    def wants(self, at: int) -> str:
        """The state the person goes to when free; "ready" for contacts, "case_work" where no queue is served."""
        intent = self.intent
        if not intent.come * SECOND <= at < intent.leave * SECOND:
            return "logged_out"
        for place, (start, end) in self.rested.items():
            if start <= at < end:
                return intent.duty[place].activity
        due = self._pause_due(at)
        if due is not None:
            return intent.duty[due].activity
        segment = self.segment(at)
        if segment is not None and segment.activity in STATE_OF and segment.activity not in PAUSES:
            return STATE_OF[segment.activity]
        if intent.idle and intent.idle[0] * SECOND <= at < intent.idle[1] * SECOND:
            return "not_ready"
        if self.stands_in:
            return "ready" if segment is not None and segment.queue else "case_work"
        return "ready" if any(s.queue for s in intent.duty) else "case_work"

    def rest(self, at: int) -> int | None:
        """Begin the pause that is due, if one is; when it will end."""
        place = self._pause_due(at)
        if place is None:
            return None
        segment = self.intent.duty[place]
        length = max(segment.end - segment.start + self.intent.overstay.get(place, 0), 30) * SECOND
        self.rested[place] = (at, at + length)
        return at + length

    def strange_queue(self, at: int) -> str:
        """The queue the person is logged in to by mistake, or ""."""
        strange = self.intent.strange
        return strange[2] if strange and strange[0] * SECOND <= at < strange[1] * SECOND else ""

    def segment(self, at: int) -> Segment | None:
        """The segment of the duty in which an instant lies."""
        return next((s for s in self.intent.duty if s.start * SECOND <= at < s.end * SECOND), None)

    def _pause_due(self, at: int) -> int | None:
        for place, segment in enumerate(self.intent.duty):
            missed = segment.end <= self.intent.come
            if segment.activity in PAUSES and segment.start * SECOND <= at and place not in self.rested and not missed:
                return place
        return None


@dataclass
class Person:
    """One agent on the rehearsed floor.

    Attributes
    ----------
    name : agent id.
    skills : speed by queue.
    duties : in order of time.
    state : as the telephone system shows it.
    since : when the person became idle.
    turn : grows whenever the person stops being idle, so that older entries among the idle are known as stale.
    busy : with a contact, or its wrap-up.
    queue : the queue logged in to, "" for all of one's skills.
    heard : states emitted so far, as (instant, state, queue).
    """

    name: str
    skills: dict[str, float]
    duties: list[Duty]
    state: str = "logged_out"
    since: int = 0
    turn: int = 0
    busy: bool = False
    queue: str = ""
    heard: list[tuple[int, str, str]] = field(default_factory=list)

    def duty(self, at: int) -> Duty | None:
        """The duty that is being lived: the last whose coming has passed."""
        lived = [d for d in self.duties if not d.intent.absent and d.intent.come * SECOND <= at]
        return lived[-1] if lived else None

    def at_work_before(self, at: int) -> bool:
        """Whether a duty of the person began earlier, such as the night before."""
        return any(d.intent.come * SECOND < at and not d.intent.absent for d in self.duties)

    def serves(self) -> dict[str, float]:
        """Speed by queue, as logged in now."""
        return {self.queue: self.skills.get(self.queue, 0.8)} if self.queue else self.skills
