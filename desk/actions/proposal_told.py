"""What a running engine says of a proposal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from streams.floor_policy import FloorPolicy


@dataclass(frozen=True)
class ProposalTold:
    """What a running engine says of a proposal: that it is made, or that moves of it were accepted by themselves.

    Attributes
    ----------
    row : as `paiban propose --json` has the proposal, with number and site; of an acceptance `type` is "accepted".
    """

    row: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Of the topic: all that is said of one proposal is in order."""
        return str(self.row["id"])

    def to_json(self, floor: FloorPolicy) -> dict[str, Any]:
        """As one line of `paiban watch --json`."""
        return dict(self.row)
