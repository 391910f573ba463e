"""Daily, weekly, monthly, half-yearly and yearly reports (KPI-3): what they hold, as a page and as a workbook."""
