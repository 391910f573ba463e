"""Read each person's duties off the segments of the roster and the previous one."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from centre.people import Agent
from centre.roster import IN_ORDER, ON_DUTY, PAID_WORK, Roster, Segment
from scheduler.checks.calendar import Calendar
from scheduler.checks.catalogue import PAUSES, Catalogue
from scheduler.checks.line import Duty, Line, View
from scheduler.problem import Problem

Spans = list[tuple[int, int]]


def view(roster: Roster, problem: Problem) -> View:
    """Read a roster."""
    site, horizon = problem.site, problem.horizon
    calendar = Calendar(horizon, site.settings.week_starts)
    catalogue = Catalogue(site, calendar)
    earlier = problem.previous.by_agent()
    now = roster.by_agent()
    first_known = min((calendar.day_of(segment.start) for segment in problem.previous.segments), default=0)
    reader = _Reader(problem, catalogue, min(first_known, 0))
    lines = tuple(reader.line(agent, now.get(name, ()), earlier.get(name, ())) for name, agent in site.agents.items())
    return View(problem, calendar, catalogue, lines, tuple(sorted(set(now) - set(site.agents))))


class _Reader:
    """Holds what is the same for everybody while lines are read one by one."""

    def __init__(self, problem: Problem, catalogue: Catalogue, first_known: int) -> None:
        self.problem, self.catalogue, self.calendar = problem, catalogue, catalogue.calendar
        self.first_known = first_known
        self.leave: dict[str, Spans] = {}
        self.off: dict[str, set[int]] = {}
        # Leave of another year is no concern of this horizon's calendar.
        first, last = self.calendar.midnights[0], self.calendar.midnights[-2]
        for leave in problem.site.leave:
            if leave.start < last and leave.end > first:
                self.leave.setdefault(leave.agent, []).append((max(first, leave.start), min(last, leave.end)))
                off = ((day - problem.horizon.first_day).days for day in leave.off)
                self.off.setdefault(leave.agent, set()).update(off)
        begin, end = problem.horizon.begin, problem.horizon.end
        self.fixed = Roster.of(row for row in problem.site.fixed if begin <= row.start < end).by_agent()

    def line(self, agent: Agent, now: tuple[Segment, ...], earlier: tuple[Segment, ...]) -> Line:
        contract = self.problem.site.contracts[agent.contract]
        fixed = self.fixed.get(agent.agent, ())
        granted = [(row.start, row.end) for row in (*fixed, *earlier) if row.activity == "leave"]
        leave = joined([*self.leave.get(agent.agent, []), *granted])
        leave_days = self.whole_days(agent, leave)
        begin = self.problem.horizon.begin
        before = {*self.tail(earlier, leave_days), *(segment for segment in now if segment.start < begin)}
        segments = tuple(sorted({*before, *now}, key=IN_ORDER))
        known = (tuple(leave), leave_days, fixed, self.first_known, frozenset(self.off.get(agent.agent, ())))
        line = Line(agent, contract, self.calendar, segments, (), *known)
        return replace(line, duties=self.duties(line, before))

    def tail(self, earlier: tuple[Segment, ...], leave_days: frozenset[int]) -> Collection[Segment]:
        """The previous roster's segments that began before the horizon, and the rest of duties that did."""
        begin = self.problem.horizon.begin
        kept = {segment for segment in earlier if segment.start < begin}
        for run in self.runs(earlier, leave_days):
            if run[0].start < begin:
                kept.update(run)
        return kept

    def whole_days(self, agent: Agent, leave: Spans) -> frozenset[int]:
        days: set[int] = set()
        for start, end in leave:
            first = max(self.calendar.day_of(start - 1) + 1, self.first_known)
            last = min(self.calendar.day_of(end), self.calendar.horizon.days)
            days.update(day for day in range(first, last) if agent.employed(self.calendar.date(day)))
        return frozenset(days)

    def runs(self, segments: Iterable[Segment], leave_days: frozenset[int]) -> list[list[Segment]]:
        """Unbroken runs of segments that lie inside a shift; runs of nothing but leave are none."""
        runs: list[list[Segment]] = []
        end = None
        for segment in self.inside_shifts(segments, leave_days):
            if end is None or segment.start > end:
                runs.append([])
                end = segment.end
            runs[-1].append(segment)
            end = max(end, segment.end)
        return [run for run in runs if any(segment.activity in ON_DUTY for segment in run)]

    def inside_shifts(self, segments: Iterable[Segment], leave_days: frozenset[int]) -> Iterator[Segment]:
        """The segments a duty may consist of; leave without what covers leave days."""
        for segment in segments:
            if segment.activity in ON_DUTY:
                yield segment
            elif segment.activity == "leave":
                for day in range(self.calendar.day_of(segment.start), self.calendar.day_of(segment.end - 1) + 1):
                    start, end = self.calendar.midnight(day), self.calendar.midnight(day + 1)
                    if day not in leave_days:
                        yield replace(segment, start=max(start, segment.start), end=min(end, segment.end))

    def duties(self, line: Line, before: Collection[Segment]) -> tuple[Duty, ...]:
        fixed = dict(self.fixed_spans(line))
        duties: list[Duty] = []
        joining: dict[int, list[Segment]] = {}
        parts = sorted(before), [segment for segment in line.segments if segment not in before]
        for run in (run for part in parts for run in self.runs(part, line.leave_days)):
            day = self.calendar.day_of(run[0].start)
            if day >= self.calendar.horizon.days:
                continue
            whole = fixed.get(day)
            if whole and run[0].start < whole[1] and run[-1].end > whole[0]:
                joining.setdefault(day, []).extend(run)
            else:
                duties.append(self.duty(line, day, run, False))
        duties += [self.duty(line, day, run, True) for day, run in joining.items()]
        duties += self.on_call(line)
        return tuple(sorted(duties, key=lambda duty: duty.start))

    def on_call(self, line: Line) -> list[Duty]:
        """Standby that is a shift of the contract, each segment by itself; fixed standby is none, it stands beside."""
        shifts = [shift for shift in self.catalogue.shifts(line.contract) if shift.on_call]
        found = []
        for segment in line.segments if shifts else ():
            if segment.activity == "standby" and segment not in line.fixed:
                day = self.calendar.day_of(segment.start)
                for shift in shifts:
                    if self.catalogue.frames(shift, day, segment.start, segment.end):
                        wall = self.calendar.wall_minutes(segment.start)
                        paid = shift.paid_minutes((segment.end - segment.start) // 60)
                        times = (day, segment.start, segment.end, wall, paid)
                        found.append(Duty(*times, shift.night, shift, False, (segment,)))
                        break
        return found

    def fixed_spans(self, line: Line) -> list[tuple[int, tuple[int, int]]]:
        """Day and span of each duty that fixed rows are the whole of."""
        days: dict[int, list[Segment]] = {}
        for run in self.runs(line.fixed, line.leave_days):
            days.setdefault(self.calendar.day_of(run[0].start), []).extend(run)
        return [
            (day, (min(row.start for row in rows), max(row.end for row in rows)))
            for day, rows in days.items()
            if any(row.activity == "work" for row in rows)
        ]

    def duty(self, line: Line, day: int, run: list[Segment], fixed: bool) -> Duty:
        start, end = span(run)
        pauses = [segment for segment in run if segment.activity in PAUSES]
        core = (start, end)
        shift = self.catalogue.fit(line.contract, day, start, end, pauses)
        if shift is None and (inner := without_overtime(run)):
            core = span(inner)
            shift = self.catalogue.fit(line.contract, day, *core, pauses)
        if shift is not None:
            paid = shift.paid_minutes((end - start) // 60)
        else:
            paid = sum(segment.end - segment.start for segment in run if segment.activity in PAID_WORK) // 60
        night = shift.night if shift else self.catalogue.is_night(line.contract, day, start)
        return Duty(day, start, end, self.calendar.wall_minutes(start), paid, night, shift, fixed, tuple(run))


def span(run: list[Segment]) -> tuple[int, int]:
    """Start and end of a run of segments."""
    return run[0].start, max(segment.end for segment in run)


def without_overtime(run: list[Segment]) -> list[Segment]:
    """A run less the overtime at its two ends."""
    first = next((index for index, segment in enumerate(run) if segment.activity != "overtime"), len(run))
    last = next((index for index, segment in enumerate(reversed(run)) if segment.activity != "overtime"), len(run))
    return run[first : len(run) - last]


def joined(spans: Spans) -> Spans:
    """Spans that touch or overlap made one, in order of time."""
    result: Spans = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
