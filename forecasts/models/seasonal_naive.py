"""The last known day of the same weekday, again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.models.past import Past
from forecasts.models.weeks import mean_of_same_weekdays


@dataclass(frozen=True)
class SeasonalNaive:
    """The last known day of the same weekday."""

    name: str = "seasonal naive"

    def needs_days(self) -> int:
        """A week."""
        return 7

    def forecast(self, past: Past, days: int) -> NDArray[np.float64]:
        """As in the protocol."""
        return mean_of_same_weekdays(past, days, 1)
