"""A person's weeks, or days, follow the contract's turns."""

from collections.abc import Iterator

from centre.said import Said
from scheduler.checks.line import Line, View
from scheduler.checks.violation import Violation
from scheduler.checks.words import LEAVE, OFF, UNKNOWN, words_of


def rotation(view: View) -> Iterator[Violation]:
    """Charge, in days, what does not fit the turn that fits best: among those that the tail allows, if any."""
    for line in view.lines:
        turns = line.contract.rotation
        if not turns:
            continue
        words = words_of(line)
        faults = {first: _faults(view, line, words, first) for first in _phases(view, line)}
        past = {first: sum(day < 0 for day in days) for first, days in faults.items()}
        fitting = [first for first, charged in past.items() if charged == 0]
        if not fitting and line.contract.rotation_from is None:
            fitting = _after_a_broken_tail(view, line, words)
        horizon = {first: [day for day in faults[first] if day >= 0] for first in fitting or faults}
        best = min(horizon.values(), key=len)
        if best:
            message = Said(
                "{days} days out of the rotation {turns}",
                days=len(best),
                turns=" / ".join(",".join(turn) for turn in turns),
            )
            day = view.calendar.date(best[0])
            yield Violation("rotation", line.agent.agent, day, True, message, len(best))


def _phases(view: View, line: Line) -> list[int]:
    """Turns that the horizon's first day may be in."""
    contract, count = line.contract, len(line.contract.rotation)
    if contract.rotation_from is None:
        return list(range(count))
    since = (view.calendar.date(0) - contract.rotation_from).days
    if contract.rotation_every == "day":
        return [since % count]
    # Weeks by their first days: that of the horizon's first week, and that of the week of `rotation_from`.
    begin, other = view.calendar.weeks[0].start, -since
    return [((begin - (other - (other - begin) % 7)) // 7) % count]


def _turn(view: View, line: Line, day: int, first: int) -> tuple[str, ...]:
    turns = line.contract.rotation
    if line.contract.rotation_every == "day":
        return turns[(first + day) % len(turns)]
    return turns[(first + (day - view.calendar.weeks[0].start) // 7) % len(turns)]


def _faults(view: View, line: Line, words: dict[int, str], first: int) -> list[int]:
    by_day = line.contract.rotation_every == "day"
    return [
        day
        for day, word in words.items()
        if word not in (LEAVE, UNKNOWN)
        and word not in _turn(view, line, day, first)
        and not (word == OFF and not by_day)
    ]


def _after_a_broken_tail(view: View, line: Line, words: dict[int, str]) -> list[int]:
    """Where no turn fits the whole tail: those that fit it from its last break on, read day by day."""
    fitting = _phases(view, line)
    for day in sorted(day for day in words if day < 0):
        left = [first for first in fitting if not _faults(view, line, {day: words[day]}, first)]
        fresh = [first for first in _phases(view, line) if not _faults(view, line, {day: words[day]}, first)]
        fitting = left or fresh or _phases(view, line)
    return fitting
