"""What a person does with Paiban, one function each; the command line and whatever comes after it call these."""

from desk.actions.demonstration import demonstrate
from desk.actions.live import Rehearsed, Watched, output_words, rehearse, watch
from desk.actions.nightly import Night, nightly
from desk.actions.planning import MadeForecast, MadeRequirement, forecast, horizon, staff
from desk.actions.rostering import Checked, MadeRoster, check, interruptible, make_roster
from desk.actions.sites import make_example, problem_row, validate
from scheduler.progress import OnProgress

__all__ = [
    "Checked",
    "MadeForecast",
    "MadeRequirement",
    "MadeRoster",
    "Night",
    "OnProgress",
    "Rehearsed",
    "Watched",
    "check",
    "demonstrate",
    "forecast",
    "horizon",
    "interruptible",
    "make_example",
    "make_roster",
    "nightly",
    "output_words",
    "problem_row",
    "rehearse",
    "staff",
    "validate",
    "watch",
]
