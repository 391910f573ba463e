"""The hard rules, asked about lines as moves would leave them: what breaks one is neither proposed nor accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from centre.roster import Segment
from centre.site import Leave, Overtime
from scheduler.checks import Violation
from scheduler.judging import Floor
from streams.reallocation.paint import Line

TIME_OFF = "time_off"
"""The kind of leave that voluntary time off is."""


@dataclass(frozen=True)
class Law:
    """The rules over a published roster.

    Attributes
    ----------
    floor : the roster as published, with its problem.
    begin, end : the time that changed lines speak for, UTC seconds; outside it the published ones hold.
    """

    floor: Floor
    begin: int
    end: int

    def broken(self, lines: Mapping[str, Line]) -> frozenset[str]:
        """Who of these would break a hard rule that the published roster keeps."""
        return frozenset(found.agent for found in self.violations(lines))

    def violations(self, lines: Mapping[str, Line]) -> list[Violation]:
        """The hard rules that these lines break and the published ones do not."""
        known = {agent: self.whole(agent, line) for agent, line in lines.items() if agent in self.floor.agents}
        published = {s for agent in known for s in self.floor.segments.get(agent, ())}
        new = [s for line in known.values() for s in line if s not in published]
        off = [Leave(agent=s.agent, start=s.start, end=s.end, kind=TIME_OFF) for s in new if s.activity == "leave"]
        more = [Overtime(agent=s.agent, start=s.start, end=s.end) for s in new if s.activity == "overtime"]
        problem = self.floor.problem
        site = replace(problem.site, leave=(*problem.site.leave, *off), overtime=(*problem.site.overtime, *more))
        return self.floor.newly_broken(known, replace(problem, site=site))

    def whole(self, agent: str, line: Line) -> tuple[Segment, ...]:
        """A changed line with the rest of the person's roster around it."""
        rest = [s for s in self.floor.segments.get(agent, ()) if not _within(s, line, self.begin, self.end)]
        mine = [s for s in line if s.end > self.begin and s.start < self.end]
        return tuple(sorted({*rest, *mine}))


def _within(segment: Segment, line: Line, begin: int, end: int) -> bool:
    """Whether a changed line speaks for a published segment."""
    first = min((s.start for s in line), default=begin)
    return segment.start < end and segment.end > max(begin, min(first, end))
