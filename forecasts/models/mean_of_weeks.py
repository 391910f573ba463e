"""The mean of the last known days of the same weekday."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.models.past import Past
from forecasts.models.weeks import mean_of_same_weekdays


@dataclass(frozen=True)
class MeanOfWeeks:
    """The mean of the last `weeks` days of the same weekday."""

    weeks: int = 6
    name: str = "mean of six weeks"

    def needs_days(self) -> int:
        """Two weeks: with fewer than six there is still a mean."""
        return 14

    def forecast(self, past: Past, days: int) -> NDArray[np.float64]:
        """As in the protocol."""
        return mean_of_same_weekdays(past, days, self.weeks)
