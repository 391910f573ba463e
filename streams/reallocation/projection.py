"""What service to expect: the floor simulated from where it stands, on the same contacts for every staffing.

The backlog is carried: who waits now is served first, and an overload does not vanish at the end of an interval.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.simulate import Contacts, Floor, draw_contacts, simulate
from forecasts.simulate.contacts import Manners
from forecasts.simulate.kernel import ANSWERED
from streams.reallocation.sight import BLOCK, STEP_S, Floats, Ints, Sight

HANDLE_DEVIATION = 0.75
"""Coefficient of variation of handle times: lognormal, as measured on real centres (Brown et al. 2005)."""

CONTACTS_IN_ALL = 24_000
"""Contacts simulated for one projection: small floors are repeated often, large ones are steady in themselves."""

FEWEST, MOST = 8, 24


@dataclass(frozen=True)
class Projection:
    """What became of the contacts that arrive in each block, by repetition.

    Attributes
    ----------
    offered, in_time : [repetitions, queues, blocks].
    """

    offered: Floats
    in_time: Floats

    def level(self, blocks: int | None = None, queue: int | None = None) -> Floats:
        """Service level of the first blocks, [repetitions]; of one queue or of all together. NaN without contacts."""
        part = (slice(None), slice(None) if queue is None else slice(queue, queue + 1), slice(blocks))
        offered = self.offered[part].sum(axis=(1, 2))
        levels: Floats = np.divide(
            self.in_time[part].sum(axis=(1, 2)), offered, out=np.full(len(offered), np.nan), where=offered > 0
        )
        return levels

    def by_queue(self) -> Floats:
        """Expected contacts in time of each queue, [queues]."""
        found: Floats = self.in_time.sum(axis=2).mean(axis=0)
        return found

    def total(self) -> float:
        """Expected contacts in time, all queues and blocks together."""
        return float(self.in_time.sum(axis=(1, 2)).mean())


@dataclass(frozen=True)
class Draws:
    """The futures that every staffing is tried on: contacts, and who comes, of each repetition.

    Attributes
    ----------
    contacts : of each repetition.
    there : whether each person is there, [repetitions, people].
    real : for each repetition, which contacts are new (not those that were waiting or being handled).
    """

    contacts: tuple[Contacts, ...]
    there: NDArray[np.bool_]
    real: tuple[NDArray[np.bool_], ...]

    def first(self, count: int) -> "Draws":
        """The first so many futures."""
        return Draws(self.contacts[:count], self.there[:count], self.real[:count])


def draw(sight: Sight, seed: int, repetitions: int | None = None) -> Draws:
    """Draw futures for a sight; the same seed gives the same ones."""
    wanted = int(np.clip(CONTACTS_IN_ALL / max(sight.volume.sum(), 1), FEWEST, MOST))
    count = repetitions or wanted
    chances = np.array([person.chance for person in sight.people])
    borders = borders_of(sight)
    contacts, real, there = [], [], []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        level = _level(rng, sight.volume_sd) * _level(rng, np.array([sight.common_sd]))
        new = draw_contacts(
            sight.volume * level[:, None],
            borders,
            sight.aht_s * _level(rng, np.array([sight.aht_sd])),
            [queue.patience_s for queue in sight.queues],
            rng,
            Manners(handle_deviation=HANDLE_DEVIATION),
        )
        old = already_there(sight, rng)
        contacts.append(joined(old, new))
        real.append(np.arange(old.arrival.size + new.arrival.size) >= old.arrival.size)
        there.append(rng.random(len(chances)) < chances)
    return Draws(tuple(contacts), np.array(there, dtype=bool).reshape(count, len(chances)), tuple(real))


def _level(rng: np.random.Generator, sd: Floats) -> Floats:
    """A level that is not known: lognormal with mean 1."""
    found: Floats = np.exp(rng.standard_normal(len(sd)) * sd - sd**2 / 2)
    return found


def borders_of(sight: Sight) -> Floats:
    """Borders of the steps, in seconds from the first, [steps + 1]."""
    return np.arange(sight.steps + 1, dtype=np.float64) * STEP_S


def project(sight: Sight, draws: Draws, rows: Ints | None = None, extra: Ints | None = None) -> Projection:
    """Let the drawn contacts meet the people.

    Parameters
    ----------
    rows : the group of each person in each step (`Sight.rows` by default).
    extra : agents of each group more (or fewer) in every step, [groups].
    """
    rows = sight.rows if rows is None else rows
    floor = _floor(sight)
    blocks = -(-sight.steps // BLOCK)
    offered = np.zeros((len(draws.contacts), len(sight.queues), blocks))
    in_time = np.zeros_like(offered)
    limits = np.array([queue.within_s for queue in sight.queues], dtype=np.float64)
    for number, contacts in enumerate(draws.contacts):
        staff = staff_of(sight, rows[draws.there[number]])
        if extra is not None:
            staff = np.maximum(staff + extra[:, None], 0)
        run = simulate(floor, staff, borders_of(sight), contacts)
        new = draws.real[number]
        queue, block = run.queue[new], np.minimum((run.arrival[new] // (STEP_S * BLOCK)).astype(np.int64), blocks - 1)
        met = (run.outcome[new] == ANSWERED) & (run.wait_s[new] <= limits[queue])
        place = queue * blocks + block
        size = len(sight.queues) * blocks
        offered[number] = np.bincount(place, minlength=size).reshape(-1, blocks)
        in_time[number] = np.bincount(place, weights=met, minlength=size).reshape(-1, blocks)
    return Projection(offered, in_time)


def staff_of(sight: Sight, rows: Ints) -> Ints:
    """Agents of each group in each step, [groups, steps]."""
    groups, steps = len(sight.groups), sight.steps
    people, step = np.nonzero(rows >= 0)
    flat = np.bincount(rows[people, step] * steps + step, minlength=groups * steps)
    return flat.reshape(groups, steps).astype(np.int64)


def _floor(sight: Sight) -> Floor:
    number = {name: place for place, name in enumerate(sight.names)}
    return Floor(
        skills=tuple(tuple(number[name] for name in group) for group in sight.groups),
        queues=len(sight.queues),
        priority=tuple(queue.priority for queue in sight.queues),
        speed=sight.speed,
    )


def already_there(sight: Sight, rng: np.random.Generator) -> Contacts:
    """Those being handled (what is left of their time), then those who wait."""
    handled, waiting = (
        np.repeat(np.arange(len(sight.queues)), sight.busy),
        np.repeat(np.arange(len(sight.queues)), sight.waiting),
    )
    aht = sight.aht_s[:, 0] if sight.steps else np.ones(len(sight.queues))
    mean_rest = (1 + HANDLE_DEVIATION**2) / 2
    rest = rng.exponential(aht[handled] * mean_rest)
    patience = np.array([queue.patience_s or np.inf for queue in sight.queues])
    unit = rng.exponential(1.0, waiting.size)
    return Contacts(
        np.zeros(handled.size + waiting.size),
        np.concatenate([handled, waiting]).astype(np.int64),
        np.concatenate([rest, rng.exponential(aht[waiting])]),
        np.concatenate([np.full(handled.size, np.inf), unit * patience[waiting]]),
    )


def joined(old: Contacts, new: Contacts) -> Contacts:
    return Contacts(
        np.concatenate([old.arrival, new.arrival]),
        np.concatenate([old.queue, new.queue]),
        np.concatenate([old.handle_s, new.handle_s]),
        np.concatenate([old.patience_s, new.patience_s]),
    )
