"""One cost of a roster: of which term, how much, and where it arises."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """A part of the objective, in units of one agent short for one hour.

    Attributes
    ----------
    term : as `scheduler.checks.objective.TERMS` names it.
    agent : the person who brings it, "" where it is the floor's.
    what : queues, a post, a team or an activity.
    day : number of the day (or the first day of a week or month) it arises on; None for the whole roster.
    """

    term: str
    cost: float
    agent: str = ""
    what: str = ""
    day: int | None = None
