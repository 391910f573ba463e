"""What the planner said about one person: leave, fixed rows, employment, the tail, and each key of the contract.

A statement can be taken back: that is how contradictions are made small and remedies are tried.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from centre.grid import aware, local_day
from centre.people import Contract
from centre.posts import Presence
from centre.roster import ON_DUTY, Roster, Segment
from centre.said import Said
from centre.site import Leave
from centre.words import clock_text
from scheduler.checks import view
from scheduler.frame import Bound, Person
from scheduler.framing import person_of
from scheduler.problem import Problem


@dataclass(frozen=True)
class Statement:
    """One thing that was said, in words, and the way to take it back.

    `what` is "leave", "fixed", "employment", "tail", "skills", "shifts" or another key of contracts.toml. Input is
    taken back from the problem; a key of the contract from the person's line.
    """

    what: str
    text: str
    rows: tuple[Segment | Leave | Presence, ...] = ()
    loosen: Callable[[Person], Person] | None = None


@dataclass(frozen=True)
class Case:
    """A problem cut down to one person."""

    problem: Problem
    agent: str

    @classmethod
    def of(cls, problem: Problem, agent: str) -> "Case":
        """Keep one person's input; the tail keeps its first day."""
        site = problem.site
        own = tuple(segment for segment in problem.previous.segments if segment.agent == agent)
        first = min((segment.start for segment in problem.previous.segments), default=None)
        mark = () if first is None else (Segment(agent, first, first + 1, "off"),)
        return cls(
            replace(
                problem,
                site=replace(
                    site,
                    agents={agent: site.agents[agent]},
                    leave=tuple(leave for leave in site.leave if leave.agent == agent),
                    fixed=tuple(row for row in site.fixed if row.agent == agent),
                    presence=tuple(row for row in site.presence if row.agent == agent),
                ),
                previous=Roster.of([*own, *mark]),
            ),
            agent,
        )

    def without(self, statements: tuple[Statement, ...]) -> Person:
        """The person's line with statements taken back."""
        any_shift = any(statement.what == "shifts" for statement in statements)
        person = self._person(self._problem(statements), any_shift)
        for statement in statements:
            if statement.loosen:
                person = statement.loosen(person)
        return person

    def _problem(self, statements: tuple[Statement, ...]) -> Problem:
        site, agent = self.problem.site, self.problem.site.agents[self.agent]
        gone = {row for statement in statements for row in statement.rows}
        said = {statement.what for statement in statements}
        if "employment" in said:
            agent = agent.model_copy(update={"hired": None, "left": None})
        if "skills" in said:
            agent = agent.model_copy(update={"skills": {**dict.fromkeys(site.queues, 1.0), **agent.skills}})
        contract = site.contracts[agent.contract]
        plain = {key: Contract.model_fields[key].get_default(call_default_factory=True) for key in said & RESET.keys()}
        own = contract.model_copy(update=plain)
        shifts = site.shifts
        if "not_followed_by" in said:
            shifts = {name: shift.model_copy(update={"not_followed_by": ()}) for name, shift in shifts.items()}
        kept = replace(
            site,
            contracts={**site.contracts, agent.contract: own},
            shifts=shifts,
            agents={self.agent: agent},
            leave=tuple(leave for leave in site.leave if leave not in gone),
            fixed=tuple(row for row in site.fixed if row not in gone),
            presence=tuple(row for row in site.presence if row not in gone),
        )
        previous = Roster(()) if "tail" in said else self.problem.previous
        return replace(self.problem, site=kept, previous=previous)

    @staticmethod
    def _person(problem: Problem, any_shift: bool) -> Person:
        rows = Roster.of(row for row in problem.site.fixed if row.activity not in ("leave", "off"))
        seen = view(rows, problem)
        return person_of(seen, seen.lines[0], any_shift)

    @cached_property
    def statements(self) -> list[Statement]:
        """Everything that may be at fault: contract first, what was said of single days last."""
        return [*self._contract(), *self._person_said(), *self._leave(), *self._presence(), *self._fixed()]

    def _contract(self) -> list[Statement]:
        site = self.problem.site
        contract = site.contracts[site.agents[self.agent].contract]
        name = contract.name
        shifts = Said("shifts {names}", names=list(contract.shifts or site.shifts))
        return [
            *(Statement(key, _of(name, words), (), loosen) for key, words, loosen in keys(contract)),
            *(
                Statement(key, _of(name, say(contract)))
                for key, say in RESET.items()
                if getattr(contract, key) != Contract.model_fields[key].get_default(call_default_factory=True)
            ),
            *(
                Statement(
                    "not_followed_by",
                    Said(
                        "shift {shift}: not followed by {others}",
                        shift=shift.name,
                        others=list(shift.not_followed_by),
                    ),
                )
                for shift in site.shifts.values()
                if shift.not_followed_by and shift.name in (contract.shifts or site.shifts)
            ),
            Statement("shifts", _of(name, shifts)),
        ]

    def _person_said(self) -> list[Statement]:
        agent = self.problem.site.agents[self.agent]
        found = []
        if any(segment.activity != "off" for segment in self.problem.previous.segments):
            last = max(segment.end for segment in self.problem.previous.segments if segment.activity != "off")
            found.append(Statement("tail", Said("the published roster up to {moment}", moment=self._moment(last))))
        if agent.hired or agent.left:
            words = [Said("hired {day}", day=day_words(agent.hired))] if agent.hired else []
            words += [Said("left {day}", day=day_words(agent.left))] if agent.left else []
            found.append(Statement("employment", Said("{words}", words=words)))
        if any(row.queue and row.queue not in agent.skills for row in self.problem.site.fixed):
            skills = sorted(agent.skills) or Said("none")
            found.append(Statement("skills", Said("skills: {skills}", skills=skills)))
        return found

    def _leave(self) -> list[Statement]:
        begin, end = self.problem.horizon.begin, self.problem.horizon.end
        near = [leave for leave in self.problem.site.leave if leave.end > begin - 7 * 86_400 and leave.start < end]
        return [
            Statement("leave", Said("leave {span}", span=self._span(leave.start, leave.end)), (leave,))
            for leave in near
        ]

    def _presence(self) -> list[Statement]:
        begin, end = self.problem.horizon.begin, self.problem.horizon.end
        rows = sorted(
            (row for row in self.problem.site.presence if begin <= row.start < end), key=lambda row: row.start
        )
        return [
            Statement("presence", Said("has to be there {span}", span=self._span(row.start, row.end)), (row,))
            for row in rows
        ]

    def _fixed(self) -> list[Statement]:
        begin, end = self.problem.horizon.begin, self.problem.horizon.end
        rows = sorted(row for row in self.problem.site.fixed if begin <= row.start < end)
        days: dict[date, list[Segment]] = {}
        found = []
        for row in rows:
            if row.activity in ON_DUTY:
                days.setdefault(self._duty_day(days, row), []).append(row)
            else:
                found.append(Statement("fixed", _fixed_words(row.activity, self._span(row.start, row.end)), (row,)))
        for of_day in days.values():
            works = any(row.activity == "work" for row in of_day)
            pieces = [of_day] if works else [[row] for row in of_day]
            for piece in pieces:
                what = "" if works else piece[0].activity
                span = self._span(piece[0].start, max(row.end for row in piece))
                found.append(Statement("fixed", _fixed_words(what, span), tuple(piece)))
        return found

    def _duty_day(self, days: dict[date, list[Segment]], row: Segment) -> date:
        """The day of a row: the day of the rows it goes on from, else its own."""
        before = next((day for day, rows in days.items() if rows[-1].end == row.start), None)
        return before or local_day(row.start, self.problem.horizon.zone)

    def _moment(self, second: int) -> str:
        at = aware(second, self.problem.horizon.zone)
        return Said("{day} {clock}", day=day_words(at.date()), clock=f"{at:%H:%M}")

    def _span(self, start: int, end: int) -> str:
        """A span in words: whole days as days, a span within a day as the day and its times."""
        zone = self.problem.horizon.zone
        first, last = aware(start, zone), aware(end, zone)
        if first.time() == last.time() == first.min.time():
            final = last.date() - timedelta(days=1)
            if final == first.date():
                return day_words(final)
            return Said("{first} to {last}", first=day_words(first.date()), last=day_words(final))
        if end - start <= 86_400:
            return Said("on {day} {span}", day=day_words(first.date()), span=f"{first:%H:%M}-{last:%H:%M}")
        return Said("{first} to {last}", first=self._moment(start), last=self._moment(end))


def day_words(day: date) -> str:
    """A day as people say it: 3 March 2026."""
    return Said("{day.day} {day:%B %Y}", day=day)


def _of(contract: str, words: str) -> Said:
    return Said("contract {contract}: {words}", contract=contract, words=words)


def _fixed_words(activity: str, span: str) -> Said:
    """A fixed row in words; no activity means a whole shift."""
    if not activity:
        return Said("fixed shift {span}", span=span)
    return Said("fixed {activity} {span}", activity=Said.term("activity", activity), span=span)


def _a_week(table: Mapping[str, int]) -> Said:
    told = [Said("at most {most} shifts {shift} a week", most=most, shift=shift) for shift, most in table.items()]
    return Said("{told}", told=told)


def _a_month(table: Mapping[str, int]) -> Said:
    told = [Said("at most {most} shifts {shift} a month", most=most, shift=shift) for shift, most in table.items()]
    return Said("{told}", told=told)


def _turns(contract: Contract) -> Said:
    turns = " -> ".join("/".join(turn) for turn in contract.rotation)
    if contract.rotation_every == "week":
        return Said("every week in turn {turns}", turns=turns)
    return Said("every day in turn {turns}", turns=turns)


RESET: Mapping[str, Callable[[Contract], str]] = {
    "forbidden_sequences": lambda c: Said(
        "never {sequences}", sequences="; ".join(", ".join(days) for days in c.forbidden_sequences)
    ),
    "rotation": _turns,
    "whole_weekends": lambda _: Said("weekends worked whole or not at all"),
    "days_off_in_a_row_per_week": lambda c: Said(
        "{days_off_in_a_row_per_week} days off in a row every week",
        days_off_in_a_row_per_week=c.days_off_in_a_row_per_week,
    ),
    "min_nights_in_a_row": lambda c: Said(
        "at least {min_nights_in_a_row} nights in a row", min_nights_in_a_row=c.min_nights_in_a_row
    ),
    "days_off_after_nights": lambda c: Said(
        "{days_off_after_nights} days off after nights", days_off_after_nights=c.days_off_after_nights
    ),
    "max_shifts_per_week": lambda c: _a_week(c.max_shifts_per_week),
    "max_shifts_per_month": lambda c: _a_month(c.max_shifts_per_month),
    "average_weeks": lambda c: Said(
        "at most {average_week_minutes} minutes a week over {average_weeks} weeks",
        average_week_minutes=c.average_week_minutes,
        average_weeks=c.average_weeks,
    ),
    "earliest_start": lambda c: Said(
        "no start before {earliest_start}", earliest_start=clock_text(c.earliest_start or 0)
    ),
    "latest_end": lambda c: Said("no end after {latest_end}", latest_end=clock_text(c.latest_end or 0)),
    "max_minutes_per_day": lambda c: Said(
        "at most {max_minutes_per_day} paid minutes a day", max_minutes_per_day=c.max_minutes_per_day
    ),
}
"""Keys of a contract that are taken back by setting them to what they are where nothing is said, in words."""


Key = tuple[str, str, Callable[[Person], Person]]


def keys(contract: Contract) -> list[Key]:
    """Each key of a contract that may be at fault: its name, its words, and a line without it."""
    low, high = contract.days_per_week
    found: list[Key] = [
        (
            "rest_minutes",
            Said("rest of at least {rest_minutes} minutes", rest_minutes=contract.rest_minutes),
            lambda p: replace(p, rest_s=0),
        ),
        (
            "rest_after_nights_minutes",
            Said(
                "rest of at least {rest_after_nights_minutes} minutes after nights",
                rest_after_nights_minutes=contract.rest_after_nights_minutes,
            ),
            lambda p: replace(p, rest_after_nights_s=0),
        ),
        (
            "max_nights_in_a_row",
            Said("at most {max_nights_in_a_row} nights in a row", max_nights_in_a_row=contract.max_nights_in_a_row),
            lambda p: replace(p, max_nights=None),
        ),
        (
            "max_consecutive_days",
            Said("at most {max_consecutive_days} days in a row", max_consecutive_days=contract.max_consecutive_days),
            lambda p: replace(p, max_run=None),
        ),
        (
            "min_consecutive_days",
            Said("at least {min_consecutive_days} days in a row", min_consecutive_days=contract.min_consecutive_days),
            lambda p: replace(p, min_run=1),
        ),
        (
            "min_consecutive_days_off",
            Said(
                "at least {min_consecutive_days_off} days off in a row",
                min_consecutive_days_off=contract.min_consecutive_days_off,
            ),
            lambda p: replace(p, min_off=1),
        ),
        (
            "weekends_off",
            Said("{weekends_off} whole weekends of four off", weekends_off=contract.weekends_off),
            lambda p: replace(p, free_weekends=0),
        ),
        (
            "start_spread_minutes",
            Said(
                "starts of a week at most {start_spread_minutes} minutes apart",
                start_spread_minutes=contract.start_spread_minutes,
            ),
            lambda p: replace(p, spread=None),
        ),
        ("days_per_week highest", Said("at most {high} days a week", high=high), _unbounded("week days", "highest")),
        ("days_per_week lowest", Said("at least {low} days a week", low=low), _unbounded("week days", "lowest")),
    ]
    for rule, (lowest, highest), most, least in (
        (
            "week",
            contract.week_minutes,
            Said("at most {minutes} paid minutes a week", minutes=contract.week_minutes[1]),
            Said("at least {minutes} paid minutes a week", minutes=contract.week_minutes[0]),
        ),
        (
            "month",
            contract.month_minutes,
            Said("at most {minutes} paid minutes a month", minutes=contract.month_minutes[1]),
            Said("at least {minutes} paid minutes a month", minutes=contract.month_minutes[0]),
        ),
    ):
        if (lowest, highest) != (0, 0):
            found.append((f"{rule}_minutes highest", most, _unbounded(f"{rule} minutes", "highest")))
            found.append((f"{rule}_minutes lowest", least, _unbounded(f"{rule} minutes", "lowest")))
    return found


def _unbounded(rule: str, side: str) -> Callable[[Person], Person]:
    def loosen(person: Person) -> Person:
        return replace(person, bounds=tuple(_open(bound, rule, side) for bound in person.bounds))

    return loosen


def _open(bound: Bound, rule: str, side: str) -> Bound:
    if bound.rule != rule:
        return bound
    return replace(bound, highest=None) if side == "highest" else replace(bound, lowest=None)
