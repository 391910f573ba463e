"""The rosters of several sites side by side."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from centre.errors import InputError, PaibanError
from centre.said import Said
from desk import actions, exit_codes
from desk.terminal import complain, live_line, note, say, say_json, told

if TYPE_CHECKING:
    from desk.actions.rostering import MadeRoster
    from desk.wiring import Place
    from scheduler.many import Watch
    from scheduler.solve import Result


def several(
    sites: Sequence[Path],
    from_day: date | None,
    weeks: int,
    seconds: float,
    rounds: int | None,
    seed: int,
    publish: bool,
    dask: str,
    verified: bool,
    language: str,
    json: bool,
) -> None:
    """Make the rosters of several sites; the exit code is that of the worst.

    A site that cannot be opened is told of like one that cannot be rostered; the others are made all the same.
    """
    folders = list(dict.fromkeys(sites))
    made: dict[Path, MadeRoster | PaibanError] = {}
    with ExitStack() as stack, cluster(dask) as executor, actions.interruptible() as stopped:
        places: dict[Path, Place] = {}
        for folder in folders:
            try:
                places[folder] = stack.enter_context(actions.open_place(folder))
                places[folder].language(language)
            except PaibanError as error:
                made[folder] = error
        days = {folder: actions.horizon(place, from_day, weeks) for folder, place in places.items()}
        made |= actions.make_rosters(
            {folder: place for folder, place in places.items() if folder not in made}, days, seconds=seconds, seed=seed,
            publish=publish, language=language, rounds=rounds, executor=executor, verified=verified,
            watch=_watch(stopped, json),
        )  # fmt: skip
    worst = exit_codes.DONE
    shown: dict[str, object] = {}
    for folder, result in ((folder, made[folder]) for folder in folders):
        if isinstance(result, PaibanError):
            shown[str(folder)] = {"error": str(result)}
            worst = max(worst, exit_codes.exit_code(result))
            if not json:
                say(f"{folder}:")
                complain(result)
            continue
        shown[str(folder)] = result.summary()
        if result.hard_violations:
            worst = max(worst, exit_codes.VIOLATIONS)
        if not json:
            say(f"{folder}:")
            for line in result.words():
                say(line)
    if json:
        say_json({"sites": shown})
    if worst:
        raise typer.Exit(worst)


def _watch(stopped: Callable[[], bool], json: bool) -> "Watch[Path]":
    """Each site's progress on the one living line, and a line when its search is over."""
    from scheduler.many import Watch  # the solver takes a moment to load
    from scheduler.solve import Result

    if json:
        return Watch(stop=stopped)
    write = live_line()

    def done(folder: Path, answer: "Result | PaibanError") -> None:
        solved = isinstance(answer, Result)
        note(Said("{site}: solved", site=folder) if solved else Said("{site}: no roster", site=folder))

    return Watch(done, lambda folder, progress: write(f"{folder}  {told(str(progress))}"), stopped)


@contextmanager
def cluster(address: str) -> Iterator[Executor | None]:
    """The executor of a Dask cluster; None without an address.

    Raises
    ------
    InputError : no cluster answers there, or `distributed` is not installed.
    """
    if not address:
        yield None
        return
    try:
        import distributed
    except ImportError:
        raise InputError(Said("--dask needs the package distributed: pip install 'paiban[dask]'")) from None
    try:
        connect: Any = distributed.Client
        client = connect(address, timeout=10)
    except OSError as error:
        raise InputError(Said("no Dask cluster answers at {address}: {error}", address=address, error=error)) from None
    with client:
        yield client.get_executor()
