"""Ask for leave or a swap, see the verdict, decide level by level; what is approved stands in a new roster version.

Overtime is asked for in `desk.actions.overtime`; balances, certificates, the waiting list are in `desk.actions.leave`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from pydantic import ValidationError

from centre.approvals import Approved, Deed, Open, act
from centre.errors import InputError
from centre.grid import instant, local_day
from centre.library_words import pydantic_words
from centre.requests import AnyRequest, Handing, LeaveRequest, OvertimeRequest, Ruling, SwapRequest
from centre.roster import Segment
from centre.said import Said
from centre.site import opening_span
from desk.actions.leave_balances import balance_of
from desk.actions.policies import policy_in_force
from desk.actions.published_floor import floor_around, holidays_of, known_people, shift_of, when
from desk.actions.publishing import Publisher, publishing
from desk.actions.verdicts import Asked, Decided, request_row, rule_json, rule_words, verdict_json
from desk.wiring import Place, logbook_of, requests_of
from scheduler.judging import Floor, Verdict
from scheduler.leave import concerned, granted, leave_verdict
from scheduler.overtime import overtime_granted
from scheduler.room import no_room
from scheduler.swap import Registered, changed_by, swap_verdict
from scheduler.swap_partners import Offer, who_could_swap
from store.audit import Audit
from store.audit import Deed as Noted
from store.requests import Filed

__all__ = [
    "Asked",
    "Decided",
    "all_requests",
    "ask_leave",
    "ask_swap",
    "decide",
    "file_leave",
    "file_request",
    "floor_around",
    "hands_of",
    "holidays_of",
    "judge_leave",
    "known_people",
    "partners",
    "register",
    "request_row",
    "rule_json",
    "rule_words",
    "shift_of",
    "swap_request",
    "verdict_json",
    "when",
]


def ask_leave(place: Place, asked: LeaveRequest, *, file: bool = True, wait: bool = False, made: datetime) -> Asked:
    """Judge a leave request and, unless it is forbidden, file it.

    With `wait` it goes on the waiting list of its days where they have no room for more leave, and is judged again
    when somebody's plan changes.

    Raises
    ------
    InputError : a person who is not in agents.csv, a kind of leave that the policy does not know.
    """
    known_people(place, asked.agent, *([asked.asked_by] if asked.asked_by else []))
    known = place.policy.leave.kinds
    if asked.kind not in known:
        raise InputError(
            Said(
                '"{kind}" is no kind of leave; kinds (leave.kinds of the policy): {kinds}',
                kind=asked.kind,
                kinds=list(known),
            )
        )
    judged = judge_leave(place, asked)
    if not file or not judged.verdict.possible:
        return judged
    if wait and judged.no_room:
        if asked.kind not in place.policy.leave.waits:
            raise InputError(
                Said(
                    "{kind} leave cannot wait; kinds that can (leave.waits of the policy): {kinds}",
                    kind=asked.kind,
                    kinds=list(place.policy.leave.waits),
                )
            )
        content = {"asked": asked.model_dump()}
        number = logbook_of(place).write("waiting", asked.agent, asked.at, asked.agent, content, made)
        return replace(judged, waiting=number)
    return replace(judged, request=file_leave(place, judged, made))


def judge_leave(place: Place, asked: LeaveRequest) -> Asked:
    """The verdict on a leave request by the policy in force when it was made; nothing is filed."""
    policy = policy_in_force(place, asked.at)
    floor = floor_around(place, asked.start, asked.end)
    swapped = {(hand.taker, hand.start) for row in register(place) for hand in row.hands}
    left = balance_of(place, asked.agent, asked.kind, local_day(asked.start, floor.zone).year, policy.leave)
    holidays = holidays_of(place, floor.problem.horizon)
    verdict = leave_verdict(asked, floor, policy, holidays, swapped, balance=left)
    full = tuple(no_room(asked, floor, policy.leave, verdict.coverage)) if asked.kind in policy.leave.waits else ()
    return Asked(verdict, None, asked, floor.zone, no_room=full)


def file_leave(place: Place, judged: Asked, made: datetime) -> int | None:
    """File a leave request that was judged; its number."""
    asked = judged.asked
    assert isinstance(asked, LeaveRequest)
    floor = floor_around(place, asked.start, asked.end)
    begins = min((duty.start for duty in concerned(asked, floor)), default=asked.start)
    return file_request(place, asked, judged.verdict, begins, made)


def ask_swap(place: Place, asked: SwapRequest, *, file: bool = True, made: datetime) -> Asked:
    """Judge a swap and, unless it is forbidden, file it.

    Raises
    ------
    InputError : a person who is not in agents.csv.
    """
    known_people(place, *asked.parties)
    starts = [hand.start for hand in asked.hands]
    floor = floor_around(place, min(starts), max(starts) + 1)
    holidays = holidays_of(place, floor.problem.horizon)
    verdict = swap_verdict(asked, floor, policy_in_force(place, asked.at), holidays, register(place))
    number = file_request(place, asked, verdict, min(starts), made) if file else None
    return Asked(verdict, number, asked, floor.zone)


def partners(place: Place, agent: str, day: date, at: int, most: int = 10) -> list[Offer]:
    """Who could swap with a person for the shift of a day, best first.

    Raises
    ------
    InputError : nobody of that name, or no shift on that day.
    """
    known_people(place, agent)
    zone = place.site.settings.zone
    floor = floor_around(place, instant(day, 0, zone), instant(day, 1440, zone))
    start = shift_of(floor, agent, day)
    holidays = holidays_of(place, floor.problem.horizon)
    return who_could_swap(agent, start, at, floor, place.policy, holidays, register(place), most)


def hands_of(
    place: Place, people: Sequence[str], days: Sequence[date], parts: Sequence[str] = ()
) -> tuple[Handing, ...]:
    """The shifts that change hands: each person's of his day goes to the next; the last one's to the first.

    With one day fewer than people the last person gives nothing: a shift is given away.

    Parameters
    ----------
    parts : in the order of the days, "HH:MM-HH:MM" local where only a part changes hands, "" for the whole shift.

    Raises
    ------
    InputError : nobody of a name, somebody named twice, no shift on a day, a part that is no span of local times.
    """
    known_people(place, *people)
    twice = [name for name in people if people.count(name) > 1]
    if twice:
        raise InputError(Said("{agent} is named twice: each person gives one shift and takes one", agent=twice[0]))
    zone = place.site.settings.zone
    floor = floor_around(place, instant(min(days), 0, zone), instant(max(days), 1440, zone))
    ring = [*people[1:], people[0]]
    return tuple(
        Handing(giver=giver, taker=taker, start=shift_of(floor, giver, day), part=_part(text, day, zone))
        for giver, taker, day, text in zip(people, ring, days, [*parts, *[""] * len(days)], strict=False)
    )


def swap_request(place: Place, people: Sequence[str], days: Sequence[date], reason: str) -> SwapRequest:
    """A swap asked for now by the first of these people; what changes hands is told in `hands_of`.

    Raises
    ------
    InputError : not one day for each person or one fewer, a ring that does not close, or as `hands_of`.
    """
    if len(days) not in (len(people), len(people) - 1):
        raise InputError(Said("one day for each person, or one fewer where a shift is given away"))
    hands = hands_of(place, people, days)
    try:
        return SwapRequest(agent=people[0], hands=hands, at=int(place.now.timestamp()), reason=reason)
    except ValidationError as error:
        raise InputError(Said.lines(pydantic_words(each) for each in error.errors())) from None


def _part(text: str, day: date, zone: str) -> tuple[int, int] | None:
    if not text:
        return None
    try:
        first, last = opening_span(text)
    except ValueError as wrong:
        raise InputError(Said('--part: found "{text}"; allowed: {wrong}', text=text, wrong=wrong)) from None
    return instant(day, first, zone), instant(day, last, zone)


def decide(place: Place, number: int, deed: Deed, made: datetime) -> Decided:
    """Do something with a request; the last approval puts it into a new roster version, through the checks.

    Raises
    ------
    NotAllowedError : who may not do it, or it can no longer be done.
    InputError : the roster has changed so that the request would break it now; nothing is decided then.
    """
    from desk.actions.leave import recheck_waiting
    from desk.actions.overtime import shared_out

    requests = requests_of(place)
    with publishing(place) as publisher:
        filed, seen = requests.get(number), requests.count_deeds(number)
        after = act(filed.state, deed)
        change = None
        if isinstance(after, Approved) and deed.act in ("agree", "skip"):
            if isinstance(filed.asked, OvertimeRequest):
                shared_out(place, filed.asked, number, deed.at)
            change = _change(place, filed)
        done = requests.decide(number, deed, made, seen)
        version = None if change is None else _publish(publisher, *change, number=number, deed=deed, made=made)
        detail = Said.term("request", done.state.status)
        if version is not None:
            detail = Said("{status}, roster version {version}", status=detail, version=version)
        noted = Noted(made, deed.by, deed.act, f"request/{number}", True, detail)
        Audit(place.plans.database, place.site.settings.name).note(noted)
    if deed.act in ("agree", "skip", "refuse", "withdraw") and not isinstance(done.state, Open):
        recheck_waiting(place, made)
    return Decided(done, version)


def all_requests(place: Place, now: int) -> list[Filed]:
    """Every request with its state now; the approved swaps among them are the swap register 换班登记表."""
    return requests_of(place).all(now)


def register(place: Place) -> list[Registered]:
    """The swaps that are agreed or being decided."""
    now = int(place.now.timestamp())
    found = requests_of(place).all(now, "swap")
    live = [row for row in found if isinstance(row.state, Open | Approved)]
    return [Registered(row.number, row.asked.hands) for row in live if isinstance(row.asked, SwapRequest)]


def _change(place: Place, filed: Filed) -> tuple[Floor, Mapping[str, tuple[Segment, ...]], int]:
    """The floor, the lines that change, and when the first change is."""
    asked = filed.asked
    if isinstance(asked, LeaveRequest):
        floor = floor_around(place, asked.start, asked.end)
        line, problem = granted(asked, floor, [date.fromisoformat(day) for day in filed.verdict.get("off", ())])
        changed: Mapping[str, tuple[Segment, ...]] = {asked.agent: line}
        first = min([duty.start for duty in concerned(asked, floor)] + [asked.start])
        broken = floor.newly_broken(changed, problem)
    elif isinstance(asked, OvertimeRequest):
        floor = floor_around(place, asked.start, asked.end)
        result = overtime_granted(asked, floor)
        if isinstance(result, Ruling):
            raise InputError(Said("the roster has changed since this was asked: {why}", why=result.why))
        changed, first = {asked.agent: result[0]}, asked.start
        broken = floor.newly_broken(changed, result[1])
    else:
        starts = [hand.start for hand in asked.hands]
        floor = floor_around(place, min(starts), max(starts) + 1)
        gone = [hand.giver for hand in asked.hands if floor.duty(hand.giver, hand.start) is None]
        if gone:
            raise InputError(Said("the roster has changed: {gone} has that shift no more; ask anew", gone=gone[0]))
        (changed, problem), first = changed_by(asked.hands, floor), min(starts)
        broken = floor.newly_broken(changed, problem)
    if broken:
        raise InputError(
            Said(
                "the roster has changed since this was asked: approved now it would break it: {broken}",
                broken=broken[0],
            )
        )
    return floor, changed, first


def _publish(
    publisher: Publisher,
    floor: Floor,
    changed: Mapping[str, tuple[Segment, ...]],
    first: int,
    *,
    number: int,
    deed: Deed,
    made: datetime,
) -> int | None:
    """Publish the roster with these lines; None where no line changes (leave of days that are not rostered yet)."""
    if all(floor.segments.get(name, ()) == line for name, line in changed.items()):
        return None
    horizon = floor.problem.horizon
    since = min(deed.at, first)
    versions = {row.version: row for row in publisher.place.plans.roster_versions()}
    before = versions.get(floor.roster.version)
    return publisher.roster(
        floor.with_lines(changed),
        horizon,
        changed,
        at=made,
        requirement_version=before.requirement_version if before else None,
        applies_from=datetime.fromtimestamp(since, UTC) if since > horizon.begin else None,
        by=deed.by,
        note=f"request {number}",
    )


def file_request(place: Place, asked: AnyRequest, verdict: Verdict, begins: int, made: datetime) -> int | None:
    """File what may be decided: in time before it begins, or within the time a whole line has to answer."""
    if not verdict.possible or not verdict.approvers:
        return None
    policy = policy_in_force(place, asked.at)
    answer = round(policy.approvals.answer_hours * 3600) * len(verdict.approvers)
    # A swap can be agreed until its first shift begins; leave may be asked for when it has begun (sickness).
    deadline = begins if not isinstance(asked, LeaveRequest) or begins > asked.at else asked.at + answer
    requests = requests_of(replace(place, policy=policy))
    return requests.file(asked, verdict.approvers, deadline, verdict_json(verdict), made)
