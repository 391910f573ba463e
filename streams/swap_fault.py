"""SWP-7: an absence because two people did not make their swap clear is weighed by who was at fault.

The absence stays where the roster puts it. A correction says whose fault it was; the deduction is then borne in shares,
and the other person has an entry of his own for his part.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from centre.said import Said
from streams.attendance import Entry
from streams.statement import entry_name


@dataclass(frozen=True, slots=True)
class Fault:
    """Whose fault an unclear swap was: of the one who is absent ("own"), of both ("shared"), of the other ("other")."""

    entry: str
    fault: str
    other: str
    reason: str
    approver: str


def weighed(
    entries: Iterable[Entry],
    asked: Iterable[tuple[str, int, str]],
    faults: Iterable[Fault],
    shares: Mapping[str, float],
) -> Iterator[Entry]:
    """Entries with absences from swaps that were not made clear marked and shared out.

    Parameters
    ----------
    asked : giver, start of the shift (UTC second) and taker of each swap that was asked for and never approved.
    faults : what was found about them.
    shares : by fault, the share that the absent person bears (`swap.fault_points`).
    """
    unclear = {(giver, start): taker for giver, start, taker in asked}
    found = {fault.entry: fault for fault in faults}
    for entry in entries:
        taker = unclear.get((entry.agent, entry.start)) if entry.kind == "absent" else None
        fault = found.get(entry_name(entry))
        if fault is None:
            if taker is not None:
                why = Said("{why}; a swap with {other} was asked for and not agreed", why=entry.why, other=taker)
                yield replace(entry, rule="SWP-7", why=why)
            else:
                yield entry
            continue
        share = shares.get(fault.fault, 1.0)
        facts = {"other": fault.other, "fault": Said.term("fault", fault.fault), "reason": fault.reason}
        why = Said("{why}; the swap with {other} was not clear, fault: {fault} ({reason})", why=entry.why, **facts)
        yield replace(entry, rule="SWP-7", why=why, share=share)
        if share < 1.0:
            part = Said(
                "{agent} was absent by a swap that was not clear, fault: {fault} ({reason})",
                agent=entry.agent, fault=facts["fault"], reason=fault.reason,
            )  # fmt: skip
            yield replace(entry, agent=fault.other, rule="SWP-7", why=part, share=1.0 - share)
