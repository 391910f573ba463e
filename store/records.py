"""What is told of a plan beside its content: when it was made, for which days, from what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from centre.grid import Horizon


@dataclass(frozen=True)
class ForecastRun:
    """A forecast as it was made: its table has queue, start (aware), mean, quantiles, aht_s."""

    run: int
    horizon: Horizon
    made_at: datetime
    models: Mapping[str, str]
    table: pd.DataFrame


@dataclass(frozen=True)
class RosterVersion:
    """What is known of a roster version without its segments. `published_at` is None for a draft."""

    version: int
    horizon: Horizon
    made_at: datetime
    requirement_version: int | None
    note: str = ""
    published_at: datetime | None = None
    applies_from: datetime | None = None
    published_by: str = ""


@dataclass(frozen=True)
class Trace:
    """Everything that went into a roster version."""

    roster: RosterVersion
    requirement_version: int | None
    forecast_run: int | None
    policy: str
    sources: Mapping[str, str]
