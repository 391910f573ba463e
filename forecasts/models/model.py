"""What every arrival model is."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecasts.models.past import Past


class Model(Protocol):
    """One way to expect contacts."""

    @property
    def name(self) -> str:
        """As reports show it."""
        ...

    def needs_days(self) -> int:
        """Days of history below which the model is not tried."""
        ...

    def forecast(self, past: Past, days: int) -> NDArray[np.float64]:
        """Mean contacts of the `days` days after the past, shape [days, slots]; never negative, never NaN.

        A repeated slot of a clock change is one slot here; whether the queue is open is not the model's matter.
        """
        ...
