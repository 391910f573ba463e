"""Rules on what may follow what in a person's days, each a small automaton; one rule a file, all in one list.

A sequence is read day by day: a state, the day's word (a shift, "off", "free") and where the day stands in week and
month give the next state, or None where the rule forbids it. The search walks the product of a contract's sequences,
CP-SAT takes each by itself (Pesant, "A regular language membership constraint", 2004), the past is walked likewise.
"""

from collections.abc import Iterable

from centre.people import Contract
from centre.site import Site
from scheduler.sequences.days_off_together import days_off_together
from scheduler.sequences.forbidden import forbidden
from scheduler.sequences.night_blocks import night_blocks
from scheduler.sequences.rotation import rotation
from scheduler.sequences.sequence import Build, Sequence
from scheduler.sequences.shift_counts import shift_counts
from scheduler.sequences.whole_weekends import whole_weekends

SEQUENCES: list[Build] = [rotation, forbidden, night_blocks, days_off_together, shift_counts, whole_weekends]


def sequences_of(site: Site, contract: Contract) -> tuple[Sequence, ...]:
    """The sequences that a contract asks for, beside runs of worked days."""
    found: Iterable[Sequence] = (each for build in SEQUENCES for each in build(site, contract))
    return tuple(found)


__all__ = ["SEQUENCES", "Sequence", "sequences_of"]
