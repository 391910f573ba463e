"""Paid minutes of some weeks in a row, on average."""

from scheduler.frame import Frame
from scheduler.model import RosterModel
from scheduler.rule import CostTerm


class Averages:
    """The highest average over several weeks, the tail's weeks counted in."""

    name = "average minutes"

    def applies(self, frame: Frame) -> bool:
        """Whether any contract averages hours."""
        return any(person.averages for person in frame.people)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Bound what the horizon's days add to each run of weeks."""
        for person in model.frame.people:
            for days, most in person.averages:
                model.cp.add(model.paid(person, days) <= most)
        return []
