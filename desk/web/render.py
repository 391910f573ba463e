"""Pages out of templates: everything that every page needs stands here once."""

import json
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from desk.outputs.page.data import as_json
from desk.web.ask import THEME, Ask
from desk.web.menu import menu_of


@cache
def environment() -> Environment:
    """The templates; names are never read as markup, and a word that is missing is an error."""
    found = Environment(
        loader=PackageLoader("desk.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["name_of"] = lambda key, names: names.get(key, key)
    found.filters["leave_name"] = lambda kind, words: words.term("leave", kind)
    return found


@cache
def version_of(name: str) -> str:
    """A few letters that change with a static file, so that browsers may keep it for ever."""
    content = (resources.files("desk.web") / "static" / name).read_bytes()
    return sha256(content).hexdigest()[:12]


def static(name: str) -> str:
    """The address of a static file."""
    return f"/static/{name}?{version_of(name)}"


def page(ask: Ask, template: str, status: int = 200, data: Any = None, **values: Any) -> HTMLResponse:
    """A page. `data` is what its script reads, as JSON inside the page."""
    words = ask.words
    theme = ask.request.cookies.get(THEME, "auto")
    html = (
        environment()
        .get_template(template)
        .render(
            _=words._,
            ngettext=words.ngettext,
            words=words,
            lang={"en": "en", "zh": "zh-CN"}[words.language],
            theme=theme if theme in ("light", "dark") else "auto",
            site=ask.place.site.settings.name,
            person=ask.person,
            menu=menu_of(ask) if ask.person else [],
            path=ask.request.url.path,
            other_language=_other_language(ask),
            csrf=ask.csrf,
            static=static,
            data=Markup(as_json(data if data is not None else {})),
            **values,
        )
    )
    return HTMLResponse(html, status)


def _other_language(ask: Ask) -> str:
    other = "zh" if ask.words.language == "en" else "en"
    query = [f"{key}={value}" for key, value in ask.request.query_params.multi_items() if key != "lang"]
    return "?" + "&".join([*query, f"lang={other}"])


def dumps(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
