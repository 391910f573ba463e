"""Plain rules for when the model cannot be asked: out of time, or not to be had. They are stated, and never block.

Best first: take the move that wins most above its price by itself, reckon the curves anew, go on until none wins.
No move paints over another, nobody is changed more often than allowed, and no line may break a rule.
"""

from collections.abc import Sequence

import numpy as np

from centre.reallocation import Reallocation
from streams.reallocation.choose import Broken, Choice, nothing_broken, overlap
from streams.reallocation.curves import Curves
from streams.reallocation.effects import added
from streams.reallocation.move import Move
from streams.reallocation.paint import changed_lines
from streams.reallocation.sight import Sight

LOOKED_AT = 80
"""Moves that are looked at: the best by what the first person more, or fewer, is worth."""

MOST = 12
"""Moves that plain rules make at once."""


def plain_rules(
    sight: Sight, curves: Curves, moves: Sequence[Move], policy: Reallocation, broken: Broken = nothing_broken
) -> Choice:
    """Choose without the model."""
    gains = {move.id: added(sight, curves, move) for move in moves}
    total = np.zeros(curves.in_time.shape[0])
    taken: list[Move] = []
    more, fewer = curves.slopes()
    alone = {
        name: float((np.maximum(gain, 0) * more + np.minimum(gain, 0) * fewer).sum()) for name, gain in gains.items()
    }
    left = sorted(moves, key=lambda move: (move.price - alone[move.id], move.id))[:LOOKED_AT]
    while left and len(taken) < MOST:
        now = curves.at(total).sum()
        best = max(left, key=lambda m: (curves.at(total + gains[m.id]).sum() - now - m.price, m.id))
        if curves.at(total + gains[best.id]).sum() - now - best.price <= 0:
            break
        left.remove(best)
        if not _allowed(sight, best, taken, policy) or _breaks(sight, [*taken, best], broken):
            continue
        taken.append(best)
        total = total + gains[best.id]
    won = float((curves.at(total) - curves.at(np.zeros(len(total)))).sum())
    return Choice(tuple(sorted(taken, key=lambda m: (m.start, m.id))), won, won, False)


def _allowed(sight: Sight, move: Move, taken: Sequence[Move], policy: Reallocation) -> bool:
    if any(move.place == other.place for other in taken):
        return False
    leaders = sum(other.type == "leader_to_phones" for other in taken)
    here = sum(p.role == "leader" and p.out != "absent" for p in sight.people)
    if move.type == "leader_to_phones" and leaders >= here - policy.keep_leaders:
        return False
    for agent in move.agents:
        mine = [other for other in taken if agent in other.agents]
        if any(overlap(move, other, agent) for other in mine):
            return False
        changed = sight.people[sight.person[agent]].changes + sum(bool(other.strokes) for other in mine)
        if move.strokes and changed >= policy.max_changes:
            return False
    return True


def _breaks(sight: Sight, moves: Sequence[Move], broken: Broken) -> bool:
    lines = {person.agent: person.line for person in sight.people}
    changed = changed_lines(lines, (stroke for move in moves for stroke in move.strokes))
    return bool(changed and broken(changed))
