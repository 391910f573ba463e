"""Rehearse a day that goes wrong, with and without proposals: how much of the lost service comes back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from centre.errors import InputError, Problem
from centre.grid import instant
from centre.said import Said
from desk.actions.day_plans import day_plans
from desk.actions.live import roster_of
from desk.actions.requests import floor_around
from desk.wiring import Place
from desk.wording import words as words_of
from streams.floor_policy import floor_policy
from streams.reallocation.law import Law
from streams.rehearsal.closed_loop import Arm, Setting
from streams.rehearsal.disruption import UNDISTURBED, Disruption, read_disruption
from streams.rehearsal.many_days import live_days
from streams.rehearsal.measure import DayFigures, summary

With = Literal["accept", "ignore", "half"]
SHIPPED = "desk.disruptions"


@dataclass(frozen=True)
class ClosedLoop:
    """What the arms came to.

    Attributes
    ----------
    arms : undisturbed, ignore, accept (what `--with-proposals` says) and clairvoyant, each summed up over the seeds.
    won_back : share of the lost service that came back; None where none was lost, or nothing was accepted.
    """

    disruption: Disruption
    seeds: int
    arms: dict[str, dict[str, Any] | None]
    won_back: float | None

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {**self.arms, "won_back": self.won_back}

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        _ = said._
        yield _("{name}: {seeds} rehearsed days", name=self.disruption.name, seeds=self.seeds)
        for arm, figures in self.arms.items():
            if figures is None:
                continue
            yield _(
                "{arm}: service level {level}, {in_time} of {offered} contacts in time, {moved} minutes moved, "
                "{overtime} minutes of overtime, {back} hours given back",
                arm=said.term("arm", arm),
                level=_percent(figures["service_level"]),
                in_time=_number(figures["answered_in_time"]),
                offered=_number(figures["offered"]),
                moved=_number(figures["minutes_moved"]),
                overtime=_number(figures["overtime_minutes"]),
                back=_number(figures["hours_given_back"]),
            )
        if self.won_back is not None:
            yield _("Won back: {share} of the lost service", share=f"{self.won_back:.0%}")


def rehearse_closed(
    place: Place,
    day: date,
    *,
    disruption: str | None,
    accept: With,
    seeds: int,
    first_seed: int = 1,
    roster_file: Path | None = None,
    overtime: bool = True,
    recorded: bool = False,
    workers: int = 1,
    on_progress: Callable[[str], None] = lambda line: None,
) -> ClosedLoop:
    """Live the same disturbed days with proposals ignored, accepted, and chosen by one who knows the future.

    Parameters
    ----------
    disruption : path of a TOML file, relative to here or to the site; or the name of one that ships; None: none.
    accept : all proposals, none, or each with chance one half.
    overtime : whether overtime and early starts may be proposed.
    recorded : contacts of the day as the history has them, instead of drawn ones.
    workers : processes that live days side by side.

    Raises
    ------
    InputError : no roster or no requirement for the day, no such disruption, or it is wrong.
    """
    wrong = named_disruption(place, disruption)
    setting = setting_of(place, day, wrong, roster_file, overtime, recorded)
    kinds: dict[str, tuple[Arm, Setting]] = {
        "undisturbed": ("ignore", replace(setting, disruption=UNDISTURBED)),
        "ignore": ("ignore", setting),
    }
    if accept != "ignore":
        kinds |= {"accept": (accept, setting), "clairvoyant": ("clairvoyant", setting)}
    days = live_days(
        kinds,
        range(first_seed, first_seed + seeds),
        workers,
        lambda name, seed: on_progress(f"{name}, day {seed - first_seed + 1} of {seeds}"),
    )
    arms = {
        name: summary(days[name], setting.grid) if name in days else None
        for name in ("undisturbed", "ignore", "accept", "clairvoyant")
    }
    return ClosedLoop(wrong, seeds, arms, _won_back(days))


def named_disruption(place: Place, name: str | None) -> Disruption:
    """A disruption by the path of its file, or by the name of one that ships."""
    if name is None:
        return UNDISTURBED
    queues = frozenset(place.site.queues)
    for path in (Path(name), place.folder / name):
        if path.is_file():
            return read_disruption(path.read_text("utf-8"), path.name, queues)
    shipped = files(SHIPPED) / f"{name.removesuffix('.toml')}.toml"
    if not shipped.is_file():
        raise InputError(
            [
                Problem(
                    "--disruption",
                    Said("file"),
                    name,
                    Said("a TOML file, or one of {names}", names=list(shipped_names())),
                )
            ]
        )
    return read_disruption(shipped.read_text("utf-8"), shipped.name, queues | {"largest"}, largest(place))


def shipped_names() -> list[str]:
    """The disruptions that ship."""
    return sorted(path.name.removesuffix(".toml") for path in files(SHIPPED).iterdir() if path.name.endswith(".toml"))


def largest(place: Place) -> str:
    """The queue that most people serve."""
    served = {
        name: sum(name in agent.skills for agent in place.site.agents.values()) for name in sorted(place.site.queues)
    }
    return max(served, key=lambda name: served[name])


def setting_of(
    place: Place, day: date, wrong: Disruption, roster_file: Path | None, overtime: bool, recorded: bool
) -> Setting:
    """What all arms and seeds of a rehearsed day share.

    Raises
    ------
    InputError : no roster or no requirement for the day.
    """
    zone = place.site.settings.zone
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    roster = roster_of(place, roster_file, begin, end)
    demand = place.plans.requirement_covering(begin, end)
    if demand is None:
        raise InputError(
            Said("no requirement is known for {day}: run `paiban staff` (or `paiban nightly`) for it first", day=day)
        )
    policy = place.policy.reallocation
    if not overtime:
        moves = {
            name: rule.model_copy(update={"on": False}) if name in ("overtime", "early_start") else rule
            for name, rule in policy.moves.items()
        }
        policy = policy.model_copy(update={"moves": moves})
    around = floor_around(place, begin, end)
    law = Law(replace(around, roster=roster) if roster_file else around, begin, end)
    setting = Setting(
        place.site, policy, floor_policy(place.site, place.policy, demand), roster, demand, day, wrong, law.broken,
        reforecaster=day_plans(place, day),
    )  # fmt: skip
    if recorded:
        from desk.actions.recorded_contacts import recorded_contacts

        setting = replace(setting, recorded=recorded_contacts(place, setting.day, setting.demand))
    return setting


def _won_back(days: dict[str, list[DayFigures]]) -> float | None:
    """(accept - ignore) / (undisturbed - ignore), in service level over all contacts of all days."""
    if "accept" not in days:
        return None
    level = {
        name: sum(float(d.in_time.sum()) for d in rows) / max(sum(float(d.offered.sum()) for d in rows), 1)
        for name, rows in days.items()
    }
    lost = level["undisturbed"] - level["ignore"]
    return round((level["accept"] - level["ignore"]) / lost, 4) if lost > LEAST_LOST else None


LEAST_LOST = 0.002
"""Points of service level below which nothing was lost that could come back."""


def _percent(value: dict[str, float | None]) -> str:
    mean, half = value["mean"], value["half_width"]
    return "-" if mean is None else f"{mean:.1%}" + ("" if half is None else f" ± {half:.1%}")


def _number(value: dict[str, float | None]) -> str:
    mean = value["mean"]
    return "-" if mean is None else f"{mean:,.0f}"
