"""Does a duty fit a shift of the catalogue: its start, its span, its weekday and its pauses?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from centre.people import Contract
from centre.roster import Segment
from centre.said import Said
from centre.shifts import Pause, Shift
from centre.site import Site
from centre.words import clock_text
from scheduler.checks.calendar import Calendar

PAUSES = frozenset({"break", "meal"})


@dataclass(frozen=True)
class Catalogue:
    """The shifts of a site, asked about duties that are read off a roster."""

    site: Site
    calendar: Calendar
    _starts: dict[tuple[str, int], frozenset[int]] = field(default_factory=dict)

    def shifts(self, contract: Contract) -> list[Shift]:
        """The shifts a contract may work, in its own order."""
        names: Iterable[str] = contract.shifts or self.site.shifts
        return [self.site.shifts[name] for name in names]

    def fit(self, contract: Contract, day: int, start: int, end: int, pauses: Sequence[Segment]) -> Shift | None:
        """The first shift of the contract that a duty of these times and pauses is; None when it is none of them."""
        for shift in self.shifts(contract):
            if not shift.on_call and self.frames(shift, day, start, end) and self.placed(shift.pauses, pauses, start):
                return shift
        return None

    def frames(self, shift: Shift, day: int, start: int, end: int) -> bool:
        """Whether weekday, start and span are the shift's."""
        span, shortest = (end - start) // 60, shift.minutes[0]
        step = shift.step_minutes or self.calendar.horizon.minutes
        return (
            self.calendar.weekday(day) in shift.days
            and start in self.starts(shift, day)
            and shortest <= span <= shift.minutes[1]
            and (span - shortest) % step == 0
        )

    def starts(self, shift: Shift, day: int) -> frozenset[int]:
        """The UTC seconds at which a shift may start on a day."""
        key = (shift.name, day)
        if key not in self._starts:
            step = shift.step_minutes or self.calendar.horizon.minutes
            minutes = range(shift.start[0], shift.start[1] + 1, step)
            self._starts[key] = frozenset(self.calendar.horizon.at(day, minute) for minute in minutes)
        return self._starts[key]

    def placed(self, wanted: tuple[Pause, ...], found: Sequence[Segment], start: int) -> bool:
        """Whether the pauses found are exactly the wanted ones, each where it may lie."""
        if len(wanted) != len(found):
            return False
        if not wanted:
            return True
        rest = list(found)
        for index, segment in enumerate(rest):
            others = rest[:index] + rest[index + 1 :]
            if self.allowed(wanted[0], segment, start) and self.placed(wanted[1:], others, start):
                return True
        return False

    def allowed(self, pause: Pause, segment: Segment, start: int) -> bool:
        """Whether a segment is this pause, lying where it may."""
        if segment.activity != pause.activity or segment.end - segment.start != pause.minutes * 60:
            return False
        if pause.after_minutes is not None:
            return pause.after_minutes[0] <= (segment.start - start) / 60 <= pause.after_minutes[1]
        assert pause.window is not None
        opens, closes = pause.window
        closes += 1440 if closes <= opens else 0
        day = self.calendar.day_of(segment.start)
        at = self.calendar.horizon.at
        return any(at(near, opens) <= segment.start and segment.end <= at(near, closes) for near in (day - 1, day))

    def is_night(self, contract: Contract, day: int, start: int) -> bool:
        """Whether a duty that fits no shift starts where a night of the contract may."""
        return any(shift.night and start in self.starts(shift, day) for shift in self.shifts(contract))


def described(pauses: Sequence[Pause]) -> Said:
    """The pauses of a shift in words."""
    return Said("{pauses}", pauses=[_described(pause) for pause in pauses]) if pauses else Said("no pause")


def _described(pause: Pause) -> Said:
    activity = Said.term("activity", pause.activity)
    if pause.window is not None:
        return Said(
            "{activity} of {minutes} minutes between {begin} and {end}",
            activity=activity,
            minutes=pause.minutes,
            begin=clock_text(pause.window[0]),
            end=clock_text(pause.window[1]),
        )
    assert pause.after_minutes is not None
    return Said(
        "{activity} of {minutes} minutes, {earliest} to {latest} minutes after the start",
        activity=activity,
        minutes=pause.minutes,
        earliest=pause.after_minutes[0],
        latest=pause.after_minutes[1],
    )
