"""What people decided, as the live floor takes it in: rosters published, exceptions granted and revoked.

Over each time the newest version that speaks for it holds, so what is known at some moment is one roster put together,
handed over in windows, one a version. A window is named by all that it is made of, and nothing published is ever
changed, so the same name gives the same segments for ever: the live engine's journal keeps the name alone.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from centre.events import ExceptionGranted, ExceptionRevoked, RosterPublished
from desk.wiring import Place
from store.in_force import Published
from store.journal import Journal
from streams.floor_policy import SECOND
from streams.journal_rows import Decision

FAR_S = 400 * 86_400
NEAR_S = 86_400
"""A duty that began within a version's days may end so long after them."""

_NAME = re.compile(r"roster-(\d+)/(\d+)-(\d+)/(\d+)$")
Window = tuple[int, int]


def journal_of(place: Place) -> Journal:
    """The site's journal of decisions."""
    return Journal(place.plans.database, place.site.settings.name)


def known_rosters(place: Place, begin: int, end: int, as_of: datetime | None = None) -> list[RosterPublished]:
    """The rosters that hold over [begin, end), UTC seconds, as known at `as_of` (None: now), one a window."""
    parts = place.plans.published_parts(begin, end, as_of)
    if not parts:
        return []
    published = {row.version: row.published_at for row in place.plans.roster_versions() if row.published_at}
    known = max(published[part.version] for part in parts)
    rosters = Rosters(place)
    return [rosters.window(version, start, stop, known) for version, start, stop in windows(parts, begin, end)]


def windows(parts: Sequence[Published], begin: int, end: int) -> list[tuple[int, int, int]]:
    """Version, start and end of the windows of [begin, end) over which each version is the newest that speaks."""
    free, found = [(begin, end)], []
    for part in reversed(parts):
        mine = max(part.begin, part.applies_from), part.end + NEAR_S
        taken = [(max(a, mine[0]), min(b, mine[1])) for a, b in free if a < mine[1] and mine[0] < b]
        found += [(part.version, a, b) for a, b in taken if a < b]
        halves = [half for a, b in free for half in ((a, min(b, mine[0])), (max(a, mine[1]), b))]
        free = [(a, b) for a, b in halves if a < b]
    return sorted(found, key=lambda window: window[1])


class Rosters:
    """Rosters by their names."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.find = lru_cache(maxsize=16)(self._find)

    def window(self, version: int, start: int, end: int, as_of: datetime) -> RosterPublished:
        """What was known at `as_of` of [start, end), UTC seconds, under the name of a version."""
        found = self.find(f"roster-{version}/{start}-{end}/{_micros(as_of)}")
        assert found is not None
        return found

    def _find(self, name: str) -> RosterPublished | None:
        parsed = _NAME.match(name)
        if parsed is None:
            return None
        version, start, end, known = map(int, parsed.groups())
        moment = datetime.fromtimestamp(known // SECOND, UTC).replace(microsecond=known % SECOND)
        roster = self._place.plans.published_roster(start, end, moment)
        return RosterPublished(name, known, self._place.site.settings.name, version, start, end, roster.segments)


class Decisions:
    """All decisions that matter to a floor that lives from `begin` on: asked for again and again, it tells news too.

    Parameters
    ----------
    place : the site.
    begin : UTC seconds; what was planned before does not matter any more.
    """

    def __init__(self, place: Place, begin: int) -> None:
        self._place, self._begin = place, begin
        self._rosters = Rosters(place)
        self._journal, self._read = journal_of(place), 0
        self._end = begin + FAR_S
        self._known = known_rosters(place, begin, self._end)
        self._versions = {part.version for part in place.plans.published_parts(begin, self._end)}
        self._excuses: list[Decision] = []

    def __call__(self) -> Sequence[Decision]:
        """All of them so far."""
        parts = self._place.plans.published_parts(self._begin, self._end)
        new = [part for part in parts if part.version not in self._versions]
        if new:
            self._take(new)
        entries, self._read = self._journal.received_since(self._read)
        self._excuses += [entry for entry in entries if isinstance(entry, ExceptionGranted | ExceptionRevoked)]
        return [*self._known, *self._excuses]

    def find(self, name: str) -> RosterPublished | None:
        """A roster that was taken in before, by its name."""
        return self._rosters.find(name)

    def _take(self, parts: Sequence[Published]) -> None:
        """Versions that were published meanwhile speak from when they apply to the end of their days' duties."""
        published = {row.version: row.published_at for row in self._place.plans.roster_versions() if row.published_at}
        for part in parts:
            start = max(part.begin, part.applies_from)
            self._known.append(self._rosters.window(part.version, start, part.end + NEAR_S, published[part.version]))
            self._versions.add(part.version)


def known_excuses(place: Place, as_of: datetime | None = None) -> list[Decision]:
    """Exceptions granted and revoked, as known at a moment (None: now)."""
    entries = journal_of(place).received_until(_micros(as_of) if as_of else None)
    return [entry for entry in entries if isinstance(entry, ExceptionGranted | ExceptionRevoked)]


def _micros(moment: datetime) -> int:
    return int(moment.replace(microsecond=0).timestamp()) * SECOND + moment.microsecond
