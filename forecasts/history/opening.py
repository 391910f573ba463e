"""Opening hours by weekday and slot: given, or learned from where rows and contacts are."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from centre.said import Said
from centre.site import Span
from centre.words import WEEKDAYS
from forecasts.calendar import Calendar
from forecasts.history.report import Finding
from forecasts.history.walls import Walls

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LOOK_BACK_DAYS = 182
SHOWN = 0.25
"""A closed slot counts as open when contacts came on this share of its days."""


def given_slots(opening: Mapping[str, tuple[Span, ...]], minutes: int) -> BoolArray:
    """Slots that the opening hours touch, shape [7, slots]; a span past midnight opens the next weekday too."""
    slots = 1440 // minutes
    week = np.zeros(7 * slots, dtype=bool)
    for name, spans in opening.items():
        for begin, end in spans:
            base = WEEKDAYS.index(name) * 1440
            week[np.arange((base + begin) // minutes, -(-(base + end) // minutes)) % (7 * slots)] = True
    return week.reshape(7, slots)


def open_slots(
    queue: str, offered: FloatArray, known: Calendar, given: BoolArray | None, wall: Walls, findings: list[Finding]
) -> BoolArray:
    """Which slots of each weekday are open, shape [7, slots].

    Learned: where at least a fifth of the weekday's recent days with rows have one, and contacts came. Given hours
    hold, and slots outside them at which contacts came on a quarter of the days are forecast too: they are demand,
    whether somebody is to sit there is the staffing's question.
    """
    recent = slice(max(0, len(offered) - LOOK_BACK_DAYS), None)
    rows, weekday, plain = offered[recent], known.weekday[recent], ~known.special[recent]
    here = ~np.isnan(rows)
    result = np.zeros((7, offered.shape[1]), dtype=bool)
    for day in range(7):
        mine = (weekday == day) & here.any(axis=1)
        if (mine & plain).sum() >= 2:
            mine &= plain
        number = max(int(mine.sum()), 1)
        present = here[mine].sum(axis=0) / number
        busy = (np.nan_to_num(rows[mine]) > 0).sum(axis=0) / number
        learned = (present >= 0.2) & (busy > 0)
        result[day] = learned if given is None else given[day] | (busy >= SHOWN)
    unseen = ~np.isin(np.arange(7), weekday)
    if given is None and unseen.any():
        result[unseen] = result[~unseen].any(axis=0)  # a history of less than a week
    if given is not None:
        outside = result & ~given
        if outside.any():
            findings.append(
                Finding(
                    queue, wall.grid.begin, wall.grid.end, "opening hours",
                    Said("contacts outside the opening hours in {n} intervals of the week", n=int(outside.sum())),
                    Said("forecast as they came; give a special day of factor 0 to close a day"),
                )
            )  # fmt: skip
    return result
