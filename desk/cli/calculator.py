"""`paiban erlang`: the staffing calculator on the command line."""

from typing import Annotated, Any

import numpy as np
import typer
from rich.table import Table

from centre.errors import InputError
from centre.said import Said
from desk.cli.options import Json
from desk.cli.together import Goals, show_together
from desk.terminal import out, say, say_json, told
from forecasts import erlang as formulas


def erlang(
    calls: Annotated[float, typer.Option(min=0, help="Contacts offered in an interval.")],
    aht: Annotated[float, typer.Option(min=0.001, help="Average handle time, seconds.")],
    interval: Annotated[float, typer.Option(min=0.01, help="Length of the interval, minutes.")] = 15,
    target: Annotated[float, typer.Option(min=0, max=0.999999, help="Service level wanted.")] = 0.80,
    within: Annotated[float, typer.Option(min=0, help="... answered within so many seconds.")] = 20,
    patience: Annotated[float, typer.Option(min=0, help="Mean patience, seconds; 0: callers wait for ever.")] = 0,
    definition: Annotated[str, typer.Option(help="Service-level definition (docs/formulas.md).")] = "virtual",
    max_occupancy: Annotated[float, typer.Option(min=0.01, max=1, help="Highest occupancy allowed.")] = 1.0,
    max_asa: Annotated[float, typer.Option(min=0, help="Highest average speed of answer, seconds; 0: none.")] = 0,
    max_abandonment: Annotated[float, typer.Option(min=0, max=1, help="Highest share abandoned.")] = 1.0,
    shrinkage: Annotated[float, typer.Option(min=0, max=0.99, help="Share of paid time not available.")] = 0.0,
    agents: Annotated[int | None, typer.Option(min=0, help="Figures for this many agents instead.")] = None,
    beside: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CALLS[:AHT]",
            help="Another queue of the same goals whose calls the same agents may answer; repeatable. By simulation: "
            "an agent who serves both counts once.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """How many agents do so many contacts need, and what do n agents give?

    Erlang C, or Erlang A where callers have a patience.

    Example: paiban erlang --calls 120 --aht 240 --interval 30 --target 0.8 --within 20
    """
    if beside:
        others = {
            "--max-occupancy": max_occupancy < 1, "--max-asa": max_asa > 0, "--max-abandonment": max_abandonment < 1,
            "--agents": agents is not None,
            "--definition": definition != "of_offered" and (patience > 0 or definition != "virtual"),
        }  # fmt: skip
        queues = [(calls, aht), *(_queue(text, aht) for text in beside)]
        goals = Goals(interval, target, within, patience, shrinkage)
        show_together(queues, goals, [name for name, given in others.items() if given], json)
        return
    load = calls * aht / (interval * 60)
    needed = int(
        formulas.required_servers(
            load,
            aht,
            target,
            within,
            patience_s=patience or None,
            max_occupancy=max_occupancy if max_occupancy < 1 else None,
            max_asa_s=max_asa or None,
            max_abandonment=max_abandonment if max_abandonment < 1 else None,
            definition=definition,
        )
    )
    shown = needed if agents is None else agents
    figures = [_figures(n, load, aht, within, patience, definition) for n in range(max(0, shown - 2), shown + 4)]
    gross = formulas.gross_staff(needed, shrinkage)
    if json:
        say_json(
            {
                "load": load,
                "required": needed,
                "gross": int(gross),
                "definition": definition,
                "model": "erlang_a" if patience else "erlang_c",
                "agents": agents if agents is not None else needed,
                **_figures(shown, load, aht, within, patience, definition),
                "around": figures,
            }
        )
        return
    say(
        Said(
            "Offered load {load:.2f} erlang. Required: {needed} agents; with {shrinkage:.0%} shrinkage: {gross}.",
            load=load,
            needed=needed,
            shrinkage=shrinkage,
            gross=gross,
        )
    )
    table = Table(
        *map(told, (Said("agents"), Said("service level"), Said("ASA s"), Said("occupancy"), Said("abandoned")))
    )
    for row in figures:
        style = "bold" if row["servers"] == shown else ""
        asa = row["average_speed_of_answer_s"]
        table.add_row(
            str(row["servers"]),
            _percent(row["service_level"]),
            f"{asa:.1f}" if asa is not None else told(Said("unstable")),
            _percent(row["occupancy"]),
            _percent(row["abandonment"]) if patience else "-",
            style=style,
        )
    out.print(table)


def _queue(text: str, aht: float) -> tuple[float, float]:
    """Calls and handle time of `--beside`.

    Raises
    ------
    InputError : for anything but CALLS or CALLS:AHT.
    """
    calls, _, own = text.partition(":")
    try:
        found = float(calls), float(own) if own else aht
    except ValueError:
        found = (-1.0, 0.0)
    if not (0 < found[0] < float("inf") and 0 < found[1] < float("inf")):
        raise InputError(
            Said("--beside: found {text}; allowed: contacts, or contacts:seconds of handle time (27:180)", text=text)
        )
    return found


def _figures(n: int, load: float, aht: float, within: float, patience: float, definition: str) -> dict[str, Any]:
    patient = patience or None
    asa = float(formulas.average_speed_of_answer(n, load, aht, patient))
    return {
        "servers": n,
        "service_level": float(formulas.service_level(n, load, aht, within, patient, definition)),
        "average_speed_of_answer_s": asa if np.isfinite(asa) else None,
        "occupancy": float(formulas.occupancy(n, load, aht, patient)),
        "abandonment": float(formulas.abandonment(n, load, aht, patience)) if patience else 0.0,
    }


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
