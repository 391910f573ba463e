"""The site folder: read whole and validated whole. Every problem of every file is found in one go.

site = read_site(folder)             # or InputError with all problems
problems = validate_site(folder)     # history included; [] when all is well
policy = read_policy(site.settings.policy, folder)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from centre.activities import PlannedActivity
from centre.errors import InputError, Problem
from centre.people import Contract
from centre.posts import Post
from centre.queues import Queue
from centre.said import Said
from centre.shifts import Shift
from centre.site import Site
from store.site_folder.door import Door
from store.site_folder.fits import check_activities, check_contracts, check_posts, check_shifts
from store.site_folder.headcount import read_headcount
from store.site_folder.history import check_history
from store.site_folder.people import read_agents
from store.site_folder.planned import read_fixed, read_leave, read_presence, read_special_days
from store.site_folder.policy_packs import policy_packs, read_policy
from store.site_folder.settings import read_settings
from store.site_folder.toml_tables import read_tables

STAND_IN = {"activity": "briefing", "minutes": 1, "window": ("00:00", "24:00")}
"""For an activity's required keys where they are wrong, so that who it is for can be checked all the same."""

__all__ = ["SiteReading", "look_at_site", "policy_packs", "read_policy", "read_site", "validate_site"]


@dataclass(frozen=True)
class SiteReading:
    """What reading a folder came to: the site when it holds, and everything wrong when it does not."""

    site: Site | None
    problems: Sequence[Problem]


def read_site(folder: Path) -> Site:
    """Read a site folder.

    Raises
    ------
    InputError : with every problem of every file (history apart, which is checked by `validate_site`).
    """
    reading = look_at_site(folder)
    if reading.site is None:
        raise InputError(reading.problems)
    return reading.site


def validate_site(folder: Path) -> list[Problem]:
    """Every problem of every file of a site folder, its history included, in the order of the files."""
    return list(look_at_site(folder, history=True).problems)


def look_at_site(folder: Path, *, history: bool = False) -> SiteReading:
    """Read a folder and say both what it holds and what is wrong with it."""
    folder = Path(folder)
    if not folder.is_dir():
        found = Said("a file") if folder.exists() else Said("no such folder")
        allowed = Said("a site folder; `paiban init` writes one to start from")
        return SiteReading(None, [Problem(str(folder), Said("folder"), found, allowed)])
    door = Door(folder)
    settings = read_settings(door)
    queues = read_tables(door, "queues.toml", Queue, needed=True, such_as="billing")
    shifts = read_tables(door, "shifts.toml", Shift, needed=True, such_as="early")
    contracts = read_tables(door, "contracts.toml", Contract, needed=True, such_as="full_time")
    activities = read_tables(
        door, "activities.toml", PlannedActivity, needed=False, such_as="briefing", stand_in=STAND_IN
    )
    posts = read_tables(door, "posts.toml", Post, needed=False, such_as="two_seniors")
    zone = settings.zone if settings else "UTC"
    agents, ids = read_agents(door, queues, shifts, contracts)
    leave = read_leave(door, ids, zone)
    fixed = read_fixed(door, agents, ids, queues, zone)
    presence = read_presence(door, ids, zone)
    special_days = read_special_days(door, queues)
    headcount = read_headcount(door, contracts)
    check_shifts(door, shifts, settings)
    check_contracts(door, contracts, shifts)
    check_activities(door, activities, agents, queues)
    check_posts(door, posts, agents, queues, shifts, contracts)
    if history:
        check_history(door, queues.names, zone)
    if settings is None or door.problems:
        return SiteReading(None, _by_file(door.problems))
    site = Site(
        settings=settings,
        queues=queues.valid,
        shifts=shifts.valid,
        contracts=contracts.valid,
        agents=agents,
        leave=leave,
        activities=tuple(activities.valid.values()),
        fixed=fixed,
        special_days=special_days,
        posts=tuple(posts.valid.values()),
        presence=presence,
        headcount=headcount,
        sources=door.sources,
    )
    return SiteReading(site, ())


def _by_file(problems: Sequence[Problem]) -> list[Problem]:
    """Each file's problems together, in the order in which the files were first complained of."""
    order = {file: number for number, file in enumerate(dict.fromkeys(problem.file for problem in problems))}
    return sorted(problems, key=lambda problem: order[problem.file])
