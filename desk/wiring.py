"""From a site folder to the objects the actions work with. The only place where rooms are joined to the world."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from centre.errors import InputError
from centre.policy import Policy
from centre.requests import LeaveRequest, OvertimeRequest
from centre.said import Said
from centre.site import Leave, Overtime, Site
from desk import clock
from desk.wording import choose_language
from scheduler.swap import of_parts
from store.absences import Absences
from store.database import open_database
from store.logbook import Logbook
from store.plans import Plans
from store.proposals import Proposals
from store.requests import Requests
from store.site_folder import read_policy, read_site
from store.site_folder.moments import read_moment


@dataclass(frozen=True)
class Place:
    """A site, opened: what its folder says, its policy, its memory, and the moment it is worked on.

    Attributes
    ----------
    now : the moment of the action, aware UTC.
    later : told that out/ is to be written, where somebody does that in the background; None: it is written at once.
    """

    folder: Path
    site: Site
    policy: Policy
    plans: Plans
    now: datetime
    later: Callable[[], None] | None = None

    @property
    def out(self) -> Path:
        """Where results go."""
        return self.folder / "out"

    def language(self, asked: str) -> str:
        """The language to speak: the one asked for, else the site's, else the system's.

        Raises
        ------
        InputError : a language that is not spoken here.
        """
        return choose_language(asked, self.site.settings.language, os.environ)

    @property
    def drafts(self) -> Path:
        """Where results go that are not published."""
        return self.folder / "draft"

    @property
    def today(self) -> date:
        """The site's local day."""
        return self.now.astimezone(ZoneInfo(self.site.settings.zone)).date()


@contextmanager
def open_place(folder: Path, now: datetime | None = None) -> Iterator[Place]:
    """Read and open a site; its database is made if it is not there yet.

    `now` without an offset is local to the site.

    Raises
    ------
    InputError : with every problem of every file of the folder.
    StoreError : the database cannot be opened.
    """
    site = read_site(folder)
    policy = read_policy(site.settings.policy, folder)
    with open_database(site.settings.database, folder) as database:
        at = clock.now() if now is None else _aware(now, site.settings.zone)
        place = Place(folder, site, policy, Plans.of(database, site, policy), at)
        yield replace(place, site=with_approved(place))


def _aware(moment: datetime, zone: str) -> datetime:
    """A moment with its offset; raises InputError for a local time that the clocks skip."""
    try:
        return datetime.fromtimestamp(read_moment(moment.replace(microsecond=0).isoformat(), zone), UTC)
    except ValueError as error:
        raise InputError(Said("{value} is no {error}", value=moment.isoformat(), error=error)) from error


def requests_of(place: Place) -> Requests:
    """The site's requests."""
    policy = place.policy
    name = f"{policy.name} version {policy.version}"
    return Requests(place.plans.database, place.site.settings.name, policy.approvals, name)


def logbook_of(place: Place) -> Logbook:
    """What people of the site wrote down."""
    return Logbook(place.plans.database, place.site.settings.name)


def with_approved(place: Place) -> Site:
    """The site with what was approved in answer to requests, beside leave.csv: leave, time off, overtime.

    The absences that were told on the floor are among its leave (LEV-8).
    """
    agreed, overtime = approved(place)
    leave = [*place.site.leave, *agreed]
    overtime = [*place.site.overtime, *overtime]
    leave += [row for row in absences_of(place).all() if row.agent in place.site.agents]
    off, more = proposals_of(place).granted()
    leave += [row for row in off if row.agent in place.site.agents]
    overtime += [row for row in more if row.agent in place.site.agents]
    once = tuple(dict.fromkeys(leave)), tuple(dict.fromkeys(overtime))
    return replace(place.site, leave=once[0], overtime=once[1])


def approved(place: Place, known: datetime | None = None) -> tuple[list[Leave], list[Overtime]]:
    """Leave and overtime that were approved in answer to requests; with `known` by what was written down by then."""
    leave: list[Leave] = []
    overtime: list[Overtime] = []
    for row in requests_of(place).all(known=known):
        asked = row.asked
        if not row.holds or asked.agent not in place.site.agents:
            continue
        if isinstance(asked, LeaveRequest) or (isinstance(asked, OvertimeRequest) and asked.kind == "vto"):
            off = tuple(date.fromisoformat(day) for day in row.verdict.get("off", ()))
            leave.append(Leave(agent=asked.agent, start=asked.start, end=asked.end, kind=asked.kind, off=off))
        elif isinstance(asked, OvertimeRequest):
            overtime.append(Overtime(agent=asked.agent, start=asked.start, end=asked.end))
        else:
            given, taken = of_parts(asked.hands)
            leave += given
            overtime += taken
    return leave, overtime


def proposals_of(place: Place) -> Proposals:
    """The proposals of the site's live floor."""
    policy = place.policy
    return Proposals(place.plans.database, place.site.settings.name, f"{policy.name} version {policy.version}")


def absences_of(place: Place) -> Absences:
    """The absences that were told on the site's floor."""
    return Absences(place.plans.database, place.site.settings.name)
