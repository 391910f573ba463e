"""How large, how long: memory of a state of many agents, weeks lived without growing, and the cold start after them.

    python -m benchmarks.floor_scale --agents 100000          # memory of a state
    python -m benchmarks.floor_scale --weeks 4 --people 100   # a soak, the database's growth, and the cold start

The soak is the whole engine over SQLite: everybody works nine hours a day in about a hundred states, a roster is
published every week, time passes as events make it pass, journal and outbox are pruned after `--keep` days. A flat
column "MB" is what is claimed. The cold start opens the database left behind with a new engine.
"""

import argparse
import os
import resource
import tempfile
import time
from array import array
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from centre.events import STATES, AgentState, RosterPublished
from centre.grid import instant
from centre.policy import Policy
from centre.roster import Segment
from streams.clock import ManualClock
from streams.decode import States
from streams.event_log import Message
from streams.floor_policy import SECOND, FloorPolicy
from streams.journal_rows import Decision
from streams.live_sqlite import SqliteLiveStore
from streams.memory import MemoryBroker, MemoryLog
from streams.native import key, native_adapter, write
from streams.persistent import PersistentMap
from streams.plan import Plan
from streams.processor import Manner, Processor
from streams.state import Line, State
from streams.timeline import Timeline, joined

ZONE = "Asia/Shanghai"
FIRST = date(2026, 3, 2)
CYCLE = ("ready", "talking", "wrap_up")
PAUSES = ((7200, "break", 900), (14400, "meal", 3600), (27000, "break", 900))


def resident_mb() -> float:
    """Memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def duty(agent: str, start: int) -> list[Segment]:
    """Nine hours with a meal and two breaks."""
    found, at = [], start
    for begin, activity, length in PAUSES:
        found.append(Segment(agent, at, start + begin, "work", "billing"))
        at = start + begin + length
        found.append(Segment(agent, start + begin, at, activity))
    found.append(Segment(agent, at, start + 32400, "work", "billing"))
    return found


def state_memory(agents: int, days: int = 14, transitions: int = 100) -> None:
    """What a state holds of so many agents: two weeks of plan and a day of transitions each."""
    before, lines = resident_mb(), {}
    start = instant(FIRST, 540, ZONE)
    for number in range(agents):
        name = f"a{number:06}"
        plan = Plan.of([part for day in range(days) for part in duty(name, start + day * 86400)])
        ats = array("q", range(start * SECOND, (start + 32400) * SECOND, 32400 * SECOND // transitions))
        ids = tuple(f"{name}-{at:x}" for at in ats[-48:])
        codes, places = bytes(number % len(STATES) + 1 for number in range(len(ats))), bytes([1]) * len(ats)
        timeline = Timeline(ats, codes, places, ("", "billing"), joined(ids), array("q", [0] * len(ids)))
        lines[name] = Line(timeline, plan)
    state = State(0, 0, 0, lines=PersistentMap(lines))
    used = resident_mb() - before
    print(f"{len(state.lines):,} agents, {days} days of plan, {transitions} transitions each: {used:,.0f} MB, "
          f"{used * 2**20 / agents:,.0f} bytes an agent; {used / 1024:.2f} GiB")  # fmt: skip


def day_events(people: int, day: int) -> Iterator[AgentState]:
    """A day of everybody, in order of time."""
    start = instant(FIRST + timedelta(days=day), 540, ZONE)
    for step in range(108):
        second = start + step * 300
        pause = next((kind for begin, kind, length in PAUSES if begin <= step * 300 < begin + length), "")
        for number in range(people):
            name = pause or CYCLE[(step + number) % 3]
            at = (second + number % 240) * SECOND + number
            state = "logged_out" if step == 107 else name
            yield AgentState(f"{day}-{step}-{number}", at, "soak", f"a{number:05}", state, queue="billing")


def week_roster(people: int, week: int) -> RosterPublished:
    """The week's roster."""
    begin = instant(FIRST + timedelta(days=7 * week), 0, ZONE)
    segments = tuple(
        part
        for number in range(people)
        for day in range(7)
        for part in duty(f"a{number:05}", instant(FIRST + timedelta(days=7 * week + day), 540, ZONE))
    )
    return RosterPublished(
        f"roster-{week + 1}", begin * SECOND, "soak", week + 1, begin, begin + 7 * 86400, segments
    )  # fmt: skip


def soak(weeks: int, people: int, keep: int) -> None:
    """Live so many weeks, then start cold."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "live.db"
        broker = MemoryBroker(lambda: 0)
        broker.create(["events", "alerts", "adherence"], 1)
        log, clock, known = MemoryLog(broker), ManualClock(instant(FIRST, 0, ZONE) * SECOND), list[Decision]()
        engine = _engine(broker, file, clock, known, keep, log)
        print(f"{people} people, {keep} days kept\n{'week':>4}{'events':>10}{'MB':>7}{'database MB':>13}{'CPU s':>8}")
        total = 0
        for week in range(weeks):
            known[:] = [*known[-1:], week_roster(people, week)]
            for day in range(7 * week, 7 * week + 7):
                events = list(day_events(people, day))
                clock.at = max(clock.at, events[-1].at)
                log.append("events", [Message(key(event), write(event)) for event in events])
                total += len(events)
                while engine.turn(0.0):
                    pass
                for topic in ("events", "alerts", "adherence"):  # what a broker's retention would do
                    held = broker.topics[topic]
                    broker.prune(topic, 0, held.first[0] + len(held.partitions[0]))
            size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 2**20
            print(f"{week + 1:>4}{total:>10,}{resident_mb():>7.0f}{size:>13.1f}{time.process_time():>8.0f}", flush=True)
        again = _engine(broker, file, clock, known, keep, log)
        begun = time.process_time(), time.perf_counter()
        again.turn(0.0)
        busy, clocked = time.process_time() - begun[0], time.perf_counter() - begun[1]
        (held,) = again.held.values()
        tail = len(list(again.store.journal(held.partition, held.written[1] if held.written else 0)))
        print(
            f"cold start after {7 * weeks} days, without an orderly stop: {busy:.2f} CPU s, {clocked:.2f} s by the "
            f"clock; {len(held.state.lines)} agents, {tail} rows of the journal after the last state written down"
        )
        print(f"greatest memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _engine(
    broker: MemoryBroker, file: Path, clock: ManualClock, known: Sequence[Decision], keep: int, outlet: MemoryLog
) -> Processor:
    rosters: dict[str, RosterPublished] = {}

    def decided() -> list[Decision]:
        rosters.clear()
        rosters.update({entry.id: entry for entry in known if isinstance(entry, RosterPublished)})
        return list(known)

    engine = Processor(
        MemoryLog(broker), ["events"], SqliteLiveStore(file, durable=False), native_adapter(States()),
        FloorPolicy(ZONE, policy=Policy()), clock, outlet=outlet, decisions=decided, find=rosters.get,
        manner=Manner(live=False, keep_days=keep),
    )  # fmt: skip
    engine.start()
    return engine


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--agents", type=int, default=0)
    options.add_argument("--weeks", type=int, default=0)
    options.add_argument("--people", type=int, default=100)
    options.add_argument("--keep", type=int, default=7)
    wanted = options.parse_args()
    if wanted.agents:
        state_memory(wanted.agents)
    if wanted.weeks:
        soak(wanted.weeks, wanted.people, wanted.keep)


if __name__ == "__main__":
    main()
