"""What a day offers is what may be taken; on some days something has to be."""

from scheduler.frame import Frame
from scheduler.model import RosterModel
from scheduler.rule import CostTerm


class Availability:
    """Fixed rows have to be taken: "must" days are worked."""

    name = "fixed"

    def applies(self, frame: Frame) -> bool:
        """Whether anybody has to work on some day."""
        return any(person.must for person in frame.people)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Make those days worked; a day that has to be and offers nothing has no roster."""
        for person in model.frame.people:
            for day in sorted(person.must):
                model.cp.add(model.works(person, day) == 1)
        return []
