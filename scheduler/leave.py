"""Leave: what LEV-1 to LEV-8 say of a request, what it does to coverage, and who could take the work."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from centre.approvals import NotAllowedError, Step, line_of
from centre.grid import instant, local_day
from centre.people import Role
from centre.policy import ApprovalPolicy, LeavePolicy, Policy
from centre.requests import LeaveRequest, RuleVerdict, Ruling, refusal, ruling
from centre.roster import Segment
from centre.site import Leave
from centre.words import N_
from scheduler.balance import Balance, counted_days
from scheduler.checks import Duty
from scheduler.cover import cheapest_cover
from scheduler.judging import Floor, Verdict, cut_by_leave, effect, hours_before, shown, without_duties
from scheduler.problem import Problem

DAY_S = 86_400


def leave_verdict(
    request: LeaveRequest,
    floor: Floor,
    policy: Policy,
    holidays: Collection[object] = frozenset(),
    swapped: Collection[tuple[str, int]] = (),
    most_cover: int = 5,
    balance: Balance | None = None,
) -> Verdict:
    """What the rules say of a leave request.

    Parameters
    ----------
    floor : the published roster and its problem, over the days of the leave.
    holidays : the public holidays (local dates).
    swapped : agent and start of each duty that was swapped or stands as pay-back (SWP-5).
    balance : what is left of this kind of leave, where it has a balance.
    """
    duties = concerned(request, floor)
    first = min((duty.start for duty in duties), default=request.start)
    rules = [
        *_notice(request, first, floor.zone, policy.leave),
        *_in_person(request, policy.leave),
        *_certificate(request, duties, first, floor.zone, policy.leave),
        *_nights(request, duties, floor, policy.leave),
        *_holidays(request, duties, floor, policy.leave, holidays),
        *_swapped(request, duties, policy, swapped),
        *_balance(request, floor, policy.leave, balance),
    ]
    final = final_level(request, floor.zone, policy.leave)
    manager = any(rule.verdict in ("approval", "exception") for rule in rules)
    chosen = highest(final, policy.approvals.manager, policy.approvals) if manager else final
    steps: tuple[Step, ...] = ()
    try:
        steps = line_of(floor.agents[request.agent], chosen, floor.agents, policy.approvals, request.parties)
        people = " > ".join("/".join(step.people) for step in steps)
        says = N_("{number} day(s): decided by {people}, step by step")
        rules.append(ruling("LEV-2", "holds", says, number=days_of(request, floor.zone), people=people))
    except NotAllowedError as nobody:
        rules.append(refusal("LEV-2", nobody))
    if request.kind in policy.leave.final_of_kind:
        says = N_("{kind} is approved by the {role}")
        rules.append(ruling("LEV-7", "holds", says, kind=request.kind, role=final))
    line, problem = granted(request, floor)
    changed = {request.agent: line}
    broken = floor.newly_broken(changed, problem)
    effects = effect(floor, changed, problem)
    rules.append(_in_force(broken, effects))
    cover = cheapest_cover(floor, duties, request.at, policy, most=most_cover, without={request.agent})
    spans = tuple((duty.start, duty.end) for duty in duties)
    return Verdict(tuple(rules), steps, effects, cover, spans, off_days(request, floor))


def concerned(request: LeaveRequest, floor: Floor) -> tuple[Duty, ...]:
    """The person's duties that the leave touches."""
    duties = floor.lines[request.agent].duties
    return tuple(duty for duty in duties if duty.start < request.end and request.start < duty.end)


def off_days(request: LeaveRequest, floor: Floor) -> tuple[date, ...]:
    """The local days of a leave on which the person is off by the roster anyway; of weeks that are rostered.

    A week with leave may hold so many days of work less as the leave took; a day off takes none.
    """
    calendar, lines = floor.seen.calendar, floor.lines
    days = range(calendar.day_of(request.start), calendar.day_of(request.end - 1) + 1)
    duties = lines[request.agent].duties
    mine = {day for duty in duties for day in range(duty.day, calendar.day_of(duty.end - 1) + 1)}
    worked = {day for line in lines.values() for day in line.worked}
    weeks = [week for week in calendar.weeks if any(day in worked for day in week)]
    return tuple(calendar.date(day) for day in days if day not in mine and any(day in week for week in weeks))


def granted(
    request: LeaveRequest, floor: Floor, off: Collection[date] | None = None
) -> tuple[tuple[Segment, ...], Problem]:
    """The person's line with the leave in it, and the problem that knows of it (LEV-8).

    `off` are the days that were off when it was asked for; None: as the floor is now.
    """
    site = floor.problem.site
    free = off_days(request, floor) if off is None else tuple(off)
    leave = Leave(agent=request.agent, start=request.start, end=request.end, kind=request.kind, off=free)
    problem = replace(floor.problem, site=replace(site, leave=(*site.leave, leave)))
    line = floor.segments.get(request.agent, ())
    read = floor.view({request.agent: line}, problem).lines[0]
    whole = [
        duty
        for duty in read.duties
        if any(day in read.leave_days for day in range(duty.day, read.calendar.day_of(duty.end - 1) + 1))
    ]
    return tuple(cut_by_leave(without_duties(line, whole), read.part_day_leave)), problem


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
    facts = {"kind": request.kind, "latest": shown(latest, zone), "asked": shown(request.at, zone)}
    if request.at <= latest:
        says = N_("{kind} is asked for by {latest}; this was asked at {asked}")
        yield ruling("LEV-1", "holds", says, **facts)
    else:
        says = N_(
            "{kind} is asked for by {latest}; this was asked at {asked}: only with a manager's approval, "
            "else the absence is absenteeism"
        )
        yield ruling("LEV-1", "exception", says, **facts)


def _in_person(request: LeaveRequest, policy: LeavePolicy) -> Iterator[Ruling]:
    facts = {"kind": request.kind, "other": request.asked_by}
    if not request.asked_by or request.asked_by == request.agent:
        yield ruling("LEV-3", "holds", N_("asked for in person"))
    elif request.kind in policy.asked_by_another:
        yield ruling("LEV-3", "holds", N_("{kind} may be asked for by {other}"), **facts)
    else:
        yield ruling("LEV-3", "forbidden", N_("{kind} is asked for in person, not by {other}"), **facts)


def _certificate(
    request: LeaveRequest, duties: Sequence[Duty], first: int, zone: str, policy: LeavePolicy
) -> Iterator[Ruling]:
    if request.kind in policy.before_shift:
        says = N_("told at {asked}, the shift begins at {first}")
        verdict: RuleVerdict = "holds" if request.at < first else "exception"
        yield ruling("LEV-4", verdict, says, asked=shown(request.at, zone), first=shown(first, zone))
    if not needs_certificate(request, zone, policy, [(duty.start, duty.end) for duty in duties]):
        return
    gaps = certificate_gaps(request)
    due = certificate_due(request, zone, policy).isoformat()
    if not gaps:
        yield ruling("LEV-4", "holds", N_("certificates cover the leave without a gap"))
        return
    spans = [f"{shown(start, zone)} – {shown(end, zone)}" for start, end in gaps]
    says = N_("a medical certificate for {spans} reaches the shift leader by {until}")
    yield ruling("LEV-4", "duty", says, due=due, until=due, spans=spans)


def needs_certificate(
    request: LeaveRequest, zone: str, policy: LeavePolicy, duties: Collection[tuple[int, int]] = ()
) -> bool:
    """LEV-4: whether a medical certificate is owed for a leave.

    A full day is 24 hours by the clock, or a whole duty of those given, [start, end) UTC seconds.
    """
    if request.kind not in policy.certificate:
        return False
    missed = {local_day(start, zone) for start, end in duties if request.start <= start and end <= request.end}
    whole = 0 < policy.certificate_days <= len(missed)
    return whole or request.end >= hours_after(request.start, 24 * policy.certificate_days, zone)


def certificate_due(request: LeaveRequest, zone: str, policy: LeavePolicy) -> date:
    """LEV-4: the local day by which the certificate is with the shift leader."""
    return local_day(request.end - 1, zone) + timedelta(days=policy.certificate_due_days)


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
        says = N_("{kind} from a night shift is not planned")
        yield ruling("LEV-5", "holds", says, kind=request.kind)
        return
    day = local_day(nights[0].start, floor.zone)
    latest = instant(day, policy.night_until, floor.zone)
    facts = {"night": shown(nights[0].start, floor.zone), "latest": shown(latest, floor.zone)}
    if request.kind in policy.special and request.at < latest:
        says = N_(
            "the night shift of {night} admits no leave; a special case asked for before {latest}: a manager decides"
        )
        yield ruling("LEV-5", "approval", says, **facts)
    else:
        says = N_("the night shift of {night} admits no leave; special cases are asked for before {latest}")
        yield ruling("LEV-5", "forbidden", says, **facts)


def _holidays(
    request: LeaveRequest, duties: Sequence[Duty], floor: Floor, policy: LeavePolicy, holidays: Collection[object]
) -> Iterator[Ruling]:
    if not policy.holiday_ban:
        return
    days = {local_day(second, floor.zone) for duty in duties for second in (duty.start, duty.end - 1)}
    banned = sorted(day for day in days if day in holidays)
    if not banned:
        return
    if request.kind in policy.unplanned:
        says = N_("{kind} cannot be planned around {day}")
        yield ruling("LEV-6", "holds", says, kind=request.kind, day=banned[0])
        return
    first = min(duty.start for duty in duties if local_day(duty.end - 1, floor.zone) >= banned[0])
    latest = hours_before(first, 24 * policy.holiday_notice_days, floor.zone)
    facts = {"day": banned[0], "latest": shown(latest, floor.zone)}
    if request.kind in policy.special and request.at <= latest:
        says = N_("on duty on the public holiday {day}: an extreme case asked for by {latest}, a manager decides")
        yield ruling("LEV-6", "approval", says, **facts)
    else:
        says = N_("on duty on the public holiday {day}: no leave; extreme cases are asked for by {latest}")
        yield ruling("LEV-6", "forbidden", says, **facts)


def _swapped(
    request: LeaveRequest, duties: Sequence[Duty], policy: Policy, swapped: Collection[tuple[str, int]]
) -> Iterator[Ruling]:
    if not policy.swap.no_leave:
        return
    held = [duty for duty in duties if (request.agent, duty.start) in swapped]
    if held and request.kind not in policy.leave.unplanned:
        yield ruling("SWP-5", "forbidden", N_("the shift was swapped or is a pay-back: no leave from it"))


def _balance(request: LeaveRequest, floor: Floor, policy: LeavePolicy, balance: Balance | None) -> Iterator[Ruling]:
    if balance is None:
        return
    contract = floor.problem.site.contracts[floor.agents[request.agent].contract]
    needs = counted_days(request.start, request.end, floor.zone, contract, policy)
    facts = {"kind": request.kind, "needs": f"{needs:g}", "left": f"{balance.left:g}", "year": balance.year}
    enough = needs <= balance.left + 1e-9
    says = (
        N_("{needs} day(s) of the {left} of {kind} that are left in {year}")
        if enough
        else N_("{needs} day(s) of {kind}, and {left} are left in {year}: only with a manager's approval")
    )
    yield ruling("balance", "holds" if enough else "exception", says, **facts)


def _in_force(broken: Sequence[object], effects: Mapping[str, Any]) -> Ruling:
    if broken:
        return ruling("LEV-8", "forbidden", N_("it would break the roster: {broken}"), broken=broken[0])
    says = N_("effect on coverage: {short} agent-hours short more, {answered} contacts in time")
    return ruling("LEV-8", "holds", says, short=effects["short_hours"], answered=effects["answered_in_time"])
