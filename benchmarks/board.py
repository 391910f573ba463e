"""How quickly the board shows things: walls from events through a real Kafka, first paint of big grids in Chromium.

    deploy/kafka-local/broker start
    python -m benchmarks.board SITE --kafka 127.0.0.1:19092 --walls 200
    python -m benchmarks.board SITE --browser
    python -m benchmarks.board SITE --kafka 127.0.0.1:19092 --soak 12 --walls 30

SITE is a site whose published roster covers today (`paiban init hotline`, then `paiban nightly hotline --from MONDAY`);
it is copied. An event is an agent's state, written to Kafka as a telephone system does; its delay is until every open
wall has been sent a picture that knows of it. The peer in the same run is one wall alone. First paint is the browser's
own mark, set when the rows in sight stand in the page, counted from the start of the navigation.

A soak plays the day's busiest hour through Kafka, `--pace` times as fast as the floor lives it, over and over for so
many minutes, each event stamped as it is sent. Walls are open, and every half minute the day and the month are looked
at; then the resident memory of the board and of each process it started is read (from /proc: Linux). The age of a
picture, minute by minute, is how far its time lies behind when the last wall had it: everything that happened until
then is in it, so that it is at least the delay of an event.
"""

import argparse
import asyncio
import bisect
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count as counting
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from centre.events import AgentState, Contact, Event
from centre.roster import Roster
from desk import clock
from desk.actions import open_place
from desk.actions.live import rehearse
from desk.actions.pictures.month import current_version
from desk.floor_engine import open_live_store, open_log
from streams.event_log import Message
from streams.live_view import ViewReader
from streams.native import key, write
from streams.sources import event_topics


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


SERVERS: dict[int, int] = {}
"""Process of the board that listens on a port."""


@contextmanager
def serving(folder: Path, source: str = "") -> Iterator[int]:
    """A board in a process of its own."""
    port = free_port()
    command = ["-c", "from desk.cli import main; main()", "board", str(folder), "--port", str(port)]
    process = subprocess.Popen([sys.executable, *command, *(["--source", source] if source else [])])
    SERVERS[port] = process.pid
    try:
        for _ in range(600):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


class Walls:
    """Open walls: when each was sent a picture with an agent's new state."""

    def __init__(self, port: int, count: int) -> None:
        self.port, self.count = port, count
        self.seen: dict[str, list[float]] = {}
        self.as_of: dict[str, float] = {}
        """The time of each picture, seconds since 1970."""
        self.open = 0
        self.bytes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()

    async def _run(self) -> None:
        await asyncio.gather(*(self._wall() for _ in range(self.count)))

    async def _wall(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        writer.write(f"GET /api/v1/live/stream HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
        self.open += 1
        while not self._stop.is_set():
            try:
                line = await asyncio.wait_for(reader.readline(), 1.0)
            except TimeoutError:
                continue
            self.bytes += len(line)
            if line.startswith(b"data: "):
                at = time.perf_counter()
                wall = json.loads(line[6:])
                self.seen.setdefault(str(wall["change"]), []).append(at)
                self.as_of.setdefault(str(wall["change"]), wall["as_of"] / 1000)
        writer.close()

    def ages(self) -> list[tuple[float, float]]:
        """When the last wall had each picture (seconds since 1970), and how old it was then."""
        epoch = time.time() - time.perf_counter()
        full = [(epoch + max(times), name) for name, times in list(self.seen.items()) if len(times) >= self.count]
        return sorted((at, at - self.as_of[name]) for at, name in full if self.as_of[name])

    def stop(self) -> None:
        """Close them."""
        self._stop.set()
        self._thread.join(timeout=10)


def with_topics(folder: Path, bootstrap: str) -> None:
    """Give a site topics of its own on a broker."""
    settings = folder / "site.toml"
    topics = {name: f"{name}-{uuid.uuid4().hex[:8]}" for name in ("agent_states", "queue_events", "dead_letters")}
    broker = {"bootstrap": bootstrap, "group": f"board-{uuid.uuid4().hex[:8]}", **topics}
    if "broker" in tomllib.loads(settings.read_text()):
        raise SystemExit("take a site without a [broker]")
    table = "".join(f'{name} = "{value}"\n' for name, value in broker.items())
    settings.write_text(settings.read_text() + f"\n[broker]\n{table}")


def wall_delays(folder: Path, bootstrap: str, count: int, events: int) -> None:
    """Delay from an event to the first and to the last wall."""
    with_topics(folder, bootstrap)
    with open_place(folder) as place:
        states, queues = event_topics(place.site.settings.broker)
        log = open_log(place, "kafka")
        log.create((states, queues))
        agents = [name for name, agent in place.site.agents.items() if agent.role == "agent"]
        site = place.site.settings.name
    with serving(folder, "kafka") as port:
        for walls in (1, count):
            _measure(Walls(port, walls), log, states, agents, site, walls, events)
    log.close()


def _measure(walls: Walls, log: object, topic: str, agents: list[str], site: str, count: int, events: int) -> None:
    while walls.open < count:
        time.sleep(0.1)
    time.sleep(3 if count == 1 else 5)
    first, last = [], []
    for number in range(events):
        known = set(walls.seen)
        state = ("ready", "break")[number % 2]
        event = AgentState(uuid.uuid4().hex, time.time_ns() // 1000, site, agents[number % len(agents)], state)
        begun = time.perf_counter()
        log.append(topic, [Message(key(event), write(event))])  # type: ignore[attr-defined]
        until = begun + 10
        while time.perf_counter() < until:
            fresh = [times for change, times in list(walls.seen.items()) if change not in known]
            done = [times for times in fresh if len(times) >= count]
            if done:
                first.append(min(done[0]) - begun)
                last.append(max(done[0][:count]) - begun)
                break
            time.sleep(0.005)
        time.sleep(1.3)
    walls.stop()
    if not first:
        print(f"{count} walls: nothing came within 10 s")
        return
    rank = sorted(last)
    print(
        f"{count:4d} walls, {len(last)} of {events} events: first wall {statistics.median(first):.2f} s, "
        f"last wall median {statistics.median(last):.2f} s, 95% {rank[int(0.95 * (len(rank) - 1))]:.2f} s, "
        f"longest {rank[-1]:.2f} s; {walls.bytes / 1e6:.1f} MB sent"
    )


def soak(folder: Path, bootstrap: str, count: int, minutes: float, pace: float) -> None:
    """Memory of the board and its children while events come and walls are open."""
    with_topics(folder, bootstrap)
    with open_place(folder) as place:
        log = open_log(place, "kafka")
        topics = event_topics(place.site.settings.broker)
        log.create(topics)
        day = rehearse(place, place.today, seed=1, to=str(folder / "day.jsonl")).lived.events
        pages = (f"/api/v1/rosters/day?date={place.today}", "/api/v1/rosters/month", "/wall")
    hour = busiest_hour(day)
    print(f"{len(hour)} events an hour of the floor, {pace:g} times as fast for {minutes:g} minutes, {count} walls")
    begun, sent = time.time(), 0
    samples: list[tuple[float, dict[str, float]]] = []
    with serving(folder, "kafka") as port:
        walls = Walls(port, count)
        feed = soaking(hour, begun, pace)
        while (at := time.time() - begun) < 60 * minutes:
            batch = next(feed)
            for topic, mine in zip(topics, (True, False), strict=True):
                messages = [Message(key(e), write(e)) for e in batch if isinstance(e, AgentState) is mine]
                if messages:
                    log.append(topic, messages)
            sent += len(batch)
            if at > HALF_MINUTE * (len(samples) + 1):
                for path in pages:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
                        answer.read()
                samples.append((at, resident(SERVERS[port])))
            time.sleep(0.2)
        walls.stop()
        taken = taken_in(folder)
    log.close()
    print(f"{sent} events sent, {taken} taken in; {len(walls.seen)} pictures on each wall, {walls.bytes / 1e6:.1f} MB")
    told_ages(walls.ages(), begun)
    told_memory(samples)


HALF_MINUTE = 30.0


def taken_in(folder: Path) -> int:
    """Records that the engine has taken in, of all partitions."""
    with open_place(folder) as place:
        store = open_live_store(place)
        try:
            return sum(partition.position for partition in ViewReader(store).read().partitions)
        finally:
            store.close()


def busiest_hour(events: Sequence[Event]) -> list[Event]:
    """The hour of a day with most events."""
    starts = [event.at for event in events]
    ends = [bisect.bisect_left(starts, at + 3_600_000_000) for at in starts]
    first = max(range(len(events)), key=lambda number: ends[number] - number)
    return list(events[first : ends[first]])


def soaking(hour: Sequence[Event], begun: float, pace: float) -> Iterator[list[Event]]:
    """What is due each time it is asked for: the hour over and over, every event new and of the time it is sent."""
    round_s = 3600 / pace
    due = ((number, event) for number in counting() for event in hour)
    number, event = next(due)
    while True:
        now, batch = time.time(), []
        while begun + number * round_s + (event.at - hour[0].at) / 1e6 / pace <= now:
            batch.append(renewed(event, number, int(now * 1e6)))
            number, event = next(due)
        yield batch


def renewed(event: Event, number: int, at: int) -> Event:
    """The same happening to somebody else in another round, at an instant (UTC microseconds)."""
    changes: dict[str, Any] = {"id": uuid.uuid4().hex, "at": at}
    if isinstance(event, Contact):
        changes["contact"] = f"{event.contact}-{number}"
    return msgspec.structs.replace(event, **changes)


def resident(root: int) -> dict[str, float]:
    """Resident memory of a process and of all it started, in MB, by what it is."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    family = {root}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    found: dict[str, float] = {}
    for process in family:
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
            pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        except OSError:
            continue
        name = "board" if process == root else "engine" if b"watch" in words else "worker"
        found[name] = found.get(name, 0.0) + pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return found


def told_ages(ages: Sequence[tuple[float, float]], begun: float) -> None:
    """How old pictures were when the last wall had them, in each minute; the first, when the board opens, apart."""
    minutes: dict[int, list[float]] = {}
    for at, age in ages:
        minutes.setdefault(int((at - begun) / 60), []).append(age)
    for minute, found in sorted(minutes.items()):
        print(f"minute {minute + 1:3}: {len(found):3} pictures, age median {statistics.median(found):.2f} s, "
              f"95% {np.quantile(found, 0.95):.2f} s, most {max(found):.2f} s")  # fmt: skip
    if later := [age for minute, found in minutes.items() if minute for age in found]:
        print(f"after the first minute: median {statistics.median(later):.2f} s, 95% {np.quantile(later, 0.95):.2f} s, "
              f"most {max(later):.2f} s")  # fmt: skip


def told_memory(samples: Sequence[tuple[float, dict[str, float]]]) -> None:
    """First quarter, last quarter, and growth an hour of the second half of a soak."""
    quarter = max(1, len(samples) // 4)
    late = samples[len(samples) // 2 :]
    for name in ("board", "engine", "worker"):
        sizes = [row.get(name, 0.0) for _, row in samples]
        if not any(sizes):
            continue
        slope = np.polyfit([at / 3600 for at, _ in late], [row.get(name, 0.0) for _, row in late], 1)[0]
        print(f"{name:7} first quarter {statistics.mean(sizes[:quarter]):.1f} MB, "
              f"last {statistics.mean(sizes[-quarter:]):.1f} MB, most {max(sizes):.1f} MB, "
              f"second half {slope:+.1f} MB an hour")  # fmt: skip
        print(f"{name:7} each half minute:", " ".join(f"{size:.0f}" for size in sizes))


def enlarged(folder: Path, people: int) -> None:
    """Give a site so many agents, copies of its own with their rosters."""
    lines = (folder / "agents.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = [line.split(",", 1) for line in lines[1:] if line.strip()]
    times = -(-people // len(rows))
    names = {f"{agent}x{n}": agent for n in range(times) for agent, _ in rows}
    chosen = dict(list(names.items())[:people])
    rest = dict(rows)
    content = [lines[0], *(f"{name},{rest[like]}" for name, like in chosen.items())]
    (folder / "agents.csv").write_text("\n".join(content) + "\n", encoding="utf-8")
    for name in ("leave.csv", "fixed.csv"):
        (folder / name).unlink(missing_ok=True)
    with open_place(folder) as place:
        version = current_version(place)
        old = place.plans.roster(version.version).by_agent()
        new = (replace(segment, agent=name) for name, like in chosen.items() for segment in old.get(like, ()))
        roster, horizon = Roster.of(new), version.horizon
        place.plans.publish_roster(roster, horizon, at=clock.now(), requirement_version=version.requirement_version)


def first_paints(site: Path, work: Path, rounds: int) -> None:
    """First paint of the month of 500 agents and of the day of 1,000, in Chromium."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for people, path, mark in ((60, "/month", "month-painted"), (500, "/month", "month-painted"),
                                   (60, "/day", "day-painted"), (1000, "/day", "day-painted")):  # fmt: skip
            folder = Path(shutil.copytree(site, work / f"{people}{mark}"))
            enlarged(folder, people)
            with serving(folder) as port:
                seconds = []
                for _ in range(rounds):
                    page = browser.new_page(viewport={"width": 1400, "height": 900}, bypass_csp=True)
                    page.goto(f"http://127.0.0.1:{port}{path}")
                    page.wait_for_function(f"performance.getEntriesByName('{mark}').length > 0", timeout=60_000)
                    at = page.evaluate(f"performance.getEntriesByName('{mark}')[0].startTime")
                    seconds.append(float(at) / 1000)
                    page.close()
            print(f"{path} of {people} agents: first visit {seconds[0]:.2f} s, then median "
                  f"{statistics.median(seconds[1:]):.2f} s")  # fmt: skip
        browser.close()


def main() -> None:
    """Measure what was asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("site", type=Path)
    asked.add_argument("--kafka", default="")
    asked.add_argument("--walls", type=int, default=200)
    asked.add_argument("--events", type=int, default=20)
    asked.add_argument("--soak", type=float, default=0.0, help="minutes")
    asked.add_argument("--pace", type=float, default=5.0)
    asked.add_argument("--browser", action="store_true")
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * given.walls + 200)), hard))
    with tempfile.TemporaryDirectory() as work:
        if given.kafka:
            folder = Path(shutil.copytree(given.site, Path(work) / "kafka"))
            for name in ("live.db", "events.db"):
                (folder / name).unlink(missing_ok=True)
            if given.soak:
                soak(folder, given.kafka, given.walls, given.soak, given.pace)
            else:
                wall_delays(folder, given.kafka, given.walls, given.events)
        if given.browser:
            first_paints(given.site, Path(work), given.rounds)


if __name__ == "__main__":
    main()
