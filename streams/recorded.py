"""What was recorded, read whole: events of the journal as known at a moment, timelines and cases made of them."""

from array import array
from collections.abc import Iterable
from typing import NamedTuple

from centre.events import AgentState, Case, Event
from streams.journal_rows import events_within
from streams.live_store import LiveStore
from streams.timeline import STATE_CODES, Timeline, joined


def journal_events(store: LiveStore, first: int, last: int, known: int | None = None) -> list[Event]:
    """The events of every partition's journal that happened within [first, last], each once.

    Parameters
    ----------
    first, last : UTC microseconds.
    known : only what had been taken in by this instant, UTC microseconds; None: everything.
    """
    found: dict[tuple[type, str], Event] = {}
    for partition in store.partitions():
        rows = (
            row for row in store.happened(partition, first, last) if known is None or row.received <= known
        )  # fmt: skip
        for event in events_within(rows, first, last):
            found.setdefault((type(event), event.id), event)
    return sorted(found.values(), key=lambda event: (event.at, getattr(event, "sequence", 0), event.id))


def timelines_of(events: Iterable[Event]) -> dict[str, Timeline]:
    """Each agent's timeline, the same whatever order the events come in, and however often."""
    heard: dict[str, dict[str, AgentState]] = {}
    for event in events:
        if isinstance(event, AgentState):
            heard.setdefault(event.agent, {}).setdefault(event.id, event)
    found = {}
    for agent, rows in heard.items():
        order = sorted(rows.values(), key=lambda row: (row.at, row.sequence, row.id))
        found[agent] = Timeline(
            array("q", (row.at for row in order)),
            bytes(STATE_CODES[row.state] for row in order),
            bytes(len(order)),
            ("",),
            joined(row.id for row in order),
            array("q", (row.sequence for row in order)),
        )
    return found


class CaseNow(NamedTuple):
    """A case that is open: its queue, who holds it ("": nobody), and when it arrived (UTC microseconds)."""

    case: str
    queue: str
    agent: str
    arrived: int


def open_cases(events: Iterable[Event], at: int) -> list[CaseNow]:
    """The cases that have arrived by an instant (UTC microseconds) and are not closed, oldest first."""
    cases: dict[str, CaseNow] = {}
    closed: set[str] = set()
    rows = [event for event in events if isinstance(event, Case) and event.at <= at]
    for event in sorted(rows, key=lambda row: (row.at, row.id)):
        known = cases.get(event.case, CaseNow(event.case, event.queue, "", event.at))
        holder = event.agent if event.milestone == "taken" else "" if event.milestone == "returned" else known.agent
        cases[event.case] = CaseNow(event.case, event.queue or known.queue, holder, min(known.arrived, event.at))
        if event.milestone == "closed":
            closed.add(event.case)
        elif event.milestone in ("returned", "arrived"):
            closed.discard(event.case)
    return sorted((row for name, row in cases.items() if name not in closed), key=lambda row: (row.arrived, row.case))
