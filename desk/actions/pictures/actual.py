"""What really happened on a day, read from the live engine's journal without disturbing it."""

from collections.abc import Mapping

from centre.grid import Horizon
from desk.actions.recorded import recorded_events
from desk.wiring import Place
from streams.recorded import timelines_of
from streams.timeline import Timeline


def actual_timelines(place: Place, horizon: Horizon) -> Mapping[str, Timeline]:
    """Each agent's states over some days, as far as the live engine of this site has heard of them."""
    return timelines_of(recorded_events(place, "", horizon.begin, horizon.end))
