"""What contradicts in the hard input, the remedies ranked, and applying one to the planner's files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from centre.errors import ContradictionError, InputError
from centre.grid import Horizon
from centre.requirement import Requirement
from centre.said import Said
from centre.site import Site
from desk.actions.kept import with_agreements
from desk.actions.roster_problem import problem_of
from desk.wiring import Place, with_approved
from desk.wording import words as words_of
from desk.wording.words import Words
from scheduler.explain import Contradiction, Remedy, contradictions
from scheduler.problem import Problem
from scheduler.remedies import Change, change
from store.lock import site_lock
from store.site_folder import read_site
from store.site_folder.editing import apply_to_folder


@dataclass(frozen=True)
class Way:
    """One way out of one contradiction: its number, what changes, its price; None where it cannot be applied."""

    number: int
    text: str
    price: float
    change: Change | None

    @property
    def told(self) -> Said:
        """The way on a line."""
        if self.change is None:
            return Said("(by hand) {way}", way=self.text)
        return Said("{number}. {way}", number=self.number, way=self.text)

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "number": self.number, "change": self.text, "price": self.price, "applies": self.change is not None,
        }  # fmt: skip


Clashes = tuple[tuple[Contradiction, tuple[Way, ...]], ...]


@dataclass(frozen=True)
class Relaxed:
    """The contradictions that stand, with the ways out of each, cheapest first; which were applied to which files."""

    clashes: Clashes
    applied: tuple[Way, ...] = ()
    files: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {
            "contradictions": [
                {
                    "agent": clash.agent,
                    "contract": clash.contract,
                    "conflict": clash.texts,
                    "ways": [way.to_json() for way in ways],
                }
                for clash, ways in self.clashes
            ],
            "applied": [way.number for way in self.applied],
            "changes": [way.text for way in self.applied],
            "files": list(self.files),
        }

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        for way in self.applied:
            yield said._("Applied {number}: {change}", number=way.number, change=said.tell(way.text))
        if self.files:
            yield said._("Changed: {files}", files=said.listing(self.files))
        if not self.clashes:
            yield said._("Nothing contradicts any more.") if self.applied else said._("Nothing contradicts.")
        for clash, ways in self.clashes:
            yield from _words(clash, ways, said)
        if any(way.change for _, ways in self.clashes for way in ways):
            yield said._("Apply one to the files with --apply NUMBER.")


def _words(clash: Contradiction, ways: Sequence[Way], said: Words) -> Iterable[str]:
    if clash.contract:
        yield said._("Contract {contract}: these cannot all hold, for anybody:", contract=clash.contract)
    else:
        yield said._("Agent {agent}: these cannot all hold:", agent=clash.agent)
    for text in clash.texts:
        yield f"  - {said.tell(text)}"
    yield said._("Any one of these resolves it:")
    for way in ways:
        yield f"  {said.tell(way.told)}"


def relax(place: Place, days: Horizon, apply: Sequence[int] = ()) -> Relaxed:
    """List what contradicts over some days; apply the ways of these numbers to the site's files, all or none.

    What is left after that is looked for anew.

    Raises
    ------
    InputError : a number that is no way, or one that cannot be written into the files.
    """
    found = _found(place, days)
    ways = {way.number: way for _, some in found for way in some if way.change}
    wrong = [number for number in apply if number not in ways]
    if wrong:
        good = list(map(str, ways)) or Said("none")
        raise InputError(
            Said("--apply {wrong}: no such way; the numbers that can be applied: {good}", wrong=wrong[0], good=good)
        )
    if not apply:
        return Relaxed(found)
    applied = tuple(ways[number] for number in dict.fromkeys(apply))
    with site_lock(place.folder):
        before = read_site(place.folder)
        after = before
        for way in applied:
            assert way.change is not None
            after = _merged(after, place.site, way.change.site)
        files = apply_to_folder(place.folder, before, after)
    eased = replace(place, site=read_site(place.folder))
    return Relaxed(_found(replace(eased, site=with_approved(eased)), days), applied, tuple(files))


def consistent(place: Place, days: Horizon) -> Place:
    """The place with what was agreed about some days fixed, unless that contradicts what the files say now.

    The files hold against what was agreed, and are told of where they contradict themselves.

    Raises
    ------
    ContradictionError : they do; with the ways out as `relax` numbers them.
    """
    agreed = replace(place, site=with_agreements(place, days))
    if not contradictions(_problem(agreed, days), people=1):
        return agreed
    found = _found(place, days)
    if not found:
        return place
    remedies = [way.told for _, ways in found for way in ways]
    advice = Said(
        "`paiban relax {site} --from {day} --weeks {weeks} --apply NUMBER` writes one into the files.",
        site=place.folder, day=days.first_day.isoformat(), weeks=-(-days.days // 7),
    )  # fmt: skip
    raise ContradictionError([str(clash) for clash, _ in found], remedies, advice)


def _found(place: Place, days: Horizon) -> Clashes:
    problem, written = _problem(place, days), read_site(place.folder)
    found, number = [], 0
    for clash in contradictions(problem):
        ways = []
        for remedy in clash.remedies:
            elsewhere = not _written(remedy, written)
            made = None if elsewhere else change(problem, clash, remedy)
            number += made is not None
            text = made.text if made else clash.way(remedy.text)
            if elsewhere:
                text = Said("{way} (approved or told elsewhere: take it back there)", way=text)
            ways.append(Way(number if made else 0, text, remedy.price, made))
        found.append((clash, tuple(ways)))
    return tuple(found)


def _problem(place: Place, days: Horizon) -> Problem:
    return problem_of(place, days, Requirement.nothing(days, tuple(place.site.queues)))


def _written(remedy: Remedy, site: Site) -> bool:
    """Whether the rows of a remedy, if it has any, stand in the files."""
    return all(row in site.leave or row in site.fixed or row in site.presence for row in remedy.statement.rows)


def _merged(site: Site, read: Site, made: Site) -> Site:
    """A site with one more change: what the change takes from or gives to the site as it was read."""
    gone = [
        row
        for was, now in ((read.leave, made.leave), (read.fixed, made.fixed), (read.presence, made.presence))
        for row in set(was) - set(now)
    ]
    changed = {name: own for name, own in made.contracts.items() if read.contracts.get(name) != own}
    moved = {
        name: site.agents[name].model_copy(update={"contract": agent.contract})
        for name, agent in made.agents.items()
        if agent.contract != read.agents[name].contract
    }
    return replace(
        site,
        leave=tuple(row for row in site.leave if row not in gone),
        fixed=tuple(row for row in site.fixed if row not in gone),
        presence=tuple(row for row in site.presence if row not in gone),
        contracts={**site.contracts, **changed},
        agents={**site.agents, **moved},
    )
