"""Who could take a duty that falls free, cheapest first: a swap, an extra shift, a part-timer, overtime at its edges.

Every candidate went through the checks. What it costs is what the centre pays more: a swap costs nothing, a shift
within the contract's hours its pay, hours beyond them the contract's overtime factor.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from centre.policy import Policy
from centre.requests import Handing, OvertimeRequest, SwapRequest
from scheduler.checks import Duty, Line
from scheduler.judging import Candidate, Floor, with_duty
from scheduler.overtime_line import with_overtime
from scheduler.swap import changed_lines
from scheduler.swap_partners import pairs_for

CHECKED = 40
"""So many of the cheapest candidates of a way go through the checks at most."""


def cheapest_cover(
    floor: Floor, duties: Sequence[Duty], at: int, policy: Policy, *, most: int, without: Collection[str]
) -> tuple[Candidate, ...]:
    """The cheapest ways to cover each of these duties, at most so many for each.

    Candidates that cover the whole duty come before those that cover a part of it; then the cheaper first.

    Parameters
    ----------
    at : when it is asked, UTC second: what has begun is not moved any more.
    without : people who cannot.
    """
    found: list[Candidate] = []
    for duty in duties:
        ways = [
            *islice(_swaps(floor, duty, at, policy, without), 2),
            *islice(_extra_shifts(floor, duty, without), most),
            *islice(_at_the_edges(floor, duty, policy, without), 4),
        ]
        whole = (duty.end - duty.start) // 60
        found += sorted(ways, key=lambda row: (row.minutes < whole, row.cost / max(1, row.minutes), row.agent))[:most]
    return tuple(found)


def _extra_shifts(floor: Floor, duty: Duty, without: Collection[str]) -> Iterator[Candidate]:
    """People whose day is free: within the contract's hours at their pay, beyond them at the overtime factor."""
    free: list[tuple[float, str, str]] = []
    fullest = max((line.contract.week_minutes[1] for line in floor.lines.values()), default=0)
    for name, line in floor.lines.items():
        if name in without or not _alike(floor, duty, line):
            continue
        if duty.day in line.worked or duty.day in line.leave_days or not line.known(duty.day):
            continue
        over = _beyond(line, duty.day, duty.paid)
        highest = line.contract.week_minutes[1]
        how = "overtime" if over else "part_timer" if 0 < highest < fullest else "extra_shift"
        free.append((_price(line, duty.paid, over), name, how))
    for cost, name, how in sorted(free)[:CHECKED]:
        line_with = with_duty(floor.segments.get(name, ()), duty, floor.agents[name])
        if not floor.newly_broken({name: line_with}):
            yield Candidate(name, duty.start, how, cost, (duty.end - duty.start) // 60)


def _at_the_edges(floor: Floor, duty: Duty, policy: Policy, without: Collection[str]) -> Iterator[Candidate]:
    """People whose own shift ends or begins within the duty: they stay longer, or come earlier (SHF-10)."""
    cap = (policy.overtime.day_minutes or 180) * 60
    near: list[tuple[float, str, int, int]] = []
    for name, line in floor.lines.items():
        if name in without or not _alike(floor, duty, line):
            continue
        for held in line.duties:
            if duty.start <= held.end < duty.end:
                start, end = held.end, min(duty.end, held.end + cap)
            elif duty.start < held.start <= duty.end:
                start, end = max(duty.start, held.start - cap), held.start
            else:
                continue
            minutes = (end - start) // 60
            near.append((_price(line, minutes, minutes), name, start, end))
    near.sort(key=lambda row: (-(row[3] - row[2]), row[0], row[1]))
    for cost, name, start, end in near[:CHECKED]:
        asked = OvertimeRequest(agent=name, start=start, end=end, at=start, queue="")
        made = with_overtime(asked, _queue_of(duty, floor, name), floor)
        if made is not None and not floor.newly_broken({name: made[0]}, made[1]):
            yield Candidate(name, start, "overtime", cost, (end - start) // 60)


def _swaps(floor: Floor, duty: Duty, at: int, policy: Policy, without: Collection[str]) -> Iterator[Candidate]:
    """People who would work this duty if its owner worked one of theirs on another day."""
    owner = duty.segments[0].agent
    for offer in islice(pairs_for(owner, duty, at, floor, policy), CHECKED):
        give, back = offer.hands
        if give.taker in without or floor.lines[owner].calendar.day_of(back.start) == duty.day:
            continue
        asked = SwapRequest(agent=owner, hands=(Handing(**give.model_dump()), Handing(**back.model_dump())), at=at)
        if not floor.newly_broken(changed_lines(asked.hands, floor)):
            yield Candidate(give.taker, duty.start, "swap", 0.0, (duty.end - duty.start) // 60, back.start)


def _alike(floor: Floor, duty: Duty, line: Line) -> bool:
    queues = {segment.queue for segment in duty.segments if segment.queue}
    owner = floor.agents[duty.segments[0].agent]
    return line.agent.role == owner.role and not (queues and not queues & line.agent.skills.keys())


def _queue_of(duty: Duty, floor: Floor, name: str) -> str:
    """The duty's queue that a person serves."""
    served = floor.agents[name].skills
    return next((row.queue for row in duty.segments if row.queue in served), "")


def _beyond(line: Line, day: int, minutes: int) -> int:
    """Minutes beyond the week's highest with so many more."""
    highest = line.contract.week_minutes[1]
    week = next((days for days in line.calendar.weeks if day in days), range(0))
    held = sum(duty.paid for duty in line.duties if duty.day in week)
    return max(0, held + minutes - highest) if highest else 0


def _price(line: Line, minutes: int, over: int) -> float:
    return (minutes + (line.contract.overtime_factor - 1) * over) / 60 * line.contract.cost_per_hour
