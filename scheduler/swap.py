"""Swaps: what SWP-1 to SWP-8 say of one. Who could swap with whom is found in `scheduler.swap_partners`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from centre.approvals import PARTNER, NotAllowedError, Step, line_of
from centre.grid import local_day
from centre.people import Agent
from centre.policy import Policy
from centre.requests import Handing, Ruling, SwapRequest, refusal, ruling
from centre.roster import Segment
from centre.site import Leave, Overtime
from centre.words import N_
from scheduler.checks import Duty
from scheduler.judging import Floor, Verdict, cut_by_leave, effect, shared_queues, with_duty, without_duties
from scheduler.problem import Problem


@dataclass(frozen=True, slots=True)
class Registered:
    """A line of the swap register 换班登记表: one request's shifts that changed hands, or may yet."""

    request: int
    hands: tuple[Handing, ...]

    def people(self) -> set[str]:
        """Everybody in it."""
        return {name for hand in self.hands for name in (hand.giver, hand.taker)}


def swap_verdict(
    request: SwapRequest,
    floor: Floor,
    policy: Policy,
    holidays: Collection[object] = frozenset(),
    register: Sequence[Registered] = (),
) -> Verdict:
    """What the rules say of a swap. `register` holds the swaps that are agreed or being decided."""
    missing = _missing(request, floor, policy)
    if missing:
        return Verdict((missing,))
    duties = _duties(request, floor)
    rules = [
        _per_month(request, floor, policy, register),
        _on_end(request, floor, policy, register),
        _level(request, duties, floor, policy),
        _holiday(duties, floor, policy, holidays),
    ]
    changed, problem = changed_by(request.hands, floor)
    broken = floor.newly_broken(changed, problem)
    if broken:
        rules.append(ruling("SWP-8", "forbidden", N_("it would break the roster: {broken}"), broken=broken[0]))
    else:
        rules.append(ruling("SWP-8", "holds", N_("no other rule of the roster is broken")))
    if policy.swap.no_leave:
        rules.append(ruling("SWP-5", "holds", N_("none of these shifts may be taken as leave afterwards")))
    steps: tuple[Step, ...] = ()
    try:
        steps = both_leaders(request, floor, policy)
        people = ["/".join(step.people) for step in steps]
        rules.insert(0, ruling("SWP-1", "holds", N_("agreed by {people}, then registered"), people=people))
    except NotAllowedError as nobody:
        rules.insert(0, refusal("SWP-1", nobody))
    return Verdict(tuple(rules), steps, effect(floor, changed, problem))


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
    return changed_by(hands, floor)[0]


def changed_by(hands: Sequence[Handing], floor: Floor) -> tuple[dict[str, tuple[Segment, ...]], Problem]:
    """The lines of everybody after the shifts have changed hands, and the problem that knows of it.

    A part of a shift stands as approved leave with its giver and as approved overtime with its taker: the shift stays
    the shift it is, and the hours are balanced by the pay-back.
    """
    duties = {(hand.giver, hand.start): floor.duty(hand.giver, hand.start) for hand in hands}
    lines = {name: floor.segments.get(name, ()) for hand in hands for name in (hand.giver, hand.taker)}
    for hand in hands:
        duty = duties[hand.giver, hand.start]
        if duty is not None:
            if hand.part is None:
                lines[hand.giver] = without_duties(lines[hand.giver], (duty,))
            else:
                lines[hand.giver] = tuple(cut_by_leave(lines[hand.giver], [hand.part]))
    for hand in hands:
        duty = duties[hand.giver, hand.start]
        if duty is None:
            continue
        if hand.part is None:
            lines[hand.taker] = with_duty(lines[hand.taker], duty, floor.agents[hand.taker])
        else:
            queues = shared_queues(duty, floor.agents[hand.taker])
            added = Segment(hand.taker, *hand.part, "overtime", queues[0] if queues else "")
            lines[hand.taker] = tuple(sorted([*lines[hand.taker], added]))
    site = floor.problem.site
    leave, overtime = of_parts(hands)
    known = replace(site, leave=(*site.leave, *leave), overtime=(*site.overtime, *overtime))
    return lines, replace(floor.problem, site=known)


def of_parts(hands: Sequence[Handing]) -> tuple[list[Leave], list[Overtime]]:
    """What the parts of shifts that change hands are in the roster: leave of the giver, overtime of the taker."""
    parts = [(hand, hand.part) for hand in hands if hand.part is not None]
    leave = [Leave(agent=hand.giver, start=start, end=end, kind="swap") for hand, (start, end) in parts]
    return leave, [Overtime(agent=hand.taker, start=start, end=end) for hand, (start, end) in parts]


def _missing(request: SwapRequest, floor: Floor, policy: Policy) -> Ruling | None:
    for hand in request.hands:
        for name in (hand.giver, hand.taker):
            if name not in floor.agents:
                return ruling("SWP-8", "forbidden", N_("{agent} is nobody of agents.csv"), agent=name)
        if floor.duty(hand.giver, hand.start) is None:
            return ruling("SWP-8", "forbidden", N_("{agent} has no shift that starts then"), agent=hand.giver)
        if hand.start <= request.at:
            return ruling("SWP-8", "forbidden", N_("the shift of {agent} has begun already"), agent=hand.giver)
        wrong = _wrong_part(hand, floor, policy)
        if wrong is not None:
            return wrong
    return None


def _wrong_part(hand: Handing, floor: Floor, policy: Policy) -> Ruling | None:
    """Why a part of a shift cannot change hands: too short, off the grid, beyond the shift, no parts at all."""
    duty = floor.duty(hand.giver, hand.start)
    if hand.part is None or duty is None:
        return None
    first, last = hand.part
    least, step = policy.swap.part_minutes, floor.problem.horizon.step
    if not least:
        return ruling("SWP-8", "forbidden", N_("only whole shifts change hands here"))
    if last - first < least * 60 or first % step or last % step or first < duty.start or last > duty.end:
        says = N_("a part is of {minutes} minutes at least, on the grid, within the shift of {agent}")
        return ruling("SWP-8", "forbidden", says, minutes=least, agent=hand.giver)
    if first == duty.start and last == duty.end:
        return ruling("SWP-8", "forbidden", N_("a part that is the whole shift: swap the shift"))
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
    given = {(hand.giver, hand.start) for hand in request.hands if hand.part is None}
    near = policy.swap.back_to_back_minutes * 60
    for hand, duty in _duties(request, floor):
        for held in floor.lines[hand.taker].duties:
            kept = (hand.taker, held.start) not in given
            first, last = hand.part or (duty.start, duty.end)
            if hand.part is not None and (first == held.end or last == held.start):
                continue  # a part makes a shift longer; it is no second one
            if kept and held.start < last + near and first - near < held.end:
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
        return ruling("SWP-4", "forbidden", says, agent=taker.agent, queue=queues)
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


def swap_holds(
    request: SwapRequest, floor: Floor, policy: Policy, holidays: Collection[object], register: Sequence[Registered]
) -> bool:
    """Whether SWP-2 to SWP-8 hold, cheapest first; the same rules as `swap_verdict`, without the words."""
    if _missing(request, floor, policy):
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
    return not floor.newly_broken(*changed_by(request.hands, floor))
