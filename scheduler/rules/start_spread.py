"""Within a week, a person's duties start at about the same time of day."""

from scheduler.frame import Frame, Person
from scheduler.model import RosterModel, Sum
from scheduler.rule import CostTerm


class StartSpread:
    """The starts of a week lie in a band of so many minutes, those of the tail's days among them."""

    name = "start spread"

    def applies(self, frame: Frame) -> bool:
        """Whether any contract bounds the spread."""
        return any(person.spread is not None for person in frame.people)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Let each week choose the earliest start of its band."""
        for person in model.frame.people:
            if person.spread is not None:
                for week in person.weeks:
                    _week(model, person, week, person.spread)
        return []


def _week(model: RosterModel, person: Person, week: range, allowed: int) -> None:
    past = [option.wall for day in week if day < 0 for option, _ in model.options(person, day)]
    if past:
        allowed = max(allowed, max(past) - min(past))
    earliest = model.cp.new_int_var(max(past, default=0) - allowed, min(past, default=1440), "")
    for day in week:
        if 0 <= day < person.days:
            options = model.options(person, day)
            wall = Sum.weighted_sum([literal for _, literal in options], [option.wall for option, _ in options])
            model.cp.add(wall <= earliest + allowed).only_enforce_if(model.works(person, day))
            model.cp.add(wall >= earliest).only_enforce_if(model.works(person, day))
