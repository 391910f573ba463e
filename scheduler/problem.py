"""What the roster has to solve, in one frozen value: the site, the horizon, the demand and what went before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from centre.grid import Horizon
from centre.policy import Policy
from centre.requirement import Requirement
from centre.roster import Roster
from centre.site import Site


@dataclass(frozen=True)
class Problem:
    """A roster problem.

    Attributes
    ----------
    site : people, contracts, shifts, leave, fixed segments, activities.
    horizon : the days to roster, on the site's grid.
    requirement : required staff and service curves over the same horizon.
    policy : spans of control, weights of the objective.
    previous : the published roster that ends where the horizon begins (its tail counts for rest, runs and weeks);
        empty when nothing is known of the days before.
    published : the roster of these days that people go by already; each person's day that changes has a price.
    holidays : public holidays, local dates.
    ledger : by person, the burdens and wishes that earlier rosters brought (`scheduler.checks.burdens`).
    """

    site: Site
    horizon: Horizon
    requirement: Requirement
    policy: Policy
    previous: Roster = field(default_factory=lambda: Roster(()))
    published: Roster = field(default_factory=lambda: Roster(()))
    holidays: frozenset[date] = frozenset()
    ledger: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
