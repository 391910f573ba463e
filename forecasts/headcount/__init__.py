"""Whom to hire, when: months ahead, over scenarios of volume, for the least expected cost (PLN-1)."""

from forecasts.headcount.demand import MonthlyHours, monthly_hours, required_paths
from forecasts.headcount.plan import HeadcountPlan, MonthOfPlan, headcount_plan
from forecasts.headcount.workforce import Kind, Months

__all__ = [
    "HeadcountPlan",
    "Kind",
    "MonthOfPlan",
    "MonthlyHours",
    "Months",
    "headcount_plan",
    "monthly_hours",
    "required_paths",
]
