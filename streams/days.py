"""Accounts of the state's open days: by agent and day, and by interval, shift, team and site."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

import numpy as np

from centre.grid import Horizon, local_day
from streams.adherence import Account, account, accounts, total
from streams.floor_policy import SECOND, FloorPolicy
from streams.outputs import AdherenceDay
from streams.pieces import Ints, Pieces, pieces
from streams.plan import Window
from streams.state import Line, State


def day_records(
    agent: str, line: Line, floor: FloorPolicy, window: tuple[int, int], until: int
) -> Iterator[AdherenceDay]:
    """The agent's local day over `window`, known up to `until` (both UTC microseconds), if there is anything of it."""
    whole = _account(line, floor, interval_bounds(window[0], floor), until)
    if whole.scheduled or whole.wanted or whole.worked:
        yield AdherenceDay(agent, local_day(window[0] // SECOND, floor.zone), whole)


def interval_accounts(line: Line, floor: FloorPolicy, bounds: Ints, until: int) -> list[Account]:
    """An account for each interval between neighbouring bounds, of what is known up to `until`."""
    return accounts(agent_pieces(line, floor, (int(bounds[0]), int(bounds[-1])), until, bounds), bounds, floor)


def shift_accounts(line: Line, floor: FloorPolicy, until: int) -> list[tuple[Window, Account]]:
    """An account for each of the agent's duties, named by its [start, end) in UTC seconds."""
    found = []
    for start, end in line.plan.duties():
        bounds = np.array([start * SECOND, end * SECOND], dtype=np.int64)
        found.append(((start, end), _account(line, floor, bounds, until)))
    return found


def day_account(line: Line, floor: FloorPolicy, day: date, until: int) -> Account:
    """The agent's account of a local day, of what is known up to `until`."""
    return _account(line, floor, _bounds(day, floor), until)


def group_accounts(state: State, floor: FloorPolicy, day: date, agents: Iterable[str]) -> list[Account]:
    """The accounts of a team, or of the whole site, one an interval of a local day."""
    bounds = _bounds(day, floor)
    rows = [interval_accounts(state.lines[agent], floor, bounds, state.now) for agent in agents if agent in state.lines]
    return [total(column) for column in zip(*rows, strict=True)]


def agent_pieces(line: Line, floor: FloorPolicy, window: tuple[int, int], until: int, cuts: Ints) -> Pieces:
    """The agent's time within a window, as far as `until`."""
    start, end = window
    return pieces(line.timeline, line.plan, line.excuses, floor, (start, max(start, min(end, until))), cuts)


def open_days(state: State, floor: FloorPolicy) -> list[date]:
    """The local days that are not closed, up to the one it is now."""
    first, last = (local_day(at // SECOND, floor.zone) for at in (state.open_from, state.now))
    return list(Horizon(floor.zone, floor.grid_minutes, first, (last - first).days + 1))


def report(state: State, floor: FloorPolicy) -> Iterator[AdherenceDay]:
    """Every agent's open days as far as time has come, by day and agent."""
    for day in open_days(state, floor):
        bounds = _bounds(day, floor)
        window = int(bounds[0]), int(bounds[-1])
        for agent in sorted(state.lines):
            yield from day_records(agent, state.lines[agent], floor, window, state.now)


def interval_bounds(at: int, floor: FloorPolicy) -> Ints:
    """Bounds of the intervals of the local day in which `at` lies, UTC microseconds."""
    return _bounds(local_day(at // SECOND, floor.zone), floor)


def _account(line: Line, floor: FloorPolicy, bounds: Ints, until: int) -> Account:
    window = int(bounds[0]), int(bounds[-1])
    return account(agent_pieces(line, floor, window, until, bounds), bounds, floor)


def _bounds(day: date, floor: FloorPolicy) -> Ints:
    return _grid_bounds(day, floor.zone, floor.grid_minutes)


@lru_cache(maxsize=64)
def _grid_bounds(day: date, zone: str, minutes: int) -> Ints:
    grid = Horizon(zone, minutes, day, 1)
    bounds: Ints = np.append(grid.starts, grid.end) * SECOND
    return bounds
