"""The whole of it: project, see whether there is trouble, find the moves, choose, confirm by simulation, propose."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from statistics import NormalDist

import numpy as np

from centre.reallocation import MOVE_TYPES, Reallocation
from centre.site import Site
from streams.reallocation.choice import Broken, Choice, nothing_broken
from streams.reallocation.choose import choose
from streams.reallocation.curves import Curves, read_curves
from streams.reallocation.effects import added, rows_after
from streams.reallocation.finders import FINDERS, Ask
from streams.reallocation.move import Move
from streams.reallocation.paint import changed_lines, seconds_moved
from streams.reallocation.projection import Draws, Projection, draw, project
from streams.reallocation.proposal import Effect, Proposal
from streams.reallocation.sight import BLOCK, STEP_S, Floats, Sight
from streams.reallocation.trigger import Reading, Watch, band, look, read
from streams.reallocation.trust import FULL, Trust

Futures = Callable[[Sight, int], Draws]
"""Draws futures of a floor by a seed."""

APART = 500_009
"""How far from a look's seed that of the futures lies on which its choice is confirmed."""

LEAST = 1.0
"""Contacts, above its prices, that a proposal must win to be worth a person's attention."""

UNFELT = 0.5
"""Contacts by which hours given back may miss what they are worth: less than so few futures can tell."""

EXPIRES_S = 900
PAUSE_S = 600
"""After a proposal the floor is left alone for so long, to see what it does."""

SPARE_PAUSE_S = 1500
"""Hours to give back are looked for less often."""

WORTH = 0.25
"""By simulation a set must win at least this share of its prices' worth, else it is not shown."""


@dataclass(frozen=True)
class Memory:
    """What is remembered from look to look: the trigger's, when something was last proposed, and last looked for."""

    watch: Watch = field(default_factory=Watch)
    proposed: int = 0
    tried: int = 0


@dataclass(frozen=True)
class Seen:
    """What one look found, proposal or not."""

    readings: tuple[Reading, ...]
    watch: Watch
    proposal: Proposal | None


def propose(
    sight: Sight,
    site: Site,
    policy: Reallocation,
    memory: Memory,
    *,
    plan: Projection | None = None,
    rolling: Mapping[str, float | None] | None = None,
    version: int = 0,
    broken: Broken = nothing_broken,
    seed: int = 0,
    asked: bool = False,
    trust: Trust = FULL,
    futures: Futures = draw,
    steady: bool = False,
) -> tuple[Memory, Seen]:
    """Look at the floor once.

    Parameters
    ----------
    plan : what the plan would give over the same blocks; the targets stand for it where it is not known.
    rolling : service level by queue lately.
    broken : which changed lines break a hard rule.
    asked : somebody asks: choose without waiting for the trigger.
    trust : what promises of each move type have come to.
    futures : draws what may come.
    steady : the same floor has the same answer however busy the machine is.
    """
    near = sight.near(policy.project_minutes)
    ahead = project(near, futures(near, seed))
    readings = read(near, ahead, plan, policy, dict(rolling or {}))
    watch = look(memory.watch, readings, policy)
    memory = replace(memory, watch=watch)
    rested = sight.now - memory.proposed >= PAUSE_S and sight.now - memory.tried >= (
        PAUSE_S if watch.trouble else SPARE_PAUSE_S
    )
    if not policy.on or not (((watch.trouble or watch.spare) and rested) or asked):
        return memory, Seen(tuple(readings), watch, None)
    spare = watch.spare and not watch.trouble
    memory = replace(memory, tried=sight.now)
    made = _choose(
        sight, site, policy, (futures(sight, seed), futures(sight, seed + APART)), spare, broken, trust, steady
    )
    if made is None:
        return memory, Seen(tuple(readings), watch, None)
    proposal = _proposal(sight, policy, readings, made, "spare" if spare else "trouble", version)
    return replace(memory, proposed=sight.now), Seen(tuple(readings), watch, proposal)


@dataclass(frozen=True)
class _Made:
    """`share` : of what the simulation says that the moves win, what such promises have come to, [queues].
    `sd` : how well that is known."""

    choice: Choice
    curves: Curves
    before: Projection
    after: Projection
    share: Floats
    sd: float
    not_chosen: Mapping[str, str]


def find_moves(ask: Ask) -> list[Move]:
    """Every move that may be made now."""
    return [move for finder in FINDERS for move in finder(ask) if not (ask.spare and move.type.endswith("_to_phones"))]


def _choose(
    sight: Sight,
    site: Site,
    policy: Reallocation,
    draws: tuple[Draws, Draws],
    spare: bool,
    broken: Broken,
    trust: Trust,
    steady: bool,
) -> _Made | None:
    curves = read_curves(sight, draws[0], np.array([trust.on(name) for name in sight.names]))
    ask = Ask(sight, curves, policy, site, spare)
    moves = find_moves(ask)
    choice = choose(sight, curves, moves, policy, broken, trust=trust, steady=steady)
    confirmed = _confirmed(sight, draws[1], choice, curves, trust)
    if confirmed is None:
        return None
    return _Made(choice, curves, *confirmed, trust.sd, _not_chosen(sight, curves, policy, moves, choice))


def _confirmed(
    sight: Sight, draws: Draws, choice: Choice, curves: Curves, trust: Trust
) -> tuple[Projection, Projection, Floats] | None:
    """The floor without and with the moves, simulated on futures that had no part in the choice: what was chosen
    because it looked best on some futures does not do as well on others. None where it is not borne out."""
    if not choice.moves:
        return None
    before, after = project(sight, draws), project(sight, draws, rows_after(sight, choice.moves))
    prices = sum(move.price for move in choice.moves)
    share = _trusted(sight, curves, choice.moves, trust)
    won = float(share @ (after.by_queue() - before.by_queue()))
    worth = won - prices if prices <= 0 else won - WORTH * prices
    return (before, after, share) if worth >= (LEAST if prices > 0 else -UNFELT) else None


def _trusted(sight: Sight, curves: Curves, moves: Sequence[Move], trust: Trust) -> Floats:
    """What promises have come to, of moves of several types: the mean, by what each wins; on each queue, [queues]."""
    won = [max(_alone(sight, curves, move), 0.0) for move in moves]
    types = trust.common
    if sum(won) > 0:
        types = sum(each * trust.of(move.type) for each, move in zip(won, moves, strict=True)) / sum(won)
    return types * np.array([trust.on(name) for name in sight.names])


def _proposal(
    sight: Sight, policy: Reallocation, readings: list[Reading], made: _Made, kind: str, version: int
) -> Proposal:
    ahead, moves = made.before, made.choice.moves
    blocks = ahead.offered.shape[2]
    more = made.after.in_time - ahead.in_time
    share = made.share * _doubt(len(more), made.sd)[:, None]
    after = Projection(ahead.offered, ahead.in_time + more * share[:, :, None])
    paired = (after.in_time - ahead.in_time).sum(axis=(1, 2))
    lines = {person.agent: person.line for person in sight.people}
    changed = changed_lines(lines, (stroke for move in moves for stroke in move.strokes))
    moved = sum(seconds_moved(lines[agent], line) for agent, line in changed.items()) / 60
    names = "|".join(move.id for move in moves)
    return Proposal(
        id=f"p-{sight.now}-{sha256(names.encode()).hexdigest()[:8]}",
        kind=kind,
        at=sight.now,
        until=sight.begin + blocks * BLOCK * STEP_S,
        expires=min(sight.now + EXPIRES_S, max(min(move.start for move in moves), sight.now + 300)),
        version=version,
        why=tuple(r for r in readings if not r.queue or r.below >= policy.certainty or r.fallen or kind == "spare"),
        moves=moves,
        effects=tuple(_effects(sight, ahead, after)),
        won=_band(paired),
        simulated=dict(zip(sight.names, more.sum(axis=2).mean(axis=0).tolist(), strict=True)),
        won_by_move=tuple(_alone(sight, made.curves, move) for move in moves),
        not_chosen=made.not_chosen,
        minutes_moved=moved,
        degraded=sight.degraded,
        method=made.choice.method,
        optimal=made.choice.optimal,
    )


def _doubt(futures: int, sd: float) -> Floats:
    """What is not known of how far a promise comes true, as a factor of each future: evenly spread normal values in an
    order of their own, mean 1, [futures]."""
    places = np.random.default_rng(futures).permutation(futures)
    scores = np.array([NormalDist().inv_cdf((place + 0.5) / futures) for place in places])
    return 1 + sd * scores


def _effects(sight: Sight, before: Projection, after: Projection) -> list[Effect]:
    found = []
    for number in (None, *range(len(sight.queues))):
        one, two = before.level(None, number), after.level(None, number)
        if not np.isnan(one).all():
            found.append(Effect("" if number is None else sight.names[number], _summary(one), _summary(two)))
    return found


def _summary(levels: Floats) -> tuple[float, float, float]:
    return _band(levels[~np.isnan(levels)])


def _band(values: Floats) -> tuple[float, float, float]:
    """Mean and 80 % band."""
    return float(values.mean()), *band(values)


def _alone(sight: Sight, curves: Curves, move: Move) -> float:
    return float((curves.at(added(sight, curves, move)) - curves.as_it_is).sum())


def _not_chosen(
    sight: Sight, curves: Curves, policy: Reallocation, moves: list[Move], choice: Choice
) -> dict[str, str]:
    """Why each move type that does not appear was left out."""
    taken = {move.type for move in choice.moves}
    refused = {kind for person in sight.people for kind in person.asked_not}
    found = {}
    for kind in MOVE_TYPES:
        mine = [move for move in moves if move.type == kind]
        if kind in taken:
            continue
        if not policy.of(kind).on:
            found[kind] = "off"
        elif kind == "lend" and not sight.by_roster:
            found[kind] = "answered"
        elif any(move.type == kind for move in choice.rejected):
            found[kind] = "rule"
        elif not mine:
            found[kind] = "refused" if kind in refused else "none"
        else:
            worth = max(_alone(sight, curves, move) - move.price for move in mine)
            found[kind] = "price" if worth <= 0 else "others"
    return found
