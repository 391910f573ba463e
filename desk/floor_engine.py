"""From a site to its running live floor: its database, its telephone system's adapter, its engine."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from centre.events import RosterPublished
from centre.grid import instant
from centre.site import Broker
from desk.decisions import Decisions
from desk.wiring import Place
from store.database import open_database
from store.live import LiveDatabase
from streams.adapters import adapter_for
from streams.adapters.words import Words
from streams.clock import Clock, SystemClock
from streams.decode import Adapter
from streams.event_log import EventLog
from streams.floor_policy import FloorPolicy, floor_policy
from streams.journal_rows import Decision
from streams.live_sqlite import SqliteLiveStore
from streams.live_store import LiveStore
from streams.outputs import Output
from streams.processor import Manner, Processor
from streams.sources import event_topics, open_source

LIVE_FILE = "live.db"
DAY_S = 86_400


def open_live_store(place: Place) -> LiveStore:
    """The live floor's database: where the site's database is PostgreSQL, tables in it; else a file of its own.

    What runs beside the engine (the board, reallocation) opens one too, one a thread, and reads with
    `streams.live_view.ViewReader`; whoever opens it closes it.

    Raises
    ------
    StoreError : it cannot be opened.
    """
    url = place.site.settings.database
    if url.startswith("postgresql"):
        return LiveDatabase(open_database(url, place.folder), place.site.settings.name)
    return SqliteLiveStore(place.folder / LIVE_FILE)


def was_live(place: Place) -> bool:
    """Whether there may be anything in it: where it is a file, whether it was ever made."""
    return place.site.settings.database.startswith("postgresql") or (place.folder / LIVE_FILE).exists()


@contextmanager
def live_store(place: Place) -> Iterator[LiveStore]:
    """The live floor's database, closed at the end of the block."""
    store = open_live_store(place)
    try:
        yield store
    finally:
        store.close()


def open_log(place: Place, source: str, follow: bool = False, instance: str = "") -> EventLog:
    """The log a person names; `instance` is this consumer's own name, the same over restarts."""
    return open_source(
        source,
        folder=place.folder,
        now=SystemClock().now,
        broker=place.site.settings.broker,
        secrets=os.environ,
        instance=instance,
        follow=follow,
    )


def adapter_of(place: Place, source: str, named: str = "") -> Adapter:
    """What reads a source's messages: as named, or from Kafka as [broker] says, else the native format."""
    broker = place.site.settings.broker
    system = named or (broker.adapter if broker and source == "kafka" else "native")
    tables = broker or Broker(bootstrap="")
    words = Words(
        place.site.settings.name,
        {**place.policy.adherence.states, **tables.states},
        dict(tables.agents),
        dict(tables.queues),
    )
    return adapter_for(system, words)


def floor_of(place: Place, begin: int, end: int) -> FloorPolicy:
    """The policy of the floor over [begin, end), UTC seconds, with what those days need as far as it is known."""
    return floor_policy(place.site, place.policy, place.plans.requirement_covering(begin, end))


@dataclass(frozen=True)
class Run:
    """How the engine is to run.

    Attributes
    ----------
    instance : this consumer's own name, the same over restarts: Kafka then gives it its partitions back at once.
    adapter : of the telephone system; "" as the site says.
    replay : only the events' own time passes.
    propose : while real time passes, moves are proposed where service drops.
    """

    instance: str = ""
    adapter: str = ""
    replay: bool = False
    propose: bool = True


def engine_of(
    place: Place,
    log: EventLog,
    store: LiveStore,
    source: str,
    floor: FloorPolicy,
    clock: Clock,
    run: Run,
    hear: Callable[[Output], None],
    published: Sequence[RosterPublished] | None = None,
    rules: Callable[[], tuple[FloorPolicy, Adapter] | None] = lambda: None,
) -> Processor:
    """The engine over a log that many may write, publishing what it says to the same one.

    Parameters
    ----------
    published : the rosters to hold against; None takes those of the site as they are published.
    rules : another policy and adapter, where they have changed.
    """
    broker = place.site.settings.broker or Broker(bootstrap="")
    states, queues = event_topics(place.site.settings.broker)
    log.create((states, queues), broker.partitions if source == "kafka" else 1)
    log.create((broker.alerts, broker.adherence, broker.proposals, broker.dead_letters))
    begin = instant(place.today, 0, place.site.settings.zone) - DAY_S
    decisions = Decisions(place, begin) if published is None else None
    fixed: Sequence[Decision] = tuple(published or ())
    return Processor(
        events=log,
        topics=(states, queues),
        store=store,
        adapter=adapter_of(place, source, run.adapter),
        floor=floor,
        clock=clock,
        outlet=log,
        decisions=decisions or (lambda: fixed),
        find=decisions.find if decisions else (lambda name: None),
        hear=hear,
        rules=rules,
        manner=Manner(
            live=not run.replay,
            people=states,
            alerts=broker.alerts,
            adherence=broker.adherence,
            dead_letters=broker.dead_letters,
            keep_days=place.policy.live.keep_days,
        ),
    )
