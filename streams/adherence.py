"""Adherence and conformance, in all the definitions of the field, from one account of an agent's time.

An account is what was scheduled and what became of it, in whole microseconds; accounts of intervals, shifts, agents
and teams add up. A definition is a function of an account. Sources: the vendors' published definitions, as collected
in docs/adherence.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction

import numpy as np

from streams.floor_policy import SECOND, FloorPolicy
from streams.matrix import ANSWERING_CODES, IN, NEUTRAL, ON_QUEUE, OUT, UNHEARD, UNSCHEDULED
from streams.pieces import Codes, Flags, Ints, Pieces
from streams.plan import ACTIVITY_CODES


@dataclass(frozen=True, slots=True)
class Account:
    """What was scheduled and what became of it, microseconds.

    Attributes
    ----------
    scheduled : planned time that asks for a state; the sum of the next four.
    kept, out, neutral, unknown : kept to, departed from, neither, no state heard.
    exempt : time of `out` and `unknown` that an exception explains.
    flagged, flagged_kept, flagged_exempt : the same over activities flagged "adherence = yes".
    extra : on-queue time while nothing was scheduled.
    wanted, worked : planned on queue, and on queue whenever.
    banded : sum over intervals of the lesser of the two.
    """

    scheduled: int = 0
    kept: int = 0
    out: int = 0
    neutral: int = 0
    unknown: int = 0
    exempt: int = 0
    flagged: int = 0
    flagged_kept: int = 0
    flagged_exempt: int = 0
    extra: int = 0
    wanted: int = 0
    worked: int = 0
    banded: int = 0

    def __add__(self, other: "Account") -> "Account":
        return Account(*(getattr(self, name) + getattr(other, name) for name in _PARTS))


_PARTS = tuple(field.name for field in fields(Account))

Definition = Callable[[Account, FloorPolicy], Fraction | None]


def genesys(account: Account, floor: FloorPolicy) -> Fraction | None:
    """Genesys: 1 less exceptions over scheduled time, not below 0; work out of shift on both sides, if counted."""
    extra = account.extra if floor.policy.adherence.count_out_of_shift else 0
    if not account.scheduled:
        return None
    kept = 1 - Fraction(account.out + account.unknown + extra, account.scheduled + extra)
    return max(Fraction(0), kept)


def amazon(account: Account, floor: FloorPolicy) -> Fraction | None:
    """Amazon Connect: adherent time over scheduled time, both over activities flagged "adherence = yes"."""
    return Fraction(account.flagged_kept, account.flagged) if account.flagged else None


def calabrio(account: Account, floor: FloorPolicy) -> Fraction | None:
    """Calabrio: time in adherence over scheduled time that is not neutral."""
    asked = account.scheduled - account.neutral
    return Fraction(account.kept, asked) if asked else None


def verint(account: Account, floor: FloorPolicy) -> Fraction | None:
    """Verint: as Amazon Connect, with authorised exceptions counted as in adherence."""
    return Fraction(account.flagged_kept + account.flagged_exempt, account.flagged) if account.flagged else None


DEFINITIONS: Mapping[str, Definition] = {
    "genesys": genesys,
    "amazon": amazon,
    "calabrio": calabrio,
    "verint": verint,
}


def conformance(account: Account) -> Fraction | None:
    """Time on queue over time planned on queue, whenever it was; may pass 1."""
    return Fraction(account.worked, account.wanted) if account.wanted else None


def banded_conformance(account: Account) -> Fraction | None:
    """The same, each interval counting for at most what was planned in it: sum(min(S, R)) / sum(S)."""
    return Fraction(account.banded, account.wanted) if account.wanted else None


def accounts(parts: Pieces, bounds: Ints, floor: FloorPolicy) -> list[Account]:
    """One account for each interval between neighbouring `bounds`, UTC microseconds.

    `parts` must be cut at the bounds (pass them as `cuts` to `pieces`).
    """
    return [Account(*row) for row in zip(*(column.tolist() for column in _columns(parts, bounds, floor)), strict=True)]


def account(parts: Pieces, bounds: Ints, floor: FloorPolicy) -> Account:
    """The account of all those intervals together."""
    return Account(*(int(column.sum()) for column in _columns(parts, bounds, floor)))


def _columns(parts: Pieces, bounds: Ints, floor: FloorPolicy) -> list[Ints]:
    """The parts of an account in their order, each of shape [intervals]."""
    count = len(bounds) - 1
    place = np.searchsorted(bounds, parts.starts, side="right") - 1
    inside = (place >= 0) & (place < count)
    place, lengths = place[inside], parts.lengths[inside]
    classes, activities = parts.classes[inside], parts.activities[inside]
    missed = parts.exempt[inside] & ((classes == OUT) | (classes == UNHEARD))
    scheduled = classes != UNSCHEDULED
    flagged = scheduled & ~_among(activities, {ACTIVITY_CODES[name] for name in _unflagged(floor)})
    working = _among(parts.states[inside], ON_QUEUE)

    def total(where: Flags) -> Ints:
        # Sums of floating-point numbers are exact here: whole microseconds of years stay below 2 ** 53.
        return np.bincount(place[where], weights=lengths[where], minlength=count).astype(np.int64)

    wanted, worked = total(_among(activities, ANSWERING_CODES)), total(working)
    return [
        total(scheduled),
        total(classes == IN),
        total(classes == OUT),
        total(classes == NEUTRAL),
        total(classes == UNHEARD),
        total(missed),
        total(flagged),
        total(flagged & (classes == IN)),
        total(flagged & missed),
        total(working & ~scheduled),
        wanted,
        worked,
        np.minimum(wanted, worked),
    ]


def total(parts: Iterable[Account]) -> Account:
    """The account of a day, a shift, a team or a site from those of its parts."""
    whole = Account()
    for part in parts:
        whole = whole + part
    return whole


def figures(account: Account, floor: FloorPolicy) -> dict[str, object]:
    """An account as people and machines read it: seconds, and each definition as a share or null."""
    return {
        "scheduled_s": seconds(account.scheduled),
        "in_s": seconds(account.kept),
        "out_s": seconds(account.out),
        "neutral_s": seconds(account.neutral),
        "unknown_s": seconds(account.unknown),
        "adherence": {name: share(define(account, floor)) for name, define in DEFINITIONS.items()},
        "conformance": share(conformance(account)),
    }


def seconds(microseconds: int) -> int | float:
    """Seconds, whole where they are whole."""
    return microseconds // SECOND if microseconds % SECOND == 0 else microseconds / SECOND


def share(value: Fraction | None) -> float | None:
    """A share as the nearest floating-point number."""
    return None if value is None else float(value)


def _unflagged(floor: FloorPolicy) -> tuple[str, ...]:
    return floor.policy.adherence.without_adherence


def _among(codes: Codes, wanted: Iterable[int]) -> Flags:
    table = np.zeros(256, dtype=bool)
    table[list(wanted)] = True
    found: Flags = table[codes]
    return found
