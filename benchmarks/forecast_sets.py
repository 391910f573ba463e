"""The public data that forecasts are measured on, in the form of the history's table contract.

Where they come from, and what is known of them, stands in docs/forecast-accuracy.md. They are no part of the
repository: the folder is given on the command line or by the environment variable PAIBAN_DATA.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class DataSet:
    """One history: its name, rows, zone, grid and holidays."""

    name: str
    history: pd.DataFrame
    zone: str
    grid_minutes: int
    holidays: str


def data_sets(folder: Path) -> Iterator[DataSet]:
    """The sets that are there, one after another."""
    bank = folder / "bank_calls_5min_2003-03_to_2003-08-01.csv"
    if bank.exists():
        rows = pd.read_csv(bank).set_axis(["start", "offered"], axis=1).assign(queue="all")
        for minutes in (30, 5):
            yield DataSet(f"N. American bank, {minutes} min", rows, "America/New_York", minutes, "US")
    calls = folder / "anonymous_bank_1999_30min_jan_jun.csv"
    if calls.exists():
        rows = pd.read_csv(calls).set_axis(["start", "offered"], axis=1).assign(queue="all")
        yield DataSet("Anonymous Bank, 30 min", rows, "Asia/Jerusalem", 30, "IL")
    types = folder / "anonymous_bank_1999_30min_by_type_jan_jun.csv"
    if types.exists():
        wide = pd.read_csv(types).rename(columns={"datetime": "start"}).drop(columns="total")
        rows = wide.melt("start", var_name="queue", value_name="offered")
        yield DataSet("Anonymous Bank by type, 30 min", rows, "Asia/Jerusalem", 30, "IL")
    ambulances = folder / "swast_ambulance_daily.csv"
    if ambulances.exists():
        rows = pd.read_csv(ambulances).set_axis(["start", "offered", "queue"], axis=1)
        yield DataSet("Ambulances by area, daily", rows, "UTC", 1440, "GB-ENG")
