"""What may follow what: each of `scheduler.sequences` as layers of states, one a day."""

from collections.abc import Hashable

from scheduler.frame import Frame, Person
from scheduler.model import Literal, RosterModel
from scheduler.rule import CostTerm
from scheduler.sequences.day import FREE, OFF, Day, word_of
from scheduler.sequences.sequence import Sequence


class Sequences:
    """Rotations, forbidden sequences, blocks of nights, counts of shifts, days off together, whole weekends."""

    name = "sequences"

    def applies(self, frame: Frame) -> bool:
        """Whether any contract has a sequence."""
        return any(person.sequences for person in frame.people)

    def add(self, model: RosterModel) -> list[CostTerm]:
        """Walk each sequence from the state that the tail leaves, day by day."""
        for person in model.frame.people:
            for sequence in person.sequences:
                _walk(model, person, sequence)
        return []


def _walk(model: RosterModel, person: Person, sequence: Sequence) -> None:
    """One literal for each state that may be reached after a day: true where it is the one."""
    past = person.calendar[: len(person.past)]
    known = [(_past_word(person, day), day) for day in past]
    here: dict[Hashable, Literal] = {sequence.after(known, person.calendar[0]): True}
    for day in person.calendar[len(person.past) :]:
        after: dict[Hashable, Literal] = {}
        for word, literal in _words(model, person, day):
            for state, stands in here.items():
                following = sequence.step(state, word, day)
                together: list[Literal] = [_not(literal), _not(stands)]
                if following is not None:
                    if following not in after:
                        after[following] = model.cp.new_bool_var("")
                    together.append(after[following])
                model.cp.add_bool_or(together)
        here = after


def _past_word(person: Person, day: Day) -> str:
    excused = day.number in person.leave or not person.known(day.number)
    return word_of(person.before(day.number), excused)


def _words(model: RosterModel, person: Person, day: Day) -> list[tuple[str, Literal]]:
    """What the person may do on a day, each with a literal that is true where they do."""
    kinds: dict[str, list[Literal]] = {}
    for option, literal in model.options(person, day.number):
        kinds.setdefault(word_of(option, False), []).append(literal)
    found: list[tuple[str, Literal]] = []
    for word, literals in kinds.items():
        any_of = literals[0] if len(literals) == 1 else model.cp.new_bool_var("")
        if len(literals) > 1:
            for literal in literals:
                model.cp.add_implication(literal, any_of)
        found.append((word, any_of))
    excused = day.number in person.leave or not person.known(day.number)
    return [*found, (FREE if excused else OFF, _not(model.works(person, day.number)))]


def _not(literal: Literal) -> Literal:
    return not literal if isinstance(literal, bool) else ~literal
