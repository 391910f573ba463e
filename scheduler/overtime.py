"""Overtime and voluntary time off (SHF-10): what the rules say of a request, and what it does to the roster.

Overtime is proposed, reviewed level by level, and approved by the department head. It adjoins a shift, or is a shift of
the catalogue on a day off; it lies within the caps of the policy and the rest of the contract. Time off is what the
roster can do without.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from centre.approvals import NotAllowedError, Step, line_of
from centre.grid import local_day
from centre.house_policy import OvertimePolicy
from centre.policy import Policy
from centre.requests import LeaveRequest, OvertimeRequest, Ruling, refusal, ruling
from centre.roster import ON_DUTY, Segment
from centre.site import Overtime
from centre.words import N_
from scheduler.checks import Line
from scheduler.judging import Floor, Verdict, effect, shown
from scheduler.leave import granted as leave_granted
from scheduler.overtime_line import main_queue, with_overtime
from scheduler.problem import Problem


@dataclass(frozen=True)
class OpenOffer:
    """Overtime or time off that is offered over [start, end), UTC seconds, as it stands.

    Attributes
    ----------
    capacity : how many people may take it.
    deadline : until when it may be taken, UTC second.
    share : first come, or shared out at the deadline by the ledger of past overtime.
    takers : who has asked for it and was not refused, in order of asking.
    """

    number: int
    kind: Literal["overtime", "vto"]
    start: int
    end: int
    queue: str
    capacity: int
    deadline: int
    share: Literal["first", "fair"]
    by: str = ""
    closed: bool = False
    takers: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "offer": self.number, "kind": self.kind, "start": self.start, "end": self.end, "queue": self.queue,
            "capacity": self.capacity, "deadline": self.deadline, "share": self.share, "by": self.by,
            "closed": self.closed, "takers": list(self.takers), "left": max(0, self.capacity - len(self.takers)),
        }  # fmt: skip


def overtime_verdict(
    request: OvertimeRequest,
    floor: Floor,
    policy: Policy,
    offer: OpenOffer | None = None,
    earlier: Iterable[Overtime] = (),
) -> Verdict:
    """What the rules say of overtime or time off.

    Parameters
    ----------
    floor : the published roster and its problem, over the days concerned.
    offer : the one it takes up, if any.
    earlier : the person's overtime that is approved or asked for.
    """
    rules = [*_offered(request, offer, floor), *_notice(request, floor, policy.overtime)]
    if request.kind == "overtime":
        rules += _caps(request, floor, policy.overtime, tuple(earlier))
    steps: tuple[Step, ...] = ()
    try:
        person = floor.agents[request.agent]
        steps = line_of(person, policy.overtime.final, floor.agents, policy.approvals, request.parties)
        people = " > ".join("/".join(step.people) for step in steps)
        rules.append(ruling("SHF-10", "holds", N_("proposed, reviewed and approved by {people}"), people=people))
    except NotAllowedError as nobody:
        rules.append(refusal("SHF-10", nobody))
    made = overtime_granted(request, floor)
    if isinstance(made, Ruling):
        return Verdict((*rules, made), steps)
    line, problem = made
    changed = {request.agent: line}
    broken = floor.newly_broken(changed, problem)
    if broken:
        rules.append(ruling("SHF-10", "forbidden", N_("it would break the roster: {broken}"), broken=broken[0]))
    effects = effect(floor, changed, problem)
    rules.append(_worth(request, effects))
    return Verdict(tuple(rules), steps, effects)


def overtime_granted(request: OvertimeRequest, floor: Floor) -> tuple[tuple[Segment, ...], Problem] | Ruling:
    """The person's line with the overtime (or time off) in it, and the problem that knows of it; else why not."""
    if request.kind == "vto":
        values = {"agent": request.agent, "start": request.start, "end": request.end, "kind": "vto", "at": request.at}
        if not any(_over(row, request) for row in floor.segments.get(request.agent, ()) if row.activity in ON_DUTY):
            return ruling("SHF-10", "forbidden", N_("{agent} is not on duty then"), agent=request.agent)
        return leave_granted(LeaveRequest(**values), floor)
    line = floor.segments.get(request.agent, ())
    busy = [row for row in line if row.activity in ON_DUTY | {"leave"} and _over(row, request)]
    if busy:
        return ruling("SHF-10", "forbidden", N_("{agent} is on duty or on leave then already"), agent=request.agent)
    queue = request.queue or main_queue(request, floor)
    if queue and queue not in floor.agents[request.agent].skills:
        says = N_("{agent} has no skill for {queue}")
        return ruling("SHF-10", "forbidden", says, agent=request.agent, queue=queue)
    made = with_overtime(request, queue, floor)
    if made is None:
        says = N_("it neither adjoins a shift of {agent} nor is a shift of the contract on a day off")
        return ruling("SHF-10", "forbidden", says, agent=request.agent)
    return made


def _over(row: Segment, request: OvertimeRequest) -> bool:
    return row.start < request.end and request.start < row.end


def _offered(request: OvertimeRequest, offer: OpenOffer | None, floor: Floor) -> Iterator[Ruling]:
    if offer is None:
        if request.offer:
            yield ruling("SHF-10", "forbidden", N_("there is no offer {number}"), number=request.offer)
        return
    facts = {"number": offer.number, "deadline": shown(offer.deadline, floor.zone)}
    if offer.closed:
        yield ruling("SHF-10", "forbidden", N_("offer {number} is closed"), **facts)
    elif request.at >= offer.deadline:
        yield ruling("SHF-10", "forbidden", N_("offer {number} could be taken until {deadline}"), **facts)
    elif offer.kind != request.kind or request.start < offer.start or request.end > offer.end:
        yield ruling("SHF-10", "forbidden", N_("offer {number} is of another kind or time"), **facts)
    elif request.agent in offer.takers:
        says = N_("{agent} has taken offer {number} already")
        yield ruling("SHF-10", "forbidden", says, agent=request.agent, **facts)
    elif offer.share == "first" and len(offer.takers) >= offer.capacity:
        says = N_("offer {number} is full: {capacity} have taken it")
        yield ruling("SHF-10", "forbidden", says, capacity=offer.capacity, **facts)
    elif offer.share == "fair":
        says = N_("offer {number} is shared out at {deadline}, to those with the least overtime first")
        yield ruling("SHF-10", "holds", says, **facts)
    else:
        says = N_("offer {number}: {left} of {capacity} left, until {deadline}")
        left = offer.capacity - len(offer.takers)
        yield ruling("SHF-10", "holds", says, left=left, capacity=offer.capacity, **facts)


def _notice(request: OvertimeRequest, floor: Floor, policy: OvertimePolicy) -> Iterator[Ruling]:
    latest = request.start - policy.notice_minutes * 60
    if request.at > latest:
        says = N_("it is asked for by {latest}; this was asked at {asked}")
        facts = {"latest": shown(latest, floor.zone), "asked": shown(request.at, floor.zone)}
        yield ruling("SHF-10", "forbidden", says, **facts)


def _caps(
    request: OvertimeRequest, floor: Floor, policy: OvertimePolicy, earlier: Sequence[Overtime]
) -> Iterator[Ruling]:
    """Minutes of the day, the week and the month, with what is approved or asked for already."""
    line: Line = floor.lines[request.agent]
    zone, calendar = floor.zone, line.calendar
    day = local_day(request.start, zone)

    def same_day(row: Overtime) -> bool:
        return local_day(row.start, zone) == day

    def same_week(row: Overtime) -> bool:
        return week <= calendar.day_of(row.start) < week + 7

    def same_month(row: Overtime) -> bool:
        other = local_day(row.start, zone)
        return (other.year, other.month) == (day.year, day.month)

    week = calendar.day_of(request.start) - (calendar.day_of(request.start) - calendar.weeks[0].start) % 7
    spans: tuple[tuple[int, str, Callable[[Overtime], bool]], ...] = (
        (policy.day_minutes, N_("{minutes} minutes of overtime on the day, at most {most}"), same_day),
        (policy.week_minutes, N_("{minutes} minutes of overtime in the week, at most {most}"), same_week),
        (policy.month_minutes, N_("{minutes} minutes of overtime in the month, at most {most}"), same_month),
    )
    mine = [row for row in earlier if row.agent == request.agent]
    for most, says, inside in spans:
        minutes = request.minutes + sum((row.end - row.start) // 60 for row in mine if inside(row))
        if most:
            verdict: Literal["holds", "forbidden"] = "holds" if minutes <= most else "forbidden"
            yield ruling("SHF-10", verdict, says, minutes=minutes, most=most)


def _worth(request: OvertimeRequest, effects: dict[str, Any]) -> Ruling:
    """SHF-9: no surplus staff, no shortage."""
    short = float(effects["short_hours"])
    facts = {"short": f"{abs(short):g}", "answered": effects["answered_in_time"]}
    if request.kind == "overtime":
        if short < 0:
            says = N_("{short} agent-hours short less, {answered} contacts in time more")
            return ruling("SHF-9", "holds", says, **facts)
        says = N_("nobody is short then by the requirement: the head decides whether it is worth its price")
        return ruling("SHF-9", "approval", says)
    if short > 0:
        says = N_("{short} agent-hours short more, {answered} contacts in time: only with a manager's approval")
        return ruling("SHF-9", "exception", says, **facts)
    return ruling("SHF-9", "holds", N_("the roster can do without: nobody is short more"))
