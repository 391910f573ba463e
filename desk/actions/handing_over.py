"""Handover 交接班 (SHF-5): what is open is carried from leader to leader until it is closed; relief at the desk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from centre.errors import InputError
from centre.grid import aware
from centre.said import Said
from desk.actions.duty import known_by, roster_around, snapshot_of
from desk.actions.recorded import recorded_events
from desk.wiring import Place, logbook_of
from desk.wording import words as words_of
from streams.floor_snapshot import Relief, reliefs

ITEM, CLOSED, HANDOVER = "handover_item", "handover_closed", "handover"
KINDS = ("equipment", "case", "shift", "person", "other")


@dataclass(frozen=True)
class HandoverLog:
    """The handover log as it stands.

    Attributes
    ----------
    items : open items, oldest first; with `carried`, how many handovers they have gone through.
    handovers : the handovers made, oldest first.
    reliefs : who goes off about now, and whether the relief is at the desk.
    waiting : of those, who waits past the time.
    """

    zone: str
    items: Sequence[Mapping[str, Any]]
    handovers: Sequence[Mapping[str, Any]]
    reliefs: Sequence[Relief]
    waiting: Sequence[Relief]
    number: int | None = None

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {
            "number": self.number,
            "open": list(self.items),
            "handovers": list(self.handovers),
            "reliefs": [row.to_json(self.zone) for row in self.reliefs],
            "waiting": [row.to_json(self.zone) for row in self.waiting],
        }

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        if not self.items:
            yield said._("Nothing is open.")
        for row in self.items:
            kind = said.term("handover", row["kind"])
            yield said._("{number} {kind}: {text} ({by}, {at}, handed over {carried} times)", number=row["number"],
                         kind=kind, text=row["text"], by=row["by"], at=str(row["at"])[:16],
                         carried=row["carried"])  # fmt: skip
        for relief in self.reliefs:
            off = aware(relief.off_at, self.zone)
            facts = {"agent": relief.agent, "relief": relief.relief, "time": f"{off:%H:%M}"}
            if relief in self.waiting:
                yield said._("{agent} waits since {time}: {relief} is not at the desk", **facts)
            elif relief.there_since is not None:
                yield said._("{agent} may leave at {time}: {relief} is at the desk", **facts)
            else:
                yield said._("{agent} goes off at {time}, relieved by {relief}", **facts)


def handover_log(place: Place, source: str = "", number: int | None = None) -> HandoverLog:
    """The log now: open items, handovers made, and who is relieved within the hour."""
    book, zone = logbook_of(place), place.site.settings.zone
    closed = {line.about for line in book.lines(CLOSED)}
    made = book.lines(HANDOVER)
    items = [
        {
            "number": line.number, "kind": line.content["kind_of"], "text": line.content["text"], "by": line.by,
            "at": aware(line.at, zone).isoformat(),
            "carried": sum(line.number in other.content["items"] for other in made),
        }
        for line in book.lines(ITEM)
        if str(line.number) not in closed
    ]  # fmt: skip
    handovers = [
        {
            "number": line.number, "at": aware(line.at, zone).isoformat(), "from": line.by, "to": line.content["to"],
            "items": line.content["items"], "note": line.content["note"], "floor": line.content["floor"],
        }
        for line in made
    ]  # fmt: skip
    at = int(place.now.timestamp())
    found = _reliefs(place, source, at)
    grace = place.policy.duty.relief_grace_minutes * 60
    waiting = [row for row in found if row.there_since is None and row.off_at + grace <= at]
    return HandoverLog(zone, items, handovers, found, waiting, number)


def add_item(place: Place, text: str, *, kind: str = "other", by: str, made: datetime) -> HandoverLog:
    """Write an open item into the log: equipment, a hard case, a change of shift.

    Raises
    ------
    InputError : a kind that is not known, no text, or nobody of that name.
    """
    if kind not in KINDS:
        raise InputError(Said('--kind: found "{kind}"; allowed: one of {names}', kind=kind, names=list(KINDS)))
    if not text.strip():
        raise InputError(Said("an item says what is open: --add TEXT"))
    content = {"kind_of": kind, "text": text}
    at = int(place.now.timestamp())
    number = logbook_of(place).write(ITEM, str(place.today), at, known_by(place, by), content, made)
    return handover_log(place, number=number)


def close_item(place: Place, number: int, *, by: str, note: str = "", made: datetime) -> HandoverLog:
    """Close an open item: it is carried no further.

    Raises
    ------
    InputError : no such item is open, or nobody of that name.
    """
    if number not in [row["number"] for row in handover_log(place).items]:
        raise InputError(Said("no item {number} is open: see `paiban handover`", number=number))
    at = int(place.now.timestamp())
    logbook_of(place).write(CLOSED, str(number), at, known_by(place, by), {"note": note}, made)
    return handover_log(place, number=number)


def hand_over(place: Place, *, by: str, to: str, note: str = "", source: str = "", made: datetime) -> HandoverLog:
    """One leader hands over to the next: open items are carried on, the floor is recorded as it stands.

    Raises
    ------
    InputError : the same person, or nobody of that name.
    """
    if known_by(place, by) == known_by(place, to):
        raise InputError(Said("one hands over to somebody else: --to"))
    at = int(place.now.timestamp())
    items = [row["number"] for row in handover_log(place).items]
    floor = snapshot_of(place, source, at).to_json()
    content = {"to": to, "items": items, "note": note, "floor": floor}
    number = logbook_of(place).write(HANDOVER, str(place.today), at, by, content, made)
    return handover_log(place, source, number)


def _reliefs(place: Place, source: str, at: int) -> list[Relief]:
    events = recorded_events(place, source, at - 86_400, at + 1)
    skills = {name: tuple(agent.skills) for name, agent in place.site.agents.items()}
    segments = roster_around(place, at).segments
    return reliefs(events, segments, at - 3600, at + 3600, at, skills)
