"""What the roster has to solve, in one frozen value: the site, the horizon, the demand and what went before."""

from dataclasses import dataclass, field

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
    """

    site: Site
    horizon: Horizon
    requirement: Requirement
    policy: Policy
    previous: Roster = field(default_factory=lambda: Roster(()))
