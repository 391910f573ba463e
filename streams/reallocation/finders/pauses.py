"""Breaks and meals moved within the law: each stays whole, inside the window that the shift gives it (SHF-7)."""

from collections.abc import Iterator

from centre.grid import instant, local_day
from centre.shifts import Pause, Shift
from streams.reallocation.finders.finder import Ask, all_work, moved, ranked
from streams.reallocation.move import Move
from streams.reallocation.paint import Line, duties
from streams.reallocation.sight import Present

PAUSES = {"break": "move_break", "meal": "move_meal"}


def pause_moves(ask: Ask) -> Iterator[Move]:
    """Every pause that has not begun, to the places where it would do most good."""
    for person in ask.sight.people:
        for duty in duties(person.line):
            if (
                duty[-1].end > ask.now
                and duty[0].queue + duty[-1].queue
                and any(map(person.skills.get, ask.sight.names))
            ):
                yield from _of_duty(ask, person, duty)


def _of_duty(ask: Ask, person: Present, duty: Line) -> Iterator[Move]:
    shift = _shift(ask, person, duty)
    if shift is None:
        return
    rules = list(shift.pauses)
    step = ask.site.settings.grid_minutes * 60
    for place, segment in enumerate(duty):
        kind = PAUSES.get(segment.activity)
        if kind is None:
            continue
        rule = next((r for r in rules if r.activity == segment.activity and _lies(ask, r, duty, segment.start)), None)
        if rule is None:
            continue
        rules.remove(rule)
        if segment.start < ask.soonest(kind) or not ask.willing(kind, person):
            continue
        length = segment.end - segment.start
        first, last = _window(ask, rule, duty, segment.start)
        freed = ask.won(person, segment.start, segment.end)
        gains = {
            to: freed - ask.lost(person, to, to + length)
            for to in range(segment.start - (segment.start - first) // step * step, last - length + 1, step)
            if to != segment.start and ask.seen(kind, to, length) and _free(duty, place, to, to + length)
        }
        for to in ranked(gains, 0.3 * ask.rule(kind).price):
            yield Move(
                type=kind,
                agents=(person.agent,),
                strokes=moved(person.agent, duty, place, to),
                place=f"{person.agent}:{segment.activity}:{segment.start}",
                start=min(segment.start, to),
                end=max(segment.end, to + length),
                price=ask.price(kind, (person,)),
                approver=ask.rule(kind).approver,
                facts={"from": segment.start, "to": to, "minutes": length // 60},
            )


def _free(duty: Line, place: int, start: int, end: int) -> bool:
    """Whether the place is work, or the pause's own present place."""
    own = duty[place]
    rest = [(start, min(end, own.start)), (max(start, own.end), end)]
    return all(all_work(duty, a, b) for a, b in rest if a < b)


def _shift(ask: Ask, person: Present, duty: Line) -> Shift | None:
    """The shift of the contract that a duty is, by weekday, start, length and its pauses' windows."""
    contract = ask.site.contracts[person.contract]
    inner = [s for s in duty if s.activity != "overtime"]
    if not inner:
        return None
    start, end = inner[0].start, inner[-1].end
    zone = ask.site.settings.zone
    minutes = (start - instant(local_day(start, zone), 0, zone)) // 60
    found = sorted(s.activity for s in duty if s.activity in PAUSES)
    for name in contract.shifts or ask.site.shifts:
        shift = ask.site.shifts[name]
        framed = (
            shift.start[0] <= minutes <= shift.start[1] and shift.minutes[0] <= (end - start) // 60 <= shift.minutes[1]
        )
        if framed and sorted(p.activity for p in shift.pauses) == found and _placed(ask, shift, duty):
            return shift
    return None


def _placed(ask: Ask, shift: Shift, duty: Line) -> bool:
    rules = list(shift.pauses)
    for segment in duty:
        if segment.activity in PAUSES:
            rule = next(
                (r for r in rules if r.activity == segment.activity and _lies(ask, r, duty, segment.start)), None
            )
            if rule is None:
                return False
            rules.remove(rule)
    return True


def _lies(ask: Ask, rule: Pause, duty: Line, start: int) -> bool:
    first, last = _window(ask, rule, duty, start)
    return first <= start and start + rule.minutes * 60 <= last


def _window(ask: Ask, rule: Pause, duty: Line, near: int) -> tuple[int, int]:
    """The time in which a pause may lie whole, UTC seconds."""
    begin = next(s.start for s in duty if s.activity != "overtime")
    if rule.after_minutes is not None:
        return begin + rule.after_minutes[0] * 60, begin + (rule.after_minutes[1] + rule.minutes) * 60
    assert rule.window is not None
    zone = ask.site.settings.zone
    day = local_day(near, zone)
    opens, closes = rule.window
    closes += 1440 if closes <= opens else 0
    return instant(day, opens, zone), instant(day, closes, zone)
