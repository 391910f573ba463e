"""Make a site, and say what is wrong with one."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

from centre.errors import Problem
from desk.example_site import write_example_site
from store.site_folder import validate_site


def make_example(folder: Path, *, seed: int, today: date, language: str) -> list[Path]:
    """Write the example centre into a new folder, its history ending the day before `today`.

    Raises
    ------
    InputError : the folder holds something already.
    """
    return write_example_site(folder, seed=seed, first_day=today, language=language)


def validate(folder: Path) -> list[Problem]:
    """Every problem of every file; nothing is changed."""
    return validate_site(folder)


def problem_row(problem: Problem) -> dict[str, str]:
    """A problem for --json."""
    return asdict(problem)
