"""What a proposal really brings: the same floor lived with it and without it, nothing else decided in between."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

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
    by_type : what each move type wins alone, by the curves.
    kind : "trouble" or "spare".
    simulated, by_queue : the same by queue: what the simulation said, nothing taken off, and what came of it.
    """

    promised: tuple[float, float, float]
    realised: float
    by_type: Mapping[str, float]
    kind: str
    simulated: Mapping[str, float] = field(default_factory=dict)
    by_queue: Mapping[str, float] = field(default_factory=dict)


def kept(proposal: Proposal, without: Floor, with_it: Floor) -> Kept:
    """Let both floors go on to the end of the time that a proposal speaks for."""
    met = []
    for floor in (without, with_it):
        floor.run(proposal.until * SECOND)
        met.append(_in_time(floor, proposal.at, proposal.until))
    by_type: dict[str, float] = {}
    for move, won in zip(proposal.moves, proposal.won_by_move, strict=True):
        by_type[move.type] = by_type.get(move.type, 0.0) + won
    by_queue = {queue: float(met[1][queue] - met[0][queue]) for queue in proposal.simulated}
    realised = float(met[1].total() - met[0].total())
    return Kept(proposal.won, realised, by_type, proposal.kind, proposal.simulated, by_queue)


def _in_time(floor: Floor, begin: int, end: int) -> Counter[str]:
    """Contacts answered in time by queue."""
    return Counter(
        caller.queue
        for caller in floor.callers
        if begin * SECOND <= caller.at < end * SECOND
        and caller.answered
        and (caller.answered - caller.at) / SECOND <= floor.lines[caller.queue].queue.within_s
    )
