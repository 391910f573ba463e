"""Ask for leave or a swap, see the verdict, decide level by level; what is approved stands in a new roster version.

Overtime is asked for in `desk.actions.overtime`; balances, certificates, the waiting list are in `desk.actions.leave`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from centre.approvals import Approved, Deed, Open, act
from centre.errors import InputError, Problem
from centre.grid import Horizon, instant, local_day
from centre.requests import AnyRequest, Handing, LeaveRequest, OvertimeRequest, Ruling, SwapRequest
from centre.requirement import Requirement
from centre.roster import Roster, Segment
from centre.site import opening_span
from desk.actions.leave_balances import balance_of
from desk.actions.policies import policy_in_force
from desk.wiring import Place, logbook_of, requests_of, with_approved
from desk.wording import Words
from desk.wording import words as words_of
from forecasts.holidays import public_holidays
from scheduler.judging import Candidate, Floor, Verdict, shown
from scheduler.leave import concerned, granted, leave_verdict
from scheduler.overtime import overtime_granted
from scheduler.problem import Problem as RosterProblem
from scheduler.room import no_room
from scheduler.swap import Registered, changed_by, swap_verdict
from scheduler.swap_partners import Offer, who_could_swap
from store.audit import Audit
from store.audit import Deed as Noted
from store.lock import site_lock
from store.requests import Filed

NEAR = timedelta(days=2)
TAIL = timedelta(days=35)
"""How far back the previous roster is looked at: a month's minutes, and any run of days."""


@dataclass(frozen=True)
class Asked:
    """A verdict, and the number under which the request was filed (None: it was not).

    `waiting` is its number on the waiting list, where it went there; `no_room` says why.
    """

    verdict: Verdict
    request: int | None
    asked: AnyRequest
    zone: str
    waiting: int | None = None
    no_room: tuple[Ruling, ...] = ()

    def summary(self) -> dict[str, Any]:
        """For --json."""
        more = {} if self.waiting is None else {"waiting": self.waiting}
        said = verdict_json(self.verdict)
        return {**said, "no_room": [rule_json(row) for row in self.no_room], "request": self.request, **more}

    def words(self, language: str) -> Iterable[str]:
        """For people: the answer, each rule, who decides."""
        said = words_of(language)
        _ = said._
        if self.verdict.allowed:
            yield _("The rules allow it.")
        elif self.verdict.possible:
            yield _("The rules are against it; a manager may make an exception.")
        else:
            yield _("It cannot be: a rule forbids it.")
        for rule in (*self.verdict.rules, *self.no_room):
            yield f"  {rule.id:6} {said.term('verdict', rule.verdict)}: {rule_words(rule, said)}"
        if self.verdict.cover:
            could = said.listing([self._could(row, said) for row in self.verdict.cover])
            yield _("Who could take the work: {people}", people=could)
        if self.waiting is not None:
            yield _("There is no room: it is number {number} of the waiting list.", number=self.waiting)
        if self.request is not None:
            people = said.listing(["/".join(step.people) for step in self.verdict.approvers])
            yield _("Filed as request {number}; it is decided by {people}.", number=self.request, people=people)

    def _could(self, row: Candidate, said: Words) -> str:
        start = shown(row.start, self.zone)
        how, cost = said.term("cover", row.how), said.number(row.cost, 2)
        return said._("{agent} ({how}, {start}, {minutes} min, {cost})", agent=row.agent, how=how, start=start,
                      minutes=row.minutes, cost=cost)  # fmt: skip


def rule_words(rule: Ruling, said: Words) -> str:
    """What a rule says, in a language."""
    kinds = {"kind": "leave", "role": "role"}
    facts = {name: said.term(kinds[name], fact) if name in kinds else fact for name, fact in rule.facts.items()}
    return said._(rule.says, **facts) if rule.says else rule.why


def rule_json(rule: Ruling) -> dict[str, Any]:
    """What a rule says for --json, in both languages."""
    row = {"id": rule.id, "verdict": rule.verdict, "why": rule_words(rule, words_of("en"))}
    row["why_zh"] = rule_words(rule, words_of("zh"))
    return {**row, "due": rule.due} if rule.due else row


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict for --json and for the store."""
    return {**verdict.to_json(), "rules": [rule_json(rule) for rule in verdict.rules]}


@dataclass(frozen=True)
class Decided:
    """A request after a decision, and the roster version it brought about (None: none)."""

    filed: Filed
    version: int | None

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {**request_row(self.filed), "version": self.version}

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        status = said.term("request", self.filed.state.status)
        yield said._("Request {number}: {status}", number=self.filed.number, status=status)
        if isinstance(self.filed.state, Open):
            waits = said.listing(self.filed.state.deciders())
            yield said._("It waits for {people}.", people=waits)
        if self.version is not None:
            yield said._("It stands in roster version {version}.", version=self.version)


def request_row(filed: Filed) -> dict[str, Any]:
    """A request for --json: what was asked, its verdict, everything done with it."""
    state = filed.state
    return {
        "request": filed.number,
        "status": state.status,
        "asked": filed.asked.model_dump(),
        "policy": filed.policy,
        "allowed": filed.verdict.get("allowed"),
        "waits_for": list(state.deciders()) if isinstance(state, Open) else [],
        "to_be_told": [p for n in state.untold for p in state.steps[n].people] if isinstance(state, Approved) else [],
        "verdict": dict(filed.verdict),
        "deeds": [{"at": deed.at, "act": deed.act, "by": deed.by, "reason": deed.reason} for deed in state.deeds],
    }


def ask_leave(place: Place, asked: LeaveRequest, *, file: bool = True, wait: bool = False, made: datetime) -> Asked:
    """Judge a leave request and, unless it is forbidden, file it.

    With `wait` it goes on the waiting list of its days where they have no room for more leave, and is judged again
    when somebody's plan changes.

    Raises
    ------
    InputError : a person who is not in agents.csv.
    """
    known_people(place, asked.agent, *([asked.asked_by] if asked.asked_by else []))
    judged = judge_leave(place, asked)
    if not file or not judged.verdict.possible:
        return judged
    if wait and judged.no_room:
        if asked.kind not in place.policy.leave.waits:
            kinds = ", ".join(place.policy.leave.waits)
            raise InputError(f"{asked.kind} leave cannot wait; kinds that can (leave.waits of the policy): {kinds}")
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
    InputError : nobody of a name, no shift on a day, a part that is no span of local times.
    """
    known_people(place, *people)
    zone = place.site.settings.zone
    floor = floor_around(place, instant(min(days), 0, zone), instant(max(days), 1440, zone))
    ring = [*people[1:], people[0]]
    return tuple(
        Handing(giver=giver, taker=taker, start=shift_of(floor, giver, day), part=_part(text, day, zone))
        for giver, taker, day, text in zip(people, ring, days, [*parts, *[""] * len(days)], strict=False)
    )


def _part(text: str, day: date, zone: str) -> tuple[int, int] | None:
    if not text:
        return None
    try:
        first, last = opening_span(text)
    except ValueError as wrong:
        raise InputError(f'--part: found "{text}"; allowed: {wrong}') from None
    return instant(day, first, zone), instant(day, last, zone)


def shift_of(floor: Floor, agent: str, day: date) -> int:
    """When a person's shift of a day starts.

    Raises
    ------
    InputError : no shift starts on it.
    """
    for duty in floor.lines[agent].duties:
        if local_day(duty.start, floor.zone) == day:
            return duty.start
    raise InputError(f"{agent} has no shift on {day} in the published roster")


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
    with site_lock(place.folder):
        filed, seen = requests.get(number), requests.count_deeds(number)
        after = act(filed.state, deed)
        change = None
        if isinstance(after, Approved) and deed.act in ("agree", "skip"):
            if isinstance(filed.asked, OvertimeRequest):
                shared_out(place, filed.asked, number, deed.at)
            change = _change(place, filed.asked)
        done = requests.decide(number, deed, made, seen)
        version = None if change is None else _publish(place, *change, number=number, deed=deed, made=made)
        detail = done.state.status if version is None else f"{done.state.status}, roster version {version}"
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


def floor_around(place: Place, begin: int, end: int) -> Floor:
    """The published roster over all versions that speak for [begin, end), UTC seconds, with its problem.

    What was approved since the place was opened is in it as well.
    """
    place = replace(place, site=with_approved(place))
    settings = place.site.settings
    parts = place.plans.published_parts(begin, end)
    first = min([local_day(part.begin, settings.zone) for part in parts] + [local_day(begin, settings.zone)])
    last = max([local_day(part.end - 1, settings.zone) for part in parts] + [local_day(end - 1, settings.zone)])
    horizon = Horizon(settings.zone, settings.grid_minutes, first, (last - first).days + 1)
    near = instant(first - NEAR, 0, settings.zone)
    published = place.plans.published_roster(near, horizon.end)
    roster = Roster(tuple(_beginning_in(published, horizon)), published.version)
    known = place.plans.requirement_for(horizon)
    need = known if known is not None else Requirement.nothing(horizon, tuple(place.site.queues))
    before = place.plans.published_roster(instant(first - TAIL, 0, settings.zone), horizon.begin)
    return Floor(RosterProblem(place.site, horizon, need, place.policy, before), roster)


def _beginning_in(roster: Roster, horizon: Horizon) -> Iterable[Segment]:
    """The segments of runs that begin within a horizon: a night that ran into it belongs to the version before."""
    for line in roster.by_agent().values():
        begin, end = 0, -1
        for segment in line:
            begin = segment.start if segment.start > end else begin
            end = max(end, segment.end)
            if horizon.begin <= begin < horizon.end:
                yield segment


def _change(place: Place, asked: AnyRequest) -> tuple[Floor, Mapping[str, tuple[Segment, ...]], int]:
    """The floor, the lines that change, and when the first change is."""
    if isinstance(asked, LeaveRequest):
        floor = floor_around(place, asked.start, asked.end)
        line, problem = granted(asked, floor)
        changed: Mapping[str, tuple[Segment, ...]] = {asked.agent: line}
        first = min([duty.start for duty in concerned(asked, floor)] + [asked.start])
        broken = floor.newly_broken(changed, problem)
    elif isinstance(asked, OvertimeRequest):
        floor = floor_around(place, asked.start, asked.end)
        result = overtime_granted(asked, floor)
        if isinstance(result, Ruling):
            raise InputError(f"the roster has changed since this was asked: {result.why}")
        changed, first = {asked.agent: result[0]}, asked.start
        broken = floor.newly_broken(changed, result[1])
    else:
        starts = [hand.start for hand in asked.hands]
        floor = floor_around(place, min(starts), max(starts) + 1)
        gone = [hand.giver for hand in asked.hands if floor.duty(hand.giver, hand.start) is None]
        if gone:
            raise InputError(f"the roster has changed: {gone[0]} has that shift no more; ask anew")
        (changed, problem), first = changed_by(asked.hands, floor), min(starts)
        broken = floor.newly_broken(changed, problem)
    if broken:
        raise InputError(f"the roster has changed since this was asked: approved now it would break it: {broken[0]}")
    return floor, changed, first


def _publish(
    place: Place,
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
    versions = {row.version: row for row in place.plans.roster_versions()}
    before = versions.get(floor.roster.version)
    return place.plans.publish_roster(
        floor.with_lines(changed),
        horizon,
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


def holidays_of(place: Place, horizon: Horizon) -> frozenset[object]:
    """The public holidays of the days of a horizon and the day before, local dates."""
    last = horizon.day(horizon.days)
    return frozenset(public_holidays(place.site.settings.holidays, horizon.day(-1), last).names)


def known_people(place: Place, *people: str) -> None:
    """See that people are in agents.csv.

    Raises
    ------
    InputError : with everybody who is not.
    """
    strangers = [name for name in people if name not in place.site.agents]
    if strangers:
        found = [Problem("agents.csv", "agent", name, "somebody of agents.csv") for name in strangers]
        raise InputError(found)


def when(place: Place, second: int) -> str:
    """An instant as people of the site read it."""
    return shown(second, place.site.settings.zone)
