"""The floor as somebody would see it who knows what will happen: the bound of what the same choice can reach."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from forecasts.simulate import Contacts
from streams.reallocation.projection import Backlog, Draws, joined
from streams.reallocation.propose import Futures
from streams.reallocation.sight import STEP_S, Floats, Present, Sight
from streams.rehearsal.contacts import Arrivals
from streams.rehearsal.people import Person

if TYPE_CHECKING:
    from streams.rehearsal.closed_loop import Setting

TRIES, SHAKE_S = 8, 20.0
"""How often the known future is tried, and by how many seconds contacts come earlier or later in each."""

SMOOTH = 3
"""Steps over which real arrivals are averaged: a quarter of an hour."""


@dataclass(frozen=True)
class Truth:
    """What will really happen.

    Attributes
    ----------
    begin : start of the day, UTC seconds.
    volume, aht_s : real contacts and handle time of each step of the day, by queue, [steps].
    come : when everybody comes, UTC seconds; None: not at all.
    contacts : every contact of the day, by queue.
    """

    begin: int
    volume: dict[str, Floats]
    aht_s: dict[str, Floats]
    come: dict[str, int | None]
    contacts: dict[str, Arrivals]


def truth(contacts: Sequence[Arrivals], setting: "Setting", people: Sequence[Person]) -> Truth:
    """What was drawn for a day."""
    begin, end = setting.window
    steps = (end - begin) // STEP_S
    volume, aht = {}, {}
    around = np.ones(SMOOTH) / SMOOTH
    for arrivals in contacts:
        place = np.clip((arrivals.at - begin) // STEP_S, 0, steps - 1).astype(np.int64)
        count = np.bincount(place, minlength=steps).astype(np.float64)
        handle = np.bincount(place, weights=arrivals.talk_s + arrivals.wrap_s, minlength=steps)
        wide = np.ones(4 * SMOOTH)
        smooth, seen = np.convolve(handle, wide, mode="same"), np.convolve(count, wide, mode="same")
        volume[arrivals.queue] = np.convolve(count, around, mode="same")
        usual = setting.site.queues[arrivals.queue].aht_s
        aht[arrivals.queue] = (smooth + 5 * usual) / (seen + 5)
    come: dict[str, int | None] = {}
    for person in people:
        come[person.name] = None if all(d.intent.absent for d in person.duties) else person.duties[0].intent.come
    return Truth(begin, volume, aht, come, {arrivals.queue: arrivals for arrivals in contacts})


def known_futures(known: Truth) -> Futures:
    """The contacts that will really come, in place of drawn ones: only who answers whom is open, so each is tried with
    a few seconds to and fro."""

    def futures(sight: Sight, seed: int) -> Draws:
        drawn, there, real = [], [], []
        chances, backlog = np.array([person.chance for person in sight.people]), Backlog.of(sight)
        for number in range(TRIES):
            rng = np.random.default_rng([seed, number])
            new, old = _to_come(sight, known, rng), backlog.draw(rng)
            drawn.append(joined(old, new))
            real.append(np.arange(old.arrival.size + new.arrival.size) >= old.arrival.size)
            there.append(rng.random(len(chances)) < chances)
        return Draws(tuple(drawn), np.array(there, dtype=bool).reshape(TRIES, len(chances)), tuple(real))

    return futures


def _to_come(sight: Sight, known: Truth, rng: np.random.Generator) -> Contacts:
    at, queue, handle, patience = [], [], [], []
    for number, name in enumerate(sight.names):
        mine = known.contacts.get(name)
        if mine is None:
            continue
        inside = (mine.at >= sight.now) & (mine.at < sight.end)
        at.append(mine.at[inside] - sight.begin + rng.uniform(-SHAKE_S, SHAKE_S, int(inside.sum())))
        queue.append(np.full(int(inside.sum()), number))
        handle.append((mine.talk_s + mine.wrap_s)[inside])
        patience.append(mine.patience_s[inside])
    if not at:
        return Contacts.of(np.empty(0), np.empty(0, dtype=np.int64), np.empty(0))
    when = np.clip(np.concatenate(at), 0.0, sight.end - sight.begin - 1.0)
    return Contacts.of(when, np.concatenate(queue), np.concatenate(handle), np.concatenate(patience))


def clairvoyant_sight(sight: Sight, known: Truth) -> Sight:
    """A sight with what is expected replaced by what will be."""
    first = (sight.begin - known.begin) // STEP_S
    volume, aht = sight.volume.copy(), sight.aht_s.copy()
    for number, name in enumerate(sight.names):
        if name in known.volume:
            part = known.volume[name][first : first + sight.steps]
            volume[number, : len(part)] = part
            aht[number, : len(part)] = known.aht_s[name][first : first + sight.steps]
    people = tuple(_known(person, known, sight.now) for person in sight.people)
    return replace(
        sight,
        volume=volume,
        aht_s=aht,
        volume_sd=np.full(len(sight.queues), 0.01),
        common_sd=0.0,
        aht_sd=0.0,
        people=people,
    )


def _known(person: Present, known: Truth, now: int) -> Present:
    comes = known.come.get(person.agent, 0)
    if comes is None:
        return replace(person, chance=0.0, from_s=now + 10**8, out="absent")
    return replace(person, chance=1.0, from_s=max(person.from_s, comes if comes > now else 0))
