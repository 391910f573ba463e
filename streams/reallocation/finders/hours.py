"""More hours, and fewer: longer within the contract, overtime (SHF-10), earlier starts, standby, time off."""

from collections.abc import Iterator

from centre.people import Contract
from streams.reallocation.finders.finder import Ask
from streams.reallocation.move import Move
from streams.reallocation.paint import Line, Paint, duties
from streams.reallocation.sight import Present

LONGER_S = (1800, 3600, 5400, 7200)
OFF_S = (3600, 7200, 10800)


def hour_moves(ask: Ask) -> Iterator[Move]:
    """Everything that makes a day longer or shorter."""
    for person in ask.sight.people:
        if person.out == "absent" or person.stands_in or not any(name in person.skills for name in ask.sight.names):
            continue
        contract = ask.site.contracts[person.contract]
        yield from _standby(ask, person, contract)
        runs = duties(person.line)
        for number, duty in enumerate(runs):
            if duty[-1].end <= ask.now or not any(segment.queue for segment in duty):
                continue
            following = runs[number + 1][0].start if number + 1 < len(runs) else ask.now + 10**9
            yield from _after(ask, person, contract, duty, following)
            yield from _before(ask, person, contract, duty)
            if ask.spare:
                yield from _off(ask, person, contract, duty)


def _after(ask: Ask, person: Present, contract: Contract, duty: Line, following: int) -> Iterator[Move]:
    end, queue = duty[-1].end, duty[-1].queue or next(s.queue for s in reversed(duty) if s.queue)
    for length in LONGER_S:
        until = min(end + length, following)
        if until - end < length or end >= ask.sight.end:
            continue
        if _spans(ask, contract, duty, length):
            yield from _more(ask, person, contract, "lengthen", end, until, queue, 0)
        elif ask.policy.max_overtime_minutes >= length // 60:
            yield from _more(ask, person, contract, "overtime", end, until, queue, length // 60)


def _before(ask: Ask, person: Present, contract: Contract, duty: Line) -> Iterator[Move]:
    begin, queue = duty[0].start, next(s.queue for s in duty if s.queue)
    for length in LONGER_S[:2]:
        if begin - length >= ask.soonest("early_start") and ask.policy.max_overtime_minutes >= length // 60:
            yield from _more(ask, person, contract, "early_start", begin - length, begin, queue, length // 60)


def _more(
    ask: Ask, person: Present, contract: Contract, kind: str, start: int, end: int, queue: str, overtime: int
) -> Iterator[Move]:
    hours = (end - start) / 3600
    edge = end if kind == "early_start" else start
    told = start if kind == "early_start" else edge
    if not ask.willing(kind, person) or told < ask.soonest(kind):
        return
    price = ask.price(kind, (person,), hours)
    if ask.won(person, start, end, queue) <= 0.5 * price:
        return
    factor = contract.overtime_factor if overtime else 1.0
    yield Move(
        kind, (person.agent,), (Paint(person.agent, start, end, "overtime" if overtime else "work", queue),),
        f"{person.agent}:{'start' if kind == 'early_start' else 'end'}:{edge}", start, end, price,
        ask.rule(kind).approver, {"from": start, "until": end, "minutes": (end - start) // 60, "queue": queue},
        paid_minutes=(end - start) / 60, overtime_minutes=overtime, cost=hours * contract.cost_per_hour * factor,
    )  # fmt: skip


def _standby(ask: Ask, person: Present, contract: Contract) -> Iterator[Move]:
    if not ask.willing("standby", person):
        return
    for segment in person.line:
        if segment.activity != "standby":
            continue
        start = max(segment.start, -(-ask.soonest("standby") // 900) * 900)
        queue = next((name for name in ask.sight.names if name in person.skills), "")
        for length in (7200, 14400):
            end = min(start + length, segment.end)
            price = ask.price("standby", (person,), (end - start) / 3600)
            if end - start >= 3600 and ask.won(person, start, end, queue) > 0.5 * price:
                yield Move(
                    "standby", (person.agent,), (Paint(person.agent, start, end, "work", queue),),
                    f"{person.agent}:standby", start, end, price, ask.rule("standby").approver,
                    {"from": start, "until": end, "minutes": (end - start) // 60, "queue": queue},
                    paid_minutes=(end - start) / 60, cost=(end - start) / 3600 * contract.cost_per_hour,
                )  # fmt: skip


def _off(ask: Ask, person: Present, contract: Contract, duty: Line) -> Iterator[Move]:
    """The last hours of a duty given back: work only, so that no pause or meeting is lost with them."""
    if not ask.willing("time_off", person):
        return
    end = duty[-1].end
    for length in OFF_S:
        start = end - length
        # Beyond the time looked over nobody would be missed: what is given back there would seem to cost nothing.
        if start < ask.soonest("time_off") or end > ask.sight.end:
            continue
        if start <= duty[0].start + 7200 or any(s.activity not in ("work",) for s in duty if s.end > start):
            continue
        hours = length / 3600
        price = ask.price("time_off", (person,), hours)
        if ask.lost(person, start, end) < -price:
            yield Move(
                "time_off", (person.agent,), (Paint(person.agent, start, end, "leave"),), f"{person.agent}:end:{end}",
                start, end, price, ask.rule("time_off").approver,
                {"from": start, "until": end, "minutes": length // 60},
                paid_minutes=-length / 60, cost=-hours * contract.cost_per_hour,
            )  # fmt: skip


def _spans(ask: Ask, contract: Contract, duty: Line, longer: int) -> bool:
    """Whether a duty made longer is still a span of one of the contract's shifts."""
    length = (duty[-1].end - duty[0].start) // 60
    for name in contract.shifts or ask.site.shifts:
        shift = ask.site.shifts[name]
        step = shift.step_minutes or ask.site.settings.grid_minutes
        if shift.minutes[0] <= length and length + longer // 60 <= shift.minutes[1] and longer // 60 % step == 0:
            return shift.minutes[0] != shift.minutes[1]
    return False
