"""One person's own work: shifts, the next change, adherence, balances, and the calendar that a phone subscribes to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from centre.approvals import Approved, Open
from centre.grid import Horizon, instant, local_day
from centre.people import Agent, Contract
from centre.requests import LeaveRequest, SwapRequest
from centre.requirement import Requirement
from centre.roster import ON_DUTY, PAID_WORK, Roster, Segment
from desk.actions.leave_balances import balances
from desk.actions.published_floor import duties_beginning
from desk.outputs.ics import calendar_bytes
from desk.outputs.plan import plan_of
from desk.wiring import Place, requests_of
from desk.wording import words
from scheduler.balance import Balance

SHOWN_DAYS = 15


@dataclass(frozen=True)
class Shift:
    """A duty of a day, or what stands there instead; UTC seconds."""

    day: date
    start: int
    end: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class MyWork:
    """What somebody sees of the own work.

    Attributes
    ----------
    shifts : duties from today on.
    now, following : the segment that should be worked now, and the next change.
    week_minutes, month_minutes : paid minutes of the duties that begin in the local week and month, as rostered;
        `month_bounds` those of the contract.
    leave_days : approved leave days of the local year by kind.
    swaps_used, swaps_allowed : of this month (SWP-2); 0 allowed is no bound.
    """

    agent: Agent
    contract: Contract
    shifts: tuple[Shift, ...]
    now: Segment | None
    following: Segment | None
    month_minutes: int
    week_minutes: int
    leave_days: dict[str, float]
    swaps_used: int
    swaps_allowed: int
    balances: tuple[Balance, ...] = ()

    def summary(self) -> dict[str, Any]:
        """For --json and the API."""
        return {
            "agent": self.agent.agent,
            "name": self.agent.name,
            "team": self.agent.team,
            "shifts": [
                {"date": s.day.isoformat(), "start": s.start, "end": s.end, "segments": [_row(x) for x in s.segments]}
                for s in self.shifts
            ],
            "now": _row(self.now) if self.now else None,
            "next": _row(self.following) if self.following else None,
            "balances": {
                "week_minutes": self.week_minutes,
                "week_bounds": list(self.contract.week_minutes),
                "month_minutes": self.month_minutes,
                "month_bounds": list(self.contract.month_minutes),
                "leave_days": self.leave_days,
                "swaps_used": self.swaps_used,
                "swaps_allowed": self.swaps_allowed,
                "leave": [row.to_json() for row in self.balances],
            },
        }


def _row(segment: Segment) -> dict[str, Any]:
    return {
        "start": segment.start,
        "end": segment.end,
        "activity": segment.activity,
        "queue": segment.queue,
    }


def my_work(place: Place, agent: str) -> MyWork:
    """Everything about one person of agents.csv."""
    zone, now = place.site.settings.zone, int(place.now.timestamp())
    person = place.site.agents[agent]
    today = place.today
    first = min(today.replace(day=1), today - timedelta(days=today.weekday()))
    horizon = Horizon(zone, place.site.settings.grid_minutes, first, (today - first).days + 45)
    roster = duties_beginning(place, horizon.begin, horizon.end)
    line = [segment for segment in roster.segments if segment.agent == agent]
    duties = shifts_of(line, zone)
    shifts = [shift for shift in duties if shift.end > now or shift.day == today]
    current = next((segment for segment in line if segment.start <= now < segment.end), None)
    monday = today - timedelta(days=today.weekday())
    unpaid = {pause.activity for shift in place.site.shifts.values() for pause in shift.pauses if not pause.paid}
    counted = PAID_WORK | (ON_DUTY - unpaid)

    def paid(begin: date, end: date) -> int:
        rows = [row for duty in duties if begin <= duty.day < end for row in duty.segments]
        return sum((row.end - row.start) // 60 for row in rows if row.activity in counted)

    month_end = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return MyWork(
        agent=person,
        contract=place.site.contracts[person.contract],
        shifts=tuple(shifts[:SHOWN_DAYS]),
        now=current,
        following=_next_change(line, current, now),
        month_minutes=paid(today.replace(day=1), month_end),
        week_minutes=paid(monday, monday + timedelta(days=7)),
        leave_days=_leave_days(place, agent, today.year),
        swaps_used=_swaps(place, agent, today),
        swaps_allowed=place.policy.swap.per_month,
        balances=tuple(balances(place, agent).rows),
    )


def shifts_of(line: Sequence[Segment], zone: str) -> list[Shift]:
    """Unbroken runs of a person's segments, each with the local day on which it begins."""
    runs: list[list[Segment]] = []
    for segment in line:
        if runs and runs[-1][-1].end == segment.start:
            runs[-1].append(segment)
        else:
            runs.append([segment])
    return [Shift(local_day(run[0].start, zone), run[0].start, run[-1].end, tuple(run)) for run in runs]


def _next_change(line: Sequence[Segment], current: Segment | None, now: int) -> Segment | None:
    after = current.end if current else now
    for segment in line:
        if segment.start >= after and (segment.activity in ON_DUTY or segment.activity == "leave"):
            return segment
    return None


def _leave_days(place: Place, agent: str, year: int) -> dict[str, float]:
    zone = place.site.settings.zone
    begin, end = instant(date(year, 1, 1), 0, zone), instant(date(year + 1, 1, 1), 0, zone)
    found: dict[str, float] = {}
    for leave in place.site.leave:
        if leave.agent == agent and leave.start < end and begin < leave.end:
            days = (min(leave.end, end) - max(leave.start, begin)) / 86_400
            found[leave.kind] = round(found.get(leave.kind, 0.0) + days, 2)
    return found


def _swaps(place: Place, agent: str, today: date) -> int:
    zone = place.site.settings.zone
    count = 0
    for row in requests_of(place).all(int(place.now.timestamp()), "swap"):
        asked = row.asked
        if isinstance(asked, SwapRequest) and agent in asked.parties and isinstance(row.state, Open | Approved):
            day = local_day(min(hand.start for hand in asked.hands), zone)
            count += (day.year, day.month) == (today.year, today.month)
    return count


def concerns(asked: LeaveRequest | SwapRequest) -> tuple[str, ...]:
    """Whom a request is about."""
    return asked.parties


def calendar_of(place: Place, agent: str, language: str) -> bytes:
    """A person's published duties from a month ago on, as iCalendar."""
    settings = place.site.settings
    horizon = Horizon(settings.zone, settings.grid_minutes, place.today - timedelta(days=28), 91)
    roster = duties_beginning(place, horizon.begin, horizon.end)
    mine = Roster(tuple(segment for segment in roster.segments if segment.agent == agent), roster.version)
    site = replace(
        place.site,
        agents={agent: place.site.agents[agent]},
        leave=tuple(row for row in place.site.leave if row.agent == agent),
        fixed=tuple(row for row in place.site.fixed if row.agent == agent),
    )
    plan = plan_of(site, horizon, Requirement.nothing(horizon, ()), mine)
    return calendar_bytes(plan, agent, words(language), place.now)
