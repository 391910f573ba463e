"""Every sentence is given exactly the values that its braces name, by whoever says it and in every language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import jinja2.nodes
import pytest
from jinja2 import Environment

from desk.wording import catalogues

ROOT = Path(__file__).parents[2]
FILES = sorted(file for package in catalogues.PACKAGES for file in (ROOT / package).rglob("*.py"))
PAGES = sorted((ROOT / "desk").rglob("*.j2"))
SAYERS = {"Said": 1, "_": 1, "ngettext": 3}
"""Who says a sentence, and how many arguments stand before the values; a count is the value `count` by itself."""

NUMBERED = re.compile(r"\d$")


def named(text: str) -> set[str]:
    """The values that the braces of a sentence name; "{day.year}" and "{day:%B}" name `day`."""
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(text) if name is not None}


def sentence(nodes: list[str | None]) -> set[str]:
    return set().union(*(named(text) for text in nodes if text is not None))


def of_code(tree: ast.AST) -> Iterator[tuple[int, set[str], set[str]]]:
    """Line, values named, values given, of each call that says a sentence written out in it.

    Sentences of a table of words go to a page's script, which fills them in.
    """
    for_scripts = {id(value) for node in ast.walk(tree) if isinstance(node, ast.Dict) for value in node.values}
    for node in ast.walk(tree):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if not isinstance(node, ast.Call) or name not in SAYERS or not node.args:
            continue
        texts = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        whole = all(keyword.arg for keyword in node.keywords)
        if not node.keywords and id(node) in for_scripts:
            continue
        if texts and whole and (name != "Said" or isinstance(node.args[0], ast.Constant)):
            given = {keyword.arg or "" for keyword in node.keywords} | ({"count"} if name == "ngettext" else set())
            yield node.lineno, sentence([*texts]), given


def of_page(source: str) -> Iterator[tuple[int, set[str], set[str]]]:
    """The same of a template."""
    for node in Environment(extensions=["jinja2.ext.do"]).parse(source).find_all(jinja2.nodes.Call):
        name = getattr(node.node, "name", getattr(node.node, "attr", ""))
        texts = [arg.value for arg in node.args[:2] if isinstance(arg, jinja2.nodes.Const)]
        if name in SAYERS and texts and all(isinstance(text, str) for text in texts) and node.dyn_kwargs is None:
            given = {keyword.key for keyword in node.kwargs} | ({"count"} if name == "ngettext" else set())
            yield node.lineno, sentence([*texts]), given


def wrong(calls: Iterator[tuple[int, set[str], set[str]]]) -> list[tuple[int, set[str]]]:
    """Line, and the values that are named and not given or given and not named."""
    return [
        (line, names ^ given)
        for line, names, given in calls
        if (names ^ given) - {"count"} or ("count" in names and "count" not in given)
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_sentence_is_given_the_values_that_its_braces_name(file: Path) -> None:
    assert wrong(of_code(ast.parse(file.read_text("utf-8")))) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_sentence_of_a_page_is_given_the_values_that_its_braces_name(page: Path) -> None:
    assert wrong(of_page(page.read_text("utf-8"))) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_values_have_names_that_say_what_they_are(file: Path) -> None:
    """A translator reads them: "value2" is no name."""
    calls = of_code(ast.parse(file.read_text("utf-8")))
    assert [(line, name) for line, names, _ in calls for name in names if NUMBERED.search(name)] == []


@pytest.mark.parametrize(
    ("call", "difference"),
    [
        ('Said("{a} and {b}", a=1)', {"b"}),
        ('Said("{a}", a=1, b=2)', {"b"}),
        ('Said("{a}")', {"a"}),
        ('words._("{day.year}", day=day)', None),
        ('Said("{a:>5} {b!r}", a=1, b=2)', None),
        ('words.ngettext("{count} day of {a}", "{count} days of {a}", n, a=1)', None),
        ('words.ngettext("{count} day of {a}", "{count} days of {a}", n)', {"a"}),
        ('Said("{a}", **values)', None),
    ],
)
def test_a_value_that_is_missing_or_too_many_is_found(call: str, difference: set[str] | None) -> None:
    assert [found for _, found in wrong(of_code(ast.parse(call)))] == ([difference] if difference else [])


def test_a_value_that_a_page_forgets_is_found() -> None:
    assert wrong(of_page("{{ _('{a} of {b}', a=1) }}")) == [(1, {"b"})]


def test_a_translation_names_the_values_of_its_sentence() -> None:
    for message in catalogues.read("zh"):
        if message.id:
            ids = [message.id] if isinstance(message.id, str) else [*message.id]
            strings = [message.string] if isinstance(message.string, str) else [*message.string]
            assert all(named(text) == sentence([*ids]) for text in strings), message.id
