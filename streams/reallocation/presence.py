"""Who is really there: read off the states heard, not off the roster."""

from dataclasses import dataclass

import numpy as np

from centre.roster import Segment
from streams.matrix import GONE, PAUSES, RESTING
from streams.reallocation.paint import Line, duties
from streams.state import Line as Heard
from streams.timeline import STATE_CODES

SECOND = 1_000_000
NOT_READY = STATE_CODES["not_ready"]
EARLY_S = 1800
"""Somebody who is heard so long before the duty has come."""

LATE, LATE_S = 0.12, 600
"""Of those who come so many come late, and how late they are is exponential with this mean: however long somebody has
not come, the rest is as long as ever, but ever more likely it is for ever (Bayes)."""

LOST_S = 1200
"""From here on somebody who has not come is called absent."""

OVERDUE_S = 360
"""What is left, as a rule, of a pause or of sitting in not-ready that is overdue."""


@dataclass(frozen=True)
class Presence:
    """Whether and from when somebody is there; see `Present`."""

    from_s: int = 0
    chance: float = 1.0
    out: str = ""
    out_since: int = 0


HERE = Presence()


def presence(heard: Heard, line: Line, now: int, comes: float) -> Presence:
    """Read one person.

    Parameters
    ----------
    line : today's segments.
    now : UTC second.
    comes : probability that somebody whose duty has not begun will come.
    """
    duty = next((d for d in duties(line) if d[0].start <= now < d[-1].end), None)
    if duty is None:
        return Presence(chance=comes)
    index = heard.timeline.in_force(now * SECOND)
    code = heard.timeline.state(index)
    since = heard.timeline.ats[index] // SECOND if index >= 0 else 0
    doing = next(segment for segment in duty if segment.start <= now < segment.end)
    if code in GONE:
        return _gone(heard, duty, doing, now, comes)
    if code in RESTING and doing.activity not in PAUSES:
        back = max(_due_back(duty, since, now), now + OVERDUE_S if _due_back(duty, since, now) <= now else 0)
        return Presence(from_s=back, out="long_break" if _due_back(duty, since, now) <= now else "", out_since=since)
    if code == NOT_READY and doing.activity not in PAUSES:
        return Presence(from_s=now + OVERDUE_S, out="not_ready", out_since=since)
    return HERE


def has_come(heard: Heard, duty: Line, now: int) -> bool:
    """Whether somebody was heard at work since the duty began."""
    timeline = heard.timeline
    first = (duty[0].start - EARLY_S) * SECOND
    return any(
        at >= first and code not in GONE
        for at, code in zip(reversed(timeline.ats), reversed(timeline.codes), strict=True)
        if at <= now * SECOND
    )


def _gone(heard: Heard, duty: Line, doing: Segment, now: int, comes: float) -> Presence:
    if has_come(heard, duty, now):
        if doing.activity in PAUSES:
            return HERE
        return Presence(duty[-1].end, 0.0, "absent", now)
    missing = now - duty[0].start
    late = comes * LATE * float(np.exp(-missing / LATE_S))
    out = "late" if missing < LOST_S else "absent"
    return Presence(now + LATE_S, late / (late + 1 - comes), out, duty[0].start)


def _due_back(duty: Line, since: int, now: int) -> int:
    """When a pause that began at `since` would end by its own length."""
    past = [segment for segment in duty if segment.activity in PAUSES and segment.start <= now]
    length = past[-1].end - past[-1].start if past else 0
    return since + length
