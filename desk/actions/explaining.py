"""Why is the roster as it is? A person's day, a wish, the gap to the bound, a hole in coverage."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from centre.errors import InputError, Problem
from centre.grid import aware, instant, local_day
from centre.roster_weights import RosterWeights
from centre.said import Said
from desk.actions.repairing import span_words
from desk.actions.requests import floor_around
from desk.actions.roster_problem import with_the_past
from desk.actions.rostered_days import no_roster
from desk.wiring import Place
from desk.wording import words as words_of
from desk.wording.words import Words
from scheduler.judging import Floor
from scheduler.why.alternatives import OFF, Alternative, Asked, Standing
from scheduler.why.closing import WORTH_TELLING, Way
from scheduler.why.gap import Gap, gap_of
from scheduler.why.hole import Hole, holes, look_into
from scheduler.why.one_more import Newcomers
from scheduler.why.wish import Resolved, with_it, without_it

SMALL = 0.005
"""Terms that change by less are not worth a word."""

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
            "stands": {"what": self.standing.what, **_times(self.standing.start, self.standing.end, self.zone)},
            "alternatives": [
                {
                    "what": row.what,
                    **_times(row.start, row.end, self.zone),
                    "legal": row.legal,
                    "cost": None if row.cost is None else round(row.cost, 4),
                    "by_term": _terms(row.by_term),
                    **_levels(row.by_term, self.weights),
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
            **_times(made.start, made.end, self.zone),
            "cost": round(made.cost, 4),
            "without_the_wish": round(made.as_it_is, 4),
            "by_term": _terms(made.by_term),
            **_levels(made.by_term, self.weights),
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
            broken = [
                said._("{rule}: {why}", rule=said.rule(found.rule), why=said.tell(found.message))
                for found in row.forbidden[:3]
            ]
            rules = said._("; ").join(broken)
            return said._("{what}: forbidden: {rules}", what=what, rules=rules)
        cost, terms = _cost(row.cost or 0.0, row.by_term, said, self.weights), row.by_term or {}
        return said._("{what}: {cost} ({terms})", what=what, cost=cost, terms=_term_words(terms, said, self.weights))

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
            what=what, cost=_cost(made.cost, made.by_term, said, self.weights),
            terms=_term_words(made.by_term or {}, said, self.weights),
        )  # fmt: skip
        yield said._(
            "The same search without it changes the roster's cost by {cost}.", cost=_signed(made.as_it_is, said)
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
            "cost_by_term": _terms(gap.cost_by_term),
            **_levels(gap.cost_by_term, self.weights),
            "coverage_by_day": {
                day.isoformat(): round(part, 4) for day, part in zip(self.days, gap.coverage_by_day, strict=True)
            },
            "people": {name: round(part, 4) for name, part in gap.people},
            "left_out": _terms(gap.left_out),
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
        yield said._("Cost by term: {terms}", terms=_term_words(gap.cost_by_term, said, self.weights, False))
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


@dataclass(frozen=True)
class ExplainedHoles:
    """Holes in coverage and what holds them open."""

    day: date
    holes: tuple[Hole, ...]
    zone: str
    weights: RosterWeights = field(default_factory=RosterWeights)

    def summary(self) -> dict[str, Any]:
        """For --json."""
        return {"day": self.day.isoformat(), "holes": [self._hole(hole) for hole in self.holes]}

    def _hole(self, hole: Hole) -> dict[str, Any]:
        return {
            "queue": hole.queue,
            **_times(hole.start, hole.end, self.zone),
            "worst": aware(hole.worst, self.zone).isoformat(),
            "short": round(hole.short, 2),
            "hours": round(hole.hours, 2),
            "pooled_hours": round(hole.pooled, 2),
            "there": hole.there,
            "kept_away": {rule: list(names) for rule, names in hole.kept_away.items()},
            "could": [
                {"agent": name, "shift": kind, **_times(start, end, self.zone), "cost": round(cost, 4)}
                for name, kind, start, end, cost in hole.could
            ],
            "ways": [self._way(way) for way in hole.ways],
            "one_more": [
                {
                    "contract": row.contract,
                    "shift": row.example[0],
                    **_times(row.example[1], row.example[2], self.zone),
                    "closes_hours": round(row.in_hole, 2),
                    "saves_hours": round(row.saved_hours, 2),
                    "cost": round(row.cost, 4),
                    "shifts": dict(row.shifts),
                }
                for row in hole.closing
            ],
        }

    def _way(self, way: Way) -> dict[str, Any]:
        return {
            "agent": way.agent,
            "shift": way.shift,
            **_times(way.start, way.end, self.zone),
            "instead": way.instead,
            "closes_hours": round(way.in_hole, 2),
            "saves_hours": round(way.saved_hours, 2),
            "cost": round(way.cost, 4),
            "by_term": _terms(way.by_term),
            **_levels(way.by_term, self.weights),
            "other_days": way.moved,
            "breaks": [
                {"rule": found.rule, "day": found.day.isoformat(), "message": found.message} for found in way.breaks
            ],
        }

    def words(self, language: str) -> Iterable[str]:
        """For people."""
        said = words_of(language)
        if not self.holes:
            yield said._("Nobody is missing on {day}.", day=said.day(self.day))
        for hole in self.holes:
            yield from self._words(hole, said)

    def _words(self, hole: Hole, said: Words) -> Iterable[str]:
        yield said._(
            "{queue} {span}: up to {short} agents short, {hours} agent-hours; at its worst at {worst}:",
            queue=hole.queue, span=span_words(hole.start, hole.end, said, self.zone),
            short=said.number(hole.short, 1), hours=said.number(hole.hours, 1),
            worst=f"{aware(hole.worst, self.zone):%H:%M}",
        )  # fmt: skip
        if hole.pooled < WORTH_TELLING:
            yield said._("  nobody is missing: only that people answer one queue at a time holds it open")
        for what, count in sorted(hole.there.items(), key=lambda row: -row[1]):
            yield f"  {count} " + (said.term("there", what) if what in THERE else said.activity(what))
        for rule, names in hole.kept_away.items():
            shown = said.listing(names[:6]) + (" ..." if len(names) > 6 else "")
            reason = said.term("kept", rule) if rule in KEPT else said.rule(rule)
            yield said._("  {count} kept away: {rule} ({people})", count=len(names), rule=reason, people=shown)
        for name, kind, start, end, cost in hole.could[:5]:
            yield said._(
                "  {agent} could: {shift} {span} would cost {cost}",
                agent=name, shift=kind, span=span_words(start, end, said, self.zone), cost=_signed(cost, said),
            )  # fmt: skip
        for against, head in (
            (False, said._("  Without touching a rule, somebody's own week made anew:")),
            (True, said._("  On top of somebody's week, if a rule gives way:")),
        ):
            some = [way for way in hole.ways if bool(way.breaks) == against]
            yield from [head, *(self._way_words(way, said) for way in some)] if some else []
        for row in hole.closing:
            yield said._(
                "  One more {contract} with {shift} {span}: {figures}",
                contract=row.contract, shift=row.example[0],
                span=span_words(row.example[1], row.example[2], said, self.zone),
                figures=_closes(_signed(row.cost, said), row.in_hole, row.saved_hours, said),
            )  # fmt: skip

    def _way_words(self, way: Way, said: Words) -> str:
        figures = _closes(_cost(way.cost, way.by_term, said, self.weights), way.in_hole, way.saved_hours, said)
        span = span_words(way.start, way.end, said, self.zone)
        what = {"agent": way.agent, "shift": way.shift, "span": span, "figures": figures}
        if way.breaks:
            rules = [f"{said.rule(found.rule)}: {said.tell(found.message)}" for found in way.breaks]
            return said._("    {agent}: {shift} {span}: {figures}; against {rules}", rules=said.listing(rules), **what)
        if way.instead == OFF:
            return said._("    {agent}: {shift} {span} on a day off: {figures}", **what) + self._moved(way, said)
        return said._(
            "    {agent}: {shift} {span} instead of {instead}: {figures}", instead=way.instead, **what
        ) + self._moved(way, said)

    @staticmethod
    def _moved(way: Way, said: Words) -> str:
        if not way.moved:
            return ""
        count = len(way.moved)
        return said.ngettext("; {count} other day of theirs changes", "; {count} other days of theirs change", count)


THERE = ("here", "other queue", "pause")
KEPT = ("on duty at another time", "shifts")


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
    floor = _floor(place, day)
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
    floor = _floor(place, day or _newest(place))
    return ExplainedGap(gap_of(floor, seconds, workers), tuple(floor.problem.horizon), place.policy.roster)


def explain_hole(
    place: Place, day: date, minute: int | None, queue: str, most: int = 3, *, seed: int = 0, workers: int = 2
) -> ExplainedHoles:
    """The holes of a day (or the one that holds a local minute), the worst first, and what would close them.

    Raises
    ------
    InputError : an unknown queue, or no roster is published for that day.
    """
    if queue and queue not in place.site.queues:
        raise InputError(
            [Problem("queues.toml", "queue", queue, Said("one of {names}", names=list(place.site.queues)))]
        )
    floor = _floor(place, day)
    number = (day - floor.problem.horizon.first_day).days
    found = holes(floor, number, minute, queue)[:most]
    if not found:
        return ExplainedHoles(day, (), place.site.settings.zone)
    asked, newcomers = Asked(floor, seed, workers), Newcomers(floor, [name for name, *_ in found], seed, workers)
    told = tuple(look_into(floor, *hole, asked, newcomers) for hole in found)
    return ExplainedHoles(day, told, place.site.settings.zone, place.policy.roster)


def _floor(place: Place, day: date) -> Floor:
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


def _times(start: int | None, end: int | None, zone: str) -> dict[str, str | None]:
    return {
        "start": None if start is None else aware(start, zone).isoformat(),
        "end": None if end is None else aware(end, zone).isoformat(),
    }


def _terms(by_term: Mapping[str, float] | None) -> dict[str, float] | None:
    return None if by_term is None else {name: round(value, 4) for name, value in by_term.items()}


def _levels(by_term: Mapping[str, float] | None, weights: RosterWeights) -> dict[str, Any]:
    """For --json where the policy has levels: the terms level by level, each by its own price."""
    if not weights.levels:
        return {}
    return {"levels": None if by_term is None else [_terms(level) for level in weights.by_level(by_term)]}


def _cost(cost: float, by_term: Mapping[str, float] | None, said: Words, weights: RosterWeights) -> str:
    """A cost in words; where the policy has levels, what the first level that it touches costs by its own prices."""
    for number, level in enumerate(weights.by_level(by_term or {}), 1):
        part = sum(level.values())
        if abs(part) >= SMALL:
            return said._("{cost} on level {number}", cost=_signed(part, said), number=number)
    return _signed(cost, said)


def _term_words(by_term: Mapping[str, float], said: Words, weights: RosterWeights, signed: bool = True) -> str:
    """The terms that matter, each by its own price: the first level first, in it the largest."""
    own = [(weights.level_of(name), name, weights.own(name, value)) for name, value in by_term.items()]
    ranked = sorted((row for row in own if abs(row[2]) >= SMALL), key=lambda row: (row[0], -abs(row[2])))
    some = [(name, value) for _, name, value in ranked]
    return said.listing(
        [
            f"{said.term('cost', name)} {_signed(value, said) if signed else said.number(value, 1)}"
            for name, value in some
        ]
    ) or said._("nothing changes")


def _closes(cost: str, part: float, everywhere: float, said: Words) -> str:
    return said._(
        "{cost}, closes {part} of these hours ({all} over the whole roster)",
        cost=cost, part=said.number(part, 1), all=said.number(everywhere, 1),
    )  # fmt: skip


def _signed(value: float, said: Words) -> str:
    return ("+" if value >= 0 else "") + said.number(value, 2)
