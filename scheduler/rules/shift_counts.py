"""At most so many duties of a kind."""

from scheduler.frame import Frame
from scheduler.model import RosterModel, Sum
from scheduler.rule import CostTerm


class ShiftCounts:
    """A maximum of a shift type for a person over the horizon."""

    name = "shift counts"

    def applies(self, frame: Frame) -> bool:
        """Whether anybody has such a maximum."""
        return any(person.most for person in frame.people)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Bound each count that could pass its maximum."""
        for person in model.frame.people:
            for kind, most in person.most.items():
                taken = [literal for day in range(person.days) for literal in model.takes(person, day, kind)]
                if len(taken) > most:
                    model.cp.add(Sum.sum(taken) <= most)
        return []
