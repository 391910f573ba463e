"""Whom to hire, when: the headcount plan of a site (PLN-1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from centre.errors import InputError, Problem
from centre.headcount import Headcount, Hiring
from centre.said import Said
from centre.site import Site
from desk.actions.calibrating import calibrate_queues
from desk.actions.planning import history_files
from desk.wiring import Place
from forecasts import arrivals
from forecasts.calibration import calibrated
from forecasts.headcount import HeadcountPlan, Kind, Months, headcount_plan, monthly_hours
from forecasts.history import read_history

Floats = NDArray[np.float64]

BEYOND = 4
"""Months planned after the last one shown, so that nobody plans as if the world ended with it."""

PART_TIME = 0.75
"""A contract with fewer hours than this share of the longest one is part-time: by default at most PART_SHARE of all."""

PART_SHARE = 0.3
FULL_WEEK = 40.0
"""Paid hours a week of a contract that says none."""

FEWEST_DEVIATION = 0.03


@dataclass(frozen=True)
class Recruiting:
    """A headcount plan with what went into it."""

    site: Site
    first_month: date
    assumed: Headcount
    deviation: float
    deviation_from: str
    kinds: tuple[Kind, ...]
    plan: HeadcountPlan

    def summary(self) -> dict[str, Any]:
        """For --json; docs/headcount.md says what each figure means."""
        rows = [self._month(number) for number in range(self.assumed.months)]
        hires = {kind.contract: sum(row["hires"][kind.contract] for row in rows) for kind in self.kinds}
        cost = {name: sum(row["cost"][name] for row in rows) for name in ("pay", "overtime", "hiring", "total")}
        return {
            "site": self.site.settings.name,
            "from": _month_name(self.first_month),
            "months": self.assumed.months,
            "hires": hires,
            "cost": cost,
            "worst_risk": max(row["risk"] for row in rows),
            "worst_risk_without_hiring": max(row["risk_without_hiring"] for row in rows),
            "by_month": rows,
            "scenarios": [
                {
                    **one.scenario.model_dump(),
                    "required_hours": one.required,
                    "hires_if_certain": dict(one.hires),
                    "missing_hours": one.missing,
                    "risk": one.risk,
                }
                for one in self.plan.scenarios
            ],
            "assumed": {
                **self.assumed.model_dump(exclude={"scenario", "hiring", "volume_deviation"}),
                "volume_deviation": self.deviation,
                "volume_deviation_from": self.deviation_from,
                "contracts": [
                    {
                        "contract": kind.contract,
                        "heads_today": float(kind.heads[0]),
                        "week_hours": kind.week_hours,
                        "cost_per_hour": kind.cost_per_hour,
                        "hiring": kind.hiring.model_dump(exclude={"contract"}) if kind.hiring else None,
                    }
                    for kind in self.kinds
                ],
            },
            "gap": self.plan.gap,
        }

    def _month(self, number: int) -> dict[str, Any]:
        row = asdict(self.plan.months[number])
        pay, overtime, hiring = row.pop("pay"), row.pop("overtime_cost"), row.pop("hiring_cost")
        names = {name: f"{name}_hours" for name in ("required", "available", "overtime", "missing")}
        named = {names.get(key, key.replace("required_", "required_hours_")): value for key, value in row.items()}
        return {
            "month": _month_name(_later(self.first_month, number)),
            **named,
            "cost": {"pay": pay, "overtime": overtime, "hiring": hiring, "total": pay + overtime + hiring},
        }

    def words(self) -> Iterable[str]:
        """For people: a line a month, then what the scenarios would ask for."""
        said = self.summary()
        yield Said(
            "{months} months from {first}: hire {hires}; cost {cost:,.0f}",
            months=said["months"],
            first=said["from"],
            hires=_people(said["hires"]),
            cost=said["cost"]["total"],
        )
        for row in said["by_month"]:
            yield Said(
                "{month}: {required:,.0f} hours required ({low:,.0f} to {high:,.0f}), {available:,.0f} available from "
                "{people:.1f} people; hire {hires}; {overtime:,.0f} hours of overtime; risk {risk:.0%} (without hiring "
                "{without:.0%}); cost {cost:,.0f}",
                month=row["month"],
                required=row["required_hours"],
                low=row["required_hours_low"],
                high=row["required_hours_high"],
                available=row["available_hours"],
                people=sum(row["heads"].values()),
                hires=_people(row["hires"]),
                overtime=row["overtime_hours"],
                risk=row["risk"],
                without=row["risk_without_hiring"],
                cost=row["cost"]["total"],
            )
        for one in said["scenarios"]:
            yield Said(
                "scenario {name} (chance {chance:.0%}, {growth:+.0%} a year): were it certain, hire {hires}; with this "
                "plan {missing:,.0f} hours would be missing",
                name=one["name"],
                chance=one["chance"],
                growth=one["growth_per_year"],
                hires=_people(one["hires_if_certain"]),
                missing=one["missing_hours"],
            )
        yield Said("proved to within {gap:.1%} of the least expected cost", gap=said["gap"])


def _people(hires: Mapping[str, int]) -> str:
    """By contract: "6 full_time, 2 part_time"; "nobody" where there is none."""
    some = Said.listed(f"{count} {contract}" for contract, count in hires.items() if count)
    return some or Said("nobody")


def headcount(place: Place, *, from_month: date | None = None, months: int | None = None, seed: int = 0) -> Recruiting:
    """Plan hires for the months to come.

    Parameters
    ----------
    from_month : any day of the first month; the next one by default.
    months : how many; those of headcount.toml by default.

    Raises
    ------
    InputError : nobody in agents.csv serves a queue; a history that is missing or cannot be read.
    """
    site = place.site
    assumed = site.headcount if months is None else site.headcount.model_copy(update={"months": months})
    first = (from_month or _later(place.today, 1)).replace(day=1)
    firsts = [_later(first, number) for number in range(assumed.months + BEYOND + 1)]
    made = _long_forecast(place, first, (firsts[-1] - first).days)
    figures = calibrate_queues(place, made.records)
    one_queue = made.table[made.table["queue"] == made.table["queue"].iloc[0]]
    edges = np.array([int(day.strftime("%Y%m")) for day in firsts])
    month = np.searchsorted(edges, one_queue["start"].dt.strftime("%Y%m").astype(int).to_numpy(), side="right") - 1
    base = monthly_hours(
        made.table,
        [calibrated(queue, figures[name]) for name, queue in site.queues.items() if name in figures],
        month.tolist(),
        site.settings.grid_minutes,
    )
    weeks = np.array([(after - before).days / 7 for before, after in pairwise(firsts)])
    on_queue = (1 - assumed.planned_shrinkage) * assumed.schedule_fit
    deviation, source = _deviation(assumed, made)
    kinds = _kinds(site, assumed, firsts[:-1])
    found = headcount_plan(kinds, Months(weeks, on_queue, assumed.turnover_per_year), base, assumed, deviation, seed)
    return Recruiting(site, first, assumed, deviation, source, tuple(kinds), found)


def _long_forecast(place: Place, first: date, days: int) -> arrivals.Forecast:
    site, settings = place.site, place.site.settings
    history = read_history(history_files(place.folder), settings.zone)
    return arrivals.forecast(
        history[history["queue"].isin(list(site.queues))],
        zone=settings.zone,
        grid_minutes=settings.grid_minutes,
        from_day=first,
        days=days,
        holidays=settings.holidays,
        special_days=site.special_days,
        opening=settings.opening or None,
        quantiles=(),
        default_aht_s={name: queue.aht_s for name, queue in site.queues.items()},
    )


def _kinds(site: Site, assumed: Headcount, months: Sequence[date]) -> list[Kind]:
    """People who serve queues, by contract, with what headcount.toml says of hiring more (or the defaults)."""
    serving = [agent for agent in site.agents.values() if agent.skills and agent.role == "agent"]
    present = sorted({agent.contract for agent in serving} | {hiring.contract for hiring in assumed.hiring})
    if not serving:
        raise InputError(
            [Problem("agents.csv", "skills", Said("nobody who serves a queue"), Said("one agent at least"))]
        )
    hours = {name: site.contracts[name].week_minutes[1] / 60 or FULL_WEEK for name in present}
    longest = max(hours.values())
    given = {hiring.contract: hiring for hiring in assumed.hiring}
    default = {
        name: Hiring(contract=name, max_share=PART_SHARE if hours[name] < PART_TIME * longest else 1.0)
        for name in present
    }
    return [
        Kind(
            contract=name,
            week_hours=hours[name],
            cost_per_hour=site.contracts[name].cost_per_hour,
            heads=np.array(
                [sum(a.contract == name and a.employed(day) for a in serving) for day in months], dtype=float
            ),
            hiring=given.get(name) if assumed.hiring else default[name],
        )
        for name in present
    ]


def _deviation(assumed: Headcount, made: arrivals.Forecast) -> tuple[float, str]:
    """Standard deviation of a year's volume: the planner's, or what four weeks' level errors grow to in twelve months.

    Errors of the queues' levels are taken to go together: the careful side.
    """
    if assumed.volume_deviation > 0:
        return assumed.volume_deviation, "headcount.toml"
    volumes = made.table.groupby("queue")["mean"].sum()
    monthly = sum(
        float(volumes[name]) * float(np.sqrt(queue.components[-1].level)) for name, queue in made.queues.items()
    ) / max(float(volumes.sum()), 1e-9)
    return max(monthly * float(np.sqrt(12.0)), FEWEST_DEVIATION), "history"


def _later(day: date, months: int) -> date:
    """First day of the month so many months after a day's."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _month_name(day: date) -> str:
    return f"{day:%Y-%m}"
