"""Saturday and Sunday both worked, or both off."""

from collections.abc import Iterable

from centre.people import Contract
from centre.site import Site
from scheduler.sequences.day import FREE, OFF, Day
from scheduler.sequences.sequence import Sequence


def whole_weekends(site: Site, contract: Contract) -> Iterable[Sequence]:
    """`whole_weekends`. States: what Saturday was ("" on other days); leave, or an unknown day, excuses."""
    shifts = [site.shifts[name] for name in contract.shifts or site.shifts]
    possible = all(any(day in shift.days for shift in shifts) for day in ("sat", "sun"))
    if not contract.whole_weekends or not possible:
        return

    def forced(word: str, day: Day) -> str:
        return ("off" if word == OFF else "work") if day.weekend == "sat" and word != FREE else ""

    def step(state: str, word: str, day: Day) -> str | None:
        now = "" if word == FREE else "off" if word == OFF else "work"
        if day.weekend == "sun" and state and now and now != state:
            return None
        return forced(word, day)

    yield Sequence(
        key="whole_weekends",
        words=frozenset(),
        looks_at=frozenset({"weekend"}),
        start=lambda _: "",
        step=step,
        mend=lambda _, word, day: forced(word, day),
    )
