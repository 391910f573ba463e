"""Posts of posts.toml: enough of the people they ask for are on duty."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from centre.posts import Post, names
from centre.said import Said
from scheduler.checks.line import Duty, View
from scheduler.checks.violation import Violation

Counts = NDArray[np.int64]


def posts(view: View) -> Iterator[Violation]:
    """Charge each post and day, in person-minutes, for what is missing."""
    horizon = view.calendar.horizon
    for post in view.problem.site.posts:
        missing = np.maximum(wanted(view, post) - present(view, post), 0)
        for day in range(horizon.days):
            of_day = missing[horizon.day_offsets[day] : horizon.day_offsets[day + 1]]
            minutes = int(of_day.sum()) * horizon.minutes
            if minutes:
                message = Said(
                    "{post}: {minutes} person-minutes missing, at most {most} people at a time",
                    post=post.name,
                    minutes=minutes,
                    most=of_day.max(),
                )
                yield Violation("posts", "", view.calendar.date(day), False, message, minutes)


def wanted(view: View, post: Post) -> Counts:
    """People wanted on a post in each interval."""
    horizon, requirement = view.calendar.horizon, view.problem.requirement
    found = np.zeros(horizon.count, dtype=np.int64)
    begin, end = post.window
    end += 1440 if end <= begin else 0
    for day in range(-1, horizon.days):
        date = view.calendar.date(day)
        if (post.dates and date not in post.dates) or (not post.dates and view.calendar.weekday(day) not in post.days):
            continue
        first, last = ((horizon.at(day, minute) - horizon.begin) // horizon.step for minute in (begin, end))
        found[max(0, first) : max(0, last)] = post.least
    if post.while_required and requirement.gross.size:
        found[requirement.gross.sum(axis=0) == 0] = 0
    return found


def present(view: View, post: Post) -> Counts:
    """People who count for a post in each interval: those it names, inside a duty of the kind it asks for."""
    horizon = view.calendar.horizon
    found = np.zeros(horizon.count, dtype=np.int64)
    for line in view.lines:
        if not names(line.agent, post.who):
            continue
        for duty in line.duties:
            if counts(duty, post):
                for segment in duty.segments:
                    if segment.activity != "leave":
                        first, last = ((at - horizon.begin) // horizon.step for at in (segment.start, segment.end))
                        found[max(0, first) : max(0, last)] += 1
    return found


def counts(duty: Duty, post: Post) -> bool:
    """Whether a duty is of the kind that a post asks for: its shift, or any that is not on call."""
    if post.shift:
        return duty.shift is not None and duty.shift.name == post.shift
    return duty.shift is None or not duty.shift.on_call
