"""Balances of leave: what each person has left of each kind that has one, and adjustments by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from centre.approvals import Open
from centre.errors import InputError
from centre.policy import LeavePolicy
from centre.requests import LeaveRequest
from centre.said import Said
from centre.site import Leave
from desk.wiring import Place, logbook_of, requests_of
from desk.wording import words as words_of
from scheduler.balance import Balance, balance

KIND = "balance"


@dataclass(frozen=True)
class Balances:
    """Balances of a calendar year."""

    rows: Sequence[Balance]

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {"balances": [row.to_json() for row in self.rows]}

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        for row in self.rows:
            yield said._(
                "{agent}: {kind} {year}: {left} of {whole} days left ({asked} asked for)",
                agent=row.agent, kind=said.term("leave", row.kind), year=row.year, left=f"{row.left:g}",
                whole=f"{row.entitled + row.adjusted:g}", asked=f"{row.asked:g}",
            )  # fmt: skip


def balances(place: Place, agent: str = "", year: int | None = None) -> Balances:
    """The balances of one person or of everybody, of this or another calendar year."""
    if agent and agent not in place.site.agents:
        raise InputError(Said('"{agent}" is nobody of agents.csv', agent=agent))
    people = [agent] if agent else list(place.site.agents)
    when = year or place.today.year
    policy = place.policy.leave
    found = [balance_of(place, name, kind, when, policy) for name in people for kind in policy.balance_days]
    return Balances([row for row in found if row is not None])


def balance_of(place: Place, agent: str, kind: str, year: int, policy: LeavePolicy) -> Balance | None:
    """A person's balance of a kind in a year; None for kinds without one."""
    if kind not in policy.balance_days:
        return None
    person = place.site.agents[agent]
    now = int(place.now.timestamp())
    asked = [
        Leave(agent=row.asked.agent, start=row.asked.start, end=row.asked.end, kind=row.asked.kind)
        for row in requests_of(place).all(now, "leave")
        if isinstance(row.state, Open) and isinstance(row.asked, LeaveRequest) and row.asked.agent == agent
    ]
    made = [
        line.content["days"]
        for line in logbook_of(place).lines(KIND, about=agent)
        if (line.content["kind_of_leave"], line.content["year"]) == (kind, year)
    ]
    contract = place.site.contracts[person.contract]
    zone = place.site.settings.zone
    taken = place.site.leave
    return balance(person, contract, kind, year, zone, policy, taken=taken, asked=asked, adjusted=sum(made))


def adjust_balance(
    place: Place, agent: str, kind: str, year: int, days: float, *, by: str, reason: str, made: datetime
) -> Balance:
    """Grant days of a balance, or take them back; days taken over from the year before are granted so.

    Raises
    ------
    InputError : nobody of that name, a kind without balance, no reason, or nobody who does it.
    """
    if agent not in place.site.agents:
        raise InputError(Said('"{agent}" is nobody of agents.csv', agent=agent))
    if kind not in place.policy.leave.balance_days:
        raise InputError(
            Said(
                "{kind} leave has no balance; kinds that have: {names}",
                kind=kind,
                names=list(place.policy.leave.balance_days),
            )
        )
    if not by.strip() or not reason.strip():
        raise InputError(Said("an adjustment has a reason and somebody who makes it: --reason and --by"))
    content = {"kind_of_leave": kind, "year": year, "days": days, "reason": reason}
    logbook_of(place).write(KIND, agent, int(place.now.timestamp()), by, content, made)
    found = balance_of(place, agent, kind, year, place.policy.leave)
    assert found is not None
    return found
