"""The rosters of several sites side by side."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import typer

from centre.errors import InputError, PaibanError
from centre.said import Said
from desk import actions, exit_codes
from desk.terminal import complain, note, say, say_json


def several(
    sites: Sequence[Path],
    from_day: date | None,
    weeks: int,
    seconds: float,
    rounds: int | None,
    seed: int,
    publish: bool,
    dask: str,
    language: str,
    json: bool,
) -> None:
    """Make the rosters of several sites; the exit code is that of the worst."""
    folders = list(dict.fromkeys(sites))
    with ExitStack() as stack, cluster(dask) as executor:
        places = {folder: stack.enter_context(actions.open_place(folder)) for folder in folders}
        days = {folder: actions.horizon(place, from_day, weeks) for folder, place in places.items()}
        made = actions.make_rosters(
            places, days, seconds=seconds, seed=seed, publish=publish, language=language, rounds=rounds,
            executor=executor, on_done=None if json else lambda folder: note(f"{folder}: solved"),
        )  # fmt: skip
    worst = exit_codes.DONE
    told: dict[str, object] = {}
    for folder, result in made.items():
        if isinstance(result, PaibanError):
            told[str(folder)] = {"error": str(result)}
            worst = max(worst, exit_codes.exit_code(result))
            if not json:
                say(f"{folder}:")
                complain(result)
            continue
        told[str(folder)] = result.summary()
        if result.hard_violations:
            worst = max(worst, exit_codes.VIOLATIONS)
        if not json:
            say(f"{folder}:")
            for line in result.words():
                say(line)
    if json:
        say_json({"sites": told})
    if worst:
        raise typer.Exit(worst)


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
