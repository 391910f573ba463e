"""What a choice is, and what every choice keeps to, whoever makes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from centre.reallocation import Reallocation
from streams.reallocation.move import Move
from streams.reallocation.paint import Line, changed_lines
from streams.reallocation.sight import BLOCK, STEP_S, Ints, Sight

Broken = Callable[[Mapping[str, Line]], frozenset[str]]
"""Which of the people whose lines are changed would break a hard rule."""

ROUNDS = 4


def nothing_broken(lines: Mapping[str, Line]) -> frozenset[str]:
    """No rule is known."""
    return frozenset()


@dataclass(frozen=True)
class Choice:
    """What was chosen.

    Attributes
    ----------
    moves : in order of time.
    gain : contacts in time won by the curves, before prices.
    bound : the most that could have been won, less prices.
    optimal : whether it was proved that nothing is better.
    rejected : moves that would have broken a rule, with nothing to put in their place.
    method : "model" where the model proved it or found it; "rules" where plain rules did and it found nothing better.
    """

    moves: tuple[Move, ...]
    gain: float
    bound: float
    optimal: bool
    rejected: tuple[Move, ...] = ()
    method: str = "model"

    @property
    def worth(self) -> float:
        """Contacts in time won, less prices."""
        return self.gain - sum(move.price for move in self.moves)


NOTHING = Choice((), 0.0, 0.0, True)
"""Doing nothing is best."""


def lawful(
    sight: Sight, moves: Sequence[Move], broken: Broken, pick: Callable[[Sequence[Move]], Choice]
) -> tuple[Choice, tuple[Move, ...]]:
    """Pick; shut out what would break a rule and pick anew. The choice, and what breaks a rule in it still."""
    left, shut = list(moves), list[Move]()
    lines = {person.agent: person.line for person in sight.people}
    for _ in range(ROUNDS):
        chosen = pick(left)
        changed = changed_lines(lines, (stroke for move in chosen.moves for stroke in move.strokes))
        wrong = broken(changed) if changed else frozenset()
        out = tuple(move for move in chosen.moves if wrong.intersection(move.agents))
        shut += out
        if not out:
            break
        gone = {move.id for move in out}
        left = [move for move in left if move.id not in gone]
    return replace(chosen, rejected=tuple(shut)), out


def overlap(one: Move, two: Move, agent: str) -> bool:
    """Whether what two moves paint, apart from what becomes work again, overlaps or leaves no work between."""
    mine, theirs = ([s for s in move.strokes if s.agent == agent] for move in (one, two))
    return any(a.start <= b.end and b.start <= a.end for a in mine for b in theirs)


def leaders_to_spare(sight: Sight, policy: Reallocation) -> Ints:
    """Shift leaders who may take calls in each block: some stay off the phones (ORG-3), [blocks]."""
    found = np.zeros(-(-sight.steps // BLOCK), dtype=np.int64)
    leaders = [person for person in sight.people if person.role == "leader" and person.out != "absent"]
    for block in range(len(found)):
        at = sight.begin + block * BLOCK * STEP_S
        here = sum(any(s.activity == "work" and not s.queue and s.start <= at < s.end for s in p.line) for p in leaders)
        found[block] = max(here - policy.keep_leaders, 0)
    return found


def leader_blocks(sight: Sight, move: Move) -> range:
    """The blocks in which a move takes a leader to the phones; none where it does not."""
    if move.type != "leader_to_phones":
        return range(0)
    first = max((move.start - sight.begin) // (BLOCK * STEP_S), 0)
    last = -(-(move.end - sight.begin) // (BLOCK * STEP_S))
    return range(first, max(min(last, -(-sight.steps // BLOCK)), first))
