"""Runs of worked days and of days off: not too long, not too short."""

from scheduler.frame import Frame, Person
from scheduler.model import Literal, RosterModel
from scheduler.rule import CostTerm


class ConsecutiveDays:
    """Longest and shortest run of worked days, shortest run of days off, the tail counted in."""

    name = "consecutive days"

    def applies(self, frame: Frame) -> bool:
        """Whether any contract bounds a run."""
        return any(person.max_run or person.min_run > 1 or person.min_off > 1 for person in frame.people)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Forbid each pattern of days that is a run too long or too short."""
        for person in model.frame.people:
            if person.max_run is not None:
                _not_too_long(model, person, person.max_run)
            for length in range(1, person.min_run):
                _no_run(model, person, length)
            for length in range(1, person.min_off):
                _no_gap(model, person, length)
        return []


def _not_too_long(model: RosterModel, person: Person, longest: int) -> None:
    for last in range(person.days):
        window = range(last - longest, last + 1)
        if all(day >= 0 or model.works(person, day) for day in window):
            model.never_all(model.works(person, day) for day in window)


def _no_run(model: RosterModel, person: Person, length: int) -> None:
    """No run of exactly this many worked days between two known days off without leave."""
    for end in range(person.days):
        start = end - length
        if all(person.known(day) and day not in person.leave for day in (start - 1, end)):
            inside: list[Literal] = [model.works(person, day) for day in range(start, end)]
            _unless(model, inside, [model.works(person, start - 1), model.works(person, end)])


def _no_gap(model: RosterModel, person: Person, length: int) -> None:
    """No run of exactly this many known days off without leave between two worked days."""
    for end in range(person.days):
        start = end - length
        if not person.known(start - 1) or not person.known(end):
            continue
        if all(person.known(day) and day not in person.leave for day in range(start, end)):
            ends: list[Literal] = [model.works(person, start - 1), model.works(person, end)]
            _unless(model, ends, [model.works(person, day) for day in range(start, end)])


def _unless(model: RosterModel, together: list[Literal], either: list[Literal]) -> None:
    """All of the first hold at once only where one of the second does."""
    negated = [not literal if isinstance(literal, bool) else ~literal for literal in together]
    model.cp.add_bool_or([*negated, *either])
