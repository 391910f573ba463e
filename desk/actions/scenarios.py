"""What if: staffing of a scenario at once, a roster of it in a while; kept and compared."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from centre.errors import InputError, NotPublishedError, Problem
from centre.people import Agent
from centre.queues import Queue
from centre.said import Said
from centre.words import Shape
from desk.actions.calibrating import calibrate_queues
from desk.actions.checking import coverage_figures
from desk.actions.pictures.month import current_version
from desk.actions.planning import history_files
from desk.actions.roster_problem import problem_of
from desk.actions.rostering import Stopped
from desk.what_if import Scenario, compared, staffed
from desk.wiring import Place
from forecasts.calibration import calibrated
from forecasts.history import prepare, read_history
from scheduler.progress import OnProgress
from scheduler.solve import solve
from store.records import ForecastRun
from store.scenarios import Scenarios

AS_IT_IS = "as it is"


class Wanted(Shape):
    """A scenario as somebody sets it; what is None or 1 stays as it is.

    `headcount` adds people of the queue's commonest kind (or takes the last ones away); `shifts` leaves of the
    catalogue only these.
    """

    name: str = Field("what if", min_length=1, max_length=80)
    target: float | None = Field(None, gt=0.0, lt=1.0)
    within_s: float | None = Field(None, ge=0, le=3600)
    over: Literal["interval", "day", "period"] = "interval"
    volume: float = Field(1.0, ge=0.1, le=5.0)
    handle_time: float = Field(1.0, ge=0.1, le=5.0)
    patience_s: float | None = Field(None, ge=0, le=36_000)
    unplanned_shrinkage: float | None = Field(None, ge=0, lt=0.9)
    headcount: dict[str, int] = Field(default_factory=dict)
    shifts: tuple[str, ...] = ()

    def scenario(self, name: str = "") -> Scenario:
        """For the staffing."""
        return Scenario(
            name or self.name, self.target, self.within_s, self.over, self.volume, self.handle_time, self.patience_s,
            self.unplanned_shrinkage,
        )  # fmt: skip


def run_in_force(place: Place) -> ForecastRun:
    """The newest forecast over the days of the roster in force.

    Raises
    ------
    NotPublishedError : nothing is forecast for them.
    """
    days = current_version(place).horizon
    found = place.plans.latest_forecast(days.begin, days.end)
    if found is None:
        raise NotPublishedError(Said("nothing is forecast for these days: run `paiban forecast`"))
    return found


def queues_in_use(place: Place) -> list[Queue]:
    """The site's queues with the figures that the history teaches, as `paiban staff` uses them; takes a second."""
    settings = place.site.settings
    history = read_history(history_files(place.folder), settings.zone)
    known = prepare(
        history[history["queue"].isin(list(place.site.queues))],
        zone=settings.zone,
        grid_minutes=settings.grid_minutes,
        holidays=settings.holidays,
        special_days=place.site.special_days,
        opening=settings.opening or None,
    )
    figures = calibrate_queues(place, known.records)
    return [calibrated(queue, figures[name]) if name in figures else queue for name, queue in place.site.queues.items()]


def staffing_of(place: Place, wanted: Wanted, run: ForecastRun, queues: list[Queue]) -> dict[str, Any]:
    """Required hours, peak and service level of a scenario by queue, beside the site as it is.

    Raises
    ------
    InputError : an unknown queue or shift.
    """
    _valid(place, wanted)
    # Nobody's scenario may be called as the site itself: rows are told apart by name.
    table = compared(run.table, queues, [Scenario(AS_IT_IS), wanted.scenario("scenario")], run.horizon.minutes)
    rows: dict[str, dict[str, Any]] = {}
    for row in table.to_dict("records"):
        figures = {
            key: _number(row[key]) for key in ("contacts", "required_hours", "gross_hours", "peak", "service_level")
        }
        rows.setdefault(str(row["queue"]), {})["now" if row["scenario"] == AS_IT_IS else "then"] = figures
    weeks = run.horizon.days / 7
    return {
        "scenario": wanted.model_dump(mode="json"),
        "from": run.horizon.first_day.isoformat(),
        "days": run.horizon.days,
        "queues": [{"queue": name, **both} for name, both in rows.items()],
        "gross_hours": [
            _number(sum(row[side]["gross_hours"] or 0 for row in rows.values())) for side in ("now", "then")
        ],
        "people": [
            _number(sum(row[side]["gross_hours"] or 0 for row in rows.values()) / weeks / hours_a_week(place))
            for side in ("now", "then")
        ],
    }


def hours_a_week(place: Place) -> float:
    """Hours that the roster in force lets one agent answer in a week, pauses, briefings and leave taken off."""
    version = current_version(place)
    roster = place.plans.published_roster(version.horizon.begin, version.horizon.end)
    agents = {name for name, agent in place.site.agents.items() if agent.role == "agent"}
    seconds = sum(s.end - s.start for s in roster.segments if s.activity in ("work", "overtime") and s.agent in agents)
    people = len({segment.agent for segment in roster.segments if segment.agent in agents})
    return max(seconds / 3600 / max(people, 1) / (version.horizon.days / 7), 1.0)


def roster_of_scenario(
    place: Place,
    wanted: Wanted,
    *,
    seconds: float,
    on_progress: OnProgress | None = None,
    seed: int = 0,
    stop: Stopped = lambda: False,
) -> dict[str, Any]:
    """Solve the roster of a scenario and say how it covers what it needs; nothing is kept or published.

    Parameters
    ----------
    stop : ends the search with the best it has.

    Raises
    ------
    InputError, ContradictionError : it cannot be.
    """
    _valid(place, wanted)
    run = run_in_force(place)
    changed = replace(place, site=replace(place.site, agents=_people(place, wanted), shifts=_shifts(place, wanted)))
    if wanted.shifts:
        contracts = {
            name: each.model_copy(update={"shifts": tuple(s for s in each.shifts if s in wanted.shifts)})
            for name, each in place.site.contracts.items()
        }
        changed = replace(changed, site=replace(changed.site, contracts=contracts))
    need = staffed(run.table, queues_in_use(place), wanted.scenario(), run.horizon.minutes).requirement(run.horizon)
    result = solve(
        problem_of(changed, run.horizon, need),
        seconds=seconds,
        seed=seed,
        workers=2,
        on_progress=on_progress,
        stop=stop,
    )
    return {
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "seconds": result.seconds,
        "people": sum(1 for agent in changed.site.agents.values() if agent.role == "agent"),
        "hard_violations": len(result.hard_violations),
        "cost_by_term": dict(result.cost_by_term),
        "coverage": coverage_figures(result.coverage),
    }


def _people(place: Place, wanted: Wanted) -> dict[str, Agent]:
    agents = dict(place.site.agents)
    for queue, count in wanted.headcount.items():
        kinds = [agent for agent in agents.values() if agent.role == "agent" and queue in agent.skills]
        if count > 0 and not kinds:
            raise InputError(
                [Problem(Said("what if"), "headcount", queue, Said("a queue that somebody serves already"))]
            )
        for number in range(count):
            like = kinds[number % len(kinds)]
            name = f"new-{queue}-{number + 1}"
            agents[name] = like.model_copy(update={"agent": name, "name": name, "wishes": ()})
        for agent in kinds[count:] if count < 0 else []:
            agents.pop(agent.agent, None)
    return agents


def _shifts(place: Place, wanted: Wanted) -> Mapping[str, Any]:
    return {name: shift for name, shift in place.site.shifts.items() if not wanted.shifts or name in wanted.shifts}


def _valid(place: Place, wanted: Wanted) -> None:
    problems = [
        Problem(Said("what if"), "headcount", queue, Said("a queue of queues.toml"))
        for queue in wanted.headcount
        if queue not in place.site.queues
    ]
    problems += [
        Problem(Said("what if"), "shifts", shift, Said("a shift of shifts.toml"))
        for shift in wanted.shifts
        if shift not in place.site.shifts
    ]
    problems += [
        Problem(Said("what if"), f"headcount.{queue}", str(count), Said("from -500 to 500"))
        for queue, count in wanted.headcount.items()
        if not -500 <= count <= 500
    ]
    if problems:
        raise InputError(problems)


def scenarios_of(place: Place) -> Scenarios:
    """The site's kept scenarios."""
    return Scenarios(place.plans.database, place.site.settings.name)


def _number(value: Any) -> float | None:
    number = float(value)
    return None if number != number else round(number, 4)
