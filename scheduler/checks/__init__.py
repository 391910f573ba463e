"""The independent checker: every rule of docs/rules.md in plain Python, without a solver.

Every roster that leaves the engine goes through `check`, whoever made it: the solver, a swap, a repair or a hand.
Nothing here imports the solver's modules, so that a misunderstanding there is seen here.
"""

from collections.abc import Callable, Iterable

from centre.roster import Roster
from scheduler.checks.activities import activities
from scheduler.checks.average_minutes import average_minutes
from scheduler.checks.consecutive_days import consecutive_days
from scheduler.checks.coverage import Coverage, covered
from scheduler.checks.days_off_together import days_off_together
from scheduler.checks.employment import employment
from scheduler.checks.fixed import fixed
from scheduler.checks.hours_of_day import hours_of_day
from scheduler.checks.leaders import leaders
from scheduler.checks.leave import leave
from scheduler.checks.line import Duty, Line, View
from scheduler.checks.month_minutes import month_minutes
from scheduler.checks.night_blocks import night_blocks
from scheduler.checks.nights import nights
from scheduler.checks.overlap import overlap
from scheduler.checks.posts import posts
from scheduler.checks.presence import presence
from scheduler.checks.reading import view
from scheduler.checks.rest import rest
from scheduler.checks.rotation import rotation
from scheduler.checks.sequences import sequences
from scheduler.checks.shift import shift
from scheduler.checks.shift_counts import shift_counts
from scheduler.checks.skills import skills
from scheduler.checks.start_spread import start_spread
from scheduler.checks.violation import Violation
from scheduler.checks.week_days import week_days
from scheduler.checks.week_minutes import week_minutes
from scheduler.checks.weekend_posts import weekend_posts
from scheduler.checks.weekends import weekends
from scheduler.checks.whole_weekends import whole_weekends
from scheduler.problem import Problem

Check = Callable[[View], Iterable[Violation]]

CHECKS: list[Check] = [
    shift,
    leave,
    fixed,
    presence,
    employment,
    rest,
    consecutive_days,
    week_days,
    week_minutes,
    month_minutes,
    weekends,
    nights,
    start_spread,
    hours_of_day,
    sequences,
    rotation,
    night_blocks,
    days_off_together,
    shift_counts,
    whole_weekends,
    average_minutes,
    overlap,
    skills,
    leaders,
    posts,
    activities,
    weekend_posts,
]
"""All rules, in the order in which they are reported."""

__all__ = ["CHECKS", "Coverage", "Duty", "Line", "View", "Violation", "broken", "check", "coverage", "covered", "view"]


def check(roster: Roster, problem: Problem) -> list[Violation]:
    """Return every rule that the roster does not keep, hard ones first, then by rule in the order of CHECKS."""
    return broken(view(roster, problem))


def broken(seen: View) -> list[Violation]:
    """As `check`, of a roster that was read already."""
    found = [violation for rule in CHECKS for violation in rule(seen)]
    return sorted(found, key=lambda violation: not violation.hard)


def coverage(roster: Roster, problem: Problem) -> Coverage:
    """Count who answers each queue in each interval, against what is required."""
    return covered(view(roster, problem))
