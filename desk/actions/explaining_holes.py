"""What holds a hole in coverage open, and what would close it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from centre.errors import InputError, Problem
from centre.grid import aware
from centre.roster_weights import RosterWeights
from centre.said import Said
from desk.actions.explained_costs import cost_words, levels_row, rule_words, signed, terms_row, times
from desk.actions.explaining import floor_on
from desk.actions.repairing import span_words
from desk.wiring import Place
from desk.wording import words as words_of
from desk.wording.words import Words
from scheduler.why.alternatives import OFF, Asked
from scheduler.why.closing import WORTH_TELLING, Way
from scheduler.why.hole import Hole, holes, look_into
from scheduler.why.one_more import Newcomers

THERE = ("here", "other queue", "pause")
KEPT = ("on duty at another time", "shifts")


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
            **times(hole.start, hole.end, self.zone),
            "worst": aware(hole.worst, self.zone).isoformat(),
            "short": round(hole.short, 2),
            "hours": round(hole.hours, 2),
            "pooled_hours": round(hole.pooled, 2),
            "there": hole.there,
            "kept_away": {rule: list(names) for rule, names in hole.kept_away.items()},
            "could": [
                {"agent": name, "shift": kind, **times(start, end, self.zone), "cost": round(cost, 4)}
                for name, kind, start, end, cost in hole.could
            ],
            "ways": [self._way(way) for way in hole.ways],
            "one_more": [
                {
                    "contract": row.contract,
                    "shift": row.example[0],
                    **times(row.example[1], row.example[2], self.zone),
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
            **times(way.start, way.end, self.zone),
            "instead": way.instead,
            "closes_hours": round(way.in_hole, 2),
            "saves_hours": round(way.saved_hours, 2),
            "cost": round(way.cost, 4),
            "by_term": terms_row(way.by_term),
            **levels_row(way.by_term, self.weights),
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
                agent=name, shift=kind, span=span_words(start, end, said, self.zone), cost=signed(cost, said),
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
                figures=_closes(signed(row.cost, said), row.in_hole, row.saved_hours, said),
            )  # fmt: skip

    def _way_words(self, way: Way, said: Words) -> str:
        figures = _closes(cost_words(way.cost, way.by_term, said, self.weights), way.in_hole, way.saved_hours, said)
        span = span_words(way.start, way.end, said, self.zone)
        what = {"agent": way.agent, "shift": way.shift, "span": span, "figures": figures}
        if way.breaks:
            rules = rule_words(way.breaks, said)
            return said._("    {agent}: {shift} {span}: {figures}; against {rules}", rules=rules, **what)
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
    floor = floor_on(place, day)
    number = (day - floor.problem.horizon.first_day).days
    found = holes(floor, number, minute, queue)[:most]
    if not found:
        return ExplainedHoles(day, (), place.site.settings.zone)
    asked, newcomers = Asked(floor, seed, workers), Newcomers(floor, [name for name, *_ in found], seed, workers)
    told = tuple(look_into(floor, *hole, asked, newcomers) for hole in found)
    return ExplainedHoles(day, told, place.site.settings.zone, place.policy.roster)


def _closes(cost: str, part: float, everywhere: float, said: Words) -> str:
    return said._(
        "{cost}, closes {part} of these hours ({all} over the whole roster)",
        cost=cost, part=said.number(part, 1), all=said.number(everywhere, 1),
    )  # fmt: skip
