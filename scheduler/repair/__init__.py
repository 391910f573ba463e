"""Repair of a published roster when somebody is away, leave is granted, or more is expected than was planned."""

from scheduler.repair.happened import Away, Happened, Surge
from scheduler.repair.measure import Measure
from scheduler.repair.mending import Repaired, repair
from scheduler.repair.steps import KINDS, Step, changed_people

__all__ = [
    "KINDS",
    "Away",
    "Happened",
    "Measure",
    "Repaired",
    "Step",
    "Surge",
    "changed_people",
    "repair",
]
