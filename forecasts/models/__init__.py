"""The arrival models, one a file, behind one small protocol; the visible list is MODELS."""

from forecasts.models.average import Average
from forecasts.models.calendar_regression import CalendarRegression
from forecasts.models.mean_of_weeks import MeanOfWeeks
from forecasts.models.model import Model
from forecasts.models.past import Past
from forecasts.models.pooled import Pooled
from forecasts.models.seasonal_naive import SeasonalNaive
from forecasts.models.smoothing import Smoothing

MODELS: tuple[Model, ...] = (
    Average(),
    CalendarRegression(),
    Smoothing(),
    MeanOfWeeks(),
    SeasonalNaive(),
    Pooled(),
)
"""What is tried on every queue, best guess first: another has to beat it by more than chance."""

__all__ = [
    "MODELS",
    "Average",
    "CalendarRegression",
    "MeanOfWeeks",
    "Model",
    "Past",
    "Pooled",
    "SeasonalNaive",
    "Smoothing",
]
