"""Planned activities that somebody could have attended and did not: briefings, meetings, training, coaching."""

from collections.abc import Iterator

from centre.activities import PlannedActivity
from centre.posts import names
from centre.roster import Segment
from centre.said import Said
from centre.shifts import ACTIVITIES
from scheduler.checks.line import Duty, Line, View
from scheduler.checks.violation import Violation


def activities(view: View) -> Iterator[Violation]:
    """Charge, in times missed, each person and occasion."""
    for planned, line, days in missed(view):
        name = Said.term("activity", planned.name) if planned.name in ACTIVITIES else planned.name
        message = Said("{activity}: {minutes} minutes found no place", activity=name, minutes=planned.minutes)
        yield Violation("activities", line.agent.agent, view.calendar.date(days[0]), False, message, 1)


def missed(view: View) -> Iterator[tuple[PlannedActivity, Line, list[int]]]:
    """Each person and occasion without the activity though a duty had room for it in the window.

    One that is held together is missed only where it was not held at all: not everybody can be there at its one time.
    """
    held: set[tuple[str, str, int]] = set()
    without: list[tuple[PlannedActivity, Line, list[int]]] = []
    planned_kinds = {planned.segment for planned in view.problem.site.activities}
    for line in view.lines if planned_kinds else ():
        free = [
            segment
            for segment in line.segments
            if segment.start >= view.calendar.horizon.begin and segment.activity in planned_kinds
        ]
        for planned in sorted(view.problem.site.activities, key=lambda planned: planned.name):
            if not names(line.agent, planned.who):
                continue
            for days in occasions(view, planned):
                found = next((segment for segment in free if _is(view, planned, segment, days)), None)
                if found is not None:
                    free.remove(found)
                    held.add((planned.name, group_of(planned, line), days[0]))
                elif any(_room(view, planned, duty, days) for duty in line.duties):
                    without.append((planned, line, days))
    for planned, line, days in without:
        if (planned.name, group_of(planned, line), days[0]) not in held:
            yield planned, line, days


def group_of(planned: PlannedActivity, line: Line) -> str:
    """Whose one time it is: the team's, everybody's, or the person's own."""
    if planned.together == "staggered":
        return f"agent:{line.agent.agent}"
    return f"team:{line.agent.team}" if planned.together == "team" else "all"


def occasions(view: View, planned: PlannedActivity) -> list[list[int]]:
    """Days of the horizon on which each occurrence of an activity may lie."""
    calendar = view.calendar
    days = [day for day in range(calendar.horizon.days) if calendar.weekday(day) in planned.days]
    if planned.often == "daily":
        return [[day] for day in days]
    if planned.before_day and planned.often == "monthly":
        days = [day for day in days if calendar.date(day).day < planned.before_day]
    spans = calendar.weeks if planned.often == "weekly" else calendar.months
    found = [[day for day in days if day in span] for span in spans]
    return [share for span in found if span for share in shares(span, planned.times)]


def shares(days: list[int], times: int) -> list[list[int]]:
    """Days cut into so many stretches of about the same length: one for each time within a week or month."""
    count = min(times, len(days))
    return [days[len(days) * k // count : len(days) * (k + 1) // count] for k in range(count)]


def _is(view: View, planned: PlannedActivity, segment: Segment, days: list[int]) -> bool:
    if segment.activity != planned.segment or segment.end - segment.start != planned.minutes * 60:
        return False
    day = view.calendar.day_of(segment.start)
    if day not in days:
        return False
    begin, end = (view.calendar.horizon.at(day, minute) for minute in planned.window)
    return begin <= segment.start and segment.end <= end


def _room(view: View, planned: PlannedActivity, duty: Duty, days: list[int]) -> bool:
    """Whether a duty holds as much of the window as the activity needs."""
    if duty.fixed or (duty.shift and duty.shift.on_call) or duty.day not in days:
        return False
    begin, end = (view.calendar.horizon.at(duty.day, minute) for minute in planned.window)
    return min(end, duty.end) - max(begin, duty.start) >= planned.minutes * 60
