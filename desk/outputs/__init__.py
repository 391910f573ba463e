"""What comes out: tables for machines, a workbook, a page and calendars for people, and the figures of the result."""

from desk.outputs.read_roster import read_roster_csv
from desk.outputs.result import coverage_totals, result_document
from desk.outputs.service import predicted_service_by_queue, predicted_service_level
from desk.outputs.write import write_forecast, write_outputs, write_requirement

__all__ = [
    "coverage_totals",
    "predicted_service_by_queue",
    "predicted_service_level",
    "read_roster_csv",
    "result_document",
    "write_forecast",
    "write_outputs",
    "write_requirement",
]
