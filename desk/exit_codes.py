"""What the command's exit code says; cron, CI and people rely on these. Listed in docs/commands.md."""

from centre.errors import (
    BusyError,
    ContradictionError,
    InputError,
    NotPublishedError,
    PaibanError,
    StoreError,
    StreamError,
    TimeRanOutError,
)

DONE = 0
VIOLATIONS = 1
WRONG_INPUT = 2
CONTRADICTION = 3
TIME_RAN_OUT = 4
BUSY = 5
STORE = 6
STREAM = 7
FAILED = 8
INTERRUPTED = 130

_CODES: tuple[tuple[type[PaibanError], int], ...] = (
    (InputError, WRONG_INPUT),
    (NotPublishedError, WRONG_INPUT),
    (ContradictionError, CONTRADICTION),
    (TimeRanOutError, TIME_RAN_OUT),
    (BusyError, BUSY),
    (StoreError, STORE),
    (StreamError, STREAM),
)


def exit_code(error: PaibanError) -> int:
    """The exit code of an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)
