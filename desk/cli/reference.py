"""The table of verbs in docs/commands.md, made from the verbs themselves: `python -m desk.cli.reference`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from typer.main import get_command

from desk.cli.app import app
from desk.cli.help import Command

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
BEGIN, END = "<!-- verbs: made by desk.cli.reference -->", "<!-- end of verbs -->"


def verbs(command: Command, name: str = "") -> Iterator[tuple[str, Command]]:
    """Every verb with its full name."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name.strip(), command
        return
    for key, each in inner.items():
        yield from verbs(each, f"{name} {key}")


def table() -> str:
    """Verb, its arguments and what must be given, and the first sentence of its help."""
    rows = ["| verb | does |", "| --- | --- |"]
    rows += [f"| `{name}{_given(command)}` | {_first(command)} |" for name, command in verbs(get_command(app))]
    return "\n".join(rows)


def brought_up_to_date(page: str) -> str:
    """The page with the table of today."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


def _given(command: Command) -> str:
    given = ""
    for parameter in command.params:
        if not parameter.required:
            continue
        shown = (parameter.metavar or (parameter.name or "").upper()).strip("{}[]").replace("|", "\\|")
        argument = parameter.param_type_name == "argument"
        given += f" {shown}" if argument else f" {parameter.opts[0]} {shown}"
    return given


def _first(command: Command) -> str:
    paragraph = (command.help or "").split("\n\n")[0]
    sentence = " ".join(paragraph.split())
    return sentence.rstrip(".").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(brought_up_to_date(PAGE.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"{PAGE}\n")
