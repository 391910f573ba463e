"""Who answers which queue after a repair: everybody as published, chains of moves only where a queue is short."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from centre.roster import ANSWERING, Segment
from scheduler.judging import Floor
from scheduler.queue_assignment import Interval, Server

Floats = NDArray[np.float64]


def mend_queues(floor: Floor, begin: int, end: int) -> dict[str, tuple[Segment, ...]]:
    """The lines of those who are moved between queues over [begin, end), UTC seconds, where that ends a shortage.

    Whole intervals only. Somebody who was moved in one interval stays moved in the next while his duty goes on.
    """
    need, horizon = floor.problem.requirement, floor.problem.requirement.horizon
    number = {queue: row for row, queue in enumerate(need.queues)}
    first, last = max(0, -(-(begin - horizon.begin) // horizon.step)), min(horizon.count, horizon.index(end - 1) + 1)
    people = [
        name
        for name, agent in floor.agents.items()
        if agent.role == "agent" and any(queue in number for queue in agent.skills)
    ]
    present, at = _published(floor, people, number, first, last)
    flexible = [row for row, name in enumerate(people) if len(floor.agents[name].skills) > 1]
    servers = [
        Server({number[q]: s for q, s in floor.agents[name].skills.items() if q in number}, present[row])
        for row, name in enumerate(people)
    ]
    moved: dict[int, tuple[int, int]] = {}
    changed: dict[str, dict[int, str]] = {}
    for column in range(last - first):
        here = np.flatnonzero(present[:, column] > 0)
        if not here.size:
            moved = {}
            continue
        interval = Interval(servers, need.gross[:, first + column].astype(float), column)
        for row in here.tolist():
            if at[row, column] >= 0:
                was = int(at[row, column])
                interval.put(row, moved[row][1] if row in moved and moved[row][0] == was else was)
        if flexible:
            interval.mend()
        moved = {}
        for row, queue in interval.at.items():
            if queue != at[row, column]:
                moved[row] = (int(at[row, column]), queue)
                changed.setdefault(people[row], {})[first + column] = need.queues[queue]
    for where in changed.values():
        _drop_short(where, -(-60 * floor.problem.policy.repair.least_queue_minutes // horizon.step))
    return {
        name: tuple(_relabelled(floor.segments[name], where, horizon.begin, horizon.step))
        for name, where in changed.items()
        if where
    }


def _drop_short(where: dict[int, str], least: int) -> None:
    """Take back moves that do not last: nobody changes the queue for a quarter of an hour."""
    stretch: list[int] = []
    for column in [*sorted(where), None]:
        if stretch and (column is None or column != stretch[-1] + 1 or where[column] != where[stretch[-1]]):
            if len(stretch) < least:
                for short in stretch:
                    del where[short]
            stretch = []
        if column is not None:
            stretch.append(column)


def _published(
    floor: Floor, people: list[str], number: Mapping[str, int], first: int, last: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Share of each interval in which each person answers, and the queue that takes most of it (-1: none)."""
    horizon = floor.problem.requirement.horizon
    size = max(0, last - first)
    present = np.zeros((len(people), size))
    most = np.zeros((len(people), size))
    at = np.full((len(people), size), -1, np.int64)
    for row, name in enumerate(people):
        for segment in floor.segments.get(name, ()):
            queue = number.get(segment.queue)
            if segment.activity not in ANSWERING or queue is None or queue not in _able(floor, name, number):
                continue
            start, end = (segment.start - horizon.begin) / horizon.step, (segment.end - horizon.begin) / horizon.step
            for column in range(max(first, int(start)), min(last, int(np.ceil(end)))):
                share = min(end, column + 1) - max(start, column)
                present[row, column - first] += share
                if share > most[row, column - first]:
                    most[row, column - first] = share
                    at[row, column - first] = queue
    return present, at


def _able(floor: Floor, name: str, number: Mapping[str, int]) -> set[int]:
    return {number[queue] for queue in floor.agents[name].skills if queue in number}


def _relabelled(line: tuple[Segment, ...], where: Mapping[int, str], begin: int, step: int) -> Iterator[Segment]:
    """A line with its work on other queues in some intervals, joined again where nothing changes."""
    pieces: list[Segment] = []
    for segment in line:
        if segment.activity not in ANSWERING:
            pieces.append(segment)
            continue
        at = segment.start
        while at < segment.end:
            column = (at - begin) // step
            stop = min(segment.end, begin + (column + 1) * step)
            piece = replace(segment, start=at, end=stop, queue=where.get(column, segment.queue))
            last = pieces[-1] if pieces else None
            if last is not None and (last.end, last.activity, last.queue) == (at, piece.activity, piece.queue):
                pieces[-1] = replace(last, end=stop)
            else:
                pieces.append(piece)
            at = stop
    yield from pieces
