"""Nothing that is complained of is in English only: every error and every problem is said so that it can be told.

Whoever raises an error of ours, or makes or keeps a `Problem`, gives its texts as `Said`. What an argument is made of
is followed through the function's variables, the module's constants and functions of ours that return text.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from centre import errors

ROOT = Path(__file__).parents[2]
PACKAGES = ("centre", "desk", "forecasts", "scheduler", "store", "streams")
FILES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
RAISED = {name for name in dir(errors) if name.endswith("Error")} | {"ValueError", "BadParameter", "HTTPException"}
PROBLEM = {"Problem", "complain"}
TOLD = {"Said", "_", "ngettext", "term", "tell", "N_"}
"""What makes a text one that can be told, or has told it."""

QUOTED = {"repr", "as_written", "isoformat", "str"}
"""What shows a value as the user wrote it, or as it stands in files."""

ENGLISH = re.compile(r"[A-Za-z]{2,}")
PLACE = re.compile(r"[a-z]{2,},? |^(file|folder|header|rows?|line|value|moments|address|environment)\b(?!/)")
"""In what tells a place: words that are no key, no column and no option."""


@dataclass
class Module:
    """A file's tree, its functions by name, and which names come from which file of ours."""

    tree: ast.Module
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    constants: dict[str, list[ast.expr]] = field(default_factory=dict)
    imported: dict[str, Path] = field(default_factory=dict)


@cache
def module(file: Path) -> Module:
    return parsed(file.read_text("utf-8"))


def parsed(source: str) -> Module:
    made = Module(ast.parse(source))
    made.constants = assigned(made.tree.body)
    for node in ast.walk(made.tree):
        if isinstance(node, ast.FunctionDef):
            made.functions.setdefault(node.name, node)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES:
            file = ROOT / f"{node.module.replace('.', '/')}.py"
            for alias in node.names if file.exists() else ():
                made.imported[alias.asname or alias.name] = file
    return made


def assigned(body: list[ast.stmt]) -> dict[str, list[ast.expr]]:
    """What each name is given, tuples taken apart."""
    found: dict[str, list[ast.expr]] = {}
    for node in (each for statement in body for each in ast.walk(statement)):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
            targets = [node.target]
        for target in targets:
            value = node.value  # type: ignore[attr-defined]
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = list(zip(target.elts, value.elts, strict=False))
            for name, given in pairs:
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append(given)
    return found


def literals(node: ast.AST | None, of: Module, names: dict[str, list[ast.expr]], seen: frozenset[str]) -> Iterator[str]:
    """The bare English that a text is made of: everything but what is said, told, or quoted."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "{}".join(str(part.value) if isinstance(part, ast.Constant) else "" for part in parts)
            for part in parts:
                if isinstance(part, ast.FormattedValue) and part.conversion == -1:
                    yield from literals(part.value, of, names, seen)
        case ast.Name(id=name) if name not in seen:
            home = module(of.imported[name]) if name in of.imported else of
            constant = home.constants.get(name, []) if name.strip("_").isupper() else []
            for given in names.get(name, []):
                yield from literals(given, of, names, seen | {name})
            for given in constant if name not in names else []:
                if not is_keys(given):
                    yield from literals(given, home, {}, seen | {name})
        case ast.IfExp():
            for part in (node.body, node.orelse):
                yield from literals(part, of, names, seen)
        case ast.BoolOp(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            for part in parts:
                yield from literals(part, of, names, seen)
        case ast.BinOp(left=left, right=right):
            yield from literals(left, of, names, seen)
            yield from literals(right, of, names, seen)
        case ast.Starred(value=value) | ast.Subscript(value=value):
            yield from literals(value, of, names, seen)
        case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
            yield from literals(element, of, names, seen)
        case ast.Call():
            yield from of_call(node, of, names, seen)


def is_keys(node: ast.expr) -> bool:
    """Names of files and code: a constant list of single words."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List) else []
    words = [part.value for part in parts if isinstance(part, ast.Constant)]
    return len(words) > 1 and all(isinstance(word, str) and re.fullmatch(r"[\w.*]+", word) for word in words)


def of_call(node: ast.Call, of: Module, names: dict[str, list[ast.expr]], seen: frozenset[str]) -> Iterator[str]:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name in TOLD | QUOTED | PROBLEM or name in RAISED:
        return
    if name in {"join", "dict", "next", "sorted"}:
        if isinstance(node.func, ast.Attribute):
            yield from literals(node.func.value, of, names, seen)
        for part in node.args:
            yield from literals(part, of, names, seen)
        return
    home = module(of.imported[name]) if name in of.imported else of
    function = home.functions.get(name)
    if function is not None and name not in seen:
        own = assigned(function.body)
        for each in ast.walk(function):
            if isinstance(each, ast.Return):
                yield from literals(each.value, home, own, seen | {name})


def complaints(of: Module) -> Iterator[tuple[int, str]]:
    """Bare English in errors and problems: line, text."""
    for scope in [of.tree, *(node for node in ast.walk(of.tree) if isinstance(node, ast.FunctionDef))]:
        names = {} if isinstance(scope, ast.Module) else assigned(scope.body)
        for node in own_nodes(scope):
            if isinstance(node, ast.Call):
                yield from ((node.lineno, text) for text in of_complaint(node, of, names))


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, ast.FunctionDef):
            yield node
            yield from own_nodes(node)


def of_complaint(node: ast.Call, of: Module, names: dict[str, list[ast.expr]]) -> Iterator[str]:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name in RAISED:
        texts = [text for part in node.args for text in literals(part, of, names, frozenset())]
        yield from (text for text in texts if ENGLISH.search(text))
    if name in PROBLEM and len(node.args) >= 2:
        of_a_row = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in ("row", "table")
        places = node.args[:1] if of_a_row else node.args[:-2]
        for place in places:
            yield from (text for text in literals(place, of, names, frozenset()) if PLACE.search(text))
        for part in node.args[len(places) :]:
            yield from (text for text in literals(part, of, names, frozenset()) if ENGLISH.search(text))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_what_is_complained_of_can_be_told_in_chinese(file: Path) -> None:
    assert sorted(set(complaints(module(file)))) == []


def test_english_in_a_complaint_is_found_wherever_it_comes_from() -> None:
    bad = parsed(
        """
ALLOWED = "one of these"

def f(door, row, name):
    found, where = f"{name} cells", f"row {name}"
    door.complain("a.csv", where, found, ALLOWED)
    row.complain("end", Said("after the start"), "no" + " end")
    raise InputError([Problem("a.csv", "end", repr(name), g(name))])

def g(name):
    return "a day" if name else Said("a queue")
"""
    )
    assert {text for _, text in complaints(bad)} == {"row {}", "{} cells", "one of these", "no", " end", "a day"}


def test_keys_and_quoted_values_are_no_english() -> None:
    good = parsed(
        """
KEYS = ("agent", "start", "end")

def f(door, name):
    door.complain("a.csv", f"[{name}].start", repr("as written"), ", ".join(KEYS))
    raise InputError(Said("the columns are {names}", names=", ".join(KEYS)))
"""
    )
    assert list(complaints(good)) == []


SHAPES = [file for file in FILES if file.relative_to(ROOT).parts[0] in ("centre", "store", "streams")]


@pytest.mark.parametrize("file", SHAPES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_what_a_shape_says_is_allowed_can_be_told_in_chinese(file: Path) -> None:
    """A description of a field stands in messages as what may stand there."""
    tree = ast.walk(module(file).tree)
    fields = [node for node in tree if isinstance(node, ast.keyword) and node.arg == "description"]
    assert [node.lineno for node in fields if list(literals(node.value, module(file), {}, frozenset()))] == []
