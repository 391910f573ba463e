"""How good the forecasts were, and what the plans made from them would have been worth."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from centre.errors import InputError, Problem
from centre.said import Said
from centre.site import Site, StaffingRule
from desk.actions.calibrating import calibrate_queues
from desk.actions.planning import history_files
from desk.wiring import Place
from forecasts import backtest as forecasts_tested
from forecasts.calibration import calibrated
from forecasts.history import read_history
from forecasts.regret import QueueRegret, regret

HORIZONS = {"day": 1, "week": 7, "four_weeks": 28}
FIGURES = (
    "origins",
    "contacts",
    "wape",
    "wape_day",
    "poisson_floor",
    "excess",
    "bias",
    "coverage_80",
    "coverage_95",
    "pinball",
)


@dataclass(frozen=True)
class Backtested:
    """What a backtest found.

    Attributes
    ----------
    accuracy : by queue and horizon ("day", "week", "four_weeks"), the figures of FIGURES.
    models : how often each model was taken for the week ahead, by queue.
    plans : by queue, None where the history is too short to plan a single week.
    cost_per_hour : by queue, mean of the contracts of those who serve it.
    """

    site: Site
    weeks: int
    first: date
    end: date
    rule: StaffingRule
    accuracy: Mapping[str, Mapping[str, Mapping[str, float]]]
    models: Mapping[str, Mapping[str, int]]
    plans: Mapping[str, QueueRegret | None]
    cost_per_hour: Mapping[str, float]

    def summary(self) -> dict[str, Any]:
        """For --json; docs/backtest.md says what each figure means."""
        plans = {name: self._plan(plan) for name, plan in self.plans.items() if plan is not None}
        return {
            "site": self.site.settings.name,
            "weeks": self.weeks,
            "from": str(self.first),
            "to": str(self.end - timedelta(days=1)),
            "rule": self.rule.rule,
            "chance": self.rule.chance if self.rule.rule == "chance" else None,
            "target_over": self.rule.over,
            "load": self.rule.load,
            "queues": {
                name: {
                    "accuracy": {horizon: dict(figures) for horizon, figures in self.accuracy[name].items()},
                    "models": dict(self.models[name]),
                    **plans.get(name, {"plan": None, "clairvoyant": None, "regret": None, "by_week": []}),
                }
                for name in self.accuracy
            },
            "total": _total(plans.values()),
        }

    def _plan(self, made: QueueRegret) -> dict[str, Any]:
        queue, cost = self.site.queues[made.queue], self.cost_per_hour[made.queue]
        return {
            "plan": {
                "target": queue.target,
                "within_s": queue.within_s,
                "definition": queue.definition,
                "contacts": made.contacts,
                "hours": made.planned_hours,
                "gross_hours": made.planned_gross_hours,
                "cost": made.planned_gross_hours * cost,
                "service_level": made.service_level,
                "service_level_half_width": made.half_width,
                "days_on_target": made.days_on_target,
                "abandonment": made.abandonment,
                "average_speed_of_answer_s": made.asa_s,
            },
            "clairvoyant": {
                "hours": made.clairvoyant_hours,
                "gross_hours": made.clairvoyant_gross_hours,
                "cost": made.clairvoyant_gross_hours * cost,
                "service_level": made.clairvoyant_level,
                "target_used": made.clairvoyant_target,
                "hours_on_target": made.on_target_hours,
                "service_level_on_target": made.on_target_level,
            },
            "regret": {
                "hours": made.planned_hours - made.clairvoyant_hours,
                "gross_hours": made.hours,
                "cost": made.hours * cost,
                "share": made.hours / made.clairvoyant_gross_hours if made.clairvoyant_gross_hours else None,
            },
            "by_week": [
                {
                    "from": str(week.first_day),
                    "contacts": week.contacts,
                    "expected": week.expected,
                    "hours": week.planned_hours,
                    "clairvoyant_hours": week.clairvoyant_hours,
                    "service_level": week.service_level,
                }
                for week in made.weeks
            ],
        }

    def words(self) -> Iterable[str]:
        """For people: a few lines a queue."""
        yield Said(
            "{first} to {last}, {weeks} weeks of origins, one a day",
            first=self.first,
            last=self.end - timedelta(days=1),
            weeks=self.weeks,
        )
        for name, queue in self.summary()["queues"].items():
            models = [
                Said("{model} ({count})", model=Said.term("model", model), count=count)
                for model, count in queue["models"].items()
            ]
            yield Said("{queue}: {models}", queue=name, models=models or Said("too young a queue to test"))
            for horizon, figures in queue["accuracy"].items():
                yield _accuracy_words(horizon, figures)
            if queue["plan"] is not None:
                yield from _plan_words(queue)
        total = self.summary()["total"]
        if total:
            yield Said(
                "all: {hours:,.0f} gross hours planned, regret {regret:+,.0f} ({share}), {money:+,.0f} in money",
                hours=total["gross_hours"],
                regret=total["regret_gross_hours"],
                share=_percent(total["regret_share"]),
                money=total["regret_cost"],
            )


def backtest(place: Place, weeks: int, *, rule: StaffingRule | None = None, seed: int = 0) -> Backtested:
    """Test forecasts and plans over the last weeks of a site's history.

    Parameters
    ----------
    weeks : a forecast is made on every day of so many weeks, for each horizon the last ones whose outcome is known;
        a plan at the start of each of the last `weeks` weeks.
    rule : what the plans are made on; the site's own by default.

    Raises
    ------
    InputError : a history that is missing, cannot be read, or is too short to test a single day.
    """
    site, settings = place.site, place.site.settings
    by = rule or settings.staffing
    history = read_history(history_files(place.folder), settings.zone)
    tested = forecasts_tested.backtest(
        history[history["queue"].isin(list(site.queues))],
        zone=settings.zone,
        grid_minutes=settings.grid_minutes,
        origins=7 * weeks + max(HORIZONS.values()) - 1,
        every_days=1,
        horizons=tuple(HORIZONS.values()),
        holidays=settings.holidays,
        special_days=site.special_days,
        opening=settings.opening or None,
        score=7 * weeks,
    )
    if tested.table.empty:
        raise InputError(
            [
                Problem(
                    "history/", Said("rows"), Said("too short a history to test a forecast"), Said("five weeks or more")
                )
            ]
        )
    figures = calibrate_queues(place, tested.records)
    plans = {
        name: regret(
            tested.records[name],
            queue,
            calibrated(site.queues[name], figures[name]),
            zone=settings.zone,
            weeks=weeks,
            rule=by.rule,
            chance=by.chance,
            target_over=by.over,
            load=by.load,
            seed=seed,
        )
        for name, queue in tested.queues.items()
    }
    end = max(queue.end for queue in tested.queues.values())
    return Backtested(
        site=site,
        weeks=weeks,
        first=end - timedelta(days=7 * weeks),
        end=end,
        rule=by,
        accuracy={name: _accuracy(tested.table, name) for name in tested.queues},
        models={name: dict(Counter(queue.chosen[-7 * weeks :])) for name, queue in tested.queues.items()},
        plans=plans,
        cost_per_hour={name: cost_per_hour(site, name) for name in tested.queues},
    )


def cost_per_hour(site: Site, queue: str) -> float:
    """Mean cost of an hour of those who serve a queue; 1 where nobody does."""
    costs = [site.contracts[agent.contract].cost_per_hour for agent in site.agents.values() if queue in agent.skills]
    return float(np.mean(costs)) if costs else 1.0


def _accuracy(table: pd.DataFrame, queue: str) -> dict[str, dict[str, float]]:
    mine = table[(table["queue"] == queue) & (table["model"] == forecasts_tested.CHOSEN)].set_index("horizon_days")
    return {
        name: {figure: float(row[figure]) for figure in FIGURES}
        for name, days in HORIZONS.items()
        for _, row in mine[mine.index == days].iterrows()
    }


def _total(plans: Iterable[Mapping[str, Any]]) -> dict[str, float] | None:
    """All queues together; None when none was planned."""
    rows = list(plans)
    if not rows:
        return None
    gross, cost = (sum(row["plan"][name] for row in rows) for name in ("gross_hours", "cost"))
    over, money = (sum(row["regret"][name] for row in rows) for name in ("gross_hours", "cost"))
    return {
        "hours": sum(row["plan"]["hours"] for row in rows),
        "gross_hours": gross,
        "cost": cost,
        "clairvoyant_gross_hours": gross - over,
        "regret_gross_hours": over,
        "regret_cost": money,
        "regret_share": over / (gross - over) if gross > over else float("nan"),
    }


def _accuracy_words(horizon: str, figures: Mapping[str, float]) -> Said:
    ahead = {"day": Said("a day ahead"), "week": Said("a week ahead"), "four_weeks": Said("four weeks ahead")}
    return Said(
        "  {ahead}: WAPE {wape:.1%} (Poisson floor {floor:.1%}), by day {day:.1%}, bias {bias:+.1%}, bands cover "
        "{inner:.0%} and {outer:.0%}, from {origins:.0f} origins",
        ahead=ahead[horizon],
        wape=figures["wape"],
        floor=figures["poisson_floor"],
        day=figures["wape_day"],
        bias=figures["bias"],
        inner=figures["coverage_80"],
        outer=figures["coverage_95"],
        origins=figures["origins"],
    )


def _plan_words(queue: Mapping[str, Any]) -> Iterable[Said]:
    plan, known, lost = queue["plan"], queue["clairvoyant"], queue["regret"]
    if _is_number(plan["service_level"]):
        yield Said(
            "  plan: {hours:,.0f} hours ({gross:,.0f} gross), service level {level:.1%} on what came, target "
            "{target:.0%} in {within:g} s, reached on {days:.0%} of the days",
            hours=plan["hours"],
            gross=plan["gross_hours"],
            level=plan["service_level"],
            target=plan["target"],
            within=plan["within_s"],
            days=plan["days_on_target"],
        )
    else:
        yield Said("  plan: {hours:,.0f} hours ({gross:,.0f} gross)", hours=plan["hours"], gross=plan["gross_hours"])
    yield Said(
        "  knowing all: {gross:,.0f} gross hours for the same; regret {regret:+,.0f} hours ({share}), {money:+,.0f} in "
        "money",
        gross=known["gross_hours"],
        regret=lost["gross_hours"],
        share=_percent(lost["share"]),
        money=lost["cost"],
    )


def _percent(share: float | None) -> str:
    return f"{share:.1%}" if _is_number(share) else "-"


def _is_number(value: float | None) -> bool:
    return value is not None and bool(np.isfinite(value))
