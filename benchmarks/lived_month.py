"""A month of the example centre lived through on SQLite and on PostgreSQL; every step is looked at.

    python -m benchmarks.lived_month WORK --postgresql URL

The example centre of `paiban init` gets its roster, then the month happens twice, once on each database, from the same
seed: people ask for leave, swaps, overtime and time off, sensible or not; the line decides, strangers try to; the
checker reads the whole roster after every decision. In the end the statement made from the journal is that made from
the events in any order, to the byte, and that of the other database.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from time import process_time
from uuid import uuid4

from sqlalchemy import create_engine, text

from benchmarks.living import Illegal, Life, Lived, live, see_legal
from centre.approvals import Open
from centre.grid import Horizon
from desk import actions
from desk.actions.monthly import statement
from desk.actions.requests import all_requests
from desk.terminal import as_json
from desk.wiring import open_place
from streams.native import write


@dataclass(frozen=True)
class Ended:
    """How a month ended on one database."""

    lived: Lived
    states: str
    """Digest of every request with its line, its deeds and its state."""
    statement: str
    """Digest of the statement from the journal."""
    entries: int
    requests: int
    seconds: float
    """Processor time of this process."""


def make(folder: Path, first: date, weeks: int, seconds: float) -> None:
    """The example centre with a published roster of so many weeks from `first` on."""
    actions.make_example(folder, seed=7, today=first, language="en")
    with open_place(folder, before(first)) as place:
        actions.make_roster(place, actions.horizon(place, first, weeks), seconds=seconds, workers=1, seed=0)


def before(first: date) -> datetime:
    """When the roster was made: some days before it begins."""
    return datetime.combine(first - timedelta(days=3), time(), UTC)


def copied(made: Path, to: Path, horizon: Horizon, url: str) -> None:
    """The centre in another folder, its roster published in a fresh database."""
    with open_place(made) as place:
        roster = place.plans.published_roster(horizon.begin, horizon.end)
        need = place.plans.requirement_covering(horizon.begin, horizon.end)
    shutil.copytree(made, to, ignore=shutil.ignore_patterns("*.db*", "out"))
    if url:
        settings = to / "site.toml"
        settings.write_text(settings.read_text("utf-8").replace("sqlite:///paiban.db", url), "utf-8")
    with open_place(to, before(horizon.first_day)) as place:
        assert need is not None
        place.plans.save_requirement(need, at=place.now)
        place.plans.publish_roster(roster, horizon, at=place.now)


def lived_through(folder: Path, horizon: Horizon, first: date, days: int, seed: int, asks: int) -> Ended:
    """Live the days, then look at what is left.

    Raises
    ------
    Illegal : something came about that may not.
    """
    life, began = Life(folder, horizon, Random(seed), asks), process_time()
    with open_place(folder, before(first)) as place:
        see_legal(place, horizon)
    lived = live(life, first, days, told)
    after = datetime.combine(first + timedelta(days=days + 40), time(), UTC)  # every deadline is over
    with open_place(folder, after) as place:
        see_legal(place, horizon)
        rows = all_requests(place, int(after.timestamp()))
        open_still = [row.number for row in rows if isinstance(row.state, Open)]
        if open_still:
            raise Illegal(f"requests {open_still} are open for ever")
        states = digest("".join(f"{row.number} {row.asked!r} {row.state!r}\n" for row in rows))
        month = first.replace(day=1)
        journal = as_json(statement(place, month).summary())
        mixed = folder / "mixed.jsonl"
        mixed.write_bytes(b"".join(write(row) + b"\n" for row in life.chance.sample(lived.events, len(lived.events))))
        if as_json(statement(place, month, str(mixed)).summary()) != journal:
            raise Illegal("the statement of the events in another order is another one")
        entries = sum(len(agent["entries"]) for agent in json.loads(journal)["agents"])
    return Ended(lived, states, digest(journal), entries, len(rows), process_time() - began)


def digest(text: str) -> str:
    """A short digest."""
    return sha256(text.encode()).hexdigest()[:16]


def told(day: date, lived: Lived) -> None:
    """Say how far it has come."""
    done = sum(lived.counts.values())
    print(f"{day}  {done} deeds, {lived.checked} decisions checked, {process_time():.0f} s CPU", file=sys.stderr)


def main() -> None:
    """Live the month on each database and compare."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("work", type=Path, help="a folder; the rostered centre in WORK/made is kept for another run")
    options.add_argument("--postgresql", default="", metavar="URL", help="SQLAlchemy URL of a database for the peer")
    options.add_argument("--first", type=date.fromisoformat, default=date(2026, 3, 30), help="first day of the roster")
    options.add_argument("--weeks", type=int, default=5)
    options.add_argument("--from", dest="begin", type=date.fromisoformat, default=date(2026, 4, 1))
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--asks", type=int, default=3, help="requests at each of four moments of a day")
    options.add_argument("--seconds", type=float, default=60, help="time limit of the solver")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    made = chosen.work / "made"
    if not made.exists():
        make(made, chosen.first, chosen.weeks, chosen.seconds)
    with open_place(made) as place:
        horizon = actions.horizon(place, chosen.first, chosen.weeks)
    ends = {}
    urls = {"sqlite": "sqlite:///paiban.db"} | ({"postgresql": chosen.postgresql} if chosen.postgresql else {})
    for name, url in urls.items():
        folder = chosen.work / name
        shutil.rmtree(folder, ignore_errors=True)
        with fresh_schema(url) as own:
            copied(made, folder, horizon, own)
            ends[name] = lived_through(folder, horizon, chosen.begin, chosen.days, chosen.seed, chosen.asks)
        say(name, ends[name])
    if len({(end.states, end.statement) for end in ends.values()}) > 1:
        raise Illegal("the databases do not tell the same")
    print("the same requests, decisions and statements on both" if len(ends) > 1 else "one database only")


@contextmanager
def fresh_schema(url: str) -> Iterator[str]:
    """A schema of its own in a PostgreSQL database, dropped afterwards; SQLite's file is fresh anyway."""
    if not url.startswith("postgresql"):
        yield url
        return
    schema, engine = f"month_{uuid4().hex}", create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    try:
        yield f"{url}?options=-csearch_path%3D{schema}"
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"drop schema {schema} cascade"))
        engine.dispose()


def say(name: str, end: Ended) -> None:
    """What a month came to."""
    lived = end.lived
    print(f"{name}: {end.requests} requests, {lived.checked} decisions each followed by a whole check, none illegal;")
    print(
        f"  {lived.published} roster versions, {end.entries} entries of the statement from {len(lived.events)} events"
    )
    print(f"  statement {end.statement}, requests {end.states}; {end.seconds:.0f} s of processor time")
    for what, count in sorted(lived.counts.items()):
        print(f"    {what}: {count}")


if __name__ == "__main__":
    main()
