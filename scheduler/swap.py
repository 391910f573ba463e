"""Swaps: what SWP-1 to SWP-8 say of one, and who could swap with whom, best first."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice

from centre.approvals import PARTNER, NotAllowedError, Step, line_of
from centre.grid import local_day
from centre.people import Agent
from centre.policy import Policy
from centre.requests import Handing, Ruling, SwapRequest, ruling
from centre.roster import Segment
from centre.words import N_
from scheduler.checks import Duty, Line
from scheduler.judging import Floor, Verdict, effect, with_duty, without_duties

MOST_CHECKED = 150
"""So many of the best candidates go through the checks at most: the answer is there within a second."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A line of the swap register 换班登记表: one request's shifts that changed hands, or may yet."""

    request: int
    hands: tuple[Handing, ...]

    def people(self) -> set[str]:
        """Everybody in it."""
        return {name for hand in self.hands for name in (hand.giver, hand.taker)}


@dataclass(frozen=True, slots=True)
class Offer:
    """A swap that breaks no rule, and how far apart its shifts lie, in days (the less the better)."""

    hands: tuple[Handing, ...]
    days_apart: int

    @property
    def partners(self) -> tuple[str, ...]:
        """The others, in the order of the ring."""
        return tuple(hand.taker for hand in self.hands[: max(1, len(self.hands) - 1)])


def swap_verdict(
    request: SwapRequest,
    floor: Floor,
    policy: Policy,
    holidays: Collection[object] = frozenset(),
    register: Sequence[Registered] = (),
) -> Verdict:
    """What the rules say of a swap. `register` holds the swaps that are agreed or being decided."""
    missing = _missing(request, floor)
    if missing:
        return Verdict((missing,))
    duties = _duties(request, floor)
    rules = [
        _per_month(request, floor, policy, register),
        _on_end(request, floor, policy, register),
        _level(request, duties, floor, policy),
        _holiday(duties, floor, policy, holidays),
    ]
    changed = changed_lines(request.hands, floor)
    broken = floor.newly_broken(changed)
    if broken:
        rules.append(ruling("SWP-8", "forbidden", N_("it would break the roster: {broken}"), broken=broken[0]))
    else:
        rules.append(ruling("SWP-8", "holds", N_("no other rule of the roster is broken")))
    if policy.swap.no_leave:
        rules.append(ruling("SWP-5", "holds", N_("none of these shifts may be taken as leave afterwards")))
    steps: tuple[Step, ...] = ()
    try:
        steps = both_leaders(request, floor, policy)
        people = ", ".join("/".join(step.people) for step in steps)
        rules.insert(0, ruling("SWP-1", "holds", N_("agreed by {people}, then registered"), people=people))
    except NotAllowedError as nobody:
        rules.insert(0, Ruling(id="SWP-1", verdict="forbidden", why=str(nobody)))
    return Verdict(tuple(rules), steps, effect(floor, changed))


def both_leaders(request: SwapRequest, floor: Floor, policy: Policy) -> tuple[Step, ...]:
    """SWP-1: the other people agree for themselves, then the leader of each team, each once."""
    steps = [Step(PARTNER, (name,)) for name in request.parties[1:]]
    for name in request.parties:
        person = floor.agents[name]
        line = line_of(person, policy.approvals.line[0], floor.agents, policy.approvals, request.parties)
        if line[-1] not in steps:
            steps.append(line[-1])
    return tuple(steps)


def changed_lines(hands: Sequence[Handing], floor: Floor) -> dict[str, tuple[Segment, ...]]:
    """The lines of everybody after the shifts have changed hands."""
    duties = {(hand.giver, hand.start): floor.duty(hand.giver, hand.start) for hand in hands}
    lines = {name: floor.segments.get(name, ()) for hand in hands for name in (hand.giver, hand.taker)}
    for (giver, _), duty in duties.items():
        if duty is not None:
            lines[giver] = without_duties(lines[giver], (duty,))
    for hand in hands:
        duty = duties[hand.giver, hand.start]
        if duty is not None:
            lines[hand.taker] = with_duty(lines[hand.taker], duty, floor.agents[hand.taker])
    return lines


def _missing(request: SwapRequest, floor: Floor) -> Ruling | None:
    for hand in request.hands:
        for name in (hand.giver, hand.taker):
            if name not in floor.agents:
                return ruling("SWP-8", "forbidden", N_("{agent} is nobody of agents.csv"), agent=name)
        if floor.duty(hand.giver, hand.start) is None:
            return ruling("SWP-8", "forbidden", N_("{agent} has no shift that starts then"), agent=hand.giver)
        if hand.start <= request.at:
            return ruling("SWP-8", "forbidden", N_("the shift of {agent} has begun already"), agent=hand.giver)
    return None


def _duties(request: SwapRequest, floor: Floor) -> list[tuple[Handing, Duty]]:
    pairs = [(hand, floor.duty(hand.giver, hand.start)) for hand in request.hands]
    return [(hand, duty) for hand, duty in pairs if duty is not None]


def _month(start: int, floor: Floor) -> tuple[int, int]:
    day = local_day(start, floor.zone)
    return (day.year, day.month)


def month_count(person: str, month: tuple[int, int], floor: Floor, register: Sequence[Registered]) -> int:
    """SWP-2: swaps of a person in a local month; a swap counts once, with the first shift that changed hands."""
    return sum(person in entry.people() and _month(entry.hands[0].start, floor) == month for entry in register)


def _per_month(request: SwapRequest, floor: Floor, policy: Policy, register: Sequence[Registered]) -> Ruling:
    most = policy.swap.per_month
    month = _month(request.hands[0].start, floor)
    counts = {name: month_count(name, month, floor, register) for name in request.parties}
    name = max(counts, key=lambda one: counts[one])
    if most and counts[name] >= most:
        says = N_("{agent} has swapped {count} times in {month}, at most {most}")
        facts = {"agent": name, "count": counts[name], "month": f"{month[0]}-{month[1]:02d}", "most": most}
        return ruling("SWP-2", "forbidden", says, **facts)
    if not most:
        return ruling("SWP-2", "holds", N_("any number of swaps a person a month"))
    return ruling("SWP-2", "holds", N_("at most {most} swaps a person a month"), most=most)


def _on_end(request: SwapRequest, floor: Floor, policy: Policy, register: Sequence[Registered]) -> Ruling:
    """SWP-3: no swapped shift beside another one of the same person, none worked back to back."""
    given = {(hand.giver, hand.start) for hand in request.hands}
    near = policy.swap.back_to_back_minutes * 60
    for hand, duty in _duties(request, floor):
        for held in floor.lines[hand.taker].duties:
            kept = (hand.taker, held.start) not in given
            if kept and held.start < duty.end + near and duty.start - near < held.end:
                says = N_("{agent} would work two shifts back to back")
                return ruling("SWP-3", "forbidden", says, agent=hand.taker)
        day = local_day(hand.start, floor.zone)
        beside = {day - timedelta(days=1), day + timedelta(days=1), day}
        for entry in register if policy.swap.no_swaps_on_end else ():
            taken = [other.start for other in entry.hands if other.taker == hand.taker]
            if any(local_day(start, floor.zone) in beside for start in taken):
                says = N_("{agent} works a swapped shift beside this one already")
                return ruling("SWP-3", "forbidden", says, agent=hand.taker)
    return ruling("SWP-3", "holds", N_("no swaps on end, no two shifts back to back"))


def _level(request: SwapRequest, duties: Sequence[tuple[Handing, Duty]], floor: Floor, policy: Policy) -> Ruling:
    for hand, duty in duties:
        unfit = unlike(floor.agents[hand.giver], floor.agents[hand.taker], duty, policy)
        if unfit is not None:
            return unfit
    return ruling("SWP-4", "holds", N_("the same kind of work, comparable level"))


def unlike(giver: Agent, taker: Agent, duty: Duty, policy: Policy) -> Ruling | None:
    """SWP-4: why a person cannot stand in for another, None when he can.

    Over a day people move between queues: whoever serves one of the duty's queues does the same kind of work.
    """
    if policy.swap.same_role and giver.role != taker.role:
        says = N_("{agent} and {other} do not have the same role")
        return ruling("SWP-4", "forbidden", says, agent=giver.agent, other=taker.agent)
    queues = sorted({segment.queue for segment in duty.segments if segment.queue})
    shared = [queue for queue in queues if queue in taker.skills]
    if queues and not shared:
        says = N_("{agent} has no skill for {queue}")
        return ruling("SWP-4", "forbidden", says, agent=taker.agent, queue=", ".join(queues))
    for queue in shared:
        apart = abs(giver.skills.get(queue, 1.0) - taker.skills[queue])
        if apart > policy.swap.speed_apart + 1e-9:
            says = N_("on {queue} {agent} and {other} are {apart} apart, at most {most}")
            facts = {"queue": queue, "agent": giver.agent, "other": taker.agent, "apart": f"{apart:.2f}"}
            return ruling("SWP-4", "forbidden", says, most=policy.swap.speed_apart, **facts)
    return None


def _holiday(
    duties: Sequence[tuple[Handing, Duty]], floor: Floor, policy: Policy, holidays: Collection[object]
) -> Ruling:
    for hand, duty in duties if policy.swap.holiday_ban else ():
        for day in (local_day(duty.start, floor.zone), local_day(duty.end - 1, floor.zone)):
            if day in holidays:
                says = N_("{agent} is on duty on the public holiday {day}: no swap")
                return ruling("SWP-6", "forbidden", says, agent=hand.giver, day=day)
    return ruling("SWP-6", "holds", N_("no shift of a public holiday"))


def who_could_swap(
    agent: str,
    start: int,
    at: int,
    floor: Floor,
    policy: Policy,
    holidays: Collection[object] = frozenset(),
    register: Sequence[Registered] = (),
    most: int = 10,
) -> list[Offer]:
    """Legal swaps for a person's shift, best first: two-way ones, then rings of three where they are not enough.

    Cheap tests on whole lines first (same day free, role, skills, month's count); the best of what is left goes
    through the verdict one by one until enough are found.
    """
    duty = floor.duty(agent, start)
    if duty is None:
        return []
    month = _month(start, floor)
    counts: dict[str, int] = {}
    for entry in register:
        if _month(entry.hands[0].start, floor) == month:
            for name in entry.people():
                counts[name] = counts.get(name, 0) + 1
    limit = policy.swap.per_month or 1_000_000
    if counts.get(agent, 0) >= limit:
        return []
    free = {name: line for name, line in floor.lines.items() if counts.get(name, 0) < limit and line.duties}
    ways = [_pairs(agent, duty, at, free, floor, policy)]
    if policy.swap.largest_ring >= 3:
        ways.append(_rings(floor.lines[agent], duty, at, free, policy))
    offers: list[Offer] = []
    for way in ways:
        for candidate in islice(way, MOST_CHECKED):
            if len(offers) == most:
                return offers
            request = SwapRequest(agent=agent, hands=candidate.hands, at=at)
            if swap_holds(request, floor, policy, holidays, register):
                offers.append(candidate)
    return offers


def swap_holds(
    request: SwapRequest, floor: Floor, policy: Policy, holidays: Collection[object], register: Sequence[Registered]
) -> bool:
    """Whether SWP-2 to SWP-8 hold, cheapest first; the same rules as `swap_verdict`, without the words."""
    if _missing(request, floor):
        return False
    duties = _duties(request, floor)
    rules = (
        partial(_level, request, duties, floor, policy),
        partial(_holiday, duties, floor, policy, holidays),
        partial(_per_month, request, floor, policy, register),
        partial(_on_end, request, floor, policy, register),
    )
    if any(rule().verdict == "forbidden" for rule in rules):
        return False
    return not floor.newly_broken(changed_lines(request.hands, floor))


def _pairs(agent: str, duty: Duty, at: int, lines: Mapping[str, Line], floor: Floor, policy: Policy) -> Iterator[Offer]:
    mine = floor.lines[agent]
    takers = [
        line for name, line in lines.items() if name != agent and not unlike(mine.agent, line.agent, duty, policy)
    ]
    pairs: list[tuple[int, str, int]] = []
    for line in takers:
        for back in line.duties:
            same = (back.start, back.end) == (duty.start, duty.end)
            if back.start <= at or same or (back.day != duty.day and back.day in mine.worked):
                continue
            if (
                _takes(mine, back, duty)
                and _takes(line, duty, back)
                and not unlike(line.agent, mine.agent, back, policy)
            ):
                pairs.append((abs(back.day - duty.day), line.agent.agent, back.start))
    pairs.sort()
    for apart, name, start in pairs:
        hands = (Handing(giver=agent, taker=name, start=duty.start), Handing(giver=name, taker=agent, start=start))
        yield Offer(hands, apart)


def pairs_for(agent: str, duty: Duty, at: int, floor: Floor, policy: Policy) -> Iterator[Offer]:
    """Two-way swaps of a person's duty that pass the cheap tests, the nearest first."""
    return _pairs(agent, duty, at, {name: line for name, line in floor.lines.items() if line.duties}, floor, policy)


def _takes(line: Line, duty: Duty, given: Duty | None) -> bool:
    """A cheap test: the day is free (or gets free with `given`), the shift is the contract's, rest is kept."""
    if not line.known(duty.day) or duty.day in line.leave_days:
        return False
    names = line.contract.shifts
    if duty.shift is not None and names and duty.shift.name not in names:
        return False
    rest = max(line.contract.rest_minutes, 1) * 60
    for held in line.duties:
        if given is not None and held.start == given.start:
            continue
        if held.day == duty.day or (held.start < duty.end + rest and duty.start - rest < held.end):
            return False
    return True


def _rings(mine: Line, duty: Duty, at: int, lines: Mapping[str, Line], policy: Policy) -> Iterator[Offer]:
    """Rings on one day: mine to the second, his to the third, the third's to me; each takes another kind of shift."""
    name = mine.agent.agent
    today = {
        line.agent.agent: held
        for line in lines.values()
        for held in line.duties
        if held.day == duty.day and held.start > at and line.agent.agent != name
    }
    back = [
        who
        for who, held in today.items()
        if _takes(mine, held, duty) and not unlike(lines[who].agent, mine.agent, held, policy)
    ]
    for second, his in today.items():
        if his.start == duty.start or unlike(mine.agent, lines[second].agent, duty, policy):
            continue
        if not _takes(lines[second], duty, his):
            continue
        for third in back:
            theirs = today[third]
            if third == second or theirs.start in (duty.start, his.start):
                continue
            if not _takes(lines[third], his, theirs) or unlike(lines[second].agent, lines[third].agent, his, policy):
                continue
            hands = (
                Handing(giver=name, taker=second, start=duty.start),
                Handing(giver=second, taker=third, start=his.start),
                Handing(giver=third, taker=name, start=theirs.start),
            )
            yield Offer(hands, 0)
