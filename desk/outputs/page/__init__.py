"""roster.html: the month and the day in one file that needs no network, for every screen and for paper."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from importlib import resources
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from desk.outputs.page.data import as_json, moment, page_data
from desk.outputs.page.search import search_chart
from desk.outputs.plan import Plan
from desk.wording import Words
from scheduler.checks import Coverage
from scheduler.progress import Progress

SCRIPTS = ("base.js", "month.js", "chart.js", "day.js", "main.js")
"""In the order in which they are joined to one script."""


def write_page(
    path: Path, plan: Plan, coverage: Coverage, words: Words, at: datetime, log: Sequence[Progress] = ()
) -> None:
    """Write the page.

    Its content security policy names the digests of its one script and one style sheet and nothing else: it loads
    nothing, and whatever a name may contain does not run.

    Parameters
    ----------
    at : aware; when this version was made.
    log : how the search went: drawn at the foot of the page.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    script = '"use strict";\n(() => {\n' + "".join(map(_text, SCRIPTS)) + "})();\n"
    style = _text("roster.css")
    horizon = plan.horizon
    page = environment.from_string(_text("roster.html.j2")).render(
        _=words._,
        lang={"en": "en", "zh": "zh-CN"}[words.language],
        site=plan.site.settings.name,
        span=f"{words.day(horizon.day(0))} – {words.day(horizon.day(horizon.days - 1))}",
        version=plan.version,
        made=moment(at, horizon.zone, words),
        zone=horizon.zone,
        script=Markup(script),
        style=Markup(style),
        script_digest=_digest(script),
        style_digest=_digest(style),
        search=search_chart(log, words),
        data=Markup(as_json(page_data(plan, coverage, words))),
    )
    path.write_text(page, encoding="utf-8", newline="\n")


def _text(name: str) -> str:
    return (resources.files("desk.outputs.page") / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
