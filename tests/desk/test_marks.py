"""Colons, commas and brackets beside a value come from a message or a helper: in Chinese they are full-width."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

from desk.wording import words

ROOT = Path(__file__).parents[2] / "desk"
TEMPLATES = sorted(ROOT.rglob("*.j2"))
SCRIPTS = sorted(ROOT.rglob("*.js"))
HALF_WIDTH = re.compile(r"[:;,()]")
VALUE = "\0"


def of_template(source: str) -> list[str]:
    """The lines of a template whose own text, between its values and its markup, has a half-width mark."""
    tokens = Environment(extensions=["jinja2.ext.do"]).lex(source)
    text = "".join(str(value) if kind == "data" else VALUE * (kind == "variable_begin") for _, kind, value in tokens)
    seen = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>|&\w+;", "", text, flags=re.DOTALL)
    return [line.strip() for line in seen.splitlines() if HALF_WIDTH.search(line)]


LITERAL = re.compile(r"`(?:[^`$]|\$(?!\{)|\$\{(?:[^{}]|\{[^}]*\})*\})*`")
INNER = re.compile(r"\$\{(?:[^{}`]|`[^`]*`)*\}")
ALONE = re.compile(r" ?[:,;] | ?\(|\)")
BESIDE = re.compile(rf"{VALUE}: |[ `{VALUE}]\({VALUE}|{VALUE}, {VALUE}")


def of_script(source: str) -> list[str]:
    """Marks that a script puts between its texts: strings of nothing else, and marks beside a value of a template.

    A line that has both kinds is where one is chosen by language.
    """
    code = re.sub(r"^\s*//.*$|^.*[：（，].*$", "", source, flags=re.MULTILINE)
    filled = [INNER.sub(VALUE, literal) for literal in LITERAL.findall(code)]
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', LITERAL.sub("", code) + "".join(re.findall(r"\$\{.*?\}", code)))
    calls = re.compile(r"\w\(")
    return [text for text in strings if ALONE.fullmatch(text)] + [
        text for text in filled if BESIDE.search(text) and not calls.search(text)
    ]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_writes_a_half_width_mark_beside_a_value(template: Path) -> None:
    assert of_template(template.read_text("utf-8")) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_script_writes_a_half_width_mark_beside_a_value(script: Path) -> None:
    assert of_script(script.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ['<p>{{ _("Next") }}: {{ what }}</p>', "{{ a }} ({{ b }})", "<b>{{ a }}</b>, {{ b }}", "<p>Handover: none</p>"],
)
def test_a_mark_in_a_template_is_found(source: str) -> None:
    assert len(of_template(source)) == 1


@pytest.mark.parametrize("source", ['name + ": " + text', "`${name}: ${text}`", "`${name} (${text})`", 'a + " (" + b'])
def test_a_mark_in_a_script_is_found(source: str) -> None:
    assert len(of_script(source)) == 1


@pytest.mark.parametrize("source", ["`M${x},${y}`", "`translate(${x}, ${y})`", "{ a: `${b}`, c: 1 }", "f(`${a}`, b)"])
def test_code_is_no_text(source: str) -> None:
    assert of_script(source) == []


def test_marks_of_chinese_are_full_width() -> None:
    assert words("zh")._("{name}: {text}", name="a", text="b") == "a：b"
    assert words("zh")._("{reason} ({approver})", reason="a", approver="b") == "a（b）"
