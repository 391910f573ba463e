"""What a repair changes, step by step, in figures that a person's words are made of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from centre.grid import aware
from centre.roster import ANSWERING, Segment
from scheduler.judging import Floor
from scheduler.repair.happened import Happened, falls_out
from scheduler.repair.play import Played
from scheduler.repair.whole import WholeChange

Kind = Literal["away", "called_in", "moved_duty", "changed_duty", "overtime", "pause", "activity", "queue"]
KINDS: tuple[Kind, ...] = (
    "away", "called_in", "moved_duty", "changed_duty", "overtime", "pause", "activity", "queue",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one person; times are UTC seconds [start, end), `before` None where there was nothing.

    `what` is the shift, the activity or the queue it is now; `was` what it was before.
    """

    kind: Kind
    agent: str
    start: int
    end: int
    what: str = ""
    was: str = ""
    before: tuple[int, int] | None = None

    def to_json(self, zone: str) -> dict[str, object]:
        """For --json."""

        def moment(second: int) -> str:
            return aware(second, zone).isoformat()

        return {
            "kind": self.kind,
            "agent": self.agent,
            "start": moment(self.start),
            "end": moment(self.end),
            "what": self.what,
            "was": self.was,
            "before": None if self.before is None else [moment(second) for second in self.before],
            "needs_approval": self.kind == "overtime",
        }


def steps_of(
    published: Floor,
    unrepaired: Floor,
    repaired: Floor,
    happened: Happened,
    changes: Sequence[WholeChange],
    plays: Iterable[Played],
) -> Iterator[Step]:
    """Every change between the published roster and the repaired one: what happened first, the costly ones next."""
    for row in happened.away:
        for duty in published.lines[row.agent].duties:
            if (lost := falls_out(duty, row)) is not None:
                yield Step(
                    "away", row.agent, *lost, row.kind,
                    duty.shift.name if duty.shift else "", (duty.start, duty.end),
                )  # fmt: skip
    for change in sorted(changes, key=lambda change: (change.kind, change.come[0].start, change.agent)):
        gone = (change.gone.start, change.gone.end) if change.gone else None
        was = change.gone.shift.name if change.gone and change.gone.shift else ""
        start, end = change.come[0].start, change.come[-1].end
        yield Step(change.kind, change.agent, start, end, change.shift, was, gone)
    yield from sorted(_inside(plays, repaired), key=lambda step: (KINDS.index(step.kind), step.start, step.agent))
    whole = {change.agent for change in changes} | happened.people
    yield from _queues(unrepaired, repaired, whole)


def _inside(plays: Iterable[Played], repaired: Floor) -> Iterator[Step]:
    for duty in plays:
        line = repaired.segments[duty.agent]
        near = [row for row in line if row.activity == "overtime" and _beside(row, duty)]
        for _, rows in groupby(near, key=lambda row: row.start < duty.duty.start):
            some = list(rows)
            yield Step("overtime", duty.agent, some[0].start, some[-1].end, some[0].queue)
        for item in duty.items:
            if item.moved:
                old = item.segment
                shift = (item.at - item.origin) * _tick(duty, item.length, old)
                kind: Kind = "pause" if old.activity in ("meal", "break") else "activity"
                yield Step(
                    kind, duty.agent, old.start + shift, old.end + shift, old.activity, old.activity,
                    (old.start, old.end),
                )  # fmt: skip


def _tick(duty: Played, length: int, old: Segment) -> int:
    return (old.end - old.start) // length


def _beside(row: Segment, duty: Played) -> bool:
    return duty.duty.start - 86_400 < row.start < duty.duty.end + 86_400 and (
        row.end <= duty.duty.start or row.start >= duty.duty.end
    )


def _queues(before: Floor, after: Floor, besides: Iterable[str]) -> Iterator[Step]:
    """Stretches of time in which somebody who was on one queue is on another."""
    skip = set(besides)
    for name, line in after.segments.items():
        old = before.segments.get(name, ())
        if name in skip or line == old:
            continue
        moves: list[Step] = []
        for row in line:
            if row.activity not in ANSWERING:
                continue
            for was in old:
                start, end = max(row.start, was.start), min(row.end, was.end)
                if was.activity in ANSWERING and start < end and was.queue != row.queue:
                    last = moves[-1] if moves else None
                    same = last is not None and (last.end, last.what, last.was) == (start, row.queue, was.queue)
                    if same and last is not None:
                        moves[-1] = Step("queue", name, last.start, end, row.queue, was.queue)
                    else:
                        moves.append(Step("queue", name, start, end, row.queue, was.queue))
        yield from moves


def changed_people(steps: Iterable[Step]) -> list[str]:
    """Who is asked to do something else than published: everybody of the steps but those who are away."""
    return sorted({step.agent for step in steps if step.kind != "away"})
