"""Promises kept: what accepted proposals came to, against what they promised; and how far promises are to be trusted.

The record feeds the next choice: what a move type is said to win, and what is said to be won on a queue, is what such
promises have come to, shrunk towards what was promised as far as little is known (`streams.reallocation.trust`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import sqrt
from typing import Any

from centre.errors import InputError
from centre.events import Event
from centre.grid import local_day
from desk.wiring import Place, proposals_of
from store.proposals import Kept
from streams.reallocation.trust import Outcome, Trust, learn_trust
from streams.state import State

TRUSTED_S = 120 * 86_400
"""Promises that came due before are no longer looked at."""


def promises_kept(place: Place, now: int, source: str = "", events: Sequence[Event] | None = None) -> dict[str, Any]:
    """Measure what accepted proposals whose time is over have come to; the record of promises kept, by move type and by
    queue."""
    measure_due(place, now, source, events)
    return promise_record(place, now)


def promise_record(place: Place, now: int) -> dict[str, Any]:
    """The record of promises kept as it was measured so far, in all, by move type and by queue."""
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
        "queues": {
            name: {**_record(_on(known, name)), "trusted": round(trust.common * trust.on(name), 3)}
            for name in sorted({name for row in known for name in row.get("queues", ())})
        },
    }


def _on(rows: Sequence[Mapping[str, Any]], queue: str) -> list[Mapping[str, Any]]:
    """What promises came to on one queue."""
    return [row["queues"][queue] for row in rows if queue in row.get("queues", ())]


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
    """How far the promises of each move type, and on each queue, are to be trusted, by what came of them."""
    zone = place.site.settings.zone
    rows = [
        (kept, kept.promise)
        for kept in proposals_of(place).all(now - TRUSTED_S, now)
        if kept.promise is not None and kept.promise.get("queues")
    ]
    days = Counter(local_day(kept.at, zone) for kept, _ in rows)
    outcomes = []
    for kept, row in rows:
        # Proposals of one day share what was not foreseen of it: together they tell no more than one.
        shared = sqrt(days[local_day(kept.at, zone)])
        later = [other for at, other in rows if kept.at < at.at < _second(kept.content["until"])]
        for queue, told in row["queues"].items():
            said, noise = _said_on(queue, [row, *later]), told["noise"] * shared
            outcomes.append(Outcome(said, told["won"], noise, queue, told["contacts"]))
    return learn_trust(outcomes)


def _said_on(queue: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """What a proposal, and those accepted while its time went on, were said to win on a queue, by move type."""
    found: dict[str, float] = {}
    for row in rows:
        for kind, share in row["shares"].items():
            found[kind] = found.get(kind, 0.0) + share * row["queues"].get(queue, {}).get("simulated", 0.0)
    return found


BAND_SDS = 2.563
"""Width of an 80 % band in standard deviations."""


def _measured(place: Place, kept: Kept, until: int, source: str, events: Sequence[Event] | None) -> dict[str, Any]:
    """What the floor came to over the time an accepted proposal spoke for, against what it promised."""
    from desk.actions.looks import floor_heard

    try:
        state = floor_heard(place, until, source, events)
    except InputError:
        state = None
    accepted, simulated = kept.done("accept"), kept.content.get("simulated", {})
    shares = _shares(kept, accepted)
    counts = _counts(place, state, kept.at, until)
    effects = {row["queue"]: row for row in kept.content["effects"]}
    queues = {
        queue: {**_of(effects[queue], *counts[queue]), "simulated": round(float(simulated[queue]), 3)}
        for queue in sorted(counts.keys() & effects.keys() & simulated.keys())
        if counts[queue][1]
    }
    met, offered = (sum(count[which] for count in counts.values()) for which in (0, 1))
    nothing = {"before": None, "promised": None, "contacts": offered, "realised": None, "kept": None, "won": None}
    whole = _of(effects[""], met, offered) if "" in effects and offered else nothing
    return {
        **whole,
        "types": sorted(shares),
        "shares": shares,
        "queues": queues,
        "share_accepted": round(len(accepted) / max(len(kept.moves), 1), 3),
    }


def _shares(kept: Kept, accepted: frozenset[str]) -> dict[str, float]:
    """Of what a proposal promised, the share of the accepted moves of each type."""
    alone = {move["id"]: max(float(move["won"]), 0.0) for move in kept.moves}
    whole = sum(alone.values())
    found: dict[str, float] = {}
    for move in kept.moves:
        if move["id"] in accepted:
            share = alone[move["id"]] / whole if whole > 0 else 1 / len(kept.moves)
            found[move["type"]] = round(found.get(move["type"], 0.0) + share, 4)
    return found


def _counts(place: Place, state: State | None, begin: int, end: int) -> dict[str, tuple[int, int]]:
    """Contacts answered in time and contacts in all, by queue."""
    found = {}
    grid = place.site.settings.grid_minutes * 60
    for name, line in state.queues.items() if state else ():
        if name in place.site.queues:
            counts = line.between(begin // 60 * 60, end // 60 * 60, place.site.settings.zone, grid)
            found[name] = counts.answered_within, counts.answered + counts.abandoned
    return found


def _of(effect: Mapping[str, Any], met: int, offered: int) -> dict[str, Any]:
    """A promise about a queue, or all together, and the service it came to."""
    before, after = effect["before"], effect["after"]
    realised = met / offered
    return {
        "before": before,
        "promised": after,
        "contacts": offered,
        "realised": round(realised, 4),
        "kept": realised >= after["low"],
        "won": round((realised - before["mean"]) * offered, 1),
        "noise": round(max((before["high"] - before["low"]) / BAND_SDS * offered, 1.0), 1),
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
