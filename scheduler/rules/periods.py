"""Paid minutes and worked days of weeks, months and other periods."""

from scheduler.frame import Bound, Frame, Person
from scheduler.model import RosterModel
from scheduler.rule import CostTerm


class Periods:
    """Bounds on weeks, months or the whole horizon; an elastic lower bound may be missed at a price."""

    name = "periods"

    def applies(self, frame: Frame) -> bool:
        """Whether anything is bounded."""
        return any(person.bounds for person in frame.people)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Bound each sum; charge what an elastic lower bound is missed by."""
        return [
            term for person in model.frame.people for bound in person.bounds for term in _bound(model, person, bound)
        ]


def _bound(model: RosterModel, person: Person, bound: Bound) -> list[CostTerm]:
    count = model.paid if bound.of == "minutes" else model.worked
    amount = count(person, bound.days)
    if bound.highest is not None:
        model.cp.add(amount <= bound.highest)
    if bound.lowest is None or bound.lowest <= 0:
        return []
    if not bound.elastic:
        model.cp.add(amount >= bound.lowest)
        return []
    missing = model.cp.new_int_var(0, bound.lowest, "")
    model.cp.add(amount + missing >= bound.lowest)
    name = f"{bound.rule}, below the lowest"
    return [CostTerm(name, model.frame.elastic_price, missing, person.name, bound.days.start)]
