"""Leave: what LEV-1 to LEV-8 say of a request, what it does to coverage, and who could take the work."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from centre.approvals import NotAllowedError, Step, line_of
from centre.grid import instant, local_day
from centre.people import Role
from centre.policy import ApprovalPolicy, LeavePolicy, Policy
from centre.requests import LeaveRequest, Ruling
from centre.roster import ON_DUTY, Segment
from centre.site import Leave
from scheduler.checks import Duty
from scheduler.checks.catalogue import PAUSES
from scheduler.judging import (
    Candidate,
    Floor,
    Verdict,
    effect,
    hours_before,
    shown,
    with_duty,
    without_duties,
)
from scheduler.problem import Problem

DAY_S = 86_400


def leave_verdict(
    request: LeaveRequest,
    floor: Floor,
    policy: Policy,
    holidays: Collection[object] = frozenset(),
    swapped: Collection[tuple[str, int]] = (),
    most_cover: int = 5,
) -> Verdict:
    """What the rules say of a leave request.

    Parameters
    ----------
    floor : the published roster and its problem, over the days of the leave.
    holidays : the public holidays (local dates).
    swapped : agent and start of each duty that was swapped or stands as pay-back (SWP-5).
    """
    duties = concerned(request, floor)
    first = min((duty.start for duty in duties), default=request.start)
    rules = [
        *_notice(request, first, floor.zone, policy.leave),
        *_in_person(request, policy.leave),
        *_certificate(request, first, floor.zone, policy.leave),
        *_nights(request, duties, floor, policy.leave),
        *_holidays(request, duties, floor, policy.leave, holidays),
        *_swapped(request, duties, policy, swapped),
    ]
    final = final_level(request, floor.zone, policy.leave)
    manager = any(rule.verdict in ("approval", "exception") for rule in rules)
    chosen = highest(final, policy.approvals.manager, policy.approvals) if manager else final
    steps: tuple[Step, ...] = ()
    try:
        steps = line_of(floor.agents[request.agent], chosen, floor.agents, policy.approvals, request.parties)
        people = " > ".join("/".join(step.people) for step in steps)
        number = days_of(request, floor.zone)
        rules.append(Ruling(id="LEV-2", verdict="holds", why=f"{number} day(s): decided by {people}, step by step"))
    except NotAllowedError as nobody:
        rules.append(Ruling(id="LEV-2", verdict="forbidden", why=str(nobody)))
    if request.kind in policy.leave.final_of_kind:
        rules.append(Ruling(id="LEV-7", verdict="holds", why=f"{request.kind} is approved by the {final}"))
    line, problem = granted(request, floor)
    changed = {request.agent: line}
    broken = floor.newly_broken(changed, problem)
    effects = effect(floor, changed, problem)
    rules.append(_in_force(broken, effects))
    cover = tuple(who_could_take(floor, duties, most_cover, {request.agent}))
    return Verdict(tuple(rules), steps, effects, cover)


def concerned(request: LeaveRequest, floor: Floor) -> tuple[Duty, ...]:
    """The person's duties that the leave touches."""
    duties = floor.lines[request.agent].duties
    return tuple(duty for duty in duties if duty.start < request.end and request.start < duty.end)


def granted(request: LeaveRequest, floor: Floor) -> tuple[tuple[Segment, ...], Problem]:
    """The person's line with the leave in it, and the problem that knows of it (LEV-8)."""
    site = floor.problem.site
    leave = Leave(agent=request.agent, start=request.start, end=request.end, kind=request.kind)
    problem = replace(floor.problem, site=replace(site, leave=(*site.leave, leave)))
    line = floor.segments.get(request.agent, ())
    read = floor.view({request.agent: line}, problem).lines[0]
    whole = [
        duty
        for duty in read.duties
        if any(day in read.leave_days for day in range(duty.day, read.calendar.day_of(duty.end - 1) + 1))
    ]
    return tuple(_cut(without_duties(line, whole), read.part_day_leave)), problem


def _cut(line: Iterable[Segment], leave: Sequence[tuple[int, int]]) -> Iterator[Segment]:
    """Work during leave of part of a day becomes leave; the pauses stay where they are."""
    for segment in line:
        if segment.activity not in ON_DUTY - PAUSES:
            yield segment
            continue
        reached = segment.start
        for start, end in leave:
            begin, stop = max(start, reached), min(end, segment.end)
            if begin < stop:
                if reached < begin:
                    yield replace(segment, start=reached, end=begin)
                yield Segment(segment.agent, begin, stop, "leave")
                reached = stop
        if reached < segment.end:
            yield replace(segment, start=reached)


def days_of(request: LeaveRequest, zone: str) -> int:
    """How many days a leave is: local days touched; up to 24 hours are one, however they lie."""
    if request.end <= hours_after(request.start, 24, zone):
        return 1
    return (local_day(request.end - 1, zone) - local_day(request.start, zone)).days + 1


def hours_after(second: int, hours: float, zone: str) -> int:
    """So many hours later by the wall clock of the zone."""
    return hours_before(second, -hours, zone)


def final_level(request: LeaveRequest, zone: str, policy: LeavePolicy) -> Role:
    """Whose word is the last (LEV-2, LEV-7)."""
    usual = policy.short_final if days_of(request, zone) <= policy.short_days else policy.long_final
    return policy.final_of_kind.get(request.kind, usual)


def highest(one: Role, other: Role, policy: ApprovalPolicy) -> Role:
    """The higher of two levels of the line."""
    return max(one, other, key=lambda role: policy.line.index(role) if role in policy.line else -1)


def _notice(request: LeaveRequest, first: int, zone: str, policy: LeavePolicy) -> Iterator[Ruling]:
    hours = policy.notice_hours.get(request.kind)
    if hours is None:
        return
    latest = hours_before(first, hours, zone)
    asked = f"{request.kind} leave is asked for by {shown(latest, zone)}; this was asked at {shown(request.at, zone)}"
    if request.at <= latest:
        yield Ruling(id="LEV-1", verdict="holds", why=asked)
    else:
        why = f"{asked}: only with a manager's approval, else the absence is absenteeism"
        yield Ruling(id="LEV-1", verdict="exception", why=why)


def _in_person(request: LeaveRequest, policy: LeavePolicy) -> Iterator[Ruling]:
    if not request.asked_by or request.asked_by == request.agent:
        yield Ruling(id="LEV-3", verdict="holds", why="asked for in person")
    elif request.kind in policy.asked_by_another:
        yield Ruling(id="LEV-3", verdict="holds", why=f"{request.kind} leave may be asked for by {request.asked_by}")
    else:
        why = f"{request.kind} leave is asked for in person, not by {request.asked_by}"
        yield Ruling(id="LEV-3", verdict="forbidden", why=why)


def _certificate(request: LeaveRequest, first: int, zone: str, policy: LeavePolicy) -> Iterator[Ruling]:
    if request.kind in policy.before_shift:
        told = f"told at {shown(request.at, zone)}, the shift begins at {shown(first, zone)}"
        yield Ruling(id="LEV-4", verdict="holds" if request.at < first else "exception", why=told)
    long = request.end >= hours_after(request.start, 24 * policy.certificate_days, zone)
    if request.kind not in policy.certificate or not long:
        return
    gaps = certificate_gaps(request)
    last = local_day(request.end - 1, zone)
    due = (last + timedelta(days=policy.certificate_due_days)).isoformat()
    if not gaps:
        yield Ruling(id="LEV-4", verdict="holds", why="certificates cover the leave without a gap")
        return
    spans = ", ".join(f"{shown(start, zone)} to {shown(end, zone)}" for start, end in gaps)
    why = f"a medical certificate for {spans} reaches the shift leader by {due}"
    yield Ruling(id="LEV-4", verdict="duty", why=why, due=due)


def certificate_gaps(request: LeaveRequest) -> list[tuple[int, int]]:
    """The parts of a leave that no certificate covers, [start, end) UTC seconds."""
    gaps, reached = [], request.start
    for start, end in sorted(request.certificates):
        if reached < min(start, request.end):
            gaps.append((reached, min(start, request.end)))
        reached = max(reached, end)
    if reached < request.end:
        gaps.append((reached, request.end))
    return gaps


def _nights(request: LeaveRequest, duties: Sequence[Duty], floor: Floor, policy: LeavePolicy) -> Iterator[Ruling]:
    nights = [duty for duty in duties if duty.night]
    if not policy.night_ban or not nights:
        return
    if request.kind in policy.unplanned:
        yield Ruling(id="LEV-5", verdict="holds", why=f"{request.kind} leave from a night shift is not planned")
        return
    day = local_day(nights[0].start, floor.zone)
    latest = instant(day, policy.night_until, floor.zone)
    why = f"the night shift of {shown(nights[0].start, floor.zone)} admits no leave"
    if request.kind in policy.special and request.at < latest:
        yield Ruling(
            id="LEV-5", verdict="approval", why=f"{why}; a special case asked for before noon: a manager decides"
        )
    else:
        why += f"; special cases are asked for before {shown(latest, floor.zone)}"
        yield Ruling(id="LEV-5", verdict="forbidden", why=why)


def _holidays(
    request: LeaveRequest, duties: Sequence[Duty], floor: Floor, policy: LeavePolicy, holidays: Collection[object]
) -> Iterator[Ruling]:
    if not policy.holiday_ban:
        return
    days = {local_day(second, floor.zone) for duty in duties for second in (duty.start, duty.end - 1)}
    banned = sorted(day for day in days if day in holidays)
    if not banned:
        return
    why = f"on duty on the public holiday {banned[0]}"
    if request.kind in policy.unplanned:
        yield Ruling(id="LEV-6", verdict="holds", why=f"{request.kind} leave cannot be planned around {banned[0]}")
        return
    first = min(duty.start for duty in duties if local_day(duty.end - 1, floor.zone) >= banned[0])
    latest = hours_before(first, 24 * policy.holiday_notice_days, floor.zone)
    if request.kind in policy.special and request.at <= latest:
        yield Ruling(id="LEV-6", verdict="approval", why=f"{why}: an extreme case asked for in time, a manager decides")
    else:
        why += f": no leave; extreme cases are asked for by {shown(latest, floor.zone)}"
        yield Ruling(id="LEV-6", verdict="forbidden", why=why)


def _swapped(
    request: LeaveRequest, duties: Sequence[Duty], policy: Policy, swapped: Collection[tuple[str, int]]
) -> Iterator[Ruling]:
    if not policy.swap.no_leave:
        return
    held = [duty for duty in duties if (request.agent, duty.start) in swapped]
    if held and request.kind not in policy.leave.unplanned:
        yield Ruling(id="SWP-5", verdict="forbidden", why="the shift was swapped or is a pay-back: no leave from it")


def _in_force(broken: Sequence[object], effects: Mapping[str, object]) -> Ruling:
    said = f"{effects['short_hours']} agent-hours short more, {effects['answered_in_time']} contacts in time"
    if broken:
        return Ruling(id="LEV-8", verdict="forbidden", why=f"it would break the roster: {broken[0]}")
    return Ruling(id="LEV-8", verdict="holds", why=f"effect on coverage: {said}")


def who_could_take(floor: Floor, duties: Sequence[Duty], most: int, without: Collection[str]) -> Iterator[Candidate]:
    """Who could take these duties without breaking a rule, cheapest first, at most so many for each duty.

    Within the contract's hours an extra shift costs its pay; beyond the week's highest (where the contract knows
    overtime) the overtime factor. Cheap tests first; only who passes them goes through the checks.
    """
    for duty in duties:
        queues = {segment.queue for segment in duty.segments if segment.queue}
        owner = floor.agents[duty.segments[0].agent]
        free: list[tuple[float, str, str]] = []
        for name, line in floor.lines.items():
            agent = line.agent
            if name in without or agent.role != owner.role or (queues and not queues & agent.skills.keys()):
                continue
            if duty.day in line.worked or duty.day in line.leave_days or not line.known(duty.day):
                continue
            week = next((days for days in line.calendar.weeks if duty.day in days), range(0))
            minutes = sum(held.paid for held in line.duties if held.day in week) + duty.paid
            over = max(0, minutes - line.contract.week_minutes[1]) if line.contract.week_minutes[1] else 0
            factor = line.contract.overtime_factor - 1
            cost = (duty.paid + factor * over) / 60 * line.contract.cost_per_hour
            free.append((cost, name, "overtime" if over else "extra shift"))
        found = 0
        for cost, name, how in sorted(free):
            if found == most:
                break
            line_with = with_duty(floor.segments.get(name, ()), duty, floor.agents[name])
            if not floor.newly_broken({name: line_with}):
                found += 1
                yield Candidate(name, duty.start, how, cost)
