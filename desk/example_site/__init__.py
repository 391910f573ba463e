"""The example centre that `paiban init` writes: a working site of sixty agents to change into one's own.

Its figures are meant to be attainable: at the staffing arithmetic of docs/site-folder.md the requirement is about nine
tenths of the hours that the people can be rostered for, less leave, pauses and briefings.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pandas as pd

from centre.errors import InputError, Problem
from centre.people import Agent
from centre.said import Said
from centre.site import SpecialDay
from desk.example_site.people import example_agents, example_leave
from forecasts.example_history import EXAMPLE_QUEUES, ExampleQueue, example_history, example_special_days
from store.atomic import replace_folder_files, staging_folder, write_whole

__all__ = ["LANGUAGES", "QUEUES", "write_example_site"]

LANGUAGES = ("en", "zh")
HISTORY_DAYS = 364
AHEAD_DAYS = 42
"""Leave and campaigns are known for six weeks from the first day on."""

ZONE = "Asia/Shanghai"
TABLES = ("site.toml", "queues.toml", "shifts.toml", "contracts.toml", "activities.toml")
CAMPAIGN = {"en": {}, "zh": {"campaign": "营销活动", "campaign, day 2": "营销活动次日"}}

_SIZE = {"billing": 905.0, "service": 630.0, "sales": 355.0}
QUEUES: Mapping[str, ExampleQueue] = {
    name: replace(queue, daily=_SIZE[name], patience_s=120.0 if name == "sales" else 150.0)
    for name, queue in EXAMPLE_QUEUES.items()
}
"""Volumes that keep about 25 agents busy at the peak of a Monday."""


def write_example_site(
    folder: Path, *, seed: int = 7, first_day: date, language: str = "en", overwrite: bool = False
) -> list[Path]:
    """Write a working example site: 60 agents in 5 teams with leaders, 3 voice queues, a year of history.

    The same seed, day and language give the same files to the byte.

    Parameters
    ----------
    folder : new, empty, or (with `overwrite`) one whose files of the same name are replaced.
    first_day : the first day to come; the history ends the day before.
    language : "en" or "zh", of comments and names of teams; people's names are Chinese in both.

    Returns
    -------
    Paths of the files, in the order a reader would open them.

    Raises
    ------
    InputError : when the folder holds files already, or the language is not known.
    """
    folder = Path(folder)
    _refuse(folder, language, overwrite)
    texts = dict(_site_files(seed, first_day, language))
    staging = staging_folder(folder)
    for name, text in texts.items():
        write_whole(staging / name, text.encode())
    replace_folder_files(staging, folder)
    return [folder / name for name in texts]


def _refuse(folder: Path, language: str, overwrite: bool) -> None:
    if language not in LANGUAGES:
        raise InputError(
            [Problem("--language", Said("value"), f'"{language}"', Said("one of {names}", names=list(LANGUAGES)))]
        )
    if folder.exists() and not folder.is_dir():
        raise InputError([Problem(str(folder), Said("folder"), Said("a file"), Said("a new or empty folder"))])
    held = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if held and not overwrite:
        listed = Said.listed(held[:3])
        shown = Said("{listed} and {count} more", listed=listed, count=len(held) - 3) if len(held) > 3 else listed
        raise InputError([Problem(str(folder), Said("folder"), shown, Said("a new or empty folder"))])


def _site_files(seed: int, first_day: date, language: str) -> Iterable[tuple[str, str]]:
    """Name and text of every file."""
    begin = first_day - timedelta(days=HISTORY_DAYS)
    campaigns = example_special_days(begin, HISTORY_DAYS + AHEAD_DAYS, seed)
    agents = example_agents(seed, first_day, language)
    for name in TABLES:
        stem = name.removesuffix(".toml")
        yield name, (files("desk.example_site") / f"{stem}.{language}.toml").read_text("utf-8")
    yield "agents.csv", _agents_csv(agents)
    leave = example_leave(seed, agents, first_day, AHEAD_DAYS)
    yield "leave.csv", _csv(("agent", "start", "end", "kind"), ((a.agent, a.start, a.end, a.kind) for a in leave))
    yield "fixed.csv", _training(agents, first_day)
    yield "special_days.csv", _special_days_csv(campaigns, CAMPAIGN[language])
    history = example_history(QUEUES, zone=ZONE, first_day=begin, days=HISTORY_DAYS, seed=seed, special_days=campaigns)
    yield from _history_files(history)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _agents_csv(agents: Iterable[Agent]) -> str:
    header = ("agent", "name", "team", "role", "contract", "skills", "email", "hired", "left", "wishes")
    return _csv(
        header,
        (
            (
                *(person.agent, person.name, person.team, person.role, person.contract),
                ";".join(f"{queue}:{speed}" for queue, speed in person.skills.items()),
                *(person.email, person.hired, ""),
                ";".join(f"{wish.what}:{wish.weight}" for wish in person.wishes),
            )
            for person in agents
        ),
    )


def _training(agents: Sequence[Agent], first_day: date) -> str:
    """Two people of the first team learn a queue on one afternoon of the second week."""
    header = ("agent", "start", "end", "activity", "queue")
    day = first_day + timedelta(days=7 + (2 - first_day.weekday()) % 7)
    learners = [person for person in agents if person.contract == "full_time" and person.role == "agent"][:2]
    rows = ((person.agent, f"{day}T14:00+08:00", f"{day}T15:30+08:00", "training", "") for person in learners)
    return _csv(header, rows)


def _special_days_csv(days: Iterable[SpecialDay], words: Mapping[str, str]) -> str:
    rows = ((day.date, day.queue, day.factor, words.get(day.note, day.note)) for day in days)
    return _csv(("date", "queue", "factor", "note"), rows)


def _history_files(history: pd.DataFrame) -> Iterable[tuple[str, str]]:
    """One file a month; times with their offset."""
    table = history.assign(start=history["start"].map(lambda moment: moment.isoformat(timespec="minutes")))
    table = table.sort_values(["start", "queue"], kind="stable", ignore_index=True)
    for month, rows in table.groupby(table["start"].str[:7]):
        yield f"history/{month}.csv", rows.to_csv(index=False, lineterminator="\n", float_format="%.10g")
