"""A simulated floor: many queues, many skill groups, staffing that changes through the day."""

from forecasts.simulate.contacts import Contacts, Manners, draw_contacts
from forecasts.simulate.day import DayRun, Floor, simulate
from forecasts.simulate.futures import Futures, simulate_futures
from forecasts.simulate.measures import Measured, replicate
from forecasts.simulate.rostered import SimulatedService, simulate_roster
from forecasts.simulate.shared import SharedNeed, SharedStaff, required_shared

__all__ = [
    "Contacts",
    "DayRun",
    "Floor",
    "Futures",
    "Manners",
    "Measured",
    "SharedNeed",
    "SharedStaff",
    "SimulatedService",
    "draw_contacts",
    "replicate",
    "required_shared",
    "simulate",
    "simulate_futures",
    "simulate_roster",
]
