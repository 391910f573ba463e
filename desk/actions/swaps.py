"""The swap register 换班登记表 (SWP-1): who gave which shift to whom, who agreed and when."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from centre.approvals import Approved
from centre.grid import aware
from centre.requests import SwapRequest
from desk.actions.monthly import month_span
from desk.wiring import Place, requests_of
from desk.wording import words as words_of
from scheduler.judging import shown


@dataclass(frozen=True)
class SwapRegister:
    """The approved swaps of a month, one row a shift (or part of one) that changed hands.

    Attributes
    ----------
    rows : request, giver, taker, start and end of what changed hands, who agreed, and when the last one did.
    """

    month: date | None
    zone: str
    rows: Sequence[dict[str, Any]]

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {"month": f"{self.month:%Y-%m}" if self.month else None, "register": list(self.rows)}

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        for row in self.rows:
            yield said._(
                "{request}: {giver} gives {start} to {taker}; agreed by {people} at {at}",
                request=row["request"], giver=row["giver"], start=row["start"][:16].replace("T", " "),
                taker=row["taker"], people=said.listing(row["agreed_by"]), at=row["agreed_at"][:16].replace("T", " "),
            )  # fmt: skip
        if not self.rows:
            yield said._("No swaps are registered.")

    def to_csv(self) -> str:
        """The register as a table."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        head = ("request", "giver", "taker", "start", "part", "pay_back", "agreed_by", "agreed_at", "reason")
        writer.writerow(head)
        for row in self.rows:
            writer.writerow([";".join(row[key]) if key == "agreed_by" else row[key] for key in head])
        return text.getvalue()


def swap_register(place: Place, month: date | None = None) -> SwapRegister:
    """The register of a local month (of all time, where none is named), in order of the shifts."""
    zone = place.site.settings.zone
    begin, end = month_span(month, zone) if month else (-(2**53), 2**53)
    rows = []
    for filed in requests_of(place).all(int(place.now.timestamp()), "swap"):
        asked, state = filed.asked, filed.state
        if not isinstance(asked, SwapRequest) or not isinstance(state, Approved):
            continue
        agreed = [deed for deed in state.deeds if deed.act in ("agree", "skip")]
        for number, hand in enumerate(asked.hands):
            if begin <= hand.start < end:
                part = "" if hand.part is None else " - ".join(shown(second, zone)[11:] for second in hand.part)
                rows.append({
                    "request": filed.number, "giver": hand.giver, "taker": hand.taker,
                    "start": aware(hand.start, zone).isoformat(), "part": part, "pay_back": number > 0,
                    "agreed_by": [deed.by for deed in agreed], "agreed_at": aware(agreed[-1].at, zone).isoformat(),
                    "reason": asked.reason,
                })  # fmt: skip
    rows.sort(key=lambda row: (str(row["start"]), row["request"]))
    return SwapRegister(month, zone, rows)
