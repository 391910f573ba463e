"""The shift leader's steps: let a day happen, and watch who keeps to the roster."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from centre.errors import InputError
from centre.events import AgentState, Event, RosterPublished
from centre.grid import instant, local_day
from centre.requirement import Requirement
from centre.roster import Roster
from centre.said import Said
from desk.outputs import read_roster_csv
from desk.terminal import as_json
from desk.wiring import Place
from store.atomic import write_whole
from streams.alert_words import words
from streams.clock import SystemClock
from streams.dead_letters import Ceiling, DeadLetter
from streams.decode import States, decode_batch
from streams.event_log import EventLog, Message
from streams.floor_policy import SECOND, FloorPolicy, floor_policy
from streams.live_sqlite import SqliteLiveStore
from streams.native import key, native_adapter, write
from streams.outputs import AdherenceDay, Alert, Correction, Ended, Escalated, Output
from streams.processor import Manner, Processor
from streams.rehearsal.rehearse import Rehearsal
from streams.rehearsal.rehearse import rehearse as live_through
from streams.sources import event_topics, open_source
from streams.watching import publication
from streams.watching import watch as watch_events

LIVE_FILE = "live.db"
POLL_S = 0.3
BATCH = 2000


@dataclass(frozen=True)
class Rehearsed:
    """A rehearsed day and where it went."""

    day: Rehearsal
    to: str
    truth: Path | None

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {
            "to": self.to,
            "events": len(self.day.events),
            "departures": len(self.day.truth),
            "truth": str(self.truth) if self.truth else None,
            "queues": {
                queue.queue: {
                    "offered": queue.offered,
                    "answered": queue.answered,
                    "answered_within": queue.answered_within,
                    "abandoned": queue.abandoned,
                }
                for queue in self.day.queues
            },
        }

    def words(self) -> Iterable[str]:
        """For people."""
        yield Said(
            "{events:,} events to {to}; {departures} departures from the roster",
            events=len(self.day.events),
            to=self.to,
            departures=len(self.day.truth),
        )
        for queue in self.day.queues:
            level = f"{queue.answered_within / queue.offered:.1%}" if queue.offered else "-"
            yield Said(
                "{queue}: {offered} offered, {abandoned} abandoned, {level} in time",
                queue=queue.queue,
                offered=queue.offered,
                abandoned=queue.abandoned,
                level=level,
            )
        if self.truth:
            yield Said("what really happened: {file}", file=self.truth)


def rehearse(place: Place, day: date, *, seed: int, to: str, roster_file: Path | None = None) -> Rehearsed:
    """Let a day of the roster happen and send its events to a file, the embedded log or Kafka.

    Beside a file the truth is written, as FILE.truth.jsonl, so that detection can be scored.

    Raises
    ------
    InputError : no roster or no requirement for that day.
    StreamError : the log did not take the events.
    """
    zone = place.site.settings.zone
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    roster = roster_of(place, roster_file, begin, end)
    demand = place.plans.requirement_covering(begin, end)
    if demand is None:
        raise InputError(f"no requirement is known for {day}: run `paiban staff` (or `paiban nightly`) for it first")
    lived = live_through(place.site, roster, demand, day, seed)
    truth = None
    if to in ("embedded", "kafka", "-"):
        _send(place, to, lived.events)
    else:
        write_whole(Path(to), b"".join(write(event) + b"\n" for event in lived.events))
        truth = Path(f"{to}.truth.jsonl")
        write_whole(truth, b"".join(as_json(row.to_json(zone)).encode() + b"\n" for row in lived.truth))
    return Rehearsed(lived, to, truth)


def roster_of(place: Place, file: Path | None, begin: int, end: int) -> Roster:
    """The roster of a file, or the published one over [begin, end), UTC seconds.

    Raises
    ------
    InputError : there is none.
    """
    zone = place.site.settings.zone
    roster = read_roster_csv(file, zone) if file else place.plans.published_roster(begin, end)
    if not any(segment.start < end and begin < segment.end for segment in roster.segments):
        raise InputError(
            f"no roster for these days in {file}"
            if file
            else "no roster is published for these days: run `paiban nightly`"
        )
    return roster


def _send(place: Place, to: str, events: Sequence[Event]) -> None:
    log = open_log(place, to)
    states, queues = event_topics(place.site.settings.broker)
    try:
        log.create((states, queues))
        for first in range(0, len(events), BATCH):
            batch = events[first : first + BATCH]
            for topic, mine in ((states, True), (queues, False)):
                messages = [Message(key(e), write(e)) for e in batch if isinstance(e, AgentState) is mine]
                if messages:
                    log.append(topic, messages)
    finally:
        log.close()


def open_log(place: Place, source: str, follow: bool = False) -> EventLog:
    """The log a person names."""
    return open_source(
        source,
        folder=place.folder,
        now=SystemClock().now,
        broker=place.site.settings.broker,
        secrets=os.environ,
        follow=follow,
    )


@dataclass
class Watched:
    """What a run of watching has seen so far, for the last words."""

    dead: list[DeadLetter] = field(default_factory=list)
    events: int = 0


def watch(
    place: Place,
    source: str,
    *,
    roster_file: Path | None = None,
    stop: Callable[[], bool] = lambda: False,
    watched: Watched | None = None,
    idle_s: float | None = None,
) -> Iterator[tuple[Output, FloorPolicy]]:
    """Alerts as they come, and at the end adherence by agent and day.

    A file is read to its end, standard input as it comes. The embedded log and Kafka are followed until `stop`, or
    until nothing has come for `idle_s` seconds (then only the events' own time passes, as befits a replay); what was
    taken in and where the watch stands are committed together, so that the next one goes on from there.

    Raises
    ------
    InputError : no roster.
    PoisonCeilingError : too many messages that cannot be read.
    """
    roster = _roster_for(place, roster_file)
    floor = floor_policy(place.site, place.policy, _requirement_for(place, roster))
    seen = watched if watched is not None else Watched()
    published = [publication(roster, place.site.settings.name)]
    log = open_log(place, source)
    if source in ("embedded", "kafka"):
        told = _follow(place, log, floor, published, stop, idle_s, seen)
    else:
        told = _read(place, log, floor, published, stop, seen, in_order=source != "-")
    for output in told:
        yield output, floor


def _read(
    place: Place,
    log: EventLog,
    floor: FloorPolicy,
    published: Sequence[RosterPublished],
    stop: Callable[[], bool],
    seen: Watched,
    in_order: bool,
) -> Iterator[Output]:
    try:
        events: Iterable[Event] = _events(place, log, stop, seen)
        yield from watch_events(list(events) if in_order else events, published, floor)
    finally:
        log.close()


def _follow(
    place: Place,
    log: EventLog,
    floor: FloorPolicy,
    published: Sequence[RosterPublished],
    stop: Callable[[], bool],
    idle_s: float | None,
    seen: Watched,
) -> Iterator[Output]:
    states, queues = event_topics(place.site.settings.broker)
    said: deque[Output] = deque()
    clock = SystemClock() if idle_s is None else _ReplayClock(published)
    store = SqliteLiveStore(place.folder / LIVE_FILE)
    engine = Processor(
        events=log,
        topics=(states, queues),
        store=store,
        adapter=native_adapter(States(place.policy.adherence.states)),
        floor=floor,
        clock=clock,
        decisions=lambda: published,
        hear=said.append,
        manner=Manner(live=idle_s is None, people=states),
    )
    log.create((states, queues))
    try:
        engine.start()
        heard = clock.now()
        while not stop():
            count = engine.turn(POLL_S)
            seen.events += count
            heard = clock.now() if count else heard
            while said:
                yield said.popleft()
            if idle_s is not None and clock.now() - heard > idle_s * SECOND:
                break
        if idle_s is not None:
            engine.play_out()
            while said:
                yield said.popleft()
        yield from engine.days()
    finally:
        engine.stop()
        store.close()


class _ReplayClock(SystemClock):
    """The machine's clock, but never before the end of the rosters: a replayed day may lie in the future."""

    def __init__(self, published: Sequence[RosterPublished]) -> None:
        end = max((roster.end for roster in published), default=0) * SECOND
        self.ahead = max(0, end - super().now())

    def now(self) -> int:
        return super().now() + self.ahead


def _roster_for(place: Place, file: Path | None) -> Roster:
    roster = read_roster_csv(file, place.site.settings.zone) if file else place.plans.latest_published()
    if not roster.segments:
        raise InputError("there is no roster to watch: publish one with `paiban nightly`, or name a file with --roster")
    return roster


def _requirement_for(place: Place, roster: Roster) -> Requirement | None:
    """What the days of a roster need, as far as it is known."""
    zone = place.site.settings.zone
    first = local_day(min(segment.start for segment in roster.segments), zone)
    last = local_day(max(segment.start for segment in roster.segments), zone)
    return place.plans.requirement_covering(instant(first, 0, zone), instant(last, 1440, zone))


def _events(place: Place, log: EventLog, stop: Callable[[], bool], seen: Watched) -> Iterator[Event]:
    """The events of a log until it ends or `stop` says so; what cannot be read is noted and passed over."""
    adapter = native_adapter(States(place.policy.adherence.states))
    ceiling = Ceiling()
    log.subscribe(event_topics(place.site.settings.broker), lambda partitions: {})
    while not stop():
        for batch in log.poll(POLL_S):
            decoded = decode_batch(batch, adapter)
            seen.dead += decoded.dead
            ceiling.count(batch, decoded.dead, decoded.unreadable)
            seen.events += len(decoded.events)
            yield from decoded.events
        if log.finished:
            return


def output_words(output: Output, floor: FloorPolicy, language: str) -> Iterable[str]:
    """One thing the live floor says, for people."""
    row = output.to_json(floor)
    match output:
        case AdherenceDay():
            share = row["adherence"]["amazon"]
            told = "-" if share is None else f"{share:.1%}"
            yield Said(
                "{day}  {agent:12} adherence {share:>7}  out {out:6.1f} min",
                day=row["date"],
                agent=row["agent"],
                share=told,
                out=row["out_s"] / 60,
            )
        case Alert() | Escalated():
            alert = output.alert if isinstance(output, Escalated) else output
            yield f"{row['at'][:19]}  {row['severity']:8} {words(alert, floor.zone)[language]}"
        case Ended():
            yield Said(
                "{at}  ended    {who}: {alert} ({why})",
                at=row["at"][:19],
                who=row.get("agent") or row.get("queue"),
                alert=output.of,
                why=output.why,
            )
        case Correction():
            yield Said(
                "{at}  late     {agent}: {event} came too late; the day is reckoned anew",
                at=row["at"][:19],
                agent=output.agent,
                event=output.event,
            )
