"""The activity x state matrix: which states keep which planned activity.

By default work and overtime are kept by the states in which contacts are handled or awaited, every other activity of
a shift by the state of its name, a briefing by `meeting` (telephone systems have no state of that name), and
`not_ready` keeps nothing. Standby, leave and days off ask for no state at all. A site overrides single cells.
"""

from collections.abc import Mapping
from functools import cache

from centre.errors import InputError, Problem
from centre.events import STATES
from centre.roster import ANSWERING, ON_DUTY
from centre.said import Said
from centre.shifts import ACTIVITIES
from streams.plan import ACTIVITY_CODES
from streams.timeline import STATE_CODES, UNKNOWN

IN, OUT, NEUTRAL, UNHEARD, UNSCHEDULED, EXEMPT = range(6)
"""What a moment of an agent is: kept, broken, neither, no state heard, nothing planned, explained or approved."""

ADHERENCE_STATES = ("in", "out", "neutral", "unknown", "unscheduled", "exempt")
"""Their names, in the order of their codes."""

STATE_COUNT = len(STATES) + 1
ON_QUEUE_STATES = frozenset({"ready", "talking", "wrap_up", "outbound", "case_work"})
PAUSES = frozenset({"break", "meal"})

ON_QUEUE = frozenset(STATE_CODES[state] for state in ON_QUEUE_STATES)
GONE = frozenset({UNKNOWN, STATE_CODES["logged_out"]})
RESTING = frozenset(STATE_CODES[state] for state in PAUSES)
ANSWERING_CODES = frozenset(ACTIVITY_CODES[activity] for activity in ANSWERING)
PAUSE_CODES = frozenset(ACTIVITY_CODES[activity] for activity in PAUSES)

_VALUES = {"in": IN, "out": OUT, "neutral": NEUTRAL}

Matrix = bytes
"""Class of each activity and state, at `activity * STATE_COUNT + state`."""


def cell(activity: int, state: int) -> int:
    """Where a matrix holds an activity (or NOTHING) under a state."""
    return activity * STATE_COUNT + state


@cache
def default_matrix() -> Matrix:
    """The matrix where a site says nothing."""
    return build_matrix({})


def build_matrix(overrides: Mapping[str, Mapping[str, str]], file: str = "policy") -> Matrix:
    """The default matrix with a site's own cells.

    `overrides[activity][state]` is "in", "out" or "neutral"; the state "unknown" is where nothing was heard, and "*"
    stands for all states that are not named. An activity named here is scheduled, though it may not be by default.

    Raises
    ------
    InputError
        An activity, a state or a value has no such name; all of them are listed.
    """
    _check(overrides, file)
    table = bytearray([UNSCHEDULED]) * ((len(ACTIVITIES) + 1) * STATE_COUNT)
    for activity, code in ACTIVITY_CODES.items():
        row = overrides.get(activity, {})
        if activity not in ON_DUTY and not row:
            continue
        table[cell(code, UNKNOWN)] = _value(row, "unknown", UNHEARD)
        for state, number in STATE_CODES.items():
            table[cell(code, number)] = _value(row, state, IN if _keeps(activity, state) else OUT)
    return bytes(table)


def alarming_cells(matrix: Matrix) -> bytes:
    """Where a departure costs service or discipline: 1 for each cell in which somebody is missed.

    Working through a pause or a meeting is a departure too, but nobody is missed; nor is anybody during a pause.
    """
    alarming = bytearray(len(matrix))
    for activity in ACTIVITY_CODES.values():
        for state in range(STATE_COUNT):
            at = cell(activity, state)
            missed = matrix[at] in (OUT, UNHEARD) and activity not in PAUSE_CODES and state not in ON_QUEUE
            alarming[at] = missed
    return bytes(alarming)


def _keeps(activity: str, state: str) -> bool:
    if activity in ANSWERING:
        return state in ON_QUEUE_STATES
    return state == ("meeting" if activity == "briefing" else activity)


def _value(row: Mapping[str, str], state: str, default: int) -> int:
    text = row.get(state, row.get("*"))
    return default if text is None else _VALUES[text]


def _check(overrides: Mapping[str, Mapping[str, str]], file: str) -> None:
    problems = []
    for activity, row in overrides.items():
        where = f"adherence.matrix.{activity}"
        if activity not in ACTIVITY_CODES:
            problems.append(Problem(file, where, activity, Said("one of {names}", names=list(ACTIVITIES))))
        for state, value in row.items():
            if state not in STATE_CODES and state not in ("unknown", "*"):
                problems.append(
                    Problem(file, f"{where}.{state}", state, Said("one of unknown, *, {names}", names=list(STATES)))
                )
            if value not in _VALUES:
                problems.append(Problem(file, f"{where}.{state}", repr(value), Said("in, out or neutral")))
    if problems:
        raise InputError(problems)
