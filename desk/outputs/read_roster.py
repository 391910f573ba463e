"""Read a roster.csv back: ours, a planner's edit of it, or another system's export. Every bad row is reported."""

import csv
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from centre.errors import InputError, Problem
from centre.library_words import library_words
from centre.roster import Roster, Segment
from centre.said import Said
from centre.shifts import ACTIVITIES, Activity

NEEDED = ("agent", "start", "end", "activity")
COLUMNS = (*NEEDED, "queue", "version")
_TIME = Said('ISO 8601 to the second, such as "2026-03-02T08:30:00+08:00" (without offset: local to the site)')


def read_roster_csv(
    path: Path, zone: str, *, agents: Collection[str] | None = None, queues: Collection[str] | None = None
) -> Roster:
    """Read a roster.

    Parameters
    ----------
    path : CSV in UTF-8, with or without a byte order mark, with the columns agent, start, end, activity and
        optionally queue and version in any order.
    zone : IANA name of the zone of times without an offset; of an hour that occurs twice the first is meant.
    agents, queues : the names that may occur; None allows any.

    Raises
    ------
    InputError
        With every row that cannot be read: file, row (the header is row 1), what was found, what is allowed.
    """
    reader = _Reader(path.name, ZoneInfo(zone), agents, queues)
    segments = [segment for row, fields in reader.rows(path) if (segment := reader.segment(row, fields))]
    if reader.problems:
        raise InputError(reader.problems)
    return Roster.of(segments, next(iter(reader.versions), 0))


class _Reader:
    """One file being read: what is wrong with it so far, and instants already understood."""

    def __init__(self, file: str, zone: ZoneInfo, agents: Collection[str] | None, queues: Collection[str] | None):
        self.file, self.zone = file, zone
        self.agents, self.queues = agents, queues
        self.problems: list[Problem] = []
        self.versions: dict[int, int] = {}
        self._known: dict[str, int | None] = {}

    def complain(self, where: str, found: str, allowed: str) -> None:
        self.problems.append(Problem(self.file, where, found, allowed))

    def rows(self, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
        """Each data row with its line number, spaces around its values taken off."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            return self.complain(
                Said("file"), library_words(error.strerror or "") or Said("an error"), Said("a file that can be read")
            )
        except UnicodeDecodeError:
            return self.complain(Said("file"), Said("another encoding"), Said('UTF-8 (in Excel save as "CSV UTF-8")'))
        lines = csv.reader(StringIO(text, newline=""))
        header = [name.strip() for name in next(lines, [])]
        if not self.header(header):
            return None
        for fields in lines:
            if not any(field.strip() for field in fields):
                continue
            if len(fields) != len(header):
                self.complain(
                    Said("row {row}", row=lines.line_num),
                    Said("{count} values", count=len(fields)),
                    Said("{count}, as the header has", count=len(header)),
                )
                continue
            yield lines.line_num, dict(zip(header, map(str.strip, fields), strict=True))
        return None

    def header(self, names: list[str]) -> bool:
        allowed = Said.listed(COLUMNS)
        for name in NEEDED:
            if name not in names:
                self.complain(
                    Said("header"),
                    Said('no column "{column}"', column=name),
                    Said("the columns {names}", names=allowed),
                )
        for name in dict.fromkeys(names):
            if name not in COLUMNS or names.count(name) > 1:
                self.complain(
                    Said("header"),
                    _column(name, names.count(name)),
                    allowed,
                )
        return not self.problems

    def segment(self, row: int, fields: dict[str, str]) -> Segment | None:
        """The row's segment, or None when something in it is wrong."""
        before = len(self.problems)
        agent, activity, queue = fields["agent"], fields["activity"], fields.get("queue", "")
        if not agent or (self.agents is not None and agent not in self.agents):
            self.complain(_cell(row, "agent"), repr(agent), Said("an agent of agents.csv"))
        if activity not in ACTIVITIES:
            self.complain(_cell(row, "activity"), repr(activity), Said("one of {names}", names=list(ACTIVITIES)))
        if queue and self.queues is not None and queue not in self.queues:
            self.complain(_cell(row, "queue"), repr(queue), Said("empty, or one of {names}", names=sorted(self.queues)))
        start, end = self.time(row, "start", fields), self.time(row, "end", fields)
        if start is not None and end is not None and end <= start:
            self.complain(_cell(row, "end"), fields["end"], Said("a time after the start"))
        self.version(row, fields.get("version", ""))
        if start is None or end is None or len(self.problems) > before:
            return None
        return Segment(agent, start, end, cast(Activity, activity), queue)

    def time(self, row: int, column: str, fields: dict[str, str]) -> int | None:
        text = fields[column]
        if text not in self._known:
            self._known[text] = self.second(text)
        if self._known[text] is None:
            self.complain(_cell(row, column), repr(text), _TIME)
        return self._known[text]

    def second(self, text: str) -> int | None:
        try:
            moment = datetime.fromisoformat(text)
            if len(text) < len("2026-03-02T08:30") or moment.microsecond:
                return None
            return int((moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC).timestamp())
        except (ValueError, OverflowError):
            return None

    def version(self, row: int, text: str) -> None:
        if not text.isdecimal():
            if text:
                self.complain(_cell(row, "version"), repr(text), Said("a whole number from 0"))
            return
        number = int(text)
        if number not in self.versions and self.versions:
            self.complain(
                _cell(row, "version"),
                text,
                Said("one version in a file, here {version}", version=next(iter(self.versions))),
            )
        else:
            self.versions[number] = number


def _cell(row: int, column: str) -> str:
    return Said("row {row}, column {column}", row=row, column=column)


def _column(name: str, times: int) -> str:
    if times > 1:
        return Said('column "{column}" {count} times', column=name, count=times)
    return Said('a column "{column}"', column=name)
