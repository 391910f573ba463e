"""What the centre is: queues, shifts, teams."""

from typing import Any

from fastapi import APIRouter

from centre.site import Site
from desk.outputs.colours import ACTIVITY, NO_SHIFT, Colour, queue_colours, shift_colours
from desk.web.api.problem import ANSWERS
from desk.web.ask import Asked
from desk.wording import Words

router = APIRouter(tags=["site"], responses=ANSWERS)


@router.get("/site")
def site(ask: Asked) -> dict[str, Any]:
    """Name, zone, queues with their goals, shifts, teams."""
    ask.require("wall", "roster.team", "roster.all", "users")
    known = ask.place.site
    return {
        "name": known.settings.name,
        "zone": known.settings.zone,
        "grid_minutes": known.settings.grid_minutes,
        "now": ask.place.now.isoformat(),
        "queues": {name: queue.model_dump(mode="json") for name, queue in known.queues.items()},
        "shifts": {name: shift.model_dump(mode="json") for name, shift in known.shifts.items()},
        "teams": list(dict.fromkeys(agent.team for agent in known.agents.values())),
        "roles": list(ask.who.roles),
        "rights": sorted(ask.who.rights),
    }


def legend(known: Site, words: Words) -> dict[str, Any]:
    """Names and colours of shifts, queues and activities, in the order in which pictures number them."""
    colours, queues = shift_colours(known.shifts.values()), queue_colours(known.queues)
    return {
        "shifts": [{"name": name, **_colour(colours[name])} for name in known.shifts],
        "noShift": _colour(NO_SHIFT),
        "activities": [{"key": key, "name": words.activity(key), **_colour(ACTIVITY[key])} for key in ACTIVITY],
        "queues": [
            {"name": name, **_colour(queues[name]), "target": queue.target} for name, queue in known.queues.items()
        ],
        "roles": {role: words.role(role) for role in ("leader", "inspector", "trainer", "head", "director")},
    }


def _colour(colour: Colour) -> dict[str, str]:
    return {"fill": f"#{colour.fill}", "text": f"#{colour.text}"}
