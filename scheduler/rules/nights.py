"""Not too many nights in a row."""

from scheduler.frame import Frame, Person
from scheduler.model import Literal, RosterModel, Sum
from scheduler.rule import CostTerm


class Nights:
    """At most so many nights on consecutive days; the rest after them is the rule Rest's."""

    name = "nights"

    def applies(self, frame: Frame) -> bool:
        """Whether anybody may work nights, and not as many as they like."""
        return any(
            person.max_nights is not None and any(option.night for options in person.options for option in options)
            for person in frame.people
        )

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Forbid each window of one night too many."""
        for person in model.frame.people:
            if person.max_nights is not None:
                _windows(model, person, person.max_nights)
        return []


def _windows(model: RosterModel, person: Person, most: int) -> None:
    for last in range(person.days):
        nights = [_nights(model, person, day) for day in range(last - most, last + 1)]
        if all(nights):
            model.cp.add(Sum.sum([literal for of_day in nights for literal in of_day]) <= most)


def _nights(model: RosterModel, person: Person, day: int) -> list[Literal]:
    if day < -len(person.past):
        return []
    return [literal for option, literal in model.options(person, day) if option.night]
