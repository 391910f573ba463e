"""What a running board keeps between requests: the open database, the site as its folder says it, caches, secrets."""

import hmac
import os
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from centre.policy import Policy
from centre.site import Site
from desk.access import Person
from desk.actions.accounts import accounts_of
from desk.renewing import Renewal
from desk.web.settings import BoardSettings
from desk.web.throttle import Throttle
from desk.wiring import Place, with_approved
from store.audit import Audit, Deed
from store.database import Database, open_database
from store.plans import Plans
from store.site_folder import read_policy, read_site

Value = TypeVar("Value")
Clock = Callable[[], datetime]

LOCAL = Person("local", ("planner", "head", "administrator"), local=True)
"""Whoever sits at the machine of a board without accounts: could use the command line, and may do as much here."""


@dataclass(frozen=True)
class _Read:
    site: Site
    policy: Policy
    stamp: tuple[tuple[str, int, int], ...]


class Board:
    """A site that is served.

    Parameters
    ----------
    clock : what time it is, aware UTC.
    """

    def __init__(self, folder: Path, settings: BoardSettings, clock: Clock) -> None:
        self.folder = folder
        self.settings = settings
        self.clock = clock
        self.throttle = Throttle(lambda: clock().timestamp())
        self.secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._read = self._read_folder()
        self.database: Database = open_database(self._read.site.settings.database, folder)
        self.renewal = Renewal(folder)
        self._kept: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
        self._seen: OrderedDict[tuple[str, str], float] = OrderedDict()

    def close(self) -> None:
        """Let the database go."""
        self.renewal.stop()
        self.database.close()

    def place(self) -> Place:
        """The site as it is now: its folder is read again when a file of it has changed.

        Raises
        ------
        InputError : a file was changed for the worse.
        """
        stamp = _stamp(self.folder)
        with self._lock:
            if stamp != self._read.stamp:
                self._read = self._read_folder()
            read = self._read
        plans = Plans.of(self.database, read.site, read.policy)
        place = Place(self.folder, read.site, read.policy, plans, self.clock(), self.renewal.ask)
        return replace(place, site=with_approved(place))

    @property
    def stamp(self) -> Hashable:
        """Changes whenever a file of the site folder does."""
        return self._read.stamp

    def _read_folder(self) -> _Read:
        stamp = _stamp(self.folder)
        site = read_site(self.folder)
        return _Read(site, read_policy(site.settings.policy, self.folder), stamp)

    def keep(self, what: Hashable, state: Hashable, make: Callable[[], Value], most: int = 24) -> Value:
        """What `make` gives, made once and kept for as long as everything it depends on, `state`, is the same.

        One of a kind is kept, so that a floor where something happens every second leaves nothing behind.
        """
        with self._lock:
            known, kept = self._kept.get(what, (None, None))
            if what in self._kept and known == state:
                self._kept.move_to_end(what)
                value: Value = kept
                return value
        made = make()
        with self._lock:
            self._kept[what] = state, made
            self._kept.move_to_end(what)
            while len(self._kept) > most:
                self._kept.popitem(last=False)
        return made

    def local_mode(self, place: Place) -> bool:
        """Whether the board is open to whoever sits at this machine: no account at all, and no way in from outside."""
        ways_in = self.settings.proxy_header or self.settings.open_id
        return self.settings.loopback and not ways_in and not accounts_of(place).all()

    def csrf(self, session: str) -> str:
        """What a form of a signed-in browser has to bring back."""
        return hmac.new(self.secret, session.encode(), sha256).hexdigest()

    def note(self, place: Place, who: str, did: str, what: str, *, changed: bool = False, detail: str = "") -> None:
        """Write down who looked at or changed what; a page that is looked at again within ten minutes once."""
        now = place.now.timestamp()
        if not changed:
            with self._lock:
                if now - self._seen.get((who, f"{did} {what}"), -1e9) < 600:
                    return
                self._seen[who, f"{did} {what}"] = now
                while len(self._seen) > 10_000:
                    self._seen.popitem(last=False)
        Audit(place.plans.database, place.site.settings.name).note(Deed(place.now, who, did, what, changed, detail))


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    found = []
    for entry in os.scandir(folder):
        if entry.name.endswith((".toml", ".csv")) and entry.is_file():
            status = entry.stat()
            found.append((entry.name, status.st_mtime_ns, status.st_size))
    return tuple(sorted(found))
