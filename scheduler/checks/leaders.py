"""ORG-2 and ORG-3: a shift leader is there whenever agents are, and enough of them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from centre.said import Said
from scheduler.checks.line import View
from scheduler.checks.violation import Violation


def leaders(view: View) -> Iterator[Violation]:
    """Charge each day, in leader-minutes, for what is missing while agents are inside their duties."""
    horizon, organisation = view.calendar.horizon, view.problem.policy.organisation
    agents, present = on_duty(view, "agent"), on_duty(view, "leader")
    span = organisation.span_of_control[1]
    wanted = -(-agents // span) if organisation.leader_whenever_agents else agents // span
    missing = np.maximum(wanted - present, 0)
    for day in range(horizon.days):
        of_day = missing[horizon.day_offsets[day] : horizon.day_offsets[day + 1]]
        minutes = int(of_day.sum()) * horizon.minutes
        if minutes:
            message = Said(
                "shift leaders are missing for {minutes} minutes, at most {most} at a time",
                minutes=minutes,
                most=of_day.max(),
            )
            yield Violation("leaders", "", view.calendar.date(day), False, message, minutes)


def on_duty(view: View, role: str) -> NDArray[np.int64]:
    """People of a role inside their duties (leave and gaps apart) in each interval."""
    horizon = view.calendar.horizon
    change = np.zeros(horizon.count + 1, dtype=np.int64)
    spans = [
        (segment.start, segment.end)
        for line in view.lines
        if line.agent.role == role
        for duty in line.duties
        for segment in duty.segments
        if segment.activity not in ("leave", "standby")
    ]
    if spans:
        bounds = np.clip((np.array(spans, dtype=np.int64) - horizon.begin) // horizon.step, 0, horizon.count)
        np.add.at(change, bounds[:, 0], 1)
        np.add.at(change, bounds[:, 1], -1)
    return np.cumsum(change)[: horizon.count]
