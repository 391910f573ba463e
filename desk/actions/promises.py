"""Promises kept: what accepted proposals came to, against what they promised; and how far promises are to be trusted.

The record feeds the next choice: what a move type is said to win is what its promises have come to, shrunk towards
what was promised as far as little is known (`streams.reallocation.trust`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from centre.errors import InputError
from centre.events import Event
from desk.wiring import Place, proposals_of
from store.proposals import Kept
from streams.reallocation.trust import Outcome, Trust, learn_trust

TRUSTED_S = 120 * 86_400
"""Promises that came due before are no longer looked at."""


def promises(place: Place, now: int, source: str = "", events: Sequence[Event] | None = None) -> dict[str, Any]:
    """Measure what accepted proposals whose time is over have come to; the record of promises kept, by move type."""
    measure_due(place, now, source, events)
    return promise_record(place, now)


def promise_record(place: Place, now: int) -> dict[str, Any]:
    """The record of promises kept as it was measured so far, in all and by move type."""
    rows = [kept for kept in proposals_of(place).all() if kept.promise]
    known = [dict(kept.promise or {}) for kept in rows if (kept.promise or {}).get("realised") is not None]
    kinds: dict[str, list[dict[str, Any]]] = {}
    for row in known:
        for kind in row["types"]:
            kinds.setdefault(kind, []).append(row)
    trust = trust_of(place, now)
    return {
        "all": {**_record(known), "trusted": round(trust.common, 3)},
        "types": {
            kind: {**_record(found), "trusted": round(trust.of(kind), 3)} for kind, found in sorted(kinds.items())
        },
    }


def measure_due(place: Place, now: int, source: str = "", events: Sequence[Event] | None = None) -> int:
    """Measure the accepted proposals whose time is over and that were not measured yet; how many there were."""
    proposals = proposals_of(place)
    due = [
        kept
        for kept in proposals.all(now - TRUSTED_S)
        if kept.promise is None and kept.done("accept") and _second(kept.content["until"]) <= now
    ]
    for kept in due:
        until = _second(kept.content["until"])
        row = _measured(place, kept, until, source, events)
        proposals.measure(kept.number, row, datetime.fromtimestamp(now, UTC))
    return len(due)


def trust_of(place: Place, now: int) -> Trust:
    """How far the promises of each move type are to be trusted, by what came of them."""
    outcomes = []
    for kept in proposals_of(place).all(now - TRUSTED_S, now):
        row = kept.promise
        if row is None or row.get("won") is None or not row.get("by_type"):
            continue
        before = row["before"]
        spread = (before["high"] - before["low"]) / BAND_SDS * row["contacts"]
        outcomes.append(Outcome(dict(row["by_type"]), float(row["won"]), max(float(spread), 1.0)))
    return learn_trust(outcomes)


BAND_SDS = 2.563
"""Width of an 80 % band in standard deviations."""


def _measured(place: Place, kept: Kept, until: int, source: str, events: Sequence[Event] | None) -> dict[str, Any]:
    """What the floor came to over the time an accepted proposal spoke for, against what it promised."""
    from desk.actions.looks import floor_heard

    zone = place.site.settings.zone
    try:
        state = floor_heard(place, until, source, events)
    except InputError:
        state = None
    effect = next((row for row in kept.content["effects"] if not row["queue"]), None)
    accepted = kept.done("accept")
    by_type: dict[str, float] = {}
    for move in kept.moves:
        if move["id"] in accepted:
            by_type[move["type"]] = round(by_type.get(move["type"], 0.0) + move["won"], 3)
    met = offered = 0
    for name, line in state.queues.items() if state else ():
        if name in place.site.queues:
            grid = place.site.settings.grid_minutes * 60
            counts = line.between(kept.at // 60 * 60, until // 60 * 60, zone, grid)
            met, offered = met + counts.answered_within, offered + counts.answered + counts.abandoned
    realised = met / offered if offered else None
    return {
        "types": sorted(by_type),
        "by_type": by_type,
        "before": effect["before"] if effect else None,
        "promised": effect["after"] if effect else None,
        "share_accepted": round(len(accepted) / max(len(kept.moves), 1), 3),
        "contacts": offered,
        "realised": None if realised is None else round(realised, 4),
        "kept": None if realised is None or not effect else realised >= effect["after"]["low"],
        "won": None if realised is None or not effect else round((realised - effect["before"]["mean"]) * offered, 1),
    }


def _record(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many promises, how many kept, and points realised against points promised."""
    if not rows:
        return {"promises": 0, "kept": 0, "share": None, "promised": None, "realised": None}
    promised = sum(row["promised"]["mean"] - row["before"]["mean"] for row in rows) / len(rows)
    realised = sum(row["realised"] - row["before"]["mean"] for row in rows) / len(rows)
    return {
        "promises": len(rows),
        "kept": sum(bool(row["kept"]) for row in rows),
        "share": round(sum(bool(row["kept"]) for row in rows) / len(rows), 4),
        "promised": round(promised, 4),
        "realised": round(realised, 4),
    }


def _second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
