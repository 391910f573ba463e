"""Put together what two hands changed in the same roster."""

import numpy as np

from scheduler.linewise.board import Board
from scheduler.linewise.kernel import excuse, step
from scheduler.linewise.shared import Found
from scheduler.linewise.tables import Bools, Ints, Table


def merged(board: Board, base: Ints, ours: Ints, theirs: Ints) -> Found | None:
    """Both changes where a person's line stays legal with both, else theirs; None where ours changed nothing."""
    we, they = (ours != base), (theirs != base)
    if not we.any():
        return None
    lines = theirs.copy()
    for person in np.flatnonzero(we.any(axis=1)):
        both = np.where(we[person], ours[person], theirs[person])
        if not they[person].any() or keeps(board.tables[person], both):
            lines[person] = both
    before = board.lines.copy()
    board.show(lines)
    cost = board.cost
    board.show(before)
    return lines, cost


def keeps(table: Table, line: Ints) -> bool:
    """Whether a whole line keeps every rule that the line search keeps."""
    days = np.arange(line.size)
    if not _allowed(table, days, line):
        return False
    worked = line[line >= 0]
    least, most = table.limits
    if not least <= int(table.kinds.units[worked].sum()) <= most:
        return False
    if (np.bincount(worked, minlength=len(table.caps)) > table.caps).any():
        return False
    busy = sum(bool((line[weekend.start : weekend.stop] >= 0).any()) for weekend in table.person.weekends)
    return busy <= table.weekends and _runs(table, line)


def _allowed(table: Table, days: Ints, line: Ints) -> bool:
    chosen: Bools = table.allowed[days, line + 1]
    return bool(chosen.all())


def _runs(table: Table, line: Ints) -> bool:
    """Whether the runs and what follows what are legal."""
    rules, kinds = table.person, len(table.kinds.names)
    offs = kinds * (table.longest + rules.min_run - 1)
    state, excused = offs + rules.min_off - 1, True
    for day, choice in enumerate(map(int, line)):
        following = step(
            state, choice, int(table.excused[day]), kinds, table.longest, rules.min_run, rules.min_off,
            table.kinds.after,
        )  # fmt: skip
        if following < 0:
            return False
        if choice >= 0 and state >= offs and excused:
            following = excuse(following, choice, kinds, table.longest, rules.min_run)
        state, excused = following, bool(table.excused[day])
    return True
