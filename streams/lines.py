"""Lines out of bytes that come in pieces, with the offset of each."""

from collections import deque
from collections.abc import Sequence

from centre.errors import StreamError
from centre.said import Said
from streams.event_log import Entry, Fault, Message

LONGEST_LINE = 8 << 20
"""A longer line is no event; it is skipped, and said so, instead of filling the memory."""


class Lines:
    """Cuts what is fed into lines.

    Attributes
    ----------
    offset : bytes before the next line to be taken.
    fed : bytes before what will be fed next.
    """

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.fed = offset
        self._whole: deque[tuple[int, bytes | None]] = deque()  # length with its line end; None: too long
        self._rest = b""
        self._dropped = 0

    def feed(self, data: bytes) -> None:
        """Take in the next piece."""
        self.fed += len(data)
        *whole, rest = (self._rest + data).split(b"\n")
        for line in whole:
            self._add(line, 1)
        if self._dropped + len(rest) > LONGEST_LINE:
            self._dropped += len(rest)
            rest = b""
        self._rest = rest

    @property
    def pending(self) -> bool:
        """Whether a whole line waits to be taken."""
        return bool(self._whole)

    def shift(self, offset: int) -> None:
        """Count from further on: what was fed before stands behind another stream's lines."""
        self.offset += offset
        self.fed += offset

    def end(self) -> bool:
        """No more will come for the last line: it is whole as it stands. True if there was one."""
        rest, self._rest = self._rest, b""
        if rest or self._dropped:
            self._add(rest, 0)
            return True
        return False

    def take(self, limit: int, arrived: int) -> tuple[list[Entry], tuple[Fault, ...]]:
        """Up to `limit` lines that are not blank, as records that came at `arrived`, and the stretches skipped."""
        entries: list[Entry] = []
        faults = []
        while self._whole and len(entries) < limit:
            length, line = self._whole.popleft()
            at = self.offset
            self.offset += length
            if line is None:
                faults.append(Fault(at, self.offset, f"a line of {length} bytes; the longest event is {LONGEST_LINE}"))
            elif line:
                entries.append(Entry(at, arrived, None, line))
        return entries, tuple(faults)

    def _add(self, line: bytes, line_end: int) -> None:
        length = self._dropped + len(line) + line_end
        too_long = length > LONGEST_LINE
        self._whole.append((length, None if too_long else line.strip()))
        self._dropped = 0


def lines_of(log: str, messages: Sequence[Message]) -> bytes:
    """The messages as lines; keys are dropped, since a line has none.

    Raises
    ------
    StreamError
        A value is None or has a line end within: it would not come back as it is.
    """
    for message in messages:
        if message.value is None or b"\n" in message.value:
            raise StreamError(
                Said("{log}: holds one event a line, and this is not one: {value!r:.80}", log=log, value=message.value)
            )
    return b"".join(message.value + b"\n" for message in messages if message.value is not None)
