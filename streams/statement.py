"""The monthly statement 月统计: every entry of every agent with its rule, minutes and deduction 评扣 (ATT-5, ATT-6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from centre.grid import aware, local_day
from centre.policy import AttendancePolicy
from centre.said import Said
from streams.attendance import Entry


@dataclass(frozen=True, slots=True)
class Excused:
    """A correction: an entry no longer counts (ATT-6). It stands beside the entry, which is never erased."""

    entry: str
    reason: str
    approver: str

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.approver.strip():
            raise ValueError(Said("a correction has a reason and an approver (ATT-6)"))


@dataclass(frozen=True, slots=True)
class StatementLine:
    """An entry with its name, what it costs, and the correction that lifts it, if there is one."""

    name: str
    entry: Entry
    points: float
    excused: Excused | None


@dataclass(frozen=True)
class AgentStatement:
    """One agent's month: all lines; the totals count what is not excused."""

    agent: str
    lines: tuple[StatementLine, ...]

    @property
    def points(self) -> float:
        """Deduction in all."""
        return sum(line.points for line in self.lines if line.excused is None)

    def minutes(self) -> dict[str, float]:
        """Minutes by kind."""
        totals: dict[str, float] = {}
        for line in self.lines:
            if line.excused is None:
                totals[line.entry.kind] = totals.get(line.entry.kind, 0.0) + line.entry.minutes
        return totals


def entry_name(entry: Entry) -> str:
    """What names an entry for good: agent, kind and begin."""
    return f"{entry.agent}/{entry.kind}/{entry.start}"


def monthly_statement(
    month: date,
    agents: Sequence[str],
    entries: Iterable[Entry],
    policy: AttendancePolicy,
    zone: str,
    excused: Iterable[Excused] = (),
) -> list[AgentStatement]:
    """The statement of a local calendar month, agent by agent in the order given, entries in order of time.

    An entry belongs to the local day on which it begins. A kind without deduction in the policy costs nothing.
    """
    lifted = {correction.entry: correction for correction in excused}
    mine: dict[str, list[StatementLine]] = {agent: [] for agent in agents}
    for entry in entries:
        day = local_day(entry.start, zone)
        if (day.year, day.month) == (month.year, month.month) and entry.agent in mine:
            name = entry_name(entry)
            points = policy.deductions.get(entry.kind, 0.0) * entry.share
            line = StatementLine(name, entry, points, lifted.get(name))
            mine[entry.agent].append(line)
    return [
        AgentStatement(agent, tuple(sorted(lines, key=lambda line: (line.entry.start, line.entry.kind))))
        for agent, lines in mine.items()
    ]


def statement_json(month: date, statements: Sequence[AgentStatement], zone: str) -> dict[str, Any]:
    """The statement for --json: every entry with its events, rule, minutes and deduction."""
    return {
        "month": f"{month:%Y-%m}",
        "agents": [
            {
                "agent": statement.agent,
                "points": statement.points,
                "minutes": statement.minutes(),
                "entries": [_row(line, zone) for line in statement.lines],
            }
            for statement in statements
        ],
    }


def _row(line: StatementLine, zone: str) -> Mapping[str, Any]:
    entry = line.entry
    corrected = line.excused
    return {
        "name": line.name,
        "kind": entry.kind,
        "start": aware(entry.start, zone).isoformat(),
        "end": aware(entry.end, zone).isoformat(),
        "minutes": round(entry.minutes, 2),
        "rule": entry.rule,
        "why": entry.why,
        "events": list(entry.events),
        "points": 0.0 if corrected else line.points,
        "original_points": line.points,
        "excused": {"reason": corrected.reason, "approver": corrected.approver} if corrected else None,
    }
