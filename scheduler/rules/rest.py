"""Between two duties of a person lies their rest, a longer one after nights, a shorter one now and then."""

from ortools.sat.python import cp_model

from scheduler.frame import Frame, Option, Person
from scheduler.model import Literal, RosterModel
from scheduler.rule import CostTerm

Options = list[tuple[Option, Literal]]

DAY_S = 86_400


class Rest:
    """No two duties closer than the contract's rest, or the rest after nights."""

    name = "rest"

    def applies(self, frame: Frame) -> bool:
        """Whether any contract asks for rest."""
        return any(person.rest_s or person.rest_after_nights_s for person in frame.people)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Forbid pairs of duties that are too close, as few and as large cliques as there are ends of duties."""
        for person in model.frame.people:
            reach = 2 + max(person.rest_s, person.rest_after_nights_s) // DAY_S
            for day in range(-min(reach, len(person.past)), person.days):
                for later in range(max(day + 1, 0), min(day + 1 + reach, person.days)):
                    _forbid(model, person, model.options(person, day), model.options(person, later))
            if person.short_rests:
                _count_short(model, person)
        return []


def _forbid(model: RosterModel, person: Person, before: Options, after: Options) -> None:
    others = [(option, literal) for option, literal in after if not option.night]
    nights = [(option, literal) for option, literal in before if option.night]
    _cliques(model, before, after, person.short_rest_s if person.short_rests else person.rest_s)
    if person.rest_after_nights_s > person.rest_s:
        _cliques(model, nights, others, person.rest_after_nights_s)


def _count_short(model: RosterModel, person: Person) -> None:
    """At most so many rests of a period are shorter than the plain one; a rest belongs to the day of its later duty."""
    for period in person.short_periods:
        found: list[Literal] = []
        done = 0
        for later in period:
            for option, literal in model.options(person, later) if later < person.days else []:
                for day in range(max(later - 2, -len(person.past)), later):
                    before = model.options(person, day)
                    ends = [one for duty, one in before if duty.end + person.rest_s > option.start]
                    if not ends:
                        continue
                    if later < 0:
                        done += 1
                    else:
                        short = model.cp.new_bool_var("")
                        for one in ends:
                            model.cp.add_bool_or([short, _not(literal), _not(one)])
                        found.append(short)
        if found:
            model.cp.add(cp_model.LinearExpr.sum(found) <= max(0, person.short_rests - done))


def _not(literal: Literal) -> Literal:
    return not literal if isinstance(literal, bool) else ~literal


def _cliques(model: RosterModel, before: Options, after: Options, rest_s: int) -> None:
    if not before or not after:
        return
    first = min(option.start for option, _ in after)
    for end in sorted({option.end for option, _ in before if first < option.end + rest_s}):
        late = [literal for option, literal in before if option.end >= end]
        early = [literal for option, literal in after if option.start < end + rest_s]
        model.at_most_one([*late, *early])
