"""Enough people for each kind of duty on each day, and not too many."""

from scheduler.frame import Cover, Frame
from scheduler.model import RosterModel, Sum
from scheduler.rule import CostTerm


class Coverage:
    """Too few and too many people are charged, never forbidden."""

    name = "cover"

    def applies(self, frame: Frame) -> bool:
        """Whether any cover is wanted."""
        return bool(frame.covers)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Balance people, shortage and surplus of each cover."""
        return [term for cover in model.frame.covers for term in _balance(model, cover)]


def _balance(model: RosterModel, cover: Cover) -> list[CostTerm]:
    taken = [literal for person in model.frame.people for literal in model.takes(person, cover.day, cover.kind)]
    under = model.cp.new_int_var(0, cover.required, "")
    over = model.cp.new_int_var(0, max(0, len(taken) - cover.required), "")
    model.cp.add(Sum.sum(taken) + under - over == cover.required)
    return [
        CostTerm("cover, too few", cover.under, under, day=cover.day, kind=cover.kind),
        CostTerm("cover, too many", cover.over, over, day=cover.day, kind=cover.kind),
    ]
