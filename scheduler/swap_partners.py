"""Who could swap with whom, best first: shifts against pay-backs, and rings of three and more across days.

Cheap tests on whole lines come first (same day free, role, skills, the month's count, rest); only the best of what is
left goes through the verdict, so that the answer is there within a second also among a thousand people.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from centre.grid import local_day
from centre.policy import Policy
from centre.requests import Handing, SwapRequest
from scheduler.checks import Duty, Line
from scheduler.judging import Floor
from scheduler.swap import Registered, swap_holds, unlike

MOST_CHECKED = 150
"""So many of the best candidates of a way go through the checks at most."""

WIDTH = (60, 24, 10)
"""How many of the nearest shifts are followed at each link of a ring."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A swap that breaks no rule, and how far apart its shifts lie, in days (the less the better)."""

    hands: tuple[Handing, ...]
    days_apart: int

    @property
    def partners(self) -> tuple[str, ...]:
        """The others, in the order of the ring."""
        return tuple(hand.taker for hand in self.hands[: max(1, len(self.hands) - 1)])


def who_could_swap(
    agent: str,
    start: int,
    at: int,
    floor: Floor,
    policy: Policy,
    holidays: Collection[object] = frozenset(),
    register: Sequence[Registered] = (),
    most: int = 10,
) -> list[Offer]:
    """Legal swaps for a person's shift, best first: two-way ones, then rings of three and more.

    Cheap tests on whole lines first (same day free, role, skills, month's count); the best of what is left goes
    through the verdict one by one until enough are found.
    """
    duty = floor.duty(agent, start)
    if duty is None:
        return []
    day = local_day(start, floor.zone)
    counts: dict[str, int] = {}
    for entry in register:
        first = local_day(entry.hands[0].start, floor.zone)
        if (first.year, first.month) == (day.year, day.month):
            for name in entry.people():
                counts[name] = counts.get(name, 0) + 1
    limit = policy.swap.per_month or 1_000_000
    if counts.get(agent, 0) >= limit:
        return []
    free = {name: line for name, line in floor.lines.items() if counts.get(name, 0) < limit and line.duties}
    sizes = range(3, policy.swap.largest_ring + 1)
    rings = [_rings(size, floor.lines[agent], duty, at, free, policy) for size in sizes]
    ways = [_pairs(agent, duty, at, free, floor, policy), *rings]
    offers: list[Offer] = []
    for way in ways:
        for candidate in islice(way, MOST_CHECKED):
            if len(offers) == most:
                return offers
            request = SwapRequest(agent=agent, hands=candidate.hands, at=at)
            if swap_holds(request, floor, policy, holidays, register):
                offers.append(candidate)
    return offers


def _pairs(agent: str, duty: Duty, at: int, lines: Mapping[str, Line], floor: Floor, policy: Policy) -> Iterator[Offer]:
    mine = floor.lines[agent]
    takers = [
        line for name, line in lines.items() if name != agent and not unlike(mine.agent, line.agent, duty, policy)
    ]
    pairs: list[tuple[int, str, int]] = []
    for line in takers:
        for back in line.duties:
            same = (back.start, back.end) == (duty.start, duty.end)
            if back.start <= at or same or (back.day != duty.day and back.day in mine.worked):
                continue
            if (
                _takes(mine, back, duty)
                and _takes(line, duty, back)
                and not unlike(line.agent, mine.agent, back, policy)
            ):
                pairs.append((abs(back.day - duty.day), line.agent.agent, back.start))
    pairs.sort()
    for apart, name, start in pairs:
        hands = (Handing(giver=agent, taker=name, start=duty.start), Handing(giver=name, taker=agent, start=start))
        yield Offer(hands, apart)


def pairs_for(agent: str, duty: Duty, at: int, floor: Floor, policy: Policy) -> Iterator[Offer]:
    """Two-way swaps of a person's duty that pass the cheap tests, the nearest first."""
    return _pairs(agent, duty, at, {name: line for name, line in floor.lines.items() if line.duties}, floor, policy)


def _takes(line: Line, duty: Duty, given: Duty | None) -> bool:
    """A cheap test: the day is free (or gets free with `given`), the shift is the contract's, rest is kept."""
    if not line.known(duty.day) or duty.day in line.leave_days:
        return False
    names = line.contract.shifts
    if duty.shift is not None and names and duty.shift.name not in names:
        return False
    rest = max(line.contract.rest_minutes, 1) * 60
    for held in line.duties:
        if given is not None and held.start == given.start:
            continue
        if held.day == duty.day or (held.start < duty.end + rest and duty.start - rest < held.end):
            return False
    return True


def _rings(size: int, mine: Line, duty: Duty, at: int, lines: Mapping[str, Line], policy: Policy) -> Iterator[Offer]:
    """Rings of so many people: each gives a shift to the next, the last one gives me his; the nearest shifts first.

    Whoever works on the day of the shift he takes gives the one of that day; whoever is free then gives one of another
    day. A ring in which everybody would keep the same hours is none.
    """
    me = mine.agent.agent
    back = [
        (line, held)
        for line, held in _nearest(duty, at, lines)
        if line.agent.agent != me and _takes(mine, held, duty) and not unlike(line.agent, mine.agent, held, policy)
    ][: WIDTH[0]]
    known: dict[tuple[str, int], list[tuple[Line, Duty]]] = {}

    def takers(giver: Line, given: Duty, width: int) -> list[tuple[Line, Duty]]:
        key = (giver.agent.agent, given.start)
        if key not in known:
            able = (
                (line, held)
                for line, held in _nearest(given, at, lines)
                if line.agent.agent not in (me, giver.agent.agent)
                and (held.start, held.end) != (given.start, given.end)
                and _takes(line, given, held)
                and not unlike(giver.agent, line.agent, given, policy)
            )
            known[key] = list(islice(able, width))
        return known[key]

    def follow(chain: list[tuple[Line, Duty]]) -> Iterator[list[tuple[Line, Duty]]]:
        giver, given = chain[-1]
        if len(chain) == size - 1:
            for line, held in back:
                if (
                    all(line is not other for other, _ in chain)
                    and (held.start, held.end) not in ((given.start, given.end), (duty.start, duty.end))
                    and _takes(line, given, held)
                    and not unlike(giver.agent, line.agent, given, policy)
                ):
                    yield [*chain, (line, held)]
            return
        for line, held in takers(giver, given, WIDTH[min(len(chain) - 1, len(WIDTH) - 1)]):
            if all(line is not other for other, _ in chain):
                yield from follow([*chain, (line, held)])

    found = (_offer(chain) for chain in islice(follow([(mine, duty)]), 4 * MOST_CHECKED))
    yield from sorted(found, key=lambda offer: (offer.days_apart, offer.partners))


def _nearest(duty: Duty, at: int, lines: Mapping[str, Line]) -> list[tuple[Line, Duty]]:
    """Everybody's shifts to come, those nearest to a shift's day first; with him who works that day, that one only."""
    found = [
        (abs(held.day - duty.day), name, held.start, line, held)
        for name, line in lines.items()
        for held in line.duties
        if held.start > at and (held.day == duty.day) == (duty.day in line.worked)
    ]
    found.sort(key=lambda row: row[:3])
    return [(line, held) for _, _, _, line, held in found]


def _offer(chain: Sequence[tuple[Line, Duty]]) -> Offer:
    ring = [*chain[1:], chain[0]]
    hands = tuple(
        Handing(giver=line.agent.agent, taker=taker.agent.agent, start=held.start)
        for (line, held), (taker, _) in zip(chain, ring, strict=True)
    )
    days = [held.day for _, held in chain]
    return Offer(hands, max(days) - min(days))
