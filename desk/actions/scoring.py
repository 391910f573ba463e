"""How well what is told of a rehearsed day is what really happened in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from centre.errors import InputError
from centre.said import Said
from desk.actions.live import watch
from desk.actions.proposal_told import ProposalTold
from desk.wiring import Place
from streams.outputs import Output
from streams.rehearsal import Happened, Score, score

TRUTH = ".truth.jsonl"


@dataclass(frozen=True)
class Detection:
    """Precision, recall and delay by type of alert."""

    scores: tuple[Score, ...]

    def rows(self) -> Iterable[dict[str, Any]]:
        """For --json, one a type."""
        for found in self.scores:
            yield {
                "type": found.type,
                "happened": found.happened,
                "found": found.found,
                "told": found.told,
                "right": found.right,
                "precision": found.precision,
                "recall": found.recall,
                "delay_mean_s": found.delay_s[0],
                "delay_max_s": found.delay_s[1],
            }

    def words(self) -> Iterable[str]:
        """For people."""
        for row in self.rows():
            share = {name: "-" if row[name] is None else f"{row[name]:.1%}" for name in ("precision", "recall")}
            yield Said(
                "{type}: happened {happened}, told {told}, precision {precision}, recall {recall}, "
                "delay {mean:.1f} s, at most {most:.1f} s",
                type=Said.term("alert", row["type"]),
                happened=row["happened"],
                told=row["told"],
                mean=row["delay_mean_s"],
                most=row["delay_max_s"],
                **share,
            )


def detection(place: Place, source: str, *, truth: Path | None = None, roster_file: Path | None = None) -> Detection:
    """Watch a rehearsed day and hold what is told against what happened.

    Parameters
    ----------
    source : the file of events.
    truth : what happened, as `rehearse` wrote it; by default beside the events.

    Raises
    ------
    InputError : there is no such file, or it is no truth.
    """
    file = truth or Path(f"{source}{TRUTH}")
    happened = read_truth(file)
    told: list[Output] = []
    floor = None
    for output, policy in watch(place, source, roster_file=roster_file):
        if not isinstance(output, ProposalTold):
            told.append(output)
        floor = policy
    return Detection(tuple(score(happened, told, floor)) if floor else ())


def read_truth(file: Path) -> list[Happened]:
    """What happened, of a file of `paiban rehearse`."""
    try:
        lines = file.read_bytes().splitlines()
        return [Happened.from_json(msgspec.json.decode(line)) for line in lines]
    except FileNotFoundError:
        raise InputError(
            Said("{file}: not there; `paiban rehearse --to FILE` writes it beside the events", file=file)
        ) from None
    except (msgspec.DecodeError, KeyError, ValueError) as error:
        raise InputError(Said("{file}: not what `paiban rehearse` writes: {error}", file=file, error=error)) from error
