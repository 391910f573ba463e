"""Kinds of duty that may not follow one another on the next day."""

from scheduler.frame import Frame
from scheduler.model import RosterModel
from scheduler.rule import CostTerm


class Successions:
    """A forbidden sequence of two shifts on days that follow each other, such as night and early."""

    name = "successions"

    def applies(self, frame: Frame) -> bool:
        """Whether any sequence is forbidden."""
        return bool(frame.not_after)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Forbid each kind together with everything that may not follow it."""
        banned: dict[str, set[str]] = {}
        for kind, following in model.frame.not_after:
            banned.setdefault(kind, set()).add(following)
        for person in model.frame.people:
            for day in range(-1 if person.past else 0, person.days - 1):
                today, tomorrow = model.options(person, day), model.options(person, day + 1)
                for option, literal in today:
                    after = banned.get(option.kind, set())
                    model.at_most_one([literal, *(later for next_, later in tomorrow if next_.kind in after)])
        return []
