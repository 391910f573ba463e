"""Proposals of a running engine: it looks at its own floor every few minutes, tells what it proposes, and does by
itself what nobody has to approve.

The engine's loop hands over its states, which are never changed; the look, the choice and the acceptance happen in a
thread of their own with their own connection to the database, so that no alert waits for them. What they come to goes
back to the loop, which publishes it. The folder is opened anew at each look: a changed policy holds from the next one.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from centre.errors import PaibanError, StreamError
from desk import clock as real
from desk.actions.looks import floor_heard, keep_proposal, last_proposed, look_live, told_of
from desk.actions.promises import measure_due
from desk.actions.proposal_told import ProposalTold
from desk.actions.proposals import AUTOMATIC, accept
from desk.renewing import Renewal
from desk.terminal import as_json
from desk.wiring import Place, open_place
from streams.event_log import EventLog, Message, Partition
from streams.floor_policy import SECOND
from streams.held import Held
from streams.persistent import PersistentMap
from streams.reallocation.propose import Memory
from streams.sources import event_topics
from streams.state import State

log = logging.getLogger(__name__)


@dataclass
class Proposer:
    """Looks at the floor of a running engine.

    Parameters
    ----------
    folder : of the site.
    people : the topic of agent states; the whole floor is seen where all its partitions are ours.
    partitions : how many that topic has.
    topic : the topic of proposals.
    """

    folder: Path
    people: str
    partitions: int
    topic: str = "proposals"
    told: deque[ProposalTold] = field(default_factory=deque)
    memory: Memory | None = None
    renewal: Renewal | None = None
    _due: int = 0
    _thread: threading.Thread | None = None

    def turn(self, held: Mapping[Partition, Held], now: int) -> None:
        """Look if it is time to and the last look is over; `now` in UTC microseconds. Never waits."""
        if now < self._due or (self._thread is not None and self._thread.is_alive()):
            return
        mine = [part for part in held if part.topic == self.people]
        states = [part.state for part in held.values() if not part.is_new]
        if not any(part.number == 0 for part in mine) or not states:
            return  # of several engines on one floor, the one that has the first partition looks
        whole = merged(states) if len(mine) == self.partitions else None
        self._due = now + SECOND  # until the look has read how often
        self._thread = threading.Thread(target=self._look, args=(whole, now), name="proposals", daemon=True)
        self._thread.start()

    def publish(self, outlet: EventLog) -> Iterable[ProposalTold]:
        """What was found since the last call, put on the topic of proposals; what is kept already outlives a log that
        does not take it."""
        while self.told:
            said = self.told.popleft()
            try:
                outlet.append(self.topic, [Message(said.key.encode(), as_json(dict(said.row)).encode())])
            except StreamError as error:
                log.warning("proposal %s could not be published: %s", said.row["number"], error)
            yield said

    def finish(self, seconds: float = 10.0) -> None:
        """Wait for a look that is on its way, and for out/ where something was accepted."""
        until = time.monotonic() + seconds
        if self._thread is not None:
            self._thread.join(seconds)
        if self.renewal is not None:
            self.renewal.finish(max(0.0, until - time.monotonic()))

    def _look(self, state: State | None, now: int) -> None:
        try:
            with open_place(self.folder, datetime.fromtimestamp(now // SECOND, UTC)) as place:
                self._due = now + place.policy.reallocation.look_minutes * 60 * SECOND
                if place.policy.reallocation.on:
                    self.renewal = self.renewal or Renewal(self.folder)
                    later = replace(place, later=self.renewal.ask)
                    self.told.extend(self._found(later, state, now // SECOND))
        except PaibanError as error:
            log.warning("no look for moves: %s", error)
        except Exception:
            log.exception("no look for moves")

    def _found(self, place: Place, state: State | None, now: int) -> Iterable[ProposalTold]:
        heard = state if state is not None else floor_heard(place, now)
        memory = self.memory or Memory(proposed=last_proposed(place, now))
        self.memory, looked = look_live(place, heard, now, memory)
        measure_due(place, now)
        if looked.seen.proposal is None:
            return
        number = keep_proposal(place, looked)
        row = told_of(place, looked, number)
        log.info("proposal %d: %d moves", number, len(row["moves"]))
        yield ProposalTold(row)
        yield from _accepted(place, row, number, now)


def _accepted(place: Place, row: Mapping[str, Any], number: int, now: int) -> Iterable[ProposalTold]:
    """What nobody has to approve is done at once; a move that cannot be is left open, and that is logged."""
    names = [move["id"] for move in row["moves"] if move["approver"] == AUTOMATIC]
    at = datetime.fromtimestamp(now, UTC)
    for some in _together_else_alone(names):
        try:
            done = accept(place, number, by=AUTOMATIC, at=at, made=real.now(), moves=some)
        except PaibanError as error:
            log.warning("proposal %d: %s cannot be done by itself: %s", number, ", ".join(some), error)
            continue
        moves = [move for move in row["moves"] if move["id"] in done.moves]
        yield ProposalTold(
            {
                **{key: row[key] for key in ("id", "number", "site", "at")},
                "type": "accepted",
                "by": AUTOMATIC,
                "roster_version": done.version,
                "people": sorted({agent for move in moves for agent in move["agents"]}),
                "moves": moves,
            }
        )
        if len(some) == len(names):
            return


def _together_else_alone(names: list[str]) -> Iterable[list[str]]:
    if names:
        yield names
    if len(names) > 1:
        yield from ([name] for name in names)


def proposer_of(place: Place, source: str) -> Proposer:
    """What looks at the floor of an engine that reads a log."""
    broker = place.site.settings.broker
    states, _ = event_topics(broker)
    partitions = broker.partitions if broker and source == "kafka" else 1
    return Proposer(place.folder, states, partitions, broker.proposals if broker else "proposals")


def merged(states: Iterable[State]) -> State:
    """The floor of several partitions as one: each agent and each queue is of one of them."""
    first, *others = sorted(states, key=lambda state: state.now)
    lines, queues = PersistentMap(dict(first.lines.items())), PersistentMap(dict(first.queues.items()))
    for state in others:
        mine = {name: line for name, line in state.lines.items() if name not in lines or len(line.plan)}
        lines = lines.replace(mine)
        queues = queues.replace(dict(state.queues.items()))
    return replace(first, lines=lines, queues=queues)
