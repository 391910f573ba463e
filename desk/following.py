"""The rules of a running floor, asked for again and again: the site's files, its policy, what today's queues need.

A file that is wrong while somebody edits it changes nothing: the last good rules hold, and the log says why.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from centre.errors import PaibanError
from centre.grid import instant, local_day
from centre.requirement import Requirement
from desk.actions.policies import policy_in_force
from desk.floor_engine import DAY_S, adapter_of
from desk.wiring import Place
from store.site_folder import read_policy, read_site
from streams.decode import Adapter
from streams.floor_policy import SECOND, FloorPolicy, floor_policy

log = logging.getLogger(__name__)

EVERY_S = 5

Seen = tuple[tuple[str, int, int], ...]


Rules = tuple[FloorPolicy, Adapter]
"""What a floor is judged by, and how its messages are read."""


@dataclass
class Following:
    """Gives new rules where there are some.

    Attributes
    ----------
    place : the site, as it was last read.
    source, named : where the events come from, and their telephone system where it was named.
    now : the real time, UTC microseconds.
    """

    place: Place
    source: str
    named: str
    now: Callable[[], int]
    _asked: int = 0
    _files: Seen = ()
    _known: tuple[int, int] = (0, 0)
    _written: bool = field(default=False)

    def __post_init__(self) -> None:
        self._files = self._look()

    def first(self) -> Rules:
        """The rules to begin with."""
        rules = self._rules()
        self._asked = self.now()
        return rules

    def __call__(self) -> Rules | None:
        """The rules, if they may be others than at the last call: files, requirement or day changed."""
        now = self.now()
        if now < self._asked + EVERY_S * SECOND:
            return None
        self._asked = now
        files, before = self._look(), self._known
        try:
            if files != self._files:
                self._files = files
                self._read()
            elif self._newest() == before:
                return None
            return self._rules()
        except PaibanError as error:
            log.warning("the rules stay as they were: %s", error)
            return None

    def _read(self) -> None:
        """Read the folder anew; the database, and what was opened with it, stay."""
        site = read_site(self.place.folder)
        policy = read_policy(site.settings.policy, self.place.folder)
        self.place = replace(self.place, site=site, policy=policy)
        self._written = False

    def _rules(self) -> Rules:
        place, now = self.place, self.now() // SECOND
        if not self._written:
            policy_in_force(place, now)  # writes down which version holds from now on
            self._written = True
        self._known = self._newest()
        floor = floor_policy(place.site, place.policy, self._requirement())
        return floor, adapter_of(place, self.source, self.named)

    def _requirement(self) -> Requirement | None:
        begin = self._today()
        both = self.place.plans.requirement_covering(begin, begin + 2 * DAY_S)
        return both if both is not None else self.place.plans.requirement_covering(begin, begin + DAY_S)

    def _newest(self) -> tuple[int, int]:
        """What tells one day's requirement from another: the day, and the newest version."""
        return self._today(), self.place.plans.newest_requirement()

    def _today(self) -> int:
        zone = self.place.site.settings.zone
        return instant(local_day(self.now() // SECOND, zone), 0, zone)

    def _look(self) -> Seen:
        """The folder's files: name, time of change, size."""
        found = (path for path in self.place.folder.iterdir() if path.suffix in (".toml", ".csv") and path.is_file())
        return tuple(sorted((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in found))
