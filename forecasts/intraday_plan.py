"""What the live floor needs to reforecast a day: made with the forecast, stored as JSON, used in milliseconds."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecasts.arrivals import Forecast
from forecasts.bands import Bands
from forecasts.components import Components
from forecasts.intraday import IntradayModel, Reforecast, reforecast

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class IntradayPlan:
    """One queue's day as forecast, with what past days teach about its course.

    Attributes
    ----------
    mean, aht_s : by wall-clock slot, shape [slots].
    """

    queue: str
    day: date
    mean: FloatArray
    aht_s: FloatArray
    bands: Bands
    model: IntradayModel

    def now(self, seen: FloatArray, levels: Sequence[float] = (0.1, 0.5, 0.9)) -> Reforecast:
        """The rest of the day, given the contacts of the slots that have passed (NaN for those to come)."""
        return reforecast(self.model, self.mean, seen, self.bands, levels)

    def to_json(self) -> str:
        """As text, to be kept with the forecast's run."""
        return json.dumps(
            {
                "queue": self.queue,
                "day": self.day.isoformat(),
                "mean": self.mean.tolist(),
                "aht_s": self.aht_s.tolist(),
                "bands": {
                    "noise": self.bands.noise,
                    "factor": self.bands.factor,
                    "levels": self.bands.levels.tolist(),
                    "marks": self.bands.marks.tolist(),
                    "scale": self.bands.scale.tolist(),
                },
                "model": asdict(self.model),
            }
        )


def intraday_plans(made: Forecast, day: date) -> dict[str, IntradayPlan]:
    """The plans of one day of a forecast's horizon, by queue. Learning takes a tenth of a second a queue."""
    row = (day - made.horizon.first_day).days
    return {
        name: IntradayPlan(name, day, queue.mean[row], queue.aht_s[row], queue.bands[row], queue.intraday())
        for name, queue in made.queues.items()
    }


def plan_from_json(text: str) -> IntradayPlan:
    """A plan as `IntradayPlan.to_json` wrote it."""
    value = json.loads(text)
    bands, model = value["bands"], value["model"]
    return IntradayPlan(
        queue=value["queue"],
        day=date.fromisoformat(value["day"]),
        mean=np.array(value["mean"]),
        aht_s=np.array(value["aht_s"]),
        bands=Bands(bands["noise"], bands["factor"], *(np.array(bands[name]) for name in ("levels", "marks", "scale"))),
        model=IntradayModel(Components(**model["components"]), tuple(model["gains"]), model["grid_minutes"]),
    )
