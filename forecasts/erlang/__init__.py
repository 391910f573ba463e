"""Erlang B, C and A: what a number of agents gives, how many are needed, and what each one more is worth."""

from forecasts.erlang.arguments import DEFINITIONS
from forecasts.erlang.calculator import (
    abandonment,
    average_speed_of_answer,
    average_wait,
    erlang_b,
    erlang_c,
    occupancy,
    probability_of_wait,
    service_level,
)
from forecasts.erlang.carried import CarriedOver, carried_over, required_carried
from forecasts.erlang.curve import concave_hull, is_concave, service_curve
from forecasts.erlang.lag import modified_load
from forecasts.erlang.lines import FiniteLines, finite_lines
from forecasts.erlang.required import Required, gross_staff, required_servers, required_with_binding
from forecasts.erlang.search import GOALS
from forecasts.erlang.states import state_probability
from forecasts.erlang.trunks import load_for_blocking, required_lines

__all__ = [
    "DEFINITIONS",
    "GOALS",
    "CarriedOver",
    "FiniteLines",
    "Required",
    "abandonment",
    "average_speed_of_answer",
    "average_wait",
    "carried_over",
    "concave_hull",
    "erlang_b",
    "erlang_c",
    "finite_lines",
    "gross_staff",
    "is_concave",
    "load_for_blocking",
    "modified_load",
    "occupancy",
    "probability_of_wait",
    "required_carried",
    "required_lines",
    "required_servers",
    "required_with_binding",
    "service_curve",
    "service_level",
    "state_probability",
]
