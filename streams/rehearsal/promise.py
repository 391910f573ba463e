"""What a proposal really brings: the same floor lived with it and without it, nothing else decided in between."""

from collections.abc import Mapping
from dataclasses import dataclass

from streams.reallocation.proposal import Proposal
from streams.rehearsal.floor import Floor
from streams.rehearsal.people import SECOND


@dataclass(frozen=True)
class Kept:
    """A promise and what came of it.

    Attributes
    ----------
    promised : contacts in time: mean, low, high (80 %).
    realised : contacts in time with it, less those without it, over the time it spoke for.
    by_type : share of the promise of each move type.
    kind : "trouble" or "spare".
    """

    promised: tuple[float, float, float]
    realised: float
    by_type: Mapping[str, float]
    kind: str


def kept(proposal: Proposal, without: Floor, with_it: Floor) -> Kept:
    """Let both floors go on to the end of the time that a proposal speaks for."""
    met = []
    for floor in (without, with_it):
        floor.run(proposal.until * SECOND)
        met.append(_in_time(floor, proposal.at, proposal.until))
    by_type: dict[str, float] = {}
    for move, won in zip(proposal.moves, proposal.won_by_move, strict=True):
        by_type[move.type] = by_type.get(move.type, 0.0) + won
    return Kept(proposal.won, met[1] - met[0], by_type, proposal.kind)


def _in_time(floor: Floor, begin: int, end: int) -> float:
    return float(
        sum(
            bool(caller.answered) and (caller.answered - caller.at) / SECOND <= floor.lines[caller.queue].queue.within_s
            for caller in floor.callers
            if begin * SECOND <= caller.at < end * SECOND
        )
    )
