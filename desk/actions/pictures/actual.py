"""What the live floor has heard of each agent, for pictures of days."""

from collections.abc import Mapping

from centre.grid import Horizon
from desk.actions.recorded import open_journal
from desk.wiring import Place
from streams.recorded import journal_events, timelines_of
from streams.timeline import Timeline

SECOND = 1_000_000


def actual_timelines(place: Place, horizon: Horizon) -> Mapping[str, Timeline]:
    """Each agent's states over some days, as far as the live engine of this site has heard of them."""
    store = open_journal(place)
    if store is None:
        return {}
    try:
        return timelines_of(journal_events(store, horizon.begin * SECOND, horizon.end * SECOND))
    finally:
        store.close()
