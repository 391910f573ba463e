"""A report as one HTML file that needs no network: tables, and trend pictures as inline SVG."""

from datetime import datetime
from importlib import resources

from jinja2 import Environment, StrictUndefined

from desk.outputs.page.data import moment
from desk.reports.content import FIGURES, Report
from desk.reports.tables import tables
from desk.reports.trend import trend
from desk.wording import Words


def report_page(report: Report, said: Words, at: datetime, zone: str) -> bytes:
    """The page, UTF-8."""
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    pictures = [
        trend(
            report.trend(figure), title=said.term("figure", figure), target=report.targets.get(figure),
            share=figure != "handle_time_s", target_word=said._("target"),
        )
        for figure in FIGURES
        if any(value is not None for _, value in report.trend(figure))
    ]  # fmt: skip
    text = (resources.files("desk.reports") / "report.html.j2").read_text("utf-8")
    page = environment.from_string(text).render(
        _=said._,
        lang={"en": "en", "zh": "zh-CN"}[said.language],
        title=said.term("period", report.kind),
        site=report.site,
        span=said.day(report.first) if report.first == report.last else
        f"{said.day(report.first)} – {said.day(report.last)}",
        made=moment(at, zone, said),
        tables=list(tables(report, said)),
        pictures=pictures,
        titles=[said.term("figure", figure) for figure in FIGURES
                if any(value is not None for _, value in report.trend(figure))],
    )  # fmt: skip
    return page.encode()
