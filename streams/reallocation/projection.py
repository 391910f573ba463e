"""What service to expect: the floor simulated from where it stands, on the same contacts for every staffing.

The backlog is carried: who waits now is served first, and an overload does not vanish at the end of an interval.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forecasts.simulate import Contacts, Floor, Futures, draw_contacts, simulate_futures
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

    @cached_property
    def futures(self) -> Futures:
        """The contacts of all repetitions end to end."""
        return Futures.of(self.contacts)

    @cached_property
    def new(self) -> NDArray[np.bool_]:
        """Which of these are new, [contacts of all repetitions]."""
        return np.concatenate([np.empty(0, np.bool_), *self.real])


def draw(sight: Sight, seed: int, repetitions: int | None = None) -> Draws:
    """Draw futures for a sight; the same seed gives the same ones."""
    wanted = int(np.clip(CONTACTS_IN_ALL / max(sight.volume.sum(), 1), FEWEST, MOST))
    count = repetitions or wanted
    chances = np.array([person.chance for person in sight.people])
    borders, backlog, patience = borders_of(sight), Backlog.of(sight), [queue.patience_s for queue in sight.queues]
    manners = Manners(handle_deviation=HANDLE_DEVIATION)
    deviations = np.array([*sight.volume_sd, sight.common_sd, sight.aht_sd])
    contacts, real, there = [], [], []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        level = _level(rng, deviations)
        volume = sight.volume * (level[:-2] * level[-2])[:, None]
        new = draw_contacts(volume, borders, sight.aht_s * level[-1], patience, rng, manners)
        old = backlog.draw(rng)
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
    staff = staff_of(sight, sight.rows if rows is None else rows, draws.there)
    if extra is not None:
        staff = np.maximum(staff + extra[:, None], 0)
    futures, new = draws.futures, draws.new
    outcome, wait_s = simulate_futures(_floor(sight), staff, borders_of(sight), futures)
    limits = np.array([queue.within_s for queue in sight.queues], dtype=np.float64)
    queue = futures.queue[new]
    met = (outcome[new] == ANSWERED) & (wait_s[new] <= limits[queue])
    blocks = -(-sight.steps // BLOCK)
    block = np.minimum((futures.arrival[new] // (STEP_S * BLOCK)).astype(np.int64), blocks - 1)
    shape = (len(draws.contacts), len(sight.queues), blocks)
    place = (futures.future[new] * shape[1] + queue) * blocks + block
    size = shape[0] * shape[1] * blocks
    return Projection(
        np.bincount(place, minlength=size).reshape(shape).astype(np.float64),
        np.bincount(place, weights=met, minlength=size).reshape(shape).astype(np.float64),
    )


def staff_of(sight: Sight, rows: Ints, there: NDArray[np.bool_]) -> Ints:
    """Agents of each group in each step, with those who are there in each future, [futures, groups, steps].

    Parameters
    ----------
    rows : the group of each person in each step, -1 for none, [people, steps].
    there : [futures, people].
    """
    groups, steps = len(sight.groups), sight.steps
    people, step = np.nonzero(rows >= 0)
    among = np.zeros((len(rows), groups, steps))
    among[people, rows[people, step], step] = 1.0
    counted = there.astype(np.float64) @ among.reshape(len(rows), groups * steps)
    return np.rint(counted).astype(np.int64).reshape(len(there), groups, steps)


def _floor(sight: Sight) -> Floor:
    number = {name: place for place, name in enumerate(sight.names)}
    return Floor(
        skills=tuple(tuple(number[name] for name in group) for group in sight.groups),
        queues=len(sight.queues),
        priority=tuple(queue.priority for queue in sight.queues),
        speed=sight.speed,
    )


@dataclass(frozen=True)
class Backlog:
    """Those being handled (what is left of their time), then those who wait.

    Attributes
    ----------
    queue : number of the queue of each, the handled first, [contacts].
    rest_s : mean of what is left of the handled, [handled].
    handle_s, patience_s : mean handle time and patience of those who wait, [waiting].
    """

    queue: Ints
    rest_s: Floats
    handle_s: Floats
    patience_s: Floats

    @classmethod
    def of(cls, sight: Sight) -> "Backlog":
        """What a sight says of it."""
        queues = np.arange(len(sight.queues))
        handled, waiting = np.repeat(queues, sight.busy), np.repeat(queues, sight.waiting)
        aht = sight.aht_s[:, 0] if sight.steps else np.ones(len(queues))
        patience = np.array([queue.patience_s or np.inf for queue in sight.queues])
        mean_rest = (1 + HANDLE_DEVIATION**2) / 2
        both = np.concatenate([handled, waiting]).astype(np.int64)
        return cls(both, aht[handled] * mean_rest, aht[waiting], patience[waiting])

    def draw(self, rng: np.random.Generator) -> Contacts:
        """Draw their times."""
        handled, waiting = self.rest_s.size, self.handle_s.size
        rest, unit = rng.standard_exponential(handled) * self.rest_s, rng.standard_exponential(waiting)
        handle = rng.standard_exponential(waiting) * self.handle_s
        return Contacts(
            np.zeros(handled + waiting),
            self.queue,
            np.concatenate([rest, handle]),
            np.concatenate([np.full(handled, np.inf), unit * self.patience_s]),
        )


def joined(old: Contacts, new: Contacts) -> Contacts:
    return Contacts(
        np.concatenate([old.arrival, new.arrival]),
        np.concatenate([old.queue, new.queue]),
        np.concatenate([old.handle_s, new.handle_s]),
        np.concatenate([old.patience_s, new.patience_s]),
    )
