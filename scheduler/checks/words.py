"""A person's days in one word each: the shift worked, or how the day is off."""

from scheduler.checks.line import Line

OFF, LEAVE, UNKNOWN, FIXED = "off", "leave", "unknown", "fixed"


def words_of(line: Line) -> dict[int, str]:
    """The word of each known day of a line (and UNKNOWN where the person is not employed), by day number."""
    worked = {duty.day: duty.shift.name if duty.shift else FIXED for duty in line.duties}
    return {day: worked.get(day) or _off(line, day) for day in range(line.first_known, line.calendar.horizon.days)}


def night_days(line: Line) -> frozenset[int]:
    """Days on which a night starts."""
    return frozenset(duty.day for duty in line.duties if duty.night)


def free(word: str) -> bool:
    """Whether a day holds no duty, for whatever reason."""
    return word in (OFF, LEAVE, UNKNOWN)


def _off(line: Line, day: int) -> str:
    if not line.known(day):
        return UNKNOWN
    return LEAVE if day in line.leave_days else OFF
