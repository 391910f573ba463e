"""How the queues were served on a day, by interval, over the day, and lately: every definition of service level."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import numpy as np

from centre.said import Said
from desk.actions.reckoning import Reckoned, reckon
from desk.wiring import Place
from streams.days import agent_pieces, interval_bounds
from streams.floor_policy import SECOND
from streams.outputs import iso
from streams.service import occupancy, queue_now, queue_over


@dataclass(frozen=True)
class Served:
    """A day's service, from the journal or a file of events."""

    reckoned: Reckoned

    def rows(self, by: str) -> Iterator[dict[str, Any]]:
        """For --json: a row a queue and interval (or day), then the occupancy of all agents; or how it is now."""
        state, floor = self.reckoned.state, self.reckoned.floor
        if by == "now":
            yield from ({"type": "service", **row} for row in queue_now(state, floor))
            return
        for start, end in self._spans(by):
            for name in sorted(floor.queues):
                yield {"type": "service", **queue_over(state, floor, name, start, end)}
            yield {"type": "occupancy", "start": iso(start * SECOND, floor.zone), "occupancy": self._busy(start, end)}

    def words(self, by: str) -> Iterable[str]:
        """For people: the level by each queue's own definition."""
        for row in self.rows(by):
            at = row.get("at", row.get("start", ""))[11:16]
            if row["type"] == "occupancy":
                if row["occupancy"] is not None:
                    yield Said("{at}  occupancy {share:.1%}", at=at, share=row["occupancy"])
                continue
            if not row["offered"]:
                continue
            level = row["service_level"][self._definition(row["queue"])]
            yield Said(
                "{at}  {queue}: {offered} offered, {answered} answered, {abandoned} abandoned, service level {level}, "
                "ASA {asa} s",
                at=at,
                queue=row["queue"],
                offered=row["offered"],
                answered=row["answered"],
                abandoned=row["abandoned"],
                level="-" if level is None else f"{level:.1%}",
                asa="-" if row["asa_s"] is None else f"{row['asa_s']:.0f}",
            )

    def _definition(self, queue: str) -> str:
        return self.reckoned.floor.queues[queue].definition

    def _spans(self, by: str) -> list[tuple[int, int]]:
        """UTC seconds of the intervals of the day, or of the whole of it, as far as time has come."""
        bounds = [bound // SECOND for bound in interval_bounds(self._begin(), self.reckoned.floor).tolist()]
        spans = [(bounds[0], bounds[-1])] if by == "day" else list(pairwise(bounds))
        return [span for span in spans if span[0] * SECOND < self.reckoned.until]

    def _begin(self) -> int:
        return int(self.reckoned.window()[0])

    def _busy(self, start: int, end: int) -> float | None:
        state, floor, until = self.reckoned.state, self.reckoned.floor, self.reckoned.until
        window, cuts = (start * SECOND, end * SECOND), np.array([start * SECOND, end * SECOND])
        return occupancy(agent_pieces(line, floor, window, until, cuts) for line in state.lines.values())


def served(place: Place, day: date, *, source: str = "", known: datetime | None = None) -> Served:
    """How the queues were served on a local day, as known now or then.

    Raises
    ------
    InputError : no roster is known for the day, or a source that is followed for ever.
    """
    return Served(reckon(place, day, source=source, known=known))
