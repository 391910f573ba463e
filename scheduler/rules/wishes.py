"""Wishes that are not granted are charged."""

from scheduler.frame import Frame, Person, Want
from scheduler.model import RosterModel, Sum
from scheduler.rule import CostTerm


class Wishes:
    """To take some duty on a day, or not to."""

    name = "wishes"

    def applies(self, frame: Frame) -> bool:
        """Whether anybody wishes for anything."""
        return any(person.wants for person in frame.people)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Charge each wish that is not granted with its weight."""
        return [_charge(model, person, want) for person in model.frame.people for want in person.wants]


def _charge(model: RosterModel, person: Person, want: Want) -> CostTerm:
    options = model.options(person, want.day)
    granted = Sum.sum([literal for option, literal in options if not want.kinds or option.kind in want.kinds])
    if want.off:
        return CostTerm("wishes, off", want.weight, granted, person.name, want.day)
    return CostTerm("wishes, on", want.weight, 1 - granted, person.name, want.day)
