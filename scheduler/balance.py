"""Balances of leave: how many days of a kind a person has in a calendar year, and how many are left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from centre.grid import instant, local_day
from centre.people import Agent, Contract
from centre.policy import LeavePolicy
from centre.site import Leave


@dataclass(frozen=True, slots=True)
class Balance:
    """Days of one kind of leave in a calendar year.

    Attributes
    ----------
    entitled : by the policy, for the years of service.
    adjusted : granted or taken back by hand, days taken over from the year before included.
    taken : approved.
    asked : asked for and not decided.
    """

    agent: str
    kind: str
    year: int
    entitled: float
    adjusted: float
    taken: float
    asked: float

    @property
    def left(self) -> float:
        """What may still be asked for."""
        return self.entitled + self.adjusted - self.taken - self.asked

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "agent": self.agent, "kind": self.kind, "year": self.year, "entitled": self.entitled,
            "adjusted": self.adjusted, "taken": round(self.taken, 2), "asked": round(self.asked, 2),
            "left": round(self.left, 2),
        }  # fmt: skip


def balance(
    agent: Agent,
    contract: Contract,
    kind: str,
    year: int,
    zone: str,
    policy: LeavePolicy,
    *,
    taken: Iterable[Leave] = (),
    asked: Iterable[Leave] = (),
    adjusted: float = 0.0,
) -> Balance:
    """A person's balance of a kind of leave; leave that runs over the turn of the year counts in both, by its days."""

    def days(rows: Iterable[Leave]) -> float:
        begin, end = instant(date(year, 1, 1), 0, zone), instant(date(year + 1, 1, 1), 0, zone)
        mine = [row for row in rows if row.agent == agent.agent and row.kind == kind]
        spans = [(max(row.start, begin), min(row.end, end)) for row in mine]
        return sum(counted_days(start, stop, zone, contract, policy) for start, stop in spans if start < stop)

    return Balance(agent.agent, kind, year, entitled(agent, kind, year, policy), adjusted, days(taken), days(asked))


def entitled(agent: Agent, kind: str, year: int, policy: LeavePolicy) -> float:
    """Days of a year by years of service completed within it; somebody without a date of hiring has the first step."""
    steps = sorted(policy.balance_days.get(kind, ()))
    if not steps:
        return 0.0
    if agent.hired is None:
        return steps[0][1]
    served = year - agent.hired.year
    return max((days for years, days in steps if served >= years), default=0.0)


def counted_days(start: int, end: int, zone: str, contract: Contract, policy: LeavePolicy) -> float:
    """Days that leave over [start, end) takes off a balance.

    Whole local days count one each, at most as many of a calendar week as the contract has working days; parts of days
    count as hours of a working day.
    """
    whole: dict[tuple[int, int], int] = {}
    parts = 0.0
    day = local_day(start, zone)
    while (begin := instant(day, 0, zone)) < end:
        stop = instant(day, 1440, zone)
        if start <= begin and stop <= end:
            week = day.isocalendar()[:2]
            whole[week] = whole.get(week, 0) + 1
        else:
            hours = (min(end, stop) - max(start, begin)) / 3600
            parts += min(1.0, hours / policy.balance_hours)
        day += timedelta(days=1)
    return sum(min(days, contract.days_per_week[1]) for days in whole.values()) + parts
