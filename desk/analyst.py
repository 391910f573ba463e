"""What an analyst's notebook needs of the engine: a site opened, and answers as tables."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from centre.events import Event
from centre.requirement import Requirement
from centre.roster import Roster
from desk.example_site import write_example_site
from desk.wiring import Place, open_place
from forecasts.simulate import Floor, SharedNeed, required_shared
from streams.floor_policy import SECOND, floor_policy
from streams.impact import impacts
from streams.watching import in_order, last_moment, lived, publication


@contextmanager
def opened(site: Path | str | None, first_day: date) -> Iterator[Place]:
    """A site folder to work on, or (None) the example centre in a folder that is gone afterwards.

    Its moment is the day before `first_day`, so that what comes is still to come.
    """
    eve = datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC)
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = Path(site) if site else Path(scratch) / "example"
        if site is None:
            write_example_site(folder, first_day=first_day)
        with open_place(folder, eve) as place:
            yield place


def departures_priced(
    place: Place, roster: Roster, requirement: Requirement, events: Sequence[Event], day: date
) -> pd.DataFrame:
    """What not keeping to the roster cost on a day, each departure as if everybody else were there.

    Returns
    -------
    One row an agent, queue and interval with time missed: agent, team, queue, start (site's clock), missed_min, points
    (of service level of that interval), contacts (not answered in time because of it).
    """
    floor = floor_policy(place.site, place.policy, requirement)
    published = [publication(roster, place.site.settings.name)]
    events = in_order(events)
    half = lived(events, published, floor, events[-1].at)
    state = lived(events, published, floor, last_moment(half, floor))
    rows = pd.DataFrame([asdict(each) for each in impacts(state, requirement, floor, day)])
    if rows.empty:
        return pd.DataFrame(columns=["agent", "team", "queue", "start", "missed_min", "points", "contacts"])
    number = {name: row for row, name in enumerate(requirement.queues)}
    volume = [
        requirement.volume[number[queue], requirement.horizon.index(start)]
        for queue, start in zip(rows["queue"], rows["start"], strict=True)
    ]
    return pd.DataFrame(
        {
            "agent": rows["agent"],
            "team": [place.site.agents[agent].team for agent in rows["agent"]],
            "queue": rows["queue"],
            "start": pd.to_datetime(rows["start"] * SECOND * 1000, utc=True).dt.tz_convert(place.site.settings.zone),
            "missed_min": rows["missed_s"] / 60,
            "points": rows["points"],
            "contacts": rows["points"] * np.array(volume),
        }
    )


def pooled_and_apart(need: SharedNeed, names: Sequence[str], *, hours: int = 20, days: int = 6) -> pd.DataFrame:
    """Agents that keep every queue's goal when each queue has its own, when some serve all, and when all serve all.

    The three ways are tried on the same simulated contacts. In the middle way a flexible agent is taken to cost a
    tenth more than one of a single skill: otherwise nobody would be specialised.

    Returns
    -------
    One row a way: way, agents, flexible (of them), and the service level of each queue.
    """
    count = len(names)
    single = tuple((queue,) for queue in range(count))
    everything = tuple(range(count))
    ways = {
        "apart": Floor(single, count, routing="most_specialised"),
        "some flexible": Floor((*single, everything), count, routing="most_specialised"),
        "all pooled": Floor((everything,), count),
    }
    rows = []
    for way, floor in ways.items():
        cost = [1.0 if len(skills) == 1 else 1.1 for skills in floor.skills]
        found = required_shared(floor, need, cost=cost, hours=hours, days=days)
        flexible = sum(agents for agents, skills in zip(found.staff, floor.skills, strict=True) if len(skills) > 1)
        levels = {name: level.mean for name, level in zip(names, found.service_level, strict=True)}
        rows.append({"way": way, "agents": sum(found.staff), "flexible": flexible, **levels})
    return pd.DataFrame(rows)
