"""History: the table contract, what was wrong with it, and each queue's record on the site's grid."""

from forecasts.history.prepare import History, prepare
from forecasts.history.record import Outcomes, Record
from forecasts.history.report import Finding, HistoryReport
from forecasts.history.table import COLUMNS, history_table, read_history

__all__ = [
    "COLUMNS",
    "Finding",
    "History",
    "HistoryReport",
    "Outcomes",
    "Record",
    "history_table",
    "prepare",
    "read_history",
]
