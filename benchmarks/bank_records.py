"""A bank's call records of 1999 as live events: what the engine makes of them is what the records say.

    python -m benchmarks.bank_records anonymous_bank_1999_calls_jan_jun.csv.gz --days 20

The only public record of single agents (Guedj and Mandelbaum, Technion; Brown et al. 2005): one row a call, with the
times of menu, queue and service, and the server. Each call becomes contact milestones and the server's states; the
engine reads them through its own format, in a random order. Its timelines (seconds on a call, by agent and day) and its
counts (offered, answered, answered within 20 s, abandoned, waits; by call type, half hour and day) are held against the
rows themselves, added up without any of our code. Every difference is printed; there should be none.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from centre.events import AgentState, Contact, Event
from centre.policy import Policy
from centre.queues import Queue
from streams.days import agent_pieces, interval_bounds
from streams.decode import States
from streams.event_log import Entry
from streams.floor_policy import SECOND, FloorPolicy
from streams.native import key, native_adapter, write
from streams.timeline import STATE_CODES
from streams.watching import lived

ZONE = "Asia/Jerusalem"
WITHIN_S = 20
GRID = 30


@dataclass(frozen=True)
class Call:
    """One row: UTC seconds; 0 where it did not happen."""

    id: str
    queue: str
    offered: int
    answered: int
    left: int
    ended: int
    server: str


def calls_of(path: str) -> pd.DataFrame:
    """The rows, with all times as UTC seconds; times of day that are earlier than the arrival are the next day's."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = rows[rows.outcome != "PHANTOM"].reset_index(drop=True)
    arrival = pd.to_datetime(rows.arrival)
    day = arrival.dt.normalize()
    for name in ("vru_exit", "q_start", "q_exit", "ser_start", "ser_exit"):
        moment = day + pd.to_timedelta(rows[name])
        moment = moment.where(moment >= arrival - pd.Timedelta("5min"), moment + pd.Timedelta("1D"))
        local = moment.dt.tz_localize(ZONE, ambiguous=True, nonexistent="shift_forward")
        rows[name] = np.where(rows[name] == "00:00:00", 0, local.dt.tz_convert("UTC").dt.as_unit("s").astype("int64"))
    return rows.assign(day=day.dt.date, row=np.arange(len(rows)))


def day_calls(rows: pd.DataFrame) -> Iterator[Call]:
    """The calls of some rows: offered when they began to queue, or else when the menu let them go."""
    for row in rows.itertuples():
        served = row.outcome == "AGENT" and row.ser_start > 0 and row.ser_exit >= row.ser_start
        offered = row.q_start or (min(row.vru_exit, row.ser_start) if served else row.vru_exit)
        if not offered:
            continue
        answered = max(row.ser_start, offered) if served else 0
        left = 0 if served else max(row.q_exit or offered, offered)
        ended = max(row.ser_exit, answered) if served else 0
        yield Call(f"{row.row}", row.type, offered, answered, left, ended, row.server if served else "")


def events_of(calls: list[Call]) -> Iterator[Event]:
    """What the telephone system would have sent."""
    edges = defaultdict(list)
    for call in calls:
        for milestone, at in (("offered", call.offered), ("answered", call.answered), ("abandoned", call.left),
                              ("ended", call.ended)):  # fmt: skip
            if at:
                yield Contact(
                    f"{call.id}-{milestone}", at * SECOND, "bank", call.id, milestone, call.queue, call.server
                )
        if call.server and call.ended > call.answered:
            edges[call.server] += [(call.answered, 1, call.queue), (call.ended, -1, call.queue)]
    for server, changes in edges.items():
        busy = 0
        for number, (at, step, queue) in enumerate(sorted(changes)):
            busy += step
            state = "talking" if busy else "ready"
            yield AgentState(f"{server}-{at}-{number}", at * SECOND, "bank", server, state, "", queue, {}, number)


def talked(calls: list[Call], begin: int, end: int) -> dict[str, int]:
    """Seconds each server was on a call within [begin, end), calls at the same time counted once."""
    found: dict[str, int] = {}
    spans = defaultdict(list)
    for call in calls:
        if call.server:
            spans[call.server].append((max(call.answered, begin), min(call.ended, end)))
    for server, mine in spans.items():
        until = begin
        for start, stop in sorted(mine):
            found[server] = found.get(server, 0) + max(0, stop - max(start, until))
            until = max(until, stop)
    return {server: seconds for server, seconds in found.items() if seconds}


def counted(calls: list[Call], bounds: list[int]) -> dict[tuple[str, int], list[int]]:
    """Offered, answered, answered within, abandoned and seconds waited, by queue and the interval (start, end]."""
    found: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0] * 5)

    def add(queue: str, at: int, place: int, number: int = 1) -> None:
        index = int(np.searchsorted(bounds, at, side="left")) - 1
        if 0 <= index < len(bounds) - 1:
            found[queue, bounds[index]][place] += number

    for call in calls:
        add(call.queue, call.offered, 0)
        over = call.answered or call.left
        if call.answered:
            add(call.queue, over, 1)
            add(call.queue, over, 2, int(over - call.offered <= WITHIN_S))
        else:
            add(call.queue, over, 3)
        add(call.queue, over, 4, over - call.offered)
    return {place: row for place, row in found.items() if any(row)}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("records")
    options.add_argument("--days", type=int, default=20)
    wanted = options.parse_args()
    rows = calls_of(wanted.records)
    queues = {name: Queue(name=name, within_s=WITHIN_S) for name in rows.type.unique()}
    floor = FloorPolicy(ZONE, GRID, Policy(), queues)
    adapter, rng = native_adapter(States()), np.random.default_rng(1)
    days = sorted(rows.day.unique())
    chosen = days[:: max(1, len(days) // wanted.days)][: wanted.days]
    calls_seen = events_seen = agents_seen = spans_seen = differences = 0
    for day in chosen:
        calls = list(day_calls(rows[rows.day == day]))
        events = list(events_of(calls))
        wire = [Entry(n, 0, key(event), write(event)) for n, event in enumerate(events)]
        heard = [event for n in rng.permutation(len(wire)) for event in adapter(wire[int(n)])]
        begin = interval_bounds(int(pd.Timestamp(day, tz=ZONE).timestamp()) * SECOND, floor)
        first, last = int(begin[0]), int(begin[-1])
        state = lived(heard, [], floor, last)
        want, have = talked(calls, first // SECOND, last // SECOND), {}
        for server, line in state.lines.items():
            parts = agent_pieces(line, floor, (first, last), last, begin)
            seconds = int(parts.lengths[parts.states == STATE_CODES["talking"]].sum()) // SECOND
            if seconds:
                have[server] = seconds
        bounds = [int(bound) // SECOND for bound in begin]
        plain, ours = counted(calls, bounds), {}
        for name, queue in state.queues.items():
            for start, end in pairwise(bounds):
                c = queue.between(start, end, ZONE, GRID * 60)
                row = [c.offered, c.answered, c.answered_within, c.abandoned, c.wait // SECOND]
                if any(row):
                    ours[name, start] = row
        for what, one, other in (("agent", want, have), ("queue", plain, ours)):
            for place in sorted({*one, *other}, key=str):
                if one.get(place) != other.get(place):
                    differences += 1
                    print(f"{day} {what} {place}: the records say {one.get(place)}, the engine {other.get(place)}")
        calls_seen, events_seen = calls_seen + len(calls), events_seen + len(events)
        agents_seen, spans_seen = agents_seen + len(want), spans_seen + len(plain)
    print(
        f"{len(chosen)} days, {calls_seen} calls, {events_seen} events in random order: {agents_seen} agent-days and "
        f"{spans_seen} half-hours of a call type, {differences} of them different"
    )


if __name__ == "__main__":
    main()
