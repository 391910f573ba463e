"""At most so many of a shift in a week or a month."""

from collections.abc import Iterable

from centre.people import Contract
from centre.site import Site
from scheduler.sequences.day import Day
from scheduler.sequences.sequence import Sequence


def shift_counts(_: Site, contract: Contract) -> Iterable[Sequence]:
    """`max_shifts_per_week` and `max_shifts_per_month`: a counter for each shift that is named."""
    for shift, most in contract.max_shifts_per_week.items():
        yield _counter("max_shifts_per_week", "week", shift, most)
    for shift, most in contract.max_shifts_per_month.items():
        yield _counter("max_shifts_per_month", "month", shift, most)


def _counter(key: str, period: str, shift: str, most: int) -> Sequence:
    def counted(state: int, word: str, day: Day) -> int:
        return (0 if getattr(day, period) else state) + (word == shift)

    def step(state: int, word: str, day: Day) -> int | None:
        count = counted(state, word, day)
        return None if word == shift and count > most else count

    return Sequence(
        key=key,
        words=frozenset({shift}),
        looks_at=frozenset({period}),
        start=lambda _: 0,
        step=step,
        mend=lambda state, word, day: min(counted(state, word, day), most),
    )
