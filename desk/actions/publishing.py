"""Publish, then write: a new version of the roster goes through here, so that out/ follows whoever made it.

The store comes first and alone decides what is published. Then out/ is written: all of it where nobody does so in the
background, else roster.csv and the calendars of the people concerned at once and the rest in the background
(`Place.later`). What cannot be written is logged and does not undo the version: the next one writes it.
"""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from centre.errors import PaibanError
from centre.grid import Horizon
from centre.roster import Roster
from desk.wiring import Place, with_approved
from store.lock import site_lock

log = logging.getLogger(__name__)


@dataclass
class Publisher:
    """Publishes versions, and remembers whom they concern. `drafts` are versions that were drafts before."""

    place: Place
    people: set[str] = field(default_factory=set)
    versions: list[int] = field(default_factory=list)
    drafts: list[int] = field(default_factory=list)

    def roster(self, roster: Roster, horizon: Horizon, people: Collection[str], *, at: datetime, **more: Any) -> int:
        """Keep and publish a roster in which these people's lines are others; takes what `save_roster` takes."""
        version = self.place.plans.publish_roster(roster, horizon, at=at, **more)
        self.people.update(people)
        self.versions.append(version)
        return version

    def draft(self, version: int, *, at: datetime, applies_from: datetime | None, by: str) -> None:
        """Publish a draft."""
        self.place.plans.publish(version, at=at, applies_from=applies_from, by=by)
        self.versions.append(version)
        self.drafts.append(version)


@contextmanager
def publishing(place: Place) -> Iterator[Publisher]:
    """Hold the site's lock; what is published meanwhile stands in out/ once the lock is given back.

    Raises
    ------
    BusyError : another run holds the lock.
    """
    publisher = Publisher(place)
    with site_lock(place.folder):
        yield publisher
    if publisher.versions:
        _write(place, publisher)


def _write(place: Place, done: Publisher) -> None:
    from desk.actions.written_anew import bring_draft, write_first, write_published

    place = replace(place, site=with_approved(place))
    try:
        whole = [bring_draft(place, version) for version in done.drafts]
        if place.later is None:
            write_published(place)
            return
        if not all(whole) or done.people:
            write_first(place, None if done.drafts else done.people)
        place.later()
    except (OSError, PaibanError) as error:
        log.warning("roster version %d is published, but out/ could not be written: %s", done.versions[-1], error)
