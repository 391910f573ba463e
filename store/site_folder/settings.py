"""site.toml: the site itself, and what its values have to agree with outside the file."""

import re

from centre.said import Said
from centre.site import Settings, Span
from centre.words import WEEKDAYS
from store.site_folder.door import Door, as_written
from store.site_folder.policy_packs import check_policy
from store.site_folder.toml_tables import read_shape, read_toml

FILE = "site.toml"

STAND_IN = {"format": 1, "name": "?", "zone": "UTC"}
"""For wrong or missing required keys, so that the rest can be checked all the same."""

_SQLITE = re.compile(r"^sqlite:///[^?]+$")
_POSTGRESQL = re.compile(r"^postgresql\+psycopg://.*/.+$")


def read_settings(door: Door) -> Settings | None:
    """The settings, or None after telling the door what is wrong with them."""
    document = read_toml(door, FILE, needed=True)
    if document is None:
        return None
    settings = read_shape(door, FILE, "", Settings, document, STAND_IN)
    if settings is None:
        return None
    _database(door, settings.database)
    _holidays(door, settings.holidays)
    _opening(door, settings)
    check_policy(door, settings.policy)
    return settings


def _database(door: Door, url: str) -> None:
    if _SQLITE.match(url) or _POSTGRESQL.match(url):
        return
    shown = re.sub(r"://([^:/@]*):[^@]*@", r"://\1:***@", url)
    allowed = Said('"sqlite:///FILE" (relative to this folder) or "postgresql+psycopg://USER@HOST/DATABASE"')
    door.complain(FILE, "database", as_written(shown), allowed)


def _holidays(door: Door, code: str) -> None:
    # Imported here: the package takes a third of a second to load, and only validation asks for its list.
    import holidays

    if not code:
        return
    country, _, subdivision = code.partition("-")
    supported = holidays.list_supported_countries(include_aliases=True)
    if country not in supported:
        allowed = Said('a country of the `holidays` package such as "CN", "US" or "DE-BY", or "" for none')
        door.complain(FILE, "holidays", as_written(code), allowed)
    elif subdivision and subdivision not in supported[country]:
        listed = Said.listed(supported[country])
        allowed = Said('"{country}": it has no subdivisions', country=country)
        if listed:
            allowed = Said('"{country}", or {country}- with one of {names}', country=country, names=listed)
        door.complain(FILE, "holidays", as_written(code), allowed)


def _opening(door: Door, settings: Settings) -> None:
    """Open at all, on the grid, no two spans over one another (those running past midnight included)."""
    grid = grid_of(door, settings)
    complained = any(problem.file == FILE and "opening" in problem.where for problem in door.problems)
    if not any(settings.opening.values()) and not complained:
        door.complain(FILE, "[opening]", Said("nothing"), Said('at least one day, such as mon = ["08:30-22:00"]'))
    for day, spans in settings.opening.items():
        for number, span in enumerate(spans):
            if any(minutes % grid for minutes in span):
                where, found = f"[opening].{day}[{number}]", as_written(_span(span))
                door.complain(
                    FILE, where, found, Said("times on the grid of {grid} minutes; or a finer grid_minutes", grid=grid)
                )
    week = sorted(
        (index * 1440 + begin, index * 1440 + end, f"[opening].{day}[{number}]", (begin, end))
        for index, day in enumerate(WEEKDAYS)
        for number, (begin, end) in enumerate(settings.opening.get(day, ()))
    )
    again = [(begin + 7 * 1440, end + 7 * 1440, where, span) for begin, end, where, span in week[:1]]
    for before, after in zip(week, week[1:] + again, strict=False):
        if before is not after and after[0] < before[1]:
            door.complain(
                FILE,
                after[2],
                as_written(_span(after[3])),
                Said("a span that begins after {before} has ended", before=before[2]),
            )


def grid_of(door: Door, settings: Settings | None) -> int:
    """The grid to check other values against; every grid is a multiple of 5 where the site's own is wrong."""
    wrong = any(problem.file == FILE and problem.where == "grid_minutes" for problem in door.problems)
    return 5 if wrong or settings is None else settings.grid_minutes


def _span(span: Span) -> str:
    return "-".join(f"{minutes // 60 % 24 if minutes != 1440 else 24:02d}:{minutes % 60:02d}" for minutes in span)
