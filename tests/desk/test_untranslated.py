"""Nothing that a command says is left in English only: whoever speaks, speaks through `Said` or a catalogue."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from centre.said import Said
from desk.wording import catalogues, words

ROOT = Path(__file__).parents[2]
FILES = sorted(
    [*(ROOT / "desk/actions").rglob("*.py"), *(ROOT / "desk/cli").rglob("*.py"), ROOT / "desk/verification.py"]
)
SPEAKERS = {"say", "note", "log"}
"""Functions that put a text before a person; what is yielded in a function of lines for people is the same."""

SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|^[A-Za-z]{3,}[:.]? *$")


def english(node: ast.expr | None) -> str:
    """The English of an expression that is text by itself: a literal, an f-string, or pieces put together."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(str(v.value) for v in values if isinstance(v, ast.Constant))
        case ast.BinOp(op=ast.Add()):
            return english(node.left) + english(node.right)
        case ast.IfExp():
            return english(node.body) + english(node.orelse)
    return ""


def spoken(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in SPEAKERS:
                yield node.lineno, english(node.args[0])
        elif isinstance(node, ast.FunctionDef) and ast.unparse(node.returns or ast.Constant("")) in (
            "Iterable[str]",
            "Iterator[str]",
        ):
            yield from ((each.lineno, english(each.value)) for each in ast.walk(node) if isinstance(each, ast.Yield))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_whoever_speaks_can_be_told_in_chinese(file: Path) -> None:
    lines = list(spoken(ast.parse(file.read_text("utf-8"))))
    assert [(line, text) for line, text in lines if SENTENCE.search(text)] == []


def test_a_sentence_in_english_only_is_found() -> None:
    bad = 'def words(self) -> Iterable[str]:\n    yield f"{a} agents are short"\n    yield Said("{a} short", a=1)\n'
    assert [text for _, text in spoken(ast.parse(bad)) if SENTENCE.search(text)] == [" agents are short"]


SAYING = sorted(file for package in catalogues.PACKAGES for file in (ROOT / package).rglob("*.py"))


def joined(tree: ast.AST) -> list[int]:
    """Lines where a sentence is given texts put together with English commas: a list is told in the reader's."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Said"]
    values = [keyword.value for call in calls for keyword in call.keywords]
    return [value.lineno for value in values if ast.unparse(value).startswith("', '.join(")]


@pytest.mark.parametrize("file", SAYING, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_sentence_is_given_lists_as_lists(file: Path) -> None:
    assert joined(ast.parse(file.read_text("utf-8"))) == []


def test_a_list_joined_for_a_sentence_is_found_and_one_that_is_listed_is_told() -> None:
    assert joined(ast.parse('Said("{a}", a=", ".join(some))')) == [1]
    listed = Said.listed([Said.term("alert", "late"), "b"])
    assert (listed, words("zh").tell(listed)) == ("late, b", "迟到、b")
    assert words("zh").tell(Said("one of {names}", names=["a", "b"])) == "a、b 之一"
