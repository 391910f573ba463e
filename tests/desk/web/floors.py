"""A floor as it is at a moment of a rehearsed day, in a site's live store, without waiting for the day to pass."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from centre.events import AgentState
from desk.actions import open_place
from desk.actions.live import LIVE_FILE, rehearse, roster_of
from streams.clock import SystemClock
from streams.decode import States
from streams.embedded import EmbeddedLog
from streams.event_log import Message
from streams.floor_policy import floor_policy
from streams.live_sqlite import SqliteLiveStore
from streams.native import key, native_adapter, read, write
from streams.processor import Manner, Processor
from streams.sources import EMBEDDED_FILE, event_topics
from streams.watching import publication


class At(SystemClock):
    """A clock that stands."""

    def __init__(self, moment: datetime) -> None:
        self.moment = int(moment.timestamp() * 1_000_000)

    def now(self) -> int:
        return self.moment


def live_until(folder: Path, day: date, moment: datetime, seed: int = 3) -> None:
    """Let a rehearsed day happen up to a moment, and take it into the site's live store."""
    with open_place(folder, moment) as place:
        file = folder / "rehearsed.jsonl"
        rehearse(place, day, seed=seed, to=str(file))
        until = int(moment.timestamp() * 1_000_000)
        lines = file.read_bytes().splitlines()
        events = [event for event in (read(line, States({})) for line in lines) if event.at <= until]
        states, queues = event_topics(None)
        clock = At(moment)
        log = EmbeddedLog(folder / EMBEDDED_FILE, clock.now)
        log.create((states, queues))
        for topic, mine in ((states, True), (queues, False)):
            log.append(topic, [Message(key(e), write(e)) for e in events if isinstance(e, AgentState) is mine])
        begin = int(moment.timestamp()) - 86_400
        roster = roster_of(place, None, begin, begin + 2 * 86_400)
        need = place.plans.requirement_covering(begin + 86_400, begin + 86_401)
        store = SqliteLiveStore(folder / LIVE_FILE, durable=False)
        engine = Processor(
            events=log,
            topics=(states, queues),
            store=store,
            adapter=native_adapter(States({})),
            floor=floor_policy(place.site, place.policy, need),
            clock=clock,
            decisions=lambda: [publication(roster, place.site.settings.name)],
            manner=Manner(people=states),
        )
        engine.start()
        quiet = 0
        while quiet < 3:
            quiet = 0 if engine.turn(0.05) else quiet + 1
        engine.stop()
        store.close()


def busy_moment(folder: Path, day: date, seed: int = 3) -> datetime:
    """A moment of a rehearsed day at which many people are away from the roster: by what really happened."""
    with open_place(folder, datetime.combine(day, time(), UTC)) as place:
        file = folder / "rehearsed.jsonl"
        rehearse(place, day, seed=seed, to=str(file))
    rows = [json.loads(line) for line in Path(f"{file}.truth.jsonl").read_text().splitlines()]
    spans = [(datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"])) for row in rows]
    moments = [start + timedelta(minutes=8) for start, _ in spans if 10 <= start.hour < 17]

    def out(at: datetime) -> int:
        return sum(start + timedelta(minutes=2) <= at < end for start, end in spans)

    return max(moments, key=out).astimezone(UTC)
