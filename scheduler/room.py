"""Whether a day has room for more leave: what the waiting list goes by."""

from collections.abc import Iterator, Mapping
from typing import Any

from centre.grid import local_day
from centre.policy import LeavePolicy
from centre.requests import LeaveRequest, Ruling, ruling
from centre.words import N_
from scheduler.judging import Floor
from scheduler.leave import concerned


def no_room(request: LeaveRequest, floor: Floor, policy: LeavePolicy, effects: Mapping[str, Any]) -> Iterator[Ruling]:
    """Why there is no room for a leave: the roster would be short more, or too many would be away.

    Parameters
    ----------
    effects : what the leave does to coverage, as `scheduler.judging.effect` reckons it.
    """
    short = float(effects.get("short_hours", 0.0))
    if short > policy.room_short_hours + 1e-9:
        says = N_("{short} agent-hours short more, room is for {most}")
        yield ruling("room", "exception", says, short=f"{short:g}", most=f"{policy.room_short_hours:g}")
    if not policy.most_away_share:
        return
    for day in sorted({duty.day for duty in concerned(request, floor)}):
        here = sum(day in line.worked for line in floor.lines.values())
        away = sum(day in line.leave_days for line in floor.lines.values()) + 1
        share = away / max(1, here + away - 1)
        if share > policy.most_away_share:
            when = local_day(floor.problem.horizon.at(day, 0), floor.zone)
            facts = {"day": str(when), "share": f"{share:.0%}", "most": f"{policy.most_away_share:.0%}"}
            yield ruling("room", "exception", N_("{share} away on {day}, at most {most}"), **facts)
