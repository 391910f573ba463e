"""How a report climbs the line of authority (ESC-1, ESC-2): a function of what was written down, and of the time.

A report goes to the first level. A level that has not acknowledged within its time: the next one is told as well.
Critical ones go to every level at once. Whoever skips levels has them told afterwards. The answer from above is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from centre.approvals import NotAllowedError, Step
from centre.grid import aware
from centre.house_policy import EscalationPolicy, Severity
from centre.said import Said

Act = Literal["report", "acknowledge", "answer", "tell", "close"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody did about an incident at an instant (UTC second)."""

    at: int
    act: Act
    by: str
    text: str = ""


@dataclass(frozen=True)
class Incident:
    """One incident, one thread: its reports, who has been told, who has acknowledged, the answer.

    Attributes
    ----------
    ladder : the levels above the one who reports, lowest first.
    first : the level it was reported to; the levels below it were skipped and are told afterwards.
    """

    thread: str
    kind: str
    severity: Severity
    at: int
    by: str
    text: str
    proposal: str
    ladder: tuple[Step, ...]
    first: int = 0
    marks: tuple[Mark, ...] = field(default=())

    @property
    def open(self) -> bool:
        """Whether nobody has closed it."""
        return not any(mark.act == "close" for mark in self.marks)

    @property
    def acknowledged(self) -> Mark | None:
        """Who acknowledged it first, or answered it."""
        return next((mark for mark in self.marks if mark.act in ("acknowledge", "answer")), None)

    @property
    def answers(self) -> tuple[Mark, ...]:
        """What was answered from above."""
        return tuple(mark for mark in self.marks if mark.act == "answer")

    def levels_told(self, now: int, policy: EscalationPolicy) -> list[tuple[int, int]]:
        """Levels that have been told by an instant, each with when (UTC second)."""
        if self.severity in policy.at_once:
            return [(level, self.at) for level in range(len(self.ladder))]
        wait = policy.acknowledge_minutes.get(self.severity, 60) * 60
        until = now
        for end in (self.acknowledged, next((m for m in self.marks if m.act == "close"), None)):
            until = min(until, end.at - 1) if end is not None else until
        told = [(self.first, self.at)]
        for level in range(self.first + 1, len(self.ladder)):
            due = self.at + (level - self.first) * wait
            if due > until:
                break
            told.append((level, due))
        return told

    def to_be_told(self) -> list[int]:
        """Levels that were skipped and have not said yet that they were told (ESC-1)."""
        confirmed = {mark.by for mark in self.marks if mark.act == "tell"}
        return [level for level in range(self.first) if not confirmed & set(self.ladder[level].people)]

    def add(self, mark: Mark) -> "Incident":
        """The incident with one more thing done about it.

        Raises
        ------
        NotAllowedError : it is closed, or somebody does it who does not stand above.
        """
        above = {name for step in self.ladder for name in step.people}
        if not self.open:
            raise NotAllowedError(Said("{thread} is closed", thread=self.thread))
        if mark.act in ("acknowledge", "answer", "tell") and mark.by not in above:
            raise NotAllowedError(
                Said(
                    "{by} does not stand above this report: {names} do (ESC-1)",
                    by=mark.by,
                    names=sorted(above),
                )
            )
        if mark.act == "tell" and not any(mark.by in self.ladder[level].people for level in self.to_be_told()):
            raise NotAllowedError(Said("{by} is not among those who are to be told afterwards", by=mark.by))
        return replace(self, marks=(*self.marks, mark))


def quiet_until(at: int, zone: str, policy: EscalationPolicy) -> int | None:
    """When the quiet hours that an instant lies in end (UTC second); None outside of them."""
    if not policy.quiet:
        return None
    begin, end = policy.quiet
    local = aware(at, zone)
    minute = local.hour * 60 + local.minute
    inside = begin <= minute < end if begin < end else minute >= begin or minute < end
    if not inside:
        return None
    ahead = (end - minute) % 1440
    return at - at % 60 + ahead * 60


def first_level(ladder: Sequence[Step], role: str) -> int:
    """The number of a level in a ladder.

    Raises
    ------
    NotAllowedError : nobody of that role stands above.
    """
    for number, step in enumerate(ladder):
        if step.role == role:
            return number
    raise NotAllowedError(
        Said(
            "nobody above holds the role {role}: {names} do",
            role=Said.term("role", role),
            names=[Said.term("role", step.role) for step in ladder],
        )
    )
