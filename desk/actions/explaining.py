"""Why is the roster as it is? A person's day, a wish, the gap to the bound."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from centre.errors import InputError, Problem
from centre.grid import instant, local_day
from centre.roster_weights import RosterWeights
from centre.said import Said
from desk.actions.explained_costs import cost_words, levels_row, rule_words, signed, term_words, terms_row, times
from desk.actions.repairing import span_words
from desk.actions.requests import floor_around
from desk.actions.roster_problem import with_the_past
from desk.actions.rostered_days import no_roster
from desk.wiring import Place
from desk.wording import words as words_of
from desk.wording.words import Words
from scheduler.judging import Floor
from scheduler.why.alternatives import OFF, Alternative, Asked, Standing
from scheduler.why.gap import Gap, gap_of
from scheduler.why.wish import Resolved, with_it, without_it

MOST_PEOPLE = 10


@dataclass(frozen=True)
class ExplainedDay:
    """What stands on a person's day, what else could, and the roster searched again without it (or with a wish)."""

    agent: str
    day: date
    standing: Standing
    alternatives: tuple[Alternative, ...]
    resolved: Resolved | None
    wish: str
    zone: str
    weights: RosterWeights = field(default_factory=RosterWeights)

    def summary(self) -> dict[str, Any]:
        """For --json. Costs are in hours of one agent short."""
        return {
            "agent": self.agent,
            "day": self.day.isoformat(),
            "stands": {"what": self.standing.what, **times(self.standing.start, self.standing.end, self.zone)},
            "alternatives": [
                {
                    "what": row.what,
                    **times(row.start, row.end, self.zone),
                    "legal": row.legal,
                    "cost": None if row.cost is None else round(row.cost, 4),
                    "by_term": terms_row(row.by_term),
                    **levels_row(row.by_term, self.weights),
                    "forbidden": [
                        {"rule": found.rule, "day": found.day.isoformat(), "message": found.message}
                        for found in row.forbidden
                    ],
                    "not_offered": row.why,
                }
                for row in self.alternatives
            ],
            "wish": self.wish,
            "resolved": None if self.resolved is None else self._resolved(self.resolved),
        }

    def _resolved(self, made: Resolved) -> dict[str, Any]:
        if made.impossible is not None:
            return {"possible": False, "conflict": [str(clash) for clash in made.impossible]}
        return {
            "possible": True,
            "what": made.what,
            **times(made.start, made.end, self.zone),
            "cost": round(made.cost, 4),
            "without_the_wish": round(made.as_it_is, 4),
            "by_term": terms_row(made.by_term),
            **levels_row(made.by_term, self.weights),
            "others": sorted({name for name, _ in made.others}),
        }

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        what = _what(self.standing.what, self.standing.start, self.standing.end, said, self.zone)
        yield said._("{agent} on {day}: {what}", agent=self.agent, day=said.day(self.day), what=what)
        yield said._("Instead, with everybody else as they are (cost in hours of one agent short):")
        for row in self.alternatives:
            yield "  " + self._alternative(row, said)
        if self.resolved is not None:
            yield from self._again(self.resolved, said)

    def _alternative(self, row: Alternative, said: Words) -> str:
        what = _what(row.what, row.start, row.end, said, self.zone)
        if row.why:
            return said._("{what}: not offered ({why})", what=what, why=said.term("offer", row.why))
        if row.forbidden:
            rules = rule_words(row.forbidden[:3], said)
            return said._("{what}: forbidden: {rules}", what=what, rules=rules)
        cost, terms = cost_words(row.cost or 0.0, row.by_term, said, self.weights), row.by_term or {}
        return said._("{what}: {cost} ({terms})", what=what, cost=cost, terms=term_words(terms, said, self.weights))

    def _again(self, made: Resolved, said: Words) -> Iterable[str]:
        if made.impossible is not None:
            yield said._("With that wish {agent} has no legal line in that week:", agent=self.agent)
            for clash in made.impossible:
                for statement in clash.statements:
                    yield f"  - {said.tell(statement.text)}"
            if not made.impossible:
                yield "  - " + said._("the published days around the week stand against it")
            return
        what = _what(made.what, made.start, made.end, said, self.zone)
        people = sorted({name for name, _ in made.others})
        yield said._(
            "Searched again, everybody adapting: {what}, {cost} against the published roster ({terms}).",
            what=what, cost=cost_words(made.cost, made.by_term, said, self.weights),
            terms=term_words(made.by_term or {}, said, self.weights),
        )  # fmt: skip
        yield said._(
            "The same search without it changes the roster's cost by {cost}.", cost=signed(made.as_it_is, said)
        )
        if people:
            shown = said.listing(people[:MOST_PEOPLE]) + (" ..." if len(people) > MOST_PEOPLE else "")
            yield said._("Others whose duties would change: {people}", people=shown)


@dataclass(frozen=True)
class ExplainedGap:
    """Where the bound leaves room."""

    gap: Gap
    days: tuple[date, ...]
    weights: RosterWeights = field(default_factory=RosterWeights)

    def summary(self) -> dict[str, Any]:
        """For --json."""
        gap = self.gap
        return {
            "objective": round(gap.objective, 4),
            "bound": round(gap.bound, 4),
            "gap": round(max(0.0, gap.objective - gap.bound) / gap.objective, 6) if gap.objective > 0 else 0.0,
            "cost_by_term": terms_row(gap.cost_by_term),
            **levels_row(gap.cost_by_term, self.weights),
            "coverage_by_day": {
                day.isoformat(): round(part, 4) for day, part in zip(self.days, gap.coverage_by_day, strict=True)
            },
            "people": {name: round(part, 4) for name, part in gap.people},
            "left_out": terms_row(gap.left_out),
            "open": round(gap.open, 4),
            "rounds": gap.rounds,
        }

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said, gap = words_of(language), self.gap
        room = gap.objective - gap.bound
        yield said._(
            "Cost {objective}, bound {bound}: {gap} between them is not proved to be necessary.",
            objective=said.number(gap.objective, 1), bound=said.number(gap.bound, 1), gap=said.number(room, 1),
        )  # fmt: skip
        yield said._("Cost by term: {terms}", terms=term_words(gap.cost_by_term, said, self.weights, False))
        coverage, lines = sum(gap.coverage_by_day), sum(part for _, part in gap.people)
        yield said._("The gap is made of")
        yield "  " + said._("coverage dearer than its price supports: {part}", part=said.number(coverage, 1))
        for day, part in sorted(zip(self.days, gap.coverage_by_day, strict=True), key=lambda row: -row[1])[:7]:
            yield f"    {said.day(day)} {said.weekday(day)}  {said.number(part, 2)}"
        yield "  " + said._("lines dearer than the person's cheapest: {part}", part=said.number(lines, 1))
        for name, part in gap.people[:7]:
            yield f"    {name}  {said.number(part, 2)}"
        for term, part in gap.left_out.items():
            yield "  " + said._(
                "{term}, which the bound knows nothing of: {part}",
                term=said.term("cost", term), part=said.number(part, 1),
            )  # fmt: skip


def explain_day(
    place: Place, agent: str, day: date, why_not: str = "", *, seed: int = 0, workers: int = 2
) -> ExplainedDay:
    """Why a person has what stands on a day, and what the best roster without it (or with `why_not`) costs.

    Raises
    ------
    InputError : an unknown agent or shift, or no roster is published for that day.
    """
    if agent not in place.site.agents:
        raise InputError([Problem("agents.csv", "agent", agent, Said("somebody of agents.csv"))])
    if why_not and why_not != OFF and why_not not in place.site.shifts:
        raise InputError(
            [
                Problem(
                    "--why-not",
                    Said("value"),
                    why_not,
                    Said("off, or one of {names}", names=list(place.site.shifts)),
                )
            ]
        )
    floor = floor_on(place, day)
    number = (day - floor.problem.horizon.first_day).days
    asked = Asked(floor, seed, workers)
    standing, found = asked.standing(agent, number), asked.alternatives(agent, number)
    resolved = None
    if why_not:
        found = [row for row in found if row.what == why_not]
        if why_not != standing.what and not any(row.why for row in found):
            resolved = with_it(floor, agent, number, why_not, seed, workers)
    elif standing.what not in ("leave", "fixed"):
        resolved = without_it(floor, agent, number, standing.what, seed, workers)
    zone = place.site.settings.zone
    return ExplainedDay(agent, day, standing, tuple(found), resolved, why_not, zone, place.policy.roster)


def explain_gap(place: Place, day: date | None, seconds: float, workers: int = 2) -> ExplainedGap:
    """Where the bound leaves room in the published roster of a day (by default the newest).

    Raises
    ------
    InputError : no roster is published for that day.
    """
    floor = floor_on(place, day or _newest(place))
    return ExplainedGap(gap_of(floor, seconds, workers), tuple(floor.problem.horizon), place.policy.roster)


def floor_on(place: Place, day: date) -> Floor:
    """What is published about a day, with the past, at the prices a roster is made by.

    Raises
    ------
    InputError : nothing is published for it.
    """
    zone = place.site.settings.zone
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    if not place.plans.published_parts(begin, end):
        raise no_roster(place, day)
    floor = floor_around(place, begin, end)
    problem = with_the_past(place, floor.problem)
    leveled = problem.policy.model_copy(update={"roster": place.policy.roster.leveled()})
    return Floor(replace(problem, policy=leveled), floor.roster)


def _newest(place: Place) -> date:
    roster = place.plans.latest_published()
    if not roster.segments:
        raise InputError(Said("no roster is published: make one with `paiban roster`"))
    return local_day(roster.segments[0].start, place.site.settings.zone)


def _what(what: str, start: int | None, end: int | None, said: Words, zone: str) -> str:
    name = said.activity(what) if what in (OFF, "leave") else what
    return name if start is None or end is None else f"{name} {span_words(start, end, said, zone)}"
