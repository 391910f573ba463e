"""Everything the page draws, as compact JSON: numbers for times, indices for names said once."""

import json
from datetime import datetime
from typing import Any

import numpy as np

from centre.grid import aware, offsets
from centre.shifts import ACTIVITIES
from desk.outputs.colours import ACTIVITY, NO_SHIFT, Colour, queue_colours, shift_colours
from desk.outputs.plan import Entry, Plan, Row
from desk.outputs.service import by_day, predicted_service_level
from desk.wording import Words
from scheduler.checks import Coverage

KINDS = {"duty": 0, "leave": 1, "standby": 2}
_NUMBER = {activity: number for number, activity in enumerate(ACTIVITIES)}
_GAP = -1


def page_data(plan: Plan, coverage: Coverage, words: Words) -> dict[str, Any]:
    """What roster.js reads. Minutes count from the horizon's begin, those inside a day from the day's begin.

    An entry of a person is [day, kind, shift, start, then activity, queue, minutes for each segment]; activity -1 is a
    gap (of negative length where segments overlap), queue and shift -1 are none.
    """
    horizon, site = plan.horizon, plan.site
    shifts = list(site.shifts.values())
    colours = shift_colours(shifts)
    encoder = _Encoder(plan, list(coverage.requirement.queues), [shift.name for shift in shifts])
    return {
        "begin": horizon.begin // 60,
        "offsets": [
            [(at - horizon.begin) // 60, ahead]
            for at, ahead in offsets(horizon.begin, horizon.end + 2 * 86_400, horizon.zone)
        ],
        "step": horizon.minutes,
        "days": [
            {
                "date": day.isoformat(),
                "start": (horizon.at(number, 0) - horizon.begin) // 60,
                "weekday": words.weekday(day),
                "short": words.day_narrow(day),
                "full": words.day(day),
                "free": int(number in plan.free),
                "holiday": plan.holidays.get(number, ""),
            }
            for number, day in enumerate(horizon)
        ],
        "end": (horizon.end - horizon.begin) // 60,
        "shifts": [{"name": shift.name, **_colour(colours[shift.name])} for shift in shifts],
        "noShift": _colour(NO_SHIFT),
        "activities": [{"name": words.activity(key), "key": key, **_colour(ACTIVITY[key])} for key in ACTIVITIES],
        "queues": _queues(plan, coverage, words),
        "teams": [
            {"name": team.name or words._("Without a team"), "rows": [encoder.row(row, words) for row in team.rows]}
            for team in plan.teams
        ],
        "words": _words(words),
    }


class _Encoder:
    """Names to numbers."""

    def __init__(self, plan: Plan, queues: list[str], shifts: list[str]) -> None:
        self.plan = plan
        self.queues = {name: number for number, name in enumerate(queues)}
        self.shifts = {name: number for number, name in enumerate(shifts)}

    def row(self, row: Row, words: Words) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": row.agent.agent,
            "name": row.agent.name,
            "hours": words.hours(row.paid(range(self.plan.horizon.days))),
            "entries": [self.entry(day, entry) for day, entry in row.entries()],
        }
        if row.agent.role != "agent":
            found["role"] = words.role(row.agent.role)
        if not all(row.employed):
            found["away"] = [number for number, here in enumerate(row.employed) if not here]
        return found

    def entry(self, day: int, entry: Entry) -> list[int]:
        midnight = self.plan.horizon.at(day, 0)
        code = [day, KINDS[entry.kind], self.shifts.get(entry.shift, -1), (entry.start - midnight) // 60]
        if not entry.segments:
            return [*code, _NUMBER["leave"], -1, (entry.end - entry.start) // 60]
        cursor = entry.start
        for segment in entry.segments:
            if segment.start != cursor:
                code += [_GAP, -1, (segment.start - cursor) // 60]
            code += [_NUMBER[segment.activity], self.queues.get(segment.queue, -1), (segment.end - segment.start) // 60]
            cursor = segment.end
        return code


def _queues(plan: Plan, coverage: Coverage, words: Words) -> list[dict[str, Any]]:
    requirement = coverage.requirement
    level = predicted_service_level(coverage)
    mille = np.where(np.isnan(level), -1, np.round(np.nan_to_num(level) * 1000)).astype(int)
    colours = queue_colours(requirement.queues)
    days: dict[str, list[float | None]] = {}
    for figures in by_day(coverage):
        share = figures.service_level
        days.setdefault(figures.queue, []).append(None if share != share else round(share, 4))
    found = []
    for number, name in enumerate(requirement.queues):
        queue = plan.site.queues.get(name)
        found.append(
            {
                "name": name,
                **_colour(colours[name]),
                "target": queue.target if queue else 0,
                "goal": words.percent(queue.target, 0) if queue else "",
                "required": requirement.gross[number].tolist(),
                "rostered": [_short(value) for value in coverage.rostered[number].tolist()],
                "level": mille[number].tolist(),
                "days": days[name],
                "dayWords": [words.percent(share, 0) for share in days[name]],
            }
        )
    return found


def _short(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 2)


def _colour(colour: Colour) -> dict[str, str]:
    return {"fill": f"#{colour.fill}", "text": f"#{colour.text}"}


def _words(words: Words) -> dict[str, str]:
    return {
        "hours": words._("Hours"),
        "onDuty": words._("On duty"),
        "duty": words._("Duty"),
        "leave": words.activity("leave"),
        "required": words._("Required"),
        "rostered": words._("Rostered"),
        "level": words._("Service level"),
        "target": words._("Target"),
        "short": words._("Short"),
        "coverage": words._("Coverage"),
        "nobody": words._("Nobody to show here."),
        "dayOf": words._("Show this day"),
        "name": words._("Name"),
    }


def as_json(data: dict[str, Any]) -> str:
    """JSON that can stand inside a script element: nothing in it ends the element or begins a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def moment(at: datetime, zone: str, words: Words) -> str:
    """When this version was made, on the site's clock."""
    local = aware(int(at.timestamp()), zone)
    return f"{words.day(local.date())} {local:%H:%M}"
