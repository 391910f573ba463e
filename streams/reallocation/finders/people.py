"""Who answers what: back to the desk, lent to another queue, from the back office, leaders and inspectors (ORG-5)."""

from collections.abc import Iterator

from centre.roster import Segment
from streams.reallocation.effects import OBEYS_S
from streams.reallocation.finders.finder import Ask
from streams.reallocation.move import Move
from streams.reallocation.paint import Paint
from streams.reallocation.sight import Present

CALLED_BACK = ("long_break", "not_ready")
LOANS_S = (1800, 3600, 7200)
"""How long people are lent for, seconds."""

DEFERRED = ("deferred", "outbound")

BEFORE_DUE_S = 1800
"""So long before the oldest case of a queue is due its people are back with it."""


def people_moves(ask: Ask) -> Iterator[Move]:
    """Everything that changes who answers what."""
    for person in ask.sight.people:
        if person.out in CALLED_BACK and ask.willing("call_back", person):
            yield from _call_back(ask, person)
        elif not person.out and person.chance > 0.5:
            if person.stands_in:
                yield from _to_the_phones(ask, person)
            else:
                yield from _to_inbound(ask, person)
                if ask.sight.by_roster:
                    yield from _lend(ask, person)
                if ask.spare:
                    yield from _to_back_office(ask, person)


def _call_back(ask: Ask, person: Present) -> Iterator[Move]:
    back = max(person.from_s, ask.now)
    if back > ask.now + OBEYS_S:
        yield Move(
            "call_back", (person.agent,), (), f"{person.agent}:out", ask.now, back, ask.price("call_back", (person,)),
            ask.rule("call_back").approver, {"since": person.out_since, "state": person.out},
        )  # fmt: skip


def _to_the_phones(ask: Ask, person: Present) -> Iterator[Move]:
    kind = f"{person.role}_to_phones"
    if kind not in ask.policy.moves or not ask.willing(kind, person):
        return
    yield from _loan(
        ask, person, kind, ask.sight.names, lambda segment: segment.activity == "work" and not segment.queue
    )


def _to_inbound(ask: Ask, person: Present) -> Iterator[Move]:
    """From deferred or outbound work to the phones, as long as what waits there is not due before it can be done."""
    inbound = tuple(name for name in ask.sight.names if name in person.skills)
    if not inbound or not ask.willing("to_inbound", person):
        return

    def free(segment: Segment) -> bool:
        return segment.activity == "work" and bool(segment.queue) and segment.queue not in ask.sight.names

    yield from _loan(ask, person, "to_inbound", inbound, free)


def _to_back_office(ask: Ask, person: Present) -> Iterator[Move]:
    """When it is calm, from the phones to deferred or outbound work that the person has the skill for."""
    queues = ask.site.queues
    others = [name for name in sorted(person.skills) if name in queues and queues[name].channel in DEFERRED]
    if not others or not ask.willing("to_back_office", person):
        return
    soonest = -(-ask.soonest("to_back_office") // 300) * 300
    for segment in person.line:
        if segment.activity != "work" or segment.queue not in ask.sight.names:
            continue
        for length in LOANS_S[1:]:
            start = max(segment.start, soonest)
            end = start + length
            price = ask.price("to_back_office", (person,), length / 3600)
            if end > min(segment.end, ask.sight.end) or ask.lost(person, start, end, segment.queue) >= -price:
                continue
            yield Move(
                "to_back_office", (person.agent,), (Paint(person.agent, start, end, "work", others[0]),),
                f"{person.agent}:loan", start, end, price, ask.rule("to_back_office").approver,
                {"from": start, "until": end, "minutes": length // 60, "queue": others[0], "of": segment.queue},
            )  # fmt: skip


def _lend(ask: Ask, person: Present) -> Iterator[Move]:
    """Where people are offered their rostered queue's contacts only: another queue they have the skill for."""
    if not ask.willing("lend", person):
        return
    for segment in person.line:
        if segment.activity == "work" and segment.queue in ask.sight.names and segment.end > ask.now:
            others = tuple(n for n in ask.sight.names if n in person.skills and n != segment.queue)
            if others:
                yield from _loan(ask, person, "lend", others, lambda s, mine=segment: s == mine)


def _loan(ask: Ask, person: Present, kind: str, queues: tuple[str, ...], free: object) -> Iterator[Move]:
    """A person answers other queues for a while, from the soonest time on or where it does most good."""
    assert callable(free)
    step = ask.site.settings.grid_minutes * 60
    soonest = ask.soonest(kind)
    found: list[tuple[float, Move]] = []
    for segment in person.line:
        if not free(segment):
            continue
        begin = max(segment.start, -(-soonest // 300) * 300)
        latest = min(
            segment.end, ask.sight.end, ask.sight.due.get(segment.queue, ask.sight.end + BEFORE_DUE_S) - BEFORE_DUE_S
        )
        for length in LOANS_S:
            for start in range(begin, latest - length + 1, step):
                gain, queue = max((_gain(ask, person, segment.queue, q, start, start + length), q) for q in queues)
                price = ask.price(kind, (person,), length / 3600)
                if gain > 0.5 * max(price, 0.1):
                    stroke = Paint(person.agent, start, start + length, "work", queue)
                    move = Move(
                        kind, (person.agent,), (stroke,), f"{person.agent}:loan", start, start + length, price,
                        ask.rule(kind).approver,
                        {"from": start, "until": start + length, "minutes": length // 60, "queue": queue,
                         "of": segment.queue},
                    )  # fmt: skip
                    found.append((gain - price, move))
    found.sort(key=lambda pair: (-pair[0], pair[1].id))
    yield from (move for _, move in found[:6])


def _gain(ask: Ask, person: Present, own: str, other: str, start: int, end: int) -> float:
    lost = ask.lost(person, start, end, own) if own in ask.sight.names else 0.0
    return ask.won(person, start, end, other) - lost
