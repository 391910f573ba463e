"""Service level from counts, in all the definitions of the field, and what else is asked of a queue.

Nothing counted is null, never 0 or 1; so is a definition whose counts the telephone system does not send.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import add, sub
from typing import NamedTuple

SECOND = 1_000_000
NOT_KNOWN = -1


class Counts(NamedTuple):
    """What happened to a queue's contacts over some time; waits and handling in microseconds, summed.

    Each contact is counted where it happened: offered when it came, answered when it was answered. A count that is
    NOT_KNOWN was not sent.

    Attributes
    ----------
    offered, answered, abandoned : contacts.
    answered_within, abandoned_within : within the queue's time.
    short_abandons : abandoned within a few seconds, as the telephone system defines it.
    wait, answered_wait : of all whose wait ended, and of the answered.
    handled, handle : contacts whose handling ended, and how long it took.
    """

    offered: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    abandoned_within: int = 0
    short_abandons: int = 0
    wait: int = 0
    answered_wait: int = 0
    handled: int = 0
    handle: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Both together; what is not known of one is not known of both."""
        if NOT_KNOWN not in self and NOT_KNOWN not in other:
            return Counts._make(map(add, self, other))
        return Counts(
            *(NOT_KNOWN if NOT_KNOWN in (one, two) else one + two for one, two in zip(self, other, strict=True))
        )

    def less(self, other: "Counts") -> "Counts":
        """What came on top of `other`, which is an earlier state of the same counters."""
        if NOT_KNOWN not in self and NOT_KNOWN not in other:
            return Counts._make(map(sub, self, other))
        return Counts(
            *(NOT_KNOWN if NOT_KNOWN in (one, two) else one - two for one, two in zip(self, other, strict=True))
        )

    def most(self, other: "Counts") -> "Counts":
        """The later of two states of the same counters, whichever came first: counters only grow."""
        return Counts(*map(max, self, other))

    def plain(self) -> "Counts":
        """The same, with what cannot but be 0 known to be 0: nobody abandoned early where nobody abandoned."""
        known = self
        if not self.abandoned and (self.abandoned_within or self.short_abandons):
            known = known._replace(abandoned_within=0, short_abandons=0)
        return known if self.answered or not self.answered_wait else known._replace(answered_wait=0)


Definition = Callable[[Counts], Fraction | None]


def answered_within_or_abandoned_within(c: Counts) -> Fraction | None:
    """1: (At + Bt) / (A + B)."""
    return _share(c.answered_within + c.abandoned_within, c.answered + c.abandoned, c.abandoned_within)


def of_answered(c: Counts) -> Fraction | None:
    """2: At / A."""
    return _share(c.answered_within, c.answered)


def of_offered(c: Counts) -> Fraction | None:
    """3: At / (A + B)."""
    return _share(c.answered_within, c.answered + c.abandoned)


def excluding_abandoned_within(c: Counts) -> Fraction | None:
    """4: At / (A + B - Bt)."""
    return _share(c.answered_within, c.answered + c.abandoned - c.abandoned_within, c.abandoned_within)


def short_abandons_as_met(c: Counts) -> Fraction | None:
    """5: (At + Bs) / (A + B)."""
    return _share(c.answered_within + c.short_abandons, c.answered + c.abandoned, c.short_abandons)


def excluding_short_abandons(c: Counts) -> Fraction | None:
    """6: At / (A + B - Bs)."""
    return _share(c.answered_within, c.answered + c.abandoned - c.short_abandons, c.short_abandons)


def virtual(c: Counts) -> Fraction | None:
    """7: P(W <= T) of somebody who waits for ever. Counts do not tell it; single waits do: `virtual_from_waits`."""
    return None


DEFINITIONS: Mapping[str, Definition] = {
    "answered_within_or_abandoned_within": answered_within_or_abandoned_within,
    "of_answered": of_answered,
    "of_offered": of_offered,
    "excluding_abandoned_within": excluding_abandoned_within,
    "short_abandons_as_met": short_abandons_as_met,
    "excluding_short_abandons": excluding_short_abandons,
    "virtual": virtual,
}


def virtual_from_waits(answered: list[float], abandoned: list[float], within: float) -> float | None:
    """The share of callers of endless patience who would wait at most `within`, from single waits.

    Kaplan & Meier (1958): an abandonment says only that the wait would have been longer. Waits in any one unit.
    """
    waits = sorted([(wait, 0) for wait in answered] + [(wait, 1) for wait in abandoned])
    if not waits:
        return None
    there, still = len(waits), 1.0
    for wait, given_up in waits:
        if wait > within:
            break
        if not given_up:
            still *= 1 - 1 / there
        there -= 1
    return 1 - still


def average_speed_of_answer(c: Counts) -> Fraction | None:
    """ASA in seconds: total wait of the answered over the answered."""
    if c.answered_wait == NOT_KNOWN:
        return None
    return _share(c.answered_wait, c.answered * SECOND)


def abandonment(c: Counts) -> Fraction | None:
    """Abandoned over all whose wait ended."""
    return _share(c.abandoned, c.answered + c.abandoned)


def average_handle_time(c: Counts) -> Fraction | None:
    """Seconds of handling over contacts handled."""
    return None if NOT_KNOWN in (c.handled, c.handle) else _share(c.handle, c.handled * SECOND)


def patience(c: Counts) -> Fraction | None:
    """Mean patience in seconds: total wait of all over the abandoned."""
    return _share(c.wait, c.abandoned * SECOND)


def figures(c: Counts) -> dict[str, object]:
    """Everything the counts say of a queue, as people and machines read it."""
    return {
        "offered": c.offered,
        "answered": c.answered,
        "answered_within": c.answered_within,
        "abandoned": c.abandoned,
        "service_level": {name: _number(define(c)) for name, define in DEFINITIONS.items()},
        "asa_s": _number(average_speed_of_answer(c)),
        "abandonment": _number(abandonment(c)),
        "aht_s": _number(average_handle_time(c)),
    }


def _share(part: int, whole: int, needed: int = 0) -> Fraction | None:
    return Fraction(part, whole) if whole > 0 and needed != NOT_KNOWN else None


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
