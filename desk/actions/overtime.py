"""Overtime and voluntary time off: offers of the planner or of reallocation, who takes them, how they are shared."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from centre.approvals import Approved, NotAllowedError, Open
from centre.errors import InputError
from centre.requests import OvertimeRequest
from centre.said import Said
from centre.site import Overtime
from desk.actions.policies import policy_in_force
from desk.actions.requests import Asked, file_request, floor_around, known_people
from desk.wiring import Place, logbook_of, requests_of
from desk.wording import words as words_of
from scheduler.judging import shown
from scheduler.overtime import OpenOffer, overtime_verdict
from store.lock import site_lock

OFFER, CLOSE = "offer", "offer_close"
LOCK_WAIT_S = 10.0


@dataclass(frozen=True)
class Offers:
    """Offers as they stand, and for each who may take it, those with the least overtime first."""

    rows: Sequence[OpenOffer]
    zone: str
    ranked: Sequence[Sequence[tuple[str, int]]] = ()

    def summary(self) -> dict[str, Any]:
        """For --json."""
        ranked = self.ranked or [[] for _ in self.rows]
        return {
            "offers": [
                {**row.to_json(), "ranked": [{"agent": name, "minutes": minutes} for name, minutes in order]}
                for row, order in zip(self.rows, ranked, strict=True)
            ]
        }

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        for row in self.rows:
            kind = said.term("overtime", row.kind)
            span = f"{shown(row.start, self.zone)} - {shown(row.end, self.zone)}"
            yield said._(
                "Offer {number}: {kind} {span} {queue}: {left} of {capacity} left, until {deadline}",
                number=row.number, kind=kind, span=span, queue=row.queue,
                left=max(0, row.capacity - len(row.takers)), capacity=row.capacity,
                deadline=shown(row.deadline, self.zone),
            )  # fmt: skip
        if not self.rows:
            yield said._("No offers are open.")


def make_offer(
    place: Place,
    kind: Literal["overtime", "vto"],
    start: int,
    end: int,
    *,
    capacity: int,
    deadline: int | None = None,
    queue: str = "",
    share: Literal["first", "fair"] | None = None,
    by: str,
    made: datetime,
) -> Offers:
    """Offer overtime or time off over [start, end), UTC seconds; by a planner, or by reallocation.

    Raises
    ------
    InputError : a time that is over, no capacity, a queue that is not there, nobody who offers.
    """
    now = int(place.now.timestamp())
    last = start if deadline is None else deadline
    if not now < last <= start < end:
        raise InputError(Said("an offer is for a time to come: now < deadline <= start < end"))
    if capacity < 1:
        raise InputError(Said("an offer is for one person at least: --capacity"))
    if queue and queue not in place.site.queues:
        raise InputError(
            Said('"{queue}" is no queue of queues.toml: one of {names}', queue=queue, names=list(place.site.queues))
        )
    if not by.strip():
        raise InputError(Said("an offer is made by somebody: --by"))
    content = {
        "kind_of": kind, "start": start, "end": end, "queue": queue, "capacity": capacity, "deadline": last,
        "share": share or place.policy.overtime.share,
    }  # fmt: skip
    number = logbook_of(place).write(OFFER, queue, now, by, content, made)
    return Offers([_offer(place, number)], place.site.settings.zone)


def close_offer(place: Place, number: int, by: str, made: datetime) -> Offers:
    """Take an offer back: what was asked for on it stands, nothing more is taken.

    Raises
    ------
    InputError : there is no such offer.
    """
    _offer(place, number)
    logbook_of(place).write(CLOSE, str(number), int(place.now.timestamp()), by, {}, made)
    return Offers([_offer(place, number)], place.site.settings.zone)


def offers(place: Place, *, every: bool = False) -> Offers:
    """The offers that can be taken now (or all), each with who could take it, least overtime first."""
    now = int(place.now.timestamp())
    rows = [row for row in _all_offers(place) if every or (not row.closed and now < row.deadline)]
    return Offers(rows, place.site.settings.zone, [ledger(place, row) for row in rows])


def ledger(place: Place, offer: OpenOffer) -> list[tuple[str, int]]:
    """The fairness ledger: who serves the offer's queue, with the overtime (or time off) of the days before it.

    Least first; of equal ones the first by name.
    """
    since = offer.start - place.policy.overtime.ledger_days * 86_400
    minutes: dict[str, int] = {
        name: 0
        for name, agent in place.site.agents.items()
        if agent.role == "agent" and (not offer.queue or offer.queue in agent.skills)
    }
    for row in requests_of(place).all(what="overtime"):
        asked = row.asked
        if isinstance(asked, OvertimeRequest) and row.holds and asked.kind == offer.kind and asked.agent in minutes:
            counts = since <= asked.start < offer.start and asked.offer != offer.number
            minutes[asked.agent] += asked.minutes if counts else 0
    return sorted(minutes.items(), key=lambda pair: (pair[1], pair[0]))


def ask_overtime(place: Place, asked: OvertimeRequest, *, file: bool = True, made: datetime) -> Asked:
    """Judge overtime or voluntary time off and, unless it is forbidden, file it for its line up to the head.

    Raises
    ------
    InputError : a person who is not in agents.csv, a queue or an offer that is not there.
    BusyError : another run holds the site for longer than one waits.
    """
    known_people(place, asked.agent)
    if asked.queue and asked.queue not in place.site.queues:
        raise InputError(
            Said(
                '"{queue}" is no queue of queues.toml: one of {names}',
                queue=asked.queue,
                names=list(place.site.queues),
            )
        )
    offer = _offer(place, asked.offer) if asked.offer else None
    if offer is not None and offer.queue and not asked.queue:
        asked = asked.model_copy(update={"queue": offer.queue})
    floor = floor_around(place, asked.start, asked.end)
    policy = policy_in_force(place, asked.at)
    # One at a time on an offer: two who ask at once would both see the last place free.
    with site_lock(place.folder, wait_s=LOCK_WAIT_S) if file and offer is not None else nullcontext():
        offer = _offer(place, asked.offer) if asked.offer else None
        verdict = overtime_verdict(asked, floor, policy, offer, _earlier(place, asked.agent))
        number = file_request(place, asked, verdict, asked.start, made) if file else None
    return Asked(verdict, number, asked, floor.zone)


def shared_out(place: Place, asked: OvertimeRequest, number: int, at: int) -> None:
    """See that a request on an offer may be approved: within the capacity, and if it is shared out, in its turn.

    Raises
    ------
    NotAllowedError : others come first, or the offer is not shared out yet.
    """
    if not asked.offer:
        return
    offer = _offer(place, asked.offer)
    zone = place.site.settings.zone
    if offer.share == "fair" and at < offer.deadline:
        raise NotAllowedError(
            Said(
                "offer {number} is shared out at {shown}, not before",
                number=offer.number,
                shown=shown(offer.deadline, zone),
            )
        )
    asking = [
        row
        for row in requests_of(place).all(at, "overtime")
        if isinstance(row.asked, OvertimeRequest)
        and row.asked.offer == offer.number
        and isinstance(row.state, Open | Approved)
    ]
    if offer.share == "fair":
        worked = dict(ledger(place, offer))
        asking.sort(key=lambda row: (not row.holds, worked.get(row.asked.agent, 0), row.asked.at, row.number))
    else:
        asking.sort(key=lambda row: (not row.holds, row.asked.at, row.number))
    first = [row.number for row in asking[: offer.capacity]]
    if number not in first:
        raise NotAllowedError(
            Said(
                "offer {number} is for {capacity}: requests {names} come first",
                number=offer.number,
                capacity=offer.capacity,
                names=list(map(str, first)),
            )
        )


def _earlier(place: Place, agent: str) -> list[Overtime]:
    now = int(place.now.timestamp())
    return [
        Overtime(agent=agent, start=row.asked.start, end=row.asked.end)
        for row in requests_of(place).all(now, "overtime")
        if isinstance(row.asked, OvertimeRequest)
        and row.asked.agent == agent
        and row.asked.kind == "overtime"
        and isinstance(row.state, Open | Approved)
    ]


def _offer(place: Place, number: int) -> OpenOffer:
    found = next((row for row in _all_offers(place) if row.number == number), None)
    if found is None:
        raise InputError(Said("there is no offer {number}: list them with `paiban offer list`", number=number))
    return found


def _all_offers(place: Place) -> list[OpenOffer]:
    book = logbook_of(place)
    now = int(place.now.timestamp())
    closed = {line.about for line in book.lines(CLOSE)}
    takers: dict[int, list[str]] = {}
    for row in requests_of(place).all(now, "overtime"):
        if isinstance(row.asked, OvertimeRequest) and row.asked.offer and isinstance(row.state, Open | Approved):
            takers.setdefault(row.asked.offer, []).append(row.asked.agent)
    found = []
    for line in book.lines(OFFER):
        c = line.content
        offer = OpenOffer(
            line.number, c["kind_of"], c["start"], c["end"], c["queue"], c["capacity"], c["deadline"], c["share"],
            line.by, str(line.number) in closed, tuple(takers.get(line.number, ())),
        )  # fmt: skip
        found.append(offer)
    return found
