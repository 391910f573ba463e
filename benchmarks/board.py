"""How quickly the board shows things: walls from events through a real Kafka, first paint of big grids in Chromium.

    deploy/kafka-local/broker start
    python -m benchmarks.board SITE --kafka 127.0.0.1:19092 --walls 200
    python -m benchmarks.board SITE --browser

SITE is a site whose published roster covers today (`paiban init hotline`, then `paiban nightly hotline --from MONDAY`);
it is copied. An event is an agent's state, written to Kafka as a telephone system does; its delay is until every open
wall has been sent a picture that knows of it. The peer in the same run is one wall alone. First paint is the browser's
own mark, set when the rows in sight stand in the page, counted from the start of the navigation.
"""

import argparse
import asyncio
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
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from centre.events import AgentState
from centre.roster import Roster
from desk import clock
from desk.actions import open_place
from desk.actions.live import open_log
from desk.actions.pictures.month import current_version
from streams.event_log import Message
from streams.native import key, write
from streams.sources import event_topics


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(folder: Path, source: str = "") -> Iterator[int]:
    """A board in a process of its own."""
    port = free_port()
    command = ["-c", "from desk.cli import main; main()", "board", str(folder), "--port", str(port)]
    process = subprocess.Popen([sys.executable, *command, *(["--source", source] if source else [])])
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
        writer.close()

    def stop(self) -> None:
        """Close them."""
        self._stop.set()
        self._thread.join(timeout=10)


def wall_delays(folder: Path, bootstrap: str, count: int, events: int) -> None:
    """Delay from an event to the first and to the last wall."""
    settings = folder / "site.toml"
    topics = {name: f"{name}-{uuid.uuid4().hex[:8]}" for name in ("agent_states", "queue_events", "dead_letters")}
    broker = {"bootstrap": bootstrap, "group": f"board-{uuid.uuid4().hex[:8]}", **topics}
    if "broker" in tomllib.loads(settings.read_text()):
        raise SystemExit("take a site without a [broker]")
    table = "".join(f'{name} = "{value}"\n' for name, value in broker.items())
    settings.write_text(settings.read_text() + f"\n[broker]\n{table}")
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
            wall_delays(folder, given.kafka, given.walls, given.events)
        if given.browser:
            first_paints(given.site, Path(work), given.rounds)


if __name__ == "__main__":
    main()
