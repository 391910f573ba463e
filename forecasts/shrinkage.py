"""Unplanned shrinkage: how many of the rostered were not there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from centre.said import Said
from forecasts.estimates import Estimate, by_week, ratio, unknown

FloatArray = NDArray[np.float64]

FEWEST_AGENT_HOURS = 40.0
MOST = 0.95


@dataclass(frozen=True)
class Attended:
    """Hours on duty by the roster, and of them attended, of the agents who serve a queue; shape [weeks] both."""

    due_h: FloatArray
    attended_h: FloatArray


def shrinkage(
    agents: FloatArray,
    rostered: FloatArray,
    weeks: NDArray[np.int64],
    interval_hours: float,
    attended: Attended | None,
) -> Estimate:
    """From agents counted beside agents rostered where the history has them, else from the floor's attendance.

    Parameters
    ----------
    agents, rostered : NaN where not known, shape [days, slots].
    weeks : of each day, shape [days].
    """
    counted = from_counts(agents, rostered, weeks, interval_hours)
    return counted if counted.known or attended is None else from_attendance(attended)


def from_counts(agents: FloatArray, rostered: FloatArray, weeks: NDArray[np.int64], interval_hours: float) -> Estimate:
    """One minus agents there over agents rostered, where both are known."""
    known = ~np.isnan(agents) & ~np.isnan(rostered) & (rostered > 0)
    hours = float(np.where(known, rostered, 0.0).sum()) * interval_hours
    if hours < FEWEST_AGENT_HOURS:
        return unknown(
            Said(
                "needs agents in the history, and rostered there or published rosters of the same days; or a floor "
                "whose events were watched"
            )
        )
    there = ratio(by_week(agents, known, weeks), by_week(rostered, known, weeks), f"{hours:,.0f} rostered hours")
    return _missing(there)


def from_attendance(attended: Attended) -> Estimate:
    """One minus the hours attended over the hours due: absent, late, away, left early; what was authorised is not."""
    hours = float(attended.due_h.sum())
    if hours < FEWEST_AGENT_HOURS:
        return unknown(
            Said(
                "{hours:.0f} hours on duty are known from the floor; {fewest:.0f} are needed",
                hours=hours,
                fewest=FEWEST_AGENT_HOURS,
            )
        )
    return _missing(ratio(attended.attended_h, attended.due_h, f"{hours:,.0f} hours on duty on the floor"))


def _missing(there: Estimate) -> Estimate:
    value, low, high = (min(max(1.0 - share, 0.0), MOST) for share in (there.value, there.high, there.low))
    return Estimate(value, low, high, there.rests_on)
