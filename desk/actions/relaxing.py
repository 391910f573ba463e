"""What contradicts in the hard input, the remedies ranked, and applying one to the planner's files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from centre.errors import InputError
from centre.grid import Horizon
from centre.requirement import Requirement
from centre.said import Said
from centre.site import Site
from desk.actions.rostering import problem_of
from desk.wiring import Place
from desk.wording import words as words_of
from scheduler.explain import Contradiction, contradictions
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

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "number": self.number, "change": self.text, "price": self.price, "applies": self.change is not None,
        }  # fmt: skip


@dataclass(frozen=True)
class Relaxed:
    """The contradictions of a site with the ways out of each, cheapest first; which were applied to which files."""

    clashes: tuple[tuple[Contradiction, tuple[Way, ...]], ...]
    applied: tuple[int, ...] = ()
    files: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {
            "contradictions": [
                {
                    "agent": clash.agent,
                    "conflict": [statement.text for statement in clash.statements],
                    "ways": [
                        {
                            "number": way.number,
                            "change": way.text,
                            "price": way.price,
                            "applies": way.change is not None,
                        }
                        for way in ways
                    ],
                }
                for clash, ways in self.clashes
            ],
            "applied": list(self.applied),
            "files": list(self.files),
        }

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        if not self.clashes:
            yield said._("Nothing contradicts.")
        for clash, ways in self.clashes:
            yield said._("Agent {agent}: these cannot all hold:", agent=clash.agent)
            for statement in clash.statements:
                yield f"  - {said.tell(statement.text)}"
            yield said._("Any one of these resolves it:")
            for way in ways:
                how = said.tell(way.text)
                yield f"  {way.number}. {how}" if way.change else said._("  (by hand) {way}", way=how)
        if self.clashes and not self.applied:
            yield said._("Apply one to the files with --apply NUMBER.")
        for number in self.applied:
            yield said._("Applied {number}.", number=number)
        if self.files:
            yield said._("Changed: {files}", files=said.listing(self.files))


def relax(place: Place, days: Horizon, apply: Sequence[int] = ()) -> Relaxed:
    """List what contradicts over some days; apply the ways of these numbers to the site's files, all or none.

    Raises
    ------
    InputError : a number that is no way, or one that cannot be written into the files.
    """
    found = _found(place, days)
    ways = {way.number: (clash, way) for clash, some in found for way in some}
    wrong = [number for number in apply if number not in ways or ways[number][1].change is None]
    if wrong:
        good = ", ".join(str(number) for number, (_, way) in ways.items() if way.change) or "none"
        raise InputError(
            Said("--apply {wrong}: no such way; the numbers that can be applied: {good}", wrong=wrong[0], good=good)
        )
    if not apply:
        return Relaxed(found)
    with site_lock(place.folder):
        before = read_site(place.folder)
        after = before
        for number in apply:
            made = ways[number][1].change
            assert made is not None
            after = _merged(after, place, made)
        files = apply_to_folder(place.folder, before, after)
    return Relaxed(found, tuple(apply), tuple(files))


def _found(place: Place, days: Horizon) -> tuple[tuple[Contradiction, tuple[Way, ...]], ...]:
    nothing = Requirement.nothing(days, tuple(place.site.queues))
    problem: Problem = problem_of(place, days, nothing)
    found, number = [], 0
    for clash in contradictions(problem):
        ways = []
        for remedy in clash.remedies:
            made = change(problem, clash, remedy)
            number += made is not None
            ways.append(Way(number if made else 0, made.text if made else remedy.text, remedy.price, made))
        found.append((clash, tuple(ways)))
    return tuple(found)


def _merged(site: Site, place: Place, made: Change) -> Site:
    """A site with one more change: what the change takes from or gives to the site as it was read."""
    gone_leave = set(place.site.leave) - set(made.site.leave)
    gone_fixed = set(place.site.fixed) - set(made.site.fixed)
    eased = {
        name: agent for name, agent in made.site.agents.items() if agent.contract != place.site.agents[name].contract
    }
    contracts = {agent.contract: made.site.contracts[agent.contract] for agent in eased.values()}
    moved = {name: site.agents[name].model_copy(update={"contract": agent.contract}) for name, agent in eased.items()}
    return replace(
        site,
        leave=tuple(row for row in site.leave if row not in gone_leave),
        fixed=tuple(row for row in site.fixed if row not in gone_fixed),
        contracts={**site.contracts, **contracts},
        agents={**site.agents, **moved},
    )
