"""Every verb: an example in its help, JSON on demand, a line in docs/commands.md; only known exit codes."""

import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from desk import exit_codes
from desk.cli import reference
from desk.cli.app import app

COMMANDS = reference.PAGE.read_text("utf-8")
VERBS = dict(reference.verbs(get_command(app)))


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_has_an_example_that_begins_with_it(verb: str) -> None:
    assert f"Example: paiban {verb}" in " ".join((VERBS[verb].help or "").split())


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "board"])
def test_a_verb_says_json_when_asked_to(verb: str) -> None:
    """All but the board, which serves until it is stopped and says nothing."""
    assert any("--json" in parameter.opts for parameter in VERBS[verb].params)


def test_the_list_of_commands_is_in_step_with_them() -> None:
    assert reference.brought_up_to_date(COMMANDS) == COMMANDS, "python -m desk.cli.reference brings it up to date"


def test_every_exit_code_is_in_the_list() -> None:
    codes = {value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)}
    assert codes
    assert [code for code in codes if f"| {code} |" not in COMMANDS] == []


def test_the_version_is_that_of_the_package(paiban) -> None:
    wanted = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    told = paiban("--version")
    assert (told.code, told.out) == (exit_codes.DONE, f"paiban {wanted}\n")
