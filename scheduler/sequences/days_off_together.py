"""Days off in a row in every week."""

from collections.abc import Iterable

from centre.people import Contract
from centre.site import Site
from scheduler.sequences.day import FREE, OFF, Day
from scheduler.sequences.sequence import Sequence

DONE = -1
"""The week has its days off in a row, or its known days before the horizon leave no room for them."""


def days_off_together(_: Site, contract: Contract) -> Iterable[Sequence]:
    """`days_off_in_a_row_per_week`. States: DONE, or days off in a row so far; leave and unknown days are off."""
    wanted = contract.days_off_in_a_row_per_week
    if not wanted:
        return

    def start(day: Day) -> int:
        return DONE if day.place >= wanted else day.place  # the week's days before may all have been off

    def step(state: int, word: str, day: Day) -> int | None:
        row = 0 if day.week else state
        if row != DONE:
            row = row + 1 if word in (OFF, FREE) else 0
            row = DONE if row >= wanted else row
        if day.ends >= 0 and row != DONE:
            if row + day.ends < wanted:
                return None
            row = DONE
        # Where the horizon's days of the week can no longer bring them, the tail is to blame.
        return DONE if day.number == -1 and row + 6 - day.place < wanted else row

    yield Sequence(
        key="days_off_in_a_row_per_week",
        words=frozenset(),
        looks_at=frozenset({"week", "ends"}),
        start=start,
        step=step,
        mend=lambda *_: DONE,
    )
