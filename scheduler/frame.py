"""What a small roster is made of at the level of days: people, and for each day the duties they may take.

A frame knows no intervals and no pauses. It is what the rules of `scheduler.rules` speak about: a site's people when
contradictions are looked for, or a published benchmark instance as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from scheduler.sequences.day import Day
    from scheduler.sequences.sequence import Sequence


@dataclass(frozen=True, slots=True)
class Option:
    """A duty somebody may take on a day.

    Attributes
    ----------
    kind : name of the shift.
    start, end : UTC seconds (any common origin will do).
    wall : start in wall-clock minutes after midnight.
    paid : paid minutes.
    """

    kind: str
    start: int
    end: int
    wall: int
    paid: int
    night: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """Paid minutes, or worked days, of some days of the horizon lie in [lowest, highest].

    What tail, leave and unknown days contribute is taken off already. An `elastic` lower bound may be missed at a
    price; None is no bound. Minutes beyond `plain` are overtime.
    """

    rule: str
    of: Literal["minutes", "days"]
    days: range
    lowest: int | None = None
    highest: int | None = None
    elastic: bool = False
    plain: int | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """A wish: to take (or, `off`, not to take) one of some kinds of duty on a day; no kinds: any duty."""

    day: int
    kinds: tuple[str, ...]
    weight: int
    off: bool = False


@dataclass(frozen=True)
class Person:
    """One person's line: what each day offers, what went before, and what the contract asks of the whole.

    Attributes
    ----------
    options : for each day of the horizon the duties that may be taken; none: a day off.
    must : days on which one of the options has to be taken.
    past : the duties of the known days before the horizon, the last one being the day before it.
    unknown : days of the horizon on which the person is not employed.
    leave : known days that leave covers whole, those of the past negative.
    max_run, min_run, min_off : longest and shortest run of worked days, shortest run of days off.
    rest_s, rest_after_nights_s : seconds between duties, and from a night to the next duty that is none.
    max_nights : nights on consecutive days; None: as many as you like.
    weekends, free_weekends : whole weekends of the horizon, and how many of them stay free.
    weeks, spread : runs of days within which starts differ by at most so many minutes; spread None: free.
    bounds : on paid minutes and worked days.
    most : at most so many duties of a kind.
    wants : wishes.
    sequences, calendar : rules on what may follow what, and the known days they are read over.
    short_rests : rests shorter than `rest_s`, down to `short_rest_s`, allowed in each run of days of `short_periods`.
    averages : runs of days with the highest paid minutes that those of the horizon may add.
    """

    name: str
    options: tuple[tuple[Option, ...], ...]
    must: frozenset[int] = frozenset()
    past: tuple[Option | None, ...] = ()
    unknown: frozenset[int] = frozenset()
    leave: frozenset[int] = frozenset()
    max_run: int | None = None
    min_run: int = 1
    min_off: int = 1
    rest_s: int = 0
    rest_after_nights_s: int = 0
    max_nights: int | None = None
    weekends: tuple[range, ...] = ()
    free_weekends: int = 0
    weeks: tuple[range, ...] = ()
    spread: int | None = None
    bounds: tuple[Bound, ...] = ()
    most: Mapping[str, int] = field(default_factory=dict)
    wants: tuple[Want, ...] = ()
    sequences: "tuple[Sequence, ...]" = ()
    calendar: "tuple[Day, ...]" = ()
    short_rests: int = 0
    short_rest_s: int = 0
    short_periods: tuple[range, ...] = ()
    averages: tuple[tuple[range, int], ...] = ()

    @property
    def days(self) -> int:
        """Length of the horizon."""
        return len(self.options)

    def before(self, day: int) -> Option | None:
        """The duty of a known day before the horizon (a negative number), if there was one."""
        return self.past[day]

    def known(self, day: int) -> bool:
        """Whether it is settled, or for the roster to settle, whether the person works on a day."""
        return -len(self.past) <= day < self.days and day not in self.unknown


@dataclass(frozen=True, slots=True)
class Cover:
    """How many people are wanted for a kind of duty on a day, and the price of one too few or too many."""

    day: int
    kind: str
    required: int
    under: int
    over: int


@dataclass(frozen=True)
class Frame:
    """People, covers, and which kind of duty may not be followed by which on the next day.

    `elastic_price` is charged for each unit that an elastic lower bound is missed by.
    """

    people: tuple[Person, ...]
    covers: tuple[Cover, ...] = ()
    not_after: frozenset[tuple[str, str]] = frozenset()
    elastic_price: int = 1000

    @property
    def days(self) -> int:
        """Length of the horizon."""
        return self.people[0].days if self.people else 0
