"""What a report says, before it is a page or a workbook: titles, tables, trends, in no language yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from streams.kpi import Sums

Kind = Literal["daily", "weekly", "monthly", "half-year", "year"]
KINDS: tuple[Kind, ...] = ("daily", "weekly", "monthly", "half-year", "year")

FIGURES = (
    "answer_rate", "service_level", "three_rings", "abandonment", "handle_time_s", "satisfaction", "attendance",
    "adherence",
)  # fmt: skip
"""KPI-1, in the order in which they are shown."""

LOW_IS_GOOD = frozenset({"abandonment", "handle_time_s"})


@dataclass(frozen=True)
class Report:
    """A report over the local days [first, last], both included.

    Attributes
    ----------
    days : each day with the site's sums (None: nothing is known of it).
    queues, teams, agents : sums over the whole time.
    targets : of the month, by figure.
    duty : rounds, missing rounds, handovers, open items, reports upwards, requests decided: counts by name.
    points : deduction points of each agent over the time.
    inspections : how often quality inspection listened to each agent.
    stuck : work orders that were stuck at its end.
    """

    kind: Kind
    site: str
    first: date
    last: date
    days: Sequence[tuple[date, Sums | None]]
    queues: Mapping[str, Sums]
    teams: Mapping[str, Sums]
    agents: Mapping[str, Sums]
    whole: Sums
    targets: Mapping[str, float]
    duty: Mapping[str, int]
    points: Mapping[str, float]
    inspections: Mapping[str, int]
    inspections_wanted: tuple[int, int]
    stuck: int

    @property
    def name(self) -> str:
        """The name of its files."""
        return f"{self.kind}-{self.first}" if self.kind == "daily" else f"{self.kind}-{self.first}-{self.last}"

    def trend(self, figure: str) -> list[tuple[date, float | None]]:
        """A figure day by day; by month where the report is of half a year or more."""
        if self.kind in ("daily", "weekly", "monthly"):
            return [(day, None if row is None else row.figures()[figure]) for day, row in self.days]
        months: dict[date, Sums] = {}
        for day, row in self.days:
            if row is not None:
                month = day.replace(day=1)
                months[month] = months.get(month, Sums()) + row
        return [(month, row.figures()[figure]) for month, row in sorted(months.items())]

    def to_json(self) -> dict[str, Any]:
        """For --json."""

        def row(name: str, sums: Sums) -> dict[str, Any]:
            return {"name": name, "offered": sums.offered, "handled": sums.handled, **sums.figures()}

        return {
            "report": self.kind,
            "site": self.site,
            "from": str(self.first),
            "to": str(self.last),
            "whole": row(self.site, self.whole),
            "days": [row(str(day), sums) if sums else {"name": str(day)} for day, sums in self.days],
            "queues": [row(name, sums) for name, sums in self.queues.items()],
            "teams": [row(name, sums) for name, sums in self.teams.items()],
            "agents": [
                {**row(name, sums), "points": self.points.get(name, 0.0),
                 "inspections": self.inspections.get(name, 0)}
                for name, sums in self.agents.items()
            ],
            "targets": dict(self.targets),
            "duty": dict(self.duty),
            "stuck": self.stuck,
        }  # fmt: skip
