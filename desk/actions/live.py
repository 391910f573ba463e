"""The shift leader's steps: let a day happen, and watch who keeps to the roster."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from centre.errors import InputError
from centre.events import AgentState, Event, RosterPublished
from centre.grid import instant, local_day
from centre.roster import Roster
from centre.said import Said
from desk.actions.proposal_told import ProposalTold
from desk.actions.proposals_said import told_words
from desk.actions.recorded_contacts import recorded_contacts
from desk.actions.rostered_days import no_roster
from desk.decisions import known_excuses, known_rosters
from desk.floor_engine import DAY_S, Run, adapter_of, engine_of, floor_of, live_store, open_log
from desk.floor_engine import LIVE_FILE as LIVE_FILE
from desk.following import Following
from desk.outputs import read_roster_csv
from desk.terminal import as_json
from desk.wiring import Place
from desk.wording import words as words_of
from store.atomic import write_whole
from streams.adapters import NATIVE
from streams.alert_words import words
from streams.clock import Clock, SystemClock
from streams.dead_letters import Ceiling, DeadLetter
from streams.decode import Adapter, decode_batch
from streams.event_log import EventLog, Message
from streams.floor_policy import SECOND, FloorPolicy, floor_policy
from streams.heard_days import events_days, judged_over, overlapping
from streams.native import key, write
from streams.outputs import AdherenceDay, Alert, Correction, Ended, Escalated, Output
from streams.processor import Processor
from streams.rehearsal.disruption import UNDISTURBED, Disruption
from streams.rehearsal.rehearse import Rehearsal
from streams.rehearsal.rehearse import rehearse as live_through
from streams.sources import event_topics
from streams.tidying import collected_between_turns
from streams.watchdog import exit_if_longer
from streams.watching import publication
from streams.watching import watch as watch_events

USUAL = Run()
STUCK_S = 60.0
"""A turn of the loop that takes longer ends the process, so that its supervisor starts it anew."""

POLL_S = 0.3
BATCH = 2000
PACE_S = 0.1


@dataclass(frozen=True)
class Rehearsed:
    """A rehearsed day and where it went."""

    day: date
    lived: Rehearsal
    to: str
    truth: Path | None

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {
            "date": self.day.isoformat(),
            "to": self.to,
            "events": len(self.lived.events),
            "departures": len(self.lived.truth),
            "truth": str(self.truth) if self.truth else None,
            "queues": {
                queue.queue: {
                    "offered": queue.offered,
                    "answered": queue.answered,
                    "answered_within": queue.answered_within,
                    "abandoned": queue.abandoned,
                }
                for queue in self.lived.queues
            },
        }

    def words(self) -> Iterable[str]:
        """For people."""
        yield Said(
            "{day}: {events:,} events to {to}; {departures} departures from the roster",
            day=self.day,
            events=len(self.lived.events),
            to=self.to,
            departures=len(self.lived.truth),
        )
        for queue in self.lived.queues:
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


def rehearse(
    place: Place,
    day: date,
    *,
    seed: int,
    to: str,
    roster_file: Path | None = None,
    disruption: Disruption = UNDISTURBED,
    pace: float = 0.0,
    stop: Callable[[], bool] = lambda: False,
    clock: Clock | None = None,
    recorded: bool = False,
) -> Rehearsed:
    """Let a day of the roster happen and send its events to a file, the embedded log or Kafka.

    Parameters
    ----------
    disruption : what goes wrong on that day.
    pace : how fast a log gets them: 0 all at once; 1 each when its time comes, those of before at once, as a telephone
        system would on that day; 60 an hour in a minute, from now on.
    stop : ends the sending early.
    recorded : contacts of the day as the history has them, instead of drawn ones.

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
        raise InputError(
            Said("no requirement is known for {day}: run `paiban staff` (or `paiban nightly`) for it first", day=day)
        )
    floor = floor_policy(place.site, place.policy, demand)
    lived = live_through(
        place.site,
        roster,
        demand,
        day,
        seed,
        disruption=disruption,
        policy=place.policy,
        required=floor.required,
        recorded=recorded_contacts(place, day, demand) if recorded else None,
    )
    truth = None
    if to in ("embedded", "kafka", "-"):
        _send(place, to, lived.events, pace, stop, clock or SystemClock())
    else:
        write_whole(Path(to), b"".join(write(event) + b"\n" for event in lived.events))
        truth = Path(f"{to}.truth.jsonl")
        write_whole(truth, b"".join(as_json(row.to_json(zone)).encode() + b"\n" for row in lived.truth))
    return Rehearsed(day, lived, to, truth)


def roster_of(place: Place, file: Path | None, begin: int, end: int) -> Roster:
    """The whole duties that overlap [begin, end), UTC seconds, of a file or of the published roster.

    Raises
    ------
    InputError : there is none.
    """
    zone = place.site.settings.zone
    near = begin - DAY_S, end + DAY_S
    roster = overlapping(read_roster_csv(file, zone) if file else place.plans.published_roster(*near), begin, end)
    if not roster.segments:
        day = local_day(begin, zone)
        raise InputError(Said("{file} has no roster for {day}", file=file, day=day)) if file else no_roster(place, day)
    return roster


def _send(place: Place, to: str, events: Sequence[Event], pace: float, stop: Callable[[], bool], clock: Clock) -> None:
    log = open_log(place, to)
    broker = place.site.settings.broker
    states, queues = event_topics(broker)
    try:
        log.create((states, queues), broker.partitions if broker and to == "kafka" else 1)
        for batch in _in_time(events, pace, stop, clock):
            for topic, mine in ((states, True), (queues, False)):
                messages = [Message(key(e), write(e), (NATIVE,)) for e in batch if isinstance(e, AgentState) is mine]
                if messages:
                    log.append(topic, messages)
    finally:
        log.close()


def _in_time(events: Sequence[Event], pace: float, stop: Callable[[], bool], clock: Clock) -> Iterator[Sequence[Event]]:
    """The events in batches, each batch when its time has come."""
    if not pace:
        for first in range(0, len(events), BATCH):
            yield events[first : first + BATCH]
        return
    begun, origin = clock.now(), events[0].at if events else 0
    sent = 0
    while sent < len(events) and not stop():
        now = clock.now()
        until = now if pace == 1 else origin + round((now - begun) * pace)
        due = sent
        while due < len(events) and events[due].at <= until:
            due += 1
        if due > sent:
            yield events[sent:due]
            sent = due
        else:
            clock.sleep(PACE_S)


@dataclass
class Watched:
    """What a run of watching has seen so far, for the last words.

    Attributes
    ----------
    started : called with the engine, where there is one, before it runs: for whoever asks after it meanwhile.
    """

    dead: list[DeadLetter] = field(default_factory=list)
    events: int = 0
    started: Callable[[Processor], None] = lambda engine: None


def watch(
    place: Place,
    source: str,
    *,
    roster_file: Path | None = None,
    stop: Callable[[], bool] = lambda: False,
    watched: Watched | None = None,
    idle_s: float | None = None,
    run: Run = USUAL,
    clock: Clock | None = None,
) -> Iterator[tuple[Output | ProposalTold, FloorPolicy]]:
    """Alerts as they come, and at the end adherence by agent and day; of a floor that is followed, proposals as well.

    A file is read to its end, standard input as it comes. The embedded log and Kafka are followed until `stop`, or
    until nothing has come for `idle_s` seconds (then only the events' own time passes, as befits a replay); what was
    taken in and where the watch stands are committed together, so that the next one goes on from there. While real time
    passes the engine looks at its floor every few minutes and proposes moves (`run.propose`), on the topic of proposals
    too; what nobody has to approve is done at once.

    Parameters
    ----------
    clock : the real time; the machine's by default.

    Raises
    ------
    InputError : no roster.
    PoisonCeilingError : too many messages that cannot be read.
    """
    seen = watched if watched is not None else Watched()
    log = open_log(place, source, instance=run.instance)
    if source in ("embedded", "kafka"):
        told = _follow(place, log, source, roster_file, stop, idle_s, seen, run, clock or SystemClock())
    else:
        told = _read(place, log, source, roster_file, stop, seen, run)
    yield from told


def _read(
    place: Place,
    log: EventLog,
    source: str,
    roster_file: Path | None,
    stop: Callable[[], bool],
    seen: Watched,
    run: Run,
) -> Iterator[tuple[Output, FloorPolicy]]:
    try:
        events: Iterable[Event] = _events(place, log, stop, seen, adapter_of(place, source, run.adapter))
        span = None
        if source != "-":
            events = known = list(events)
            span = (min(e.at for e in known), max(e.at for e in known)) if known else None
        rosters = _rosters(place, roster_file, span)
        floor = _floor_for(place, rosters)
        if span:
            rosters = judged_over(rosters, events_days(known, rosters, place.site.settings.zone))
        for output in watch_events(events, [*rosters, *known_excuses(place)], floor):
            yield output, floor
    finally:
        log.close()


def _follow(
    place: Place,
    log: EventLog,
    source: str,
    roster_file: Path | None,
    stop: Callable[[], bool],
    idle_s: float | None,
    seen: Watched,
    run: Run,
    real: Clock,
) -> Iterator[tuple[Output | ProposalTold, FloorPolicy]]:
    from desk.actions.proposing import proposer_of  # it reads what was recorded, as this module does

    said: deque[Output] = deque()
    replay = idle_s is not None
    rosters = _rosters(place, roster_file, None)
    clock = _ReplayClock(rosters) if replay else real
    following = None if replay or roster_file else Following(place, source, run.adapter, real.now)
    floor = following.first()[0] if following else _floor_for(place, rosters)
    rules = following or (lambda: None)
    proposer = proposer_of(place, source) if run.propose and not replay and not roster_file else None
    with ExitStack() as open_:
        store = open_.enter_context(live_store(place))
        fixed = rosters if replay or roster_file else None
        engine = engine_of(
            place, log, store, source, floor, clock, replace(run, replay=replay), said.append, fixed, rules
        )
        seen.started(engine)
        try:
            engine.start()
            tidy = open_.enter_context(collected_between_turns())
            heard = clock.now()
            while not stop():
                with exit_if_longer(0 if replay else STUCK_S):
                    count = engine.turn(POLL_S)
                    tidy()
                seen.events += count
                heard = clock.now() if count else heard
                while said:
                    yield said.popleft(), engine.floor
                if proposer is not None:
                    if engine.ready and engine.caught_up:
                        proposer.turn(engine.held, clock.now())
                    for told in proposer.publish(log):
                        yield told, engine.floor
                if idle_s is not None and clock.now() - heard > idle_s * SECOND:
                    break
            if replay:
                engine.play_out()
            while said:
                yield said.popleft(), engine.floor
            for day in engine.days():
                yield day, engine.floor
        finally:
            if proposer is not None:
                proposer.finish()
            engine.stop()


class _ReplayClock(SystemClock):
    """The machine's clock, but never before the end of the rosters: a replayed day may lie in the future."""

    def __init__(self, published: Sequence[RosterPublished]) -> None:
        end = max((roster.end for roster in published), default=0) * SECOND
        self.ahead = max(0, end - super().now())

    def now(self) -> int:
        return super().now() + self.ahead


def _rosters(place: Place, file: Path | None, span: tuple[int, int] | None) -> list[RosterPublished]:
    """The rosters to hold events against.

    Of a file; or as published and known now over the time of the events, `span` in UTC microseconds; without a span,
    over the days of the newest version and the five weeks before.
    """
    site, zone = place.site.settings.name, place.site.settings.zone
    if file:
        rosters = [publication(read_roster_csv(file, zone), site)]
    else:
        newest = place.plans.latest_published().segments
        if span is None:
            begin = min((segment.start for segment in newest), default=0) - 35 * DAY_S
            end = max((segment.end for segment in newest), default=0) + DAY_S
        else:
            begin, end = (instant(local_day(at // SECOND, zone), 0, zone) for at in span)
            begin, end = begin - DAY_S, end + 2 * DAY_S
        rosters = known_rosters(place, begin, end)
    if not any(roster.segments for roster in rosters):
        raise InputError(
            Said("there is no roster to watch: publish one with `paiban nightly`, or name a file with --roster")
        )
    return rosters


def _floor_for(place: Place, rosters: Sequence[RosterPublished]) -> FloorPolicy:
    """The floor's policy with what the days of these rosters need, as far as it is known."""
    zone = place.site.settings.zone
    starts = [segment.start for roster in rosters for segment in roster.segments]
    first, last = local_day(min(starts), zone), local_day(max(starts), zone)
    whole = floor_of(place, instant(first, 0, zone), instant(last, 1440, zone))
    newest = place.plans.latest_published().segments
    if whole.demand is not None or not newest:
        return whole
    first, last = local_day(newest[0].start, zone), local_day(max(segment.start for segment in newest), zone)
    return floor_of(place, instant(first, 0, zone), instant(last, 1440, zone))


def _events(
    place: Place, log: EventLog, stop: Callable[[], bool], seen: Watched, adapter: Adapter | None = None
) -> Iterator[Event]:
    """The events of a log until it ends or `stop` says so; what cannot be read is noted and passed over."""
    ceiling, adapter = Ceiling(), adapter or adapter_of(place, "")
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


def output_words(output: Output | ProposalTold, floor: FloorPolicy, language: str) -> Iterable[str]:
    """One thing the live floor says, for people."""
    row = output.to_json(floor)
    match output:
        case ProposalTold():
            yield from told_words(row, language)
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
            severity = words_of(language).term("severity", row["severity"])
            yield f"{row['at'][:19]}  {severity:8} {words(alert, floor.zone)[language]}"
        case Ended():
            yield Said(
                "{at}  ended    {who}: {alert} ({why})",
                at=row["at"][:19],
                who=row.get("agent") or row.get("queue"),
                alert=Said.term("alert", output.of),
                why=Said.term("alert_end", output.why),
            )
        case Correction():
            yield Said(
                "{at}  late     {agent}: {event} came too late; the day is reckoned anew",
                at=row["at"][:19],
                agent=output.agent,
                event=output.event,
            )
