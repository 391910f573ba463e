"""The colours of shifts, queues and activities: the same in the workbook and on the page.

Paul Tol's "light" scheme, made for cells with dark text and distinct under every common colour blindness; nights are
dark with light text, so that they differ by brightness too. A colour never says anything alone: the name stands by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from centre.shifts import Activity, Shift

_LIGHT = ("77AADD", "EEDD88", "44BB99", "FFAABB", "BBCC33", "99DDFF", "EE8866", "AAAA00")
_DARK = ("222255", "225555", "663333", "555555")
_QUEUES = ("77AADD", "44BB99", "BBCC33", "AAAA00", "99DDFF", "EE8866")


@dataclass(frozen=True, slots=True)
class Colour:
    """A background and the text that reads well on it, six hexadecimal digits each."""

    fill: str
    text: str


LEAVE = Colour("DDDDDD", "444444")
STANDBY = Colour("FFFFFF", "444444")
NO_SHIFT = Colour("FFFFFF", "000000")
FREE_DAY = Colour("F0E6EF", "222222")
PLAIN_DAY = Colour("E8EDF2", "222222")
NOT_EMPLOYED = Colour("F2F2F2", "888888")
GOOD = Colour("E3F1EB", "0B4F3A")
SHORT = Colour("FDE5D8", "8A2D00")

ACTIVITY: dict[Activity, Colour] = {
    "work": Colour("B8C4D0", "10202E"),
    "break": Colour("FFFFFF", "444444"),
    "meal": Colour("F5F0E1", "444444"),
    "briefing": Colour("EEDD88", "2E2800"),
    "training": Colour("FFAABB", "3A0A14"),
    "meeting": Colour("EEBBEE", "330033"),
    "leave": LEAVE,
    "overtime": Colour("EE8866", "2E0E00"),
    "standby": STANDBY,
    "off": Colour("FFFFFF", "888888"),
}


def shift_colours(shifts: Iterable[Shift]) -> dict[str, Colour]:
    """A colour for each shift, in the order of the catalogue; where they run out they begin anew."""
    colours: dict[str, Colour] = {}
    lights = nights = 0
    for shift in shifts:
        if shift.night:
            colours[shift.name] = Colour(_DARK[nights % len(_DARK)], "FFFFFF")
            nights += 1
        else:
            colours[shift.name] = Colour(_LIGHT[lights % len(_LIGHT)], "1A1A1A")
            lights += 1
    return colours


def queue_colours(queues: Iterable[str]) -> dict[str, Colour]:
    """A colour for the work of each queue."""
    return {queue: Colour(_QUEUES[number % len(_QUEUES)], "1A1A1A") for number, queue in enumerate(queues)}
