"""What was agreed with people stands when a roster is made anew: approved swaps and overtime are fixed in it.

Leave needs no such care: it is part of the site. A duty that changed hands is fixed as it stands in the published
roster; whoever gave it away and works nothing else that day is off for its time. What leave has overtaken since is not
kept, and neither are days that fixed.csv decides.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from centre.grid import Horizon, local_day
from centre.requests import OvertimeRequest, SwapRequest
from centre.roster import Segment
from centre.site import Site
from desk.actions.published_floor import duties_beginning
from desk.wiring import Place, requests_of
from streams.attendance import duties


def with_agreements(place: Place, days: Horizon) -> Site:
    """The site with what was agreed about these days fixed."""
    published = duties_beginning(place, days.begin, days.end).by_agent()
    runs = {name: duties(line) for name, line in published.items()}
    rows = dict.fromkeys(row for row in _agreed(place, days, runs) if _free(place, row, days.zone))
    return replace(place.site, fixed=(*place.site.fixed, *rows))


def _agreed(place: Place, days: Horizon, runs: dict[str, list[list[Segment]]]) -> Iterator[Segment]:
    for row in requests_of(place).all():
        asked = row.asked
        if not row.holds:
            continue
        if isinstance(asked, OvertimeRequest) and asked.kind == "overtime":
            yield from _duty_at(runs.get(asked.agent, ()), asked.start, days)
        elif isinstance(asked, SwapRequest):
            for hand in asked.hands:
                start = hand.start if hand.part is None else hand.part[0]
                taken = _duty_at(runs.get(hand.taker, ()), start, days)
                yield from taken
                if taken and hand.part is None and not _works(runs.get(hand.giver, ()), hand.start, days.zone):
                    yield Segment(hand.giver, taken[0].start, taken[-1].end, "off")


def _duty_at(runs: Iterable[list[Segment]], start: int, days: Horizon) -> list[Segment]:
    """The duty that holds an instant, where it begins within the days."""
    for run in runs:
        if run[0].start <= start < run[-1].end and days.begin <= run[0].start < days.end:
            return run
    return []


def _works(runs: Iterable[list[Segment]], start: int, zone: str) -> bool:
    return any(local_day(run[0].start, zone) == local_day(start, zone) for run in runs)


def _free(place: Place, row: Segment, zone: str) -> bool:
    """Whether neither leave nor fixed.csv speaks of that person's day."""
    day = local_day(row.start, zone)
    on_leave = (
        leave.agent == row.agent and leave.start < row.end and row.start < leave.end for leave in place.site.leave
    )  # fmt: skip
    decided = (other.agent == row.agent and local_day(other.start, zone) == day for other in place.site.fixed)
    return row.agent in place.site.agents and (row.activity == "leave" or not any(on_leave)) and not any(decided)
