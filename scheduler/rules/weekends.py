"""Enough whole weekends are off."""

from scheduler.frame import Frame
from scheduler.model import RosterModel, Sum
from scheduler.rule import CostTerm


class Weekends:
    """So many of the weekends that lie whole in the horizon hold no duty."""

    name = "weekends"

    def applies(self, frame: Frame) -> bool:
        """Whether any contract asks for free weekends."""
        return any(person.free_weekends > 0 for person in frame.people)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Count a weekend as worked when one of its days is."""
        for person in model.frame.people:
            if person.free_weekends <= 0:
                continue
            worked = []
            for weekend in person.weekends:
                busy = model.cp.new_bool_var("")
                for day in weekend:
                    model.cp.add_implication(model.works(person, day), busy)
                worked.append(busy)
            model.cp.add(Sum.sum(worked) <= len(worked) - person.free_weekends)
        return []
