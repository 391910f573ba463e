"""leave.csv, fixed.csv and special_days.csv: what the roster and the forecast have to go by."""

from collections.abc import Collection, Mapping

from centre.library_words import said_by
from centre.people import Agent
from centre.posts import Presence
from centre.queues import Queue
from centre.roster import ANSWERING, Segment
from centre.said import Said
from centre.shifts import ACTIVITIES, Activity
from centre.site import Leave, SpecialDay
from store.site_folder.csv_rows import Row, read_rows
from store.site_folder.door import Door, one_of
from store.site_folder.moments import MOMENT, read_bounds, read_day, read_moment
from store.site_folder.toml_tables import Tables

LEAVE, FIXED, SPECIAL_DAYS, PRESENCE = "leave.csv", "fixed.csv", "special_days.csv", "presence.csv"


def read_leave(door: Door, agents: Collection[str] | None, zone: str) -> tuple[Leave, ...]:
    """Approved leave; whole days (the last one included) or instants."""
    leave = []
    for row in read_rows(door, LEAVE, ("agent", "start", "end", "kind")) or ():
        known = _known_agent(row, agents)
        start, end = read_bounds(row["start"], row["end"], zone)
        for column, bound in (("start", start), ("end", end)):
            if isinstance(bound, ValueError):
                row.complain(column, said_by(bound))
        if isinstance(start, ValueError) or isinstance(end, ValueError):
            continue
        if end <= start:
            row.complain("end", Said("after the start, {start}; a whole day ends on the same day", start=row["start"]))
        elif known:
            leave.append(Leave(agent=row["agent"], start=start, end=end, kind=row["kind"] or "annual"))
    return tuple(leave)


def read_fixed(
    door: Door, agents: Mapping[str, Agent], ids: Collection[str] | None, queues: Tables[Queue], zone: str
) -> tuple[Segment, ...]:
    """Segments that the roster must keep, no two of a person over one another."""
    found: list[tuple[Segment, Row]] = []
    for row in read_rows(door, FIXED, ("agent", "start", "end", "activity"), ("queue", "version")) or ():
        before = len(door.problems)
        _known_agent(row, ids)
        activity = _activity(row)
        _fixed_queue(row, agents.get(row["agent"]), queues)
        start, end = _instant(row, "start", zone), _instant(row, "end", zone)
        if start is not None and end is not None and end <= start:
            row.complain("end", Said("after the start, {start}", start=row["start"]))
        if len(door.problems) == before and start is not None and end is not None and activity:
            found.append((Segment(row["agent"], start, end, activity, row["queue"]), row))
    found.sort(key=lambda pair: pair[0])
    latest: dict[str, tuple[Segment, Row]] = {}
    for segment, row in found:
        held = latest.get(segment.agent)
        if held and segment.start < held[0].end:
            row.complain(
                "start",
                Said(
                    "after the end of row {number} of the same agent, {end}", number=held[1].number, end=held[1]["end"]
                ),
            )
        if not held or segment.end > held[0].end:
            latest[segment.agent] = (segment, row)
    return tuple(segment for segment, _ in found)


def read_presence(door: Door, ids: Collection[str] | None, zone: str) -> tuple[Presence, ...]:
    """When somebody has to be there."""
    found = []
    for row in read_rows(door, PRESENCE, ("agent", "start", "end"), ("note",)) or ():
        known = _known_agent(row, ids)
        start, end = _instant(row, "start", zone), _instant(row, "end", zone)
        if start is None or end is None:
            continue
        if end <= start:
            row.complain("end", Said("after the start, {start}", start=row["start"]))
        elif known:
            found.append(Presence(agent=row["agent"], start=start, end=end, note=row["note"]))
    return tuple(found)


def read_special_days(door: Door, queues: Tables[Queue]) -> tuple[SpecialDay, ...]:
    """Days with a factor of the usual volume, each day and queue once."""
    days = []
    first: dict[tuple[str, str], int] = {}
    for row in read_rows(door, SPECIAL_DAYS, ("date", "queue", "factor"), ("note",)) or ():
        before = len(door.problems)
        try:
            day = read_day(row["date"])
        except ValueError as error:
            row.complain("date", said_by(error))
        if row["queue"] and queues.lacks(row["queue"]):
            row.complain(
                "queue", one_of(row["queue"], queues.names, Said("nothing for all, or a queue of queues.toml"))
            )
        factor = _factor(row)
        if len(door.problems) > before or factor is None:
            continue
        same = first.setdefault((day.isoformat(), row["queue"]), row.number)
        if same != row.number:
            row.complain("date", Said("each day and queue once; row {same} is the same", same=same))
        days.append(SpecialDay(date=day, queue=row["queue"], factor=factor, note=row["note"]))
    return tuple(days)


def _known_agent(row: Row, agents: Collection[str] | None) -> bool:
    if agents is None or row["agent"] in agents:
        return True
    row.complain("agent", one_of(row["agent"], agents, Said("an agent of agents.csv")))
    return False


def _activity(row: Row) -> Activity | None:
    for activity in ACTIVITIES:
        if activity == row["activity"]:
            return activity
    row.complain("activity", one_of(row["activity"], ACTIVITIES, Said("one of")))
    return None


def _fixed_queue(row: Row, agent: Agent | None, queues: Tables[Queue]) -> None:
    queue = row["queue"]
    if not queue:
        return
    if queues.lacks(queue):
        row.complain("queue", one_of(queue, queues.names, Said("a queue of queues.toml")))
    elif row["activity"] in ACTIVITIES and row["activity"] not in ANSWERING:
        row.complain("queue", Said("nothing: {activity} serves no queue", activity=row["activity"]))
    elif agent and queue not in agent.skills:
        row.complain("queue", one_of(queue, agent.skills, Said("a skill of {agent}", agent=agent.agent)))


def _instant(row: Row, column: str, zone: str) -> int | None:
    if not row[column]:
        row.complain(column, MOMENT)
        return None
    try:
        return read_moment(row[column], zone)
    except ValueError as error:
        row.complain(column, said_by(error))
        return None


def _factor(row: Row) -> float | None:
    if not row["factor"]:
        if row["note"]:
            return 1.0  # what days of this note are like is learned from those that have been
        row.complain(
            "factor", Said("a number from 0, or nothing beside a note that past days share: it is learned from them")
        )
        return None
    try:
        factor = float(row["factor"])
    except ValueError:
        factor = -1.0
    if 0 <= factor < float("inf"):
        return factor
    row.complain("factor", Said("a number from 0: 1.3 is 30 % more than usual, 0 is closed"))
    return None
