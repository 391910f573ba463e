"""The one visible list of verbs, and the one place where an error becomes words and an exit code."""

import os
import sys
from typing import Annotated

import typer
from typer.main import get_command

from centre.errors import PaibanError
from centre.said import Said
from desk import exit_codes
from desk.cli import (
    analysis,
    calculator,
    demonstration,
    duty,
    escalation,
    explaining,
    leave,
    live,
    overtime,
    planning,
    proposals,
    relaxing,
    repairing,
    reports,
    requests,
    serving,
    statement,
)
from desk.cli.board import board, users
from desk.cli.help import translate
from desk.cli.language import everywhere, speaking, spoken
from desk.cli.options import LanguageOfEvery
from desk.cli.parsing import WrongArguments, complain_of
from desk.terminal import complain, note, say, speak
from desk.version import VERSION
from desk.wording import choose_language, words

EPILOG = "Exit codes: 0 done, 1 hard rules are broken, 2 wrong input, 3 contradictory input, 4 time ran out, 5 busy, \
6 database, 7 stream, 130 interrupted."

app = typer.Typer(
    name="paiban",
    help="Paiban 排班: forecast, required staff, roster, live adherence of a contact centre.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

VERBS = (
    planning.init,
    planning.validate,
    planning.forecast,
    planning.staff,
    planning.roster,
    planning.check,
    planning.nightly,
    relaxing.relax,
    repairing.repair,
    explaining.explain,
    analysis.backtest,
    analysis.calibrate,
    analysis.headcount,
    analysis.reforecast,
    live.rehearse,
    live.watch,
    live.adherence,
    serving.service,
    live.excuse,
    live.score,
    proposals.propose,
    requests.approve,
    statement.statement,
    statement.correct,
    reports.targets,
    reports.inspection,
    reports.training,
    escalation.escalate,
    escalation.acknowledge,
    duty.rollcall,
    duty.handover,
    duty.consent,
    calculator.erlang,
    demonstration.demo,
    board,
)
for verb in VERBS:
    app.command()(verb)


def _version(asked: bool) -> None:
    if asked:
        say(" ".join(("paiban", VERSION)))
        raise typer.Exit


@app.callback()
def every_verb(
    context: typer.Context,
    _: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Say which version this is.")
    ] = False,
    language: LanguageOfEvery = "",
) -> None:
    if language:
        choose_language(language)
        context.default_map = everywhere(context.command, language)


app.command("round")(duty.round_)
for group in (proposals.proposals, requests.request, overtime.offer, reports.report, users):
    app.add_typer(group)
assert leave  # its verbs are in the group of requests
for part in (app, *(group.typer_instance for group in app.registered_groups)):
    for command in part.registered_commands if part else ():
        assert command.callback is not None
        command.callback = speaking(command.callback)


def run(arguments: list[str] | None = None) -> int:
    """Run the command with these arguments (the process's own by default); return its exit code."""
    language = spoken(sys.argv[1:] if arguments is None else arguments, os.environ)
    speak(language)
    command = get_command(app)
    translate(command, words(language))
    try:
        left = command(args=arguments, prog_name="paiban", standalone_mode=False)
        return left if isinstance(left, int) else exit_codes.DONE
    except WrongArguments as wrong:
        print(complain_of(wrong, words(language)), file=sys.stderr)
        return int(wrong.exit_code)
    except typer.Abort:
        return exit_codes.VIOLATIONS
    except PaibanError as error:
        complain(error)
        return exit_codes.exit_code(error)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else exit_codes.DONE
    except KeyboardInterrupt:
        note(Said("Interrupted."))
        return exit_codes.INTERRUPTED
