"""Costs, levels and broken rules of an explanation, for people and for --json."""

from collections.abc import Mapping, Sequence
from typing import Any

from centre.grid import aware
from centre.roster_weights import RosterWeights
from desk.wording.words import Words
from scheduler.checks import Violation

SMALL = 0.005
"""Terms that change by less are not worth a word."""


def times(start: int | None, end: int | None, zone: str) -> dict[str, str | None]:
    """Start and end for --json, in the site's zone."""
    return {
        "start": None if start is None else aware(start, zone).isoformat(),
        "end": None if end is None else aware(end, zone).isoformat(),
    }


def terms_row(by_term: Mapping[str, float] | None) -> dict[str, float] | None:
    """Costs by term for --json."""
    return None if by_term is None else {name: round(value, 4) for name, value in by_term.items()}


def levels_row(by_term: Mapping[str, float] | None, weights: RosterWeights) -> dict[str, Any]:
    """For --json where the policy has levels: the terms level by level, each by its own price."""
    if not weights.levels:
        return {}
    return {"levels": None if by_term is None else [terms_row(level) for level in weights.by_level(by_term)]}


def cost_words(cost: float, by_term: Mapping[str, float] | None, said: Words, weights: RosterWeights) -> str:
    """A cost in words; where the policy has levels, what the first level that it touches costs by its own prices."""
    for number, level in enumerate(weights.by_level(by_term or {}), 1):
        part = sum(level.values())
        if abs(part) >= SMALL:
            return said._("{cost} on level {number}", cost=signed(part, said), number=number)
    return signed(cost, said)


def term_words(by_term: Mapping[str, float], said: Words, weights: RosterWeights, with_sign: bool = True) -> str:
    """The terms that matter, each by its own price: the first level first, in it the largest."""
    own = [(weights.level_of(name), name, weights.own(name, value)) for name, value in by_term.items()]
    ranked = sorted((row for row in own if abs(row[2]) >= SMALL), key=lambda row: (row[0], -abs(row[2])))
    some = [(name, value) for _, name, value in ranked]
    return said.listing(
        [
            f"{said.term('cost', name)} {signed(value, said) if with_sign else said.number(value, 1)}"
            for name, value in some
        ]
    ) or said._("nothing changes")


def signed(value: float, said: Words) -> str:
    """A cost with its sign."""
    return ("+" if value >= 0 else "") + said.number(value, 2)


def rule_words(broken: Sequence[Violation], said: Words) -> str:
    """The rules that are broken, and how."""
    return said._("; ").join(
        said._("{rule}: {why}", rule=said.rule(found.rule), why=said.tell(found.message)) for found in broken
    )
