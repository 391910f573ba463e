"""The events that an answer rests on: those of a file, or of the live floor's journal as known at a moment."""

from datetime import datetime

from centre.errors import InputError
from centre.events import Event
from centre.said import Said
from desk.actions.live import Watched, _events
from desk.floor_engine import open_live_store, open_log, was_live
from desk.wiring import Place
from streams.floor_policy import SECOND
from streams.live_store import LiveStore
from streams.recorded import journal_events

JOURNAL = "journal"


def recorded_events(place: Place, source: str, begin: int, end: int, known: datetime | None = None) -> list[Event]:
    """Events that happened in [begin, end), UTC seconds, in order of time.

    Parameters
    ----------
    source : "" or "journal" for what `paiban watch` took in, or a file of events.
    known : only what had been taken in by then; a file does not say when, so there everything counts.

    Raises
    ------
    InputError : a log that is followed for ever.
    """
    if source in ("", JOURNAL):
        store = open_journal(place)
        if store is None:
            return []
        try:
            until = None if known is None else int(known.timestamp() * SECOND)
            return journal_events(store, begin * SECOND, end * SECOND - 1, until)
        finally:
            store.close()
    return [event for event in read_events(place, source) if begin <= event.at // SECOND < end]


def read_events(place: Place, source: str) -> list[Event]:
    """All events of a file, to its end.

    Raises
    ------
    InputError : a log that is followed for ever.
    """
    if source in ("kafka", "-", "embedded"):
        raise InputError(
            Said(
                '"{source}" is followed for ever: name a file of events, or leave --source out for what `paiban watch '
                "--source {source}` took in",
                source=source,
            )
        )
    log = open_log(place, source)
    try:
        return list(_events(place, log, lambda: False, Watched()))
    finally:
        log.close()


def open_journal(place: Place) -> LiveStore | None:
    """The live floor's store; None where nothing was ever watched."""
    return open_live_store(place) if was_live(place) else None
