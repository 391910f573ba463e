"""What goes wrong on a rehearsed day: a small TOML file, validated.

name = "a quarter more calls"
[[volume]]
queue = ""                # "" is every queue
from = "10:00"
to = "12:00"
factor = 1.25
[[handle_time]]           # queue, from, to, factor
[[outage]]                # queue, from, to; returns, within_minutes: who calls again afterwards
[absent]
share = 0.10              # of those on duty, besides the usual absences
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from pydantic import Field, ValidationError, model_validator

from centre.errors import InputError, Problem
from centre.library_words import pydantic_words, said_by
from centre.queues import Queue
from centre.said import Said
from centre.words import FROM_FILE, Clock, Shape, Share, WrongKey
from streams.rehearsal.contacts import Arrivals, Demand, arrivals
from streams.rehearsal.people import Duty, Person


class Stretch(Shape):
    """A queue ("" every one) over a part of the day, local times."""

    queue: str = ""
    begin: Clock = Field(0, alias="from")
    end: Clock = Field(1440, alias="to")

    @model_validator(mode="after")
    def _ordered(self) -> "Stretch":
        if self.begin >= self.end:
            raise WrongKey("from", Said("before to"))
        return self


class Factor(Stretch):
    """So many times as many contacts, or as long a handle time."""

    factor: float = Field(ge=0, le=10)


class Outage(Stretch):
    """Nobody gets through to a queue; afterwards some try again."""

    returns: Share = 0.6
    within_minutes: int = Field(30, ge=1)


class Absent(Shape):
    """Who does not come besides the usual: a share of those on duty."""

    share: Share


class Disruption(Shape):
    """Everything that goes wrong on a day; nothing by default."""

    name: str = "undisturbed"
    note: str = ""
    volume: tuple[Factor, ...] = ()
    handle_time: tuple[Factor, ...] = ()
    outage: tuple[Outage, ...] = ()
    absent: Absent = Absent(share=0.0)


UNDISTURBED = Disruption()

MORE = 1_000_003
"""How far from a day's seed that of the contacts lies that come besides."""


def read_disruption(text: str, file: str, queues: frozenset[str], largest: str = "") -> Disruption:
    """A disruption from the text of its file.

    Parameters
    ----------
    largest : the queue that stands for the word "largest", for files that fit any site.

    Raises
    ------
    InputError : with all problems, when it is not TOML, a key or value is wrong, or a queue is not one of the site's.
    """
    try:
        given = tomllib.loads(text.replace('queue = "largest"', f'queue = "{largest}"') if largest else text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([Problem(file, Said("file"), said_by(error), Said("a TOML file"))]) from None
    try:
        made = Disruption.model_validate(given, context=FROM_FILE)
    except ValidationError as error:
        rows = [(".".join(map(str, e["loc"])), e) for e in error.errors()]
        raise InputError(
            [Problem(file, where or Said("file"), repr(e.get("input"))[:60], pydantic_words(e)) for where, e in rows]
        ) from None
    parts = [*made.volume, *made.handle_time, *made.outage]
    strangers = sorted({part.queue for part in parts} - queues - {""})
    if strangers:
        raise InputError(
            [Problem(file, "queue", name, Said("one of {names}", names=sorted(queues))) for name in strangers]
        )
    return made


def disturbed(contacts: Arrivals, more: Arrivals, disruption: Disruption, midnight: int, seed: int) -> Arrivals:
    """A queue's contacts as they come when all this goes wrong.

    Parameters
    ----------
    more : as many contacts again, drawn apart, of which those are taken who come besides; those that come anyway stay
        the same, so that runs can be compared.
    midnight : start of the local day, UTC seconds.
    """
    rng = np.random.default_rng([seed, 31, *contacts.queue.encode()])
    for part in disruption.volume:
        if part.queue in ("", contacts.queue):
            contacts = _scaled(contacts, more, part, midnight, rng)
    for part in disruption.handle_time:
        if part.queue in ("", contacts.queue):
            factor = np.where(_inside(contacts.at, part, midnight), part.factor, 1.0)
            contacts = replace(contacts, talk_s=contacts.talk_s * factor, wrap_s=contacts.wrap_s * factor)
    for out in disruption.outage:
        if out.queue in ("", contacts.queue):
            contacts = _cut_off(contacts, out, midnight, rng)
    return contacts


def disturbed_contacts(
    queues: Mapping[str, Queue],
    demand: Demand,
    window: tuple[int, int],
    seed: int,
    busier: float,
    disruption: Disruption,
    recorded: Callable[[str, int], Arrivals] | None = None,
) -> list[Arrivals]:
    """The contacts of every queue over [start, end), UTC seconds, as they come when all this goes wrong."""
    found = []
    for name in demand.queues:
        usual = recorded(name, seed) if recorded else arrivals(queues[name], demand, window, seed, busier)
        more = arrivals(queues[name], demand, window, seed + MORE, busier)
        found.append(disturbed(usual, more, disruption, window[0], seed))
    return found


def stay_away(people: list[Person], disruption: Disruption, seed: int) -> list[Person]:
    """The people, with those away who are absent besides the usual."""
    rng = np.random.default_rng([seed, 41])
    on_duty = [p for p in people if any(s.queue for duty in p.duties for s in duty.intent.duty)]
    count = round(disruption.absent.share * len(on_duty))
    gone = {on_duty[int(place)].name for place in rng.permutation(len(on_duty))[:count]}
    for person in people:
        if person.name in gone:
            person.duties = [Duty(replace(duty.intent, absent=True)) for duty in person.duties]
    return people


def _inside(at: np.ndarray, part: Stretch, midnight: int) -> np.ndarray:
    found: np.ndarray = (at >= midnight + part.begin * 60) & (at < midnight + part.end * 60)
    return found


def _scaled(contacts: Arrivals, more: Arrivals, part: Factor, midnight: int, rng: np.random.Generator) -> Arrivals:
    if part.factor <= 1:
        gone = _inside(contacts.at, part, midnight) & (rng.random(len(contacts.at)) >= part.factor)
        return _some(contacts, ~gone)
    found, left = contacts, part.factor - 1
    inside = _inside(more.at, part, midnight)
    while left > 1e-9:
        found = _together(found, _some(more, inside & (rng.random(len(more.at)) < left)))
        left -= 1
    return found


def _cut_off(contacts: Arrivals, out: Outage, midnight: int, rng: np.random.Generator) -> Arrivals:
    hit = _inside(contacts.at, out, midnight)
    again = hit & (rng.random(len(contacts.at)) < out.returns)
    back = _some(contacts, again)
    end = midnight + out.end * 60
    back = replace(back, at=end + rng.random(len(back.at)) * out.within_minutes * 60)
    return _together(_some(contacts, ~hit), back)


def _some(contacts: Arrivals, keep: np.ndarray) -> Arrivals:
    return Arrivals(
        contacts.queue, contacts.at[keep], contacts.talk_s[keep], contacts.wrap_s[keep], contacts.patience_s[keep]
    )


def _together(one: Arrivals, two: Arrivals) -> Arrivals:
    at = np.concatenate([one.at, two.at])
    order = np.argsort(at, kind="stable")

    def both(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        joined: np.ndarray = np.concatenate([a, b])[order]
        return joined

    return Arrivals(
        one.queue,
        at[order],
        both(one.talk_s, two.talk_s),
        both(one.wrap_s, two.wrap_s),
        both(one.patience_s, two.patience_s),
    )
