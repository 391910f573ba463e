"""Proposals of the live floor: make one, list them, accept (all, some, with another time), refuse; what they kept.

propose(place, at, source)              -> Proposed         look at the floor, choose and keep
publish_proposal(place, to, proposed)                       put it on its topic
list_proposals(place, now)              -> list[Kept]       newest first; `proposal_row` for JSON
accept(place, number, by=..., at=...)   -> Answered         a new roster version, through the checks
refuse(place, number, by=..., reason=..., at=...) -> Answered

What one look does is in `desk.actions.looks`, what promises came to in `desk.actions.promises`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from centre.approvals import NotAllowedError
from centre.errors import InputError, StreamError
from centre.events import Event
from centre.grid import instant, local_day
from centre.roster import Segment
from centre.said import Said
from desk.actions.looks import Proposed, floor_heard, keep_proposal, look_live, told_of
from desk.actions.publishing import Publisher, publishing
from desk.actions.requests import floor_around
from desk.floor_engine import open_log
from desk.terminal import as_json
from desk.wiring import Place, proposals_of
from store.audit import Audit
from store.audit import Deed as Noted
from store.proposals import Kept, ProposalDeed
from streams.event_log import Message
from streams.reallocation.law import Law
from streams.reallocation.paint import Line, Paint, changed_lines
from streams.reallocation.propose import Memory

AUTOMATIC = "auto"
"""Who accepts what nobody has to approve."""

LEVELS = {"auto": 0, "leader": 1, "head": 2}
RANK = {"agent": 0, "inspector": 0, "trainer": 0, "leader": 1, "head": 2, "director": 3}


@dataclass(frozen=True)
class Answered:
    """What was decided of a proposal.

    Attributes
    ----------
    moves : ids of the moves decided upon now.
    version : the roster version it brought about; None: none.
    """

    kept: Kept
    act: str
    moves: tuple[str, ...]
    version: int | None

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "proposal": self.kept.number,
            "act": self.act,
            "moves": list(self.moves),
            "version": self.version,
            "left": [move["id"] for move in self.kept.left()],
        }


def propose(
    place: Place,
    at: datetime,
    source: str = "",
    *,
    always: bool = True,
    events: Sequence[Event] | None = None,
) -> Proposed:
    """Look at the floor as it was at a moment, and propose the moves that win most service, if any does.

    Parameters
    ----------
    source : a file of events, or "" for what `paiban watch` took in.
    always : choose even without trouble; a plain look waits for the trigger.
    events : what was heard, instead of reading it.

    Raises
    ------
    InputError : no roster for that day.
    """
    now = int(at.astimezone(UTC).timestamp())
    _, looked = look_live(place, floor_heard(place, now, source, events), now, Memory(), always)
    if looked.seen.proposal is None:
        return looked
    return replace(looked, number=keep_proposal(place, looked))


def publish_proposal(place: Place, to: str, looked: Proposed) -> None:
    """Put a proposal that was made and kept on the topic of proposals; `to` is "kafka" or "embedded".

    Raises
    ------
    StreamError : the log does not take it; it can be answered all the same.
    """
    assert looked.number is not None
    try:
        _tell(place, to, told_of(place, looked, looked.number))
    except StreamError as error:
        raise StreamError(
            Said(
                "proposal {number} is kept and can be answered, but it is not on its topic: {error}",
                number=looked.number, error=error.args[0] if error.args else str(error),
            )
        ) from error  # fmt: skip


def list_proposals(place: Place, since: int = 0) -> list[Kept]:
    """Every proposal made since an instant (UTC second), newest first."""
    return proposals_of(place).all(since)


def proposal_row(kept: Kept, now: int) -> dict[str, Any]:
    """A proposal for --json: as it was made, where it stands, who may accept each move, what was done."""
    accepted, refused = kept.done("accept"), kept.done("refuse")
    content = {key: value for key, value in kept.content.items() if key != "was"}
    content["moves"] = [
        {**move, "status": "accepted" if move["id"] in accepted else "refused" if move["id"] in refused else "open"}
        for move in kept.moves
    ]
    return {
        "number": kept.number,
        "status": kept.status(now),
        **content,
        "deeds": [{"at": d.at, "act": d.act, "by": d.by, "reason": d.reason, **dict(d.detail)} for d in kept.deeds],
        "promise": None if kept.promise is None else dict(kept.promise),
    }


def accept(
    place: Place,
    number: int,
    *,
    by: str,
    at: datetime,
    made: datetime,
    moves: Sequence[str] = (),
    edits: Mapping[str, datetime] | None = None,
) -> Answered:
    """Accept a proposal, or some of its moves, or with other times: a new roster version, effective at once.

    Parameters
    ----------
    by : who accepts; moves that somebody higher has to approve are left for him, or refused if named.
    moves : ids; empty for all that `by` may accept.
    edits : for a pause or activity that moves, when it shall begin instead.

    Raises
    ------
    NotAllowedError : it has expired, facts have moved on, or `by` may not accept a move.
    InputError : a move would break a hard rule; nothing is changed then.
    """
    now = int(at.astimezone(UTC).timestamp())
    proposals = proposals_of(place)
    with publishing(place) as publisher:
        kept = proposals.get(number)
        chosen = _chosen(place, kept, moves or list(edits or ()), by, now)
        strokes = [stroke for move in chosen for stroke in _strokes(move, (edits or {}).get(move["id"]))]
        _still_so(place, kept, chosen, now)
        version = _publish(publisher, strokes, kept, by, now, made) if strokes else None
        names = tuple(str(move["id"]) for move in chosen)
        detail: dict[str, Any] = {"moves": list(names), "version": version}
        if edits:
            detail["edits"] = {name: moment.isoformat() for name, moment in edits.items()}
        proposals.note(number, ProposalDeed(now, "accept", by, "", detail), made, len(kept.deeds))
        _note(place, number, by, "accept", detail, made)
    return Answered(proposals.get(number), "accept", names, version)


def refuse(
    place: Place, number: int, *, by: str, reason: str, at: datetime, made: datetime, moves: Sequence[str] = ()
) -> Answered:
    """Refuse a proposal or some of its moves; the next choice does not come back with them for a while.

    Raises
    ------
    InputError : no reason is given.
    NotAllowedError : nothing of it is open.
    """
    if not reason.strip():
        raise InputError(Said("a refusal gives its reason: the next choice respects it"))
    now = int(at.astimezone(UTC).timestamp())
    proposals = proposals_of(place)
    kept = proposals.get(number)
    left = [move for move in kept.left() if not moves or move["id"] in moves]
    if not left:
        raise NotAllowedError(
            Said(
                "nothing of proposal {number} is open: it is {status}",
                number=number,
                status=Said.term("proposal", kept.status(now)),
            )
        )
    detail = {"moves": [move["id"] for move in left]}
    proposals.note(number, ProposalDeed(now, "refuse", by, reason, detail), made, len(kept.deeds))
    _note(place, number, by, "refuse", detail, made)
    return Answered(proposals.get(number), "refuse", tuple(detail["moves"]), None)


def may_accept(place: Place, by: str, approver: str) -> bool:
    """Whether somebody may let a move happen that needs this level: by his role, an office, or as a deputy."""
    approvals = place.policy.approvals
    stands_for = [by, *(name for name, deputies in approvals.deputies.items() if by in deputies)]
    rank = 0
    for name in stands_for:
        known = place.site.agents.get(name)
        offices = [role for role, people in approvals.people.items() if name in people]
        rank = max([rank, RANK.get(known.role, 0) if known else 0, *(RANK.get(role, 0) for role in offices)])
    return approver == "auto" or rank >= LEVELS[approver]


def _tell(place: Place, to: str, row: Mapping[str, Any]) -> None:
    log = open_log(place, to)
    topic = place.site.settings.broker.proposals if place.site.settings.broker else "proposals"
    try:
        log.create((topic,))
        log.append(topic, [Message(str(row["id"]).encode(), as_json(dict(row)).encode())])
    finally:
        log.close()


def _chosen(place: Place, kept: Kept, moves: Sequence[str], by: str, now: int) -> list[dict[str, Any]]:
    status = kept.status(now)
    if status != "open":
        raise NotAllowedError(
            Said(
                "proposal {number} is {status}: ask for a new one with `paiban propose`",
                number=kept.number,
                status=Said.term("proposal", status),
            )
        )
    left = {move["id"]: move for move in kept.left()}
    strangers = [name for name in moves if name not in left]
    if strangers:
        raise NotAllowedError(
            Said("proposal {number} has no open move {strangers}", number=kept.number, strangers=strangers[0])
        )
    wanted = [left[name] for name in moves] if moves else list(left.values())
    allowed = [move for move in wanted if may_accept(place, by, move["approver"])]
    if not allowed or (moves and len(allowed) < len(wanted)):
        barred = next(move for move in wanted if move not in allowed)
        raise NotAllowedError(
            Said(
                "{by} may not accept {move}: it is for the {approver}",
                by=by,
                move=barred["id"],
                approver=barred["approver"],
            )
        )
    return allowed


def _strokes(move: Mapping[str, Any], to: datetime | None) -> list[Paint]:
    strokes = [
        Paint(row["agent"], _second(row["start"]), _second(row["end"]), row["activity"], row["queue"])
        for row in move["changes"]
    ]
    if to is None:
        return strokes
    if "to" not in move["facts"]:
        raise InputError(Said("{move} has no time that could be another", move=move["id"]))
    off = int(to.timestamp()) - _second(move["facts"]["to"])
    return [s if s.activity == "work" else s._replace(start=s.start + off, end=s.end + off) for s in strokes]


def _still_so(place: Place, kept: Kept, chosen: Sequence[Mapping[str, Any]], now: int) -> None:
    """Facts have not moved on: what the moves change stands in the roster as it did."""
    begin = min(_second(move["start"]) for move in chosen)
    end = max(_second(move["end"]) for move in chosen)
    lines = place.plans.published_roster(begin, end).by_agent()
    for move in chosen:
        window = _second(move["start"]), _second(move["end"])
        for agent in move["agents"]:
            was = [Segment(agent, *row) for row in kept.content["was"].get(agent, ())]
            if _cut(was, window) != _cut(lines.get(agent, ()), window):
                raise NotAllowedError(
                    Said(
                        "the roster of {agent} has changed since proposal {number}: ask anew",
                        agent=agent,
                        number=kept.number,
                    )
                )
        if move["changes"] and window[0] < now and move["type"] != "time_off":
            begun = [s for s in move["changes"] if s["activity"] != "work" and _second(s["start"]) < now]
            if begun:
                raise NotAllowedError(Said("{move} would begin in the past: ask for a new proposal", move=move["id"]))


def _publish(publisher: Publisher, strokes: Sequence[Paint], kept: Kept, by: str, now: int, made: datetime) -> int:
    place = publisher.place
    zone = place.site.settings.zone
    day = local_day(kept.at, zone)
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    floor = floor_around(place, begin, end)
    strokes = [s._replace(start=max(s.start, now // 60 * 60)) for s in strokes if s.end > now]
    changed: dict[str, Line] = changed_lines(floor.segments, strokes)
    broken = Law(floor, floor.problem.horizon.begin, floor.problem.horizon.end).violations(changed)
    if broken:
        raise InputError(Said("it cannot be accepted, for it would break a rule: {broken}", broken=broken[0]))
    versions = {row.version: row for row in place.plans.roster_versions()}
    before = versions.get(floor.roster.version)
    return publisher.roster(
        floor.with_lines(changed),
        floor.problem.horizon,
        changed,
        at=made,
        requirement_version=before.requirement_version if before else None,
        applies_from=datetime.fromtimestamp(max(now, floor.problem.horizon.begin), UTC),
        by=by,
        note=f"proposal {kept.number}",
    )


def _note(place: Place, number: int, by: str, act: str, detail: Mapping[str, Any], made: datetime) -> None:
    audit = Audit(place.plans.database, place.site.settings.name)
    said = Said("{moves}", moves=[*detail["moves"]])
    if detail.get("version"):
        said = Said("{moves}; roster version {version}", moves=[*detail["moves"]], version=detail["version"])
    audit.note(Noted(made, by, act, f"proposal/{number}", True, said))


def _cut(line: Iterable[Segment], window: tuple[int, int]) -> list[tuple[int, int, str, str]]:
    start, end = window
    return [
        (max(s.start, start), min(s.end, end), s.activity, s.queue)
        for s in sorted(line)
        if s.end > start and s.start < end
    ]


def _second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
