"""A simulated floor: many queues, many skill groups, staffing that changes through the day."""

from forecasts.simulate.contacts import Contacts, draw_contacts
from forecasts.simulate.day import DayRun, Floor, simulate
from forecasts.simulate.measures import Measured, replicate

__all__ = ["Contacts", "DayRun", "Floor", "Measured", "draw_contacts", "replicate", "simulate"]
