"""What a roster costs, term by term, in units of one agent short for one hour (`centre.policy.RosterWeights`).

Plain Python over the floor, apart from the compiled search: tests hold the two against each other.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from centre.activities import PlannedActivity
from centre.posts import names
from scheduler.activities import LEFT_OUT, Placed
from scheduler.checks.activities import group_of, occasions
from scheduler.checks.objective import TERMS
from scheduler.checks.posts import wanted as wanted_on
from scheduler.tours.coverage import STEEP, Component
from scheduler.tours.floor import SHORT_DAY, SHORT_MINUTE, Floor, Member
from scheduler.tours.lines import BURDENS, Lines, concerned, label_of, placed_like_pauses
from scheduler.tours.segments import written

Floats = NDArray[np.float64]


def cost_by_term(floor: Floor, placed: Sequence[Placed] | None = None) -> dict[str, float]:
    """The objective by term, with the activities placed beside the pauses; without them none is reckoned missed.

    - shortage: agent-hours short of the gross requirement, each interval's with STEEP times its square on top;
      people with several skills count once.
    - surplus: agent-hours above it.
    - leaders: leader-hours short of ORG-2 and ORG-3 (squares likewise) where the site has leaders at all, and a
      little for those above.
    - paid hours, overtime, wishes: as RosterWeights has them.
    - service: contacts not answered in time, or those beyond a daily goal, where the policy's objective is one of
      service; shortage and surplus are 0 then.
    - posts: person-hours missing on posts (squares likewise); teams: two of a team on different shifts of a day.
    - unfairness: late, night, weekend and holiday duties, the ledger's with them, above the mean of those with the same
      role and contract, squared.
    - activities: hours of planned activities that somebody on duty finds no place for.
    - changes: people's days that differ from the published roster.
    - below lower bounds: paid minutes and worked days missing to a contract's lower bounds, at a price that only
      hard input can justify.
    """
    terms = dict.fromkeys(TERMS, 0.0)
    for number, component in enumerate(floor.components):
        if number != floor.leaders and floor.weights.objective != "staff":
            terms["service"] += service(floor, component)
        elif number != floor.leaders:
            short, spare = component.cost(floor.last)
            terms["shortage"] += short
            terms["surplus"] += spare
    terms["leaders"] = _leaders(floor)
    for member, chosen in zip(floor.members, floor.chosen, strict=True):
        taken = chosen[chosen >= 0]
        contract = member.lines.line.contract
        paid = float(member.lines.paid[taken].sum()) / 60 * contract.cost_per_hour * floor.weights.paid_hour
        terms["paid hours"] += paid
        changed = changes(floor, member, chosen)
        terms["changes"] += changed
        base = floor.weights.unstable * len(member.published)
        terms["wishes"] += float(member.own_cost[taken].sum()) - paid - (changed - base)
        overtime, missing = of_periods(floor, member, chosen)
        terms["overtime"] += overtime
        terms["below lower bounds"] += missing
    terms["activities"] = activities(floor, placed) if placed is not None else 0.0
    terms["posts"], terms["teams"] = posts(floor), teams(floor)
    counts, fair = burdens(floor)
    terms["unfairness"] = float(floor.weights.unfair * (np.maximum(counts - fair, 0.0) ** 2).sum())
    return terms


def burdens(floor: Floor) -> tuple[Floats, Floats]:
    """Burdens of each person, the ledger's with them, and the mean of their peers: both [people, burdens]."""
    counts = np.zeros((len(floor.members), len(BURDENS)))
    for p, (member, chosen) in enumerate(zip(floor.members, floor.chosen, strict=True)):
        before = floor.problem.ledger.get(member.lines.line.agent.agent, {})
        counts[p] = [before.get(burden, 0.0) for burden in BURDENS]
        counts[p] += member.lines.burden[:, chosen[chosen >= 0]].sum(axis=1)
    peers = np.array([member.peers for member in floor.members])
    fair = np.zeros_like(counts)
    for group in np.unique(peers):
        fair[peers == group] = counts[peers == group].mean(axis=0)
    return counts, fair


def on_the_floor(floor: Floor, role: str) -> Floats:
    """People of a role inside their duties at each tick of the horizon; part-day leave takes them away."""
    here = np.zeros(floor.clock.count + 1)
    for member, chosen in zip(floor.members, floor.chosen, strict=True):
        if member.lines.line.agent.role == role:
            for o in chosen[chosen >= 0]:
                span = slice(member.lines.start[o], member.lines.end[o])
                here[span] += member.lines.present[span] * (member.lines.on_call[o] == 0)
    return here[: floor.last]


def service(floor: Floor, component: Component) -> float:
    """Price of contacts of some queues that are not answered in time, or of those beyond each day's goal."""
    weights, horizon = floor.weights, floor.problem.horizon
    late = component.late_by_interval(floor.last, floor.clock.in_interval)
    if weights.objective == "service":
        return weights.late_contact * float(late.sum())
    by_day = np.add.reduceat(late, horizon.day_offsets[:-1])[: horizon.days]
    beyond = np.maximum(by_day - floor.allowed(component), 0.0)
    return weights.late_contact * float((beyond + weights.goal_met * by_day).sum())


def activities(floor: Floor, placed: Sequence[Placed]) -> float:
    """Price of planned activities that found no place on an occasion with a duty that had room for them."""
    clock, hours = floor.clock, 0.0
    had = {(each.member, each.name, floor.view.calendar.day_of(clock.second(each.start))) for each in placed}
    for planned in floor.problem.site.activities:
        people = [p for p, member in enumerate(floor.members) if concerned(member.lines.line.agent, planned.who)]
        for days in occasions(floor.view, planned):
            room: dict[str, int] = {}
            held: set[str] = set()
            for p in people:
                group = group_of(planned, floor.members[p].lines.line)
                if any((p, planned.name, day) in had or _briefed(floor, p, day, planned) for day in days):
                    held.add(group)
                elif any(_has_room(floor, p, day, planned) for day in days):
                    room[group] = room.get(group, 0) + 1
            hours += sum(count for group, count in room.items() if group not in held) * planned.minutes / 60
    return hours * floor.weights.missed_activity_hour


def _has_room(floor: Floor, p: int, day: int, planned: PlannedActivity) -> bool:
    """Whether a day's duty holds as much of an activity's window as it needs."""
    lines, o = floor.members[p].lines, int(floor.chosen[p][day])
    if o < 0 or lines.on_call[o] or written(floor, p, o):
        return False
    begin, end = (floor.problem.horizon.at(day, minute) for minute in planned.window)
    first, last = floor.clock.second(int(lines.start[o])), floor.clock.second(int(lines.end[o]))
    return min(end, last) - max(begin, first) >= planned.minutes * 60


def _briefed(floor: Floor, p: int, day: int, planned: PlannedActivity) -> bool:
    """Whether the search placed a daily activity among a day's pauses."""
    lines, o = floor.members[p].lines, int(floor.chosen[p][day])
    if o < 0 or not placed_like_pauses(planned):
        return False
    pauses = range(int(lines.pause_first[o]), int(lines.pause_first[o + 1]))
    return any(lines.activity[k] == label_of(planned) and floor.places[p][k] != LEFT_OUT for k in pauses)


def posts(floor: Floor) -> float:
    """Price of people missing on posts."""
    total = 0.0
    for post in floor.problem.site.posts:
        here = np.zeros(floor.clock.count + 1)
        for member, chosen in zip(floor.members, floor.chosen, strict=True):
            lines = member.lines
            if names(lines.line.agent, post.who):
                for o in chosen[chosen >= 0]:
                    if lines.kind[o] == post.shift if post.shift else not lines.on_call[o]:
                        span = slice(lines.start[o], lines.end[o])
                        here[span] += lines.present[span]
        wanted = np.repeat(wanted_on(floor.view, post).astype(float), floor.clock.in_interval)
        lack = np.maximum(wanted - here[: wanted.size], 0.0)
        total += post.price * floor.clock.hours * float((lack + STEEP * lack**2).sum())
    return total


def teams(floor: Floor) -> float:
    """Price of people of a team on different shifts of a day."""
    if not floor.weights.apart:
        return 0.0
    total = 0.0
    for team in sorted({member.lines.line.agent.team for member in floor.members} - {""}):
        numbers = [p for p, member in enumerate(floor.members) if member.lines.line.agent.team == team]
        unlike = 0.0
        for day in range(floor.problem.horizon.days):
            taken = [(floor.members[p].lines, int(floor.chosen[p][day])) for p in numbers]
            words = [_word(lines, day, o) for lines, o in taken if o >= 0 and not lines.on_call[o]]
            unlike += (len(words) ** 2 - sum(words.count(word) for word in words)) / 2
        total += floor.weights.apart * unlike / max(1, len(numbers) - 1)
    return total


def _word(lines: Lines, day: int, option: int) -> str:
    return lines.blocks[day].word[option - int(lines.options[day])]


def changes(floor: Floor, member: Member, chosen: NDArray[np.int64]) -> float:
    """Price of a person's days that differ from the published roster."""
    if not floor.problem.published.segments:
        return 0.0
    changed = 0
    for day, o in enumerate(chosen):
        lines, clock = member.lines, floor.clock
        now = (clock.second(int(lines.start[o])), clock.second(int(lines.end[o]))) if o >= 0 else None
        changed += now != member.published.get(day)
    return changed * floor.weights.unstable


def _leaders(floor: Floor) -> float:
    organisation = floor.problem.policy.organisation
    agents, leading = on_the_floor(floor, "agent"), on_the_floor(floor, "leader")
    span = organisation.span_of_control[1]
    wanted = np.ceil(agents / span) if organisation.leader_whenever_agents else np.floor(agents / span)
    lack, spare = np.maximum(wanted - leading, 0.0), np.maximum(leading - wanted, 0.0)
    component = floor.components[floor.leaders]
    return float((component.under * (lack + STEEP * lack**2) + component.over * spare).sum())


def of_periods(floor: Floor, member: Member, chosen: NDArray[np.int64]) -> tuple[float, float]:
    """Overtime, and what is missing to lower bounds."""
    contract = member.lines.line.contract
    overtime = missing = 0.0
    for bound in member.lines.person.bounds:
        taken = [int(o) for o in chosen[bound.days.start : bound.days.stop] if o >= 0]
        minutes = int(member.lines.paid[taken].sum())
        lowest = bound.lowest or 0
        if bound.of == "days":
            missing += SHORT_DAY * max(0, lowest - len(taken))
            continue
        missing += SHORT_MINUTE * max(0, lowest - minutes)
        if bound.plain is not None:
            price = contract.cost_per_hour * contract.overtime_factor * floor.weights.overtime_hour
            overtime += max(0, minutes - bound.plain) / 60 * price
    return overtime, missing
