"""The table docs/house-rules-proofs.md: each house rule, where it is enforced, the tests that prove it.

`pytest --house-rules docs/house-rules-proofs.md` writes it from a run: only tests that passed stand in it, and a rule
without any makes the run fail. What the tests of a rule are is read off their markers (`@pytest.mark.rule("LEV-1")`),
their names (`test_lev1_...`) and house_rules.toml; where it is enforced, off the code that names it.
"""

import ast
import re
import tomllib
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "house-rules-proofs.md"
PACKAGES = ("centre", "forecasts", "scheduler", "streams", "store", "desk")
SHOWN = 4
_NAMED = re.compile(r"test_(org|shf|lev|swp|att|esc|flr|kpi|pln)(\d+)_")
HEAD = """\
# House rules and their proofs

Made from the tests by `pytest --house-rules docs/house-rules-proofs.md`, not by hand: every rule of the
regulations, where the code enforces it, and the tests that prove it. What each test claims is its name;
those of a rule show what passes and what does not.

| rule | says | enforced in | proved by |
| --- | --- | --- | --- |
"""


@cache
def rules() -> dict[str, dict[str, Any]]:
    """Every house rule by its id, in the order of the regulations."""
    return tomllib.loads((ROOT / "tests" / "house_rules.toml").read_text("utf-8"))


@cache
def proofs() -> dict[str, tuple[str, ...]]:
    """The tests of each rule, as "tests/...py::test_name"."""
    found: dict[str, list[str]] = {name: list(rule.get("tests", ())) for name, rule in rules().items()}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        path = file.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for rule in _rules_of(node):
                    found.setdefault(rule, []).append(f"{path}::{node.name}")
    return {name: tuple(dict.fromkeys(tests)) for name, tests in found.items()}


def documented() -> set[str]:
    """The tests that the document names as proofs."""
    return {f"tests/{test}" for test in re.findall(r"`([^`]+::test_\w+)`", DOCUMENT.read_text("utf-8"))}


def _rules_of(node: ast.FunctionDef) -> Iterator[str]:
    named = _NAMED.match(node.name)
    if named:
        yield f"{named[1].upper()}-{named[2]}"
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("mark.rule"):
            yield ast.literal_eval(decorator.args[0])


def exists(test: str) -> bool:
    """Whether a test of that name is there."""
    path, _, name = test.partition("::")
    file = ROOT / path
    return file.exists() and f"def {name}(" in file.read_text("utf-8")


@cache
def places() -> dict[str, tuple[str, ...]]:
    """Where the code names each rule: functions, classes and modules, as dotted names."""
    found: dict[str, list[str]] = {name: [] for name in rules()}
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text("utf-8")
            named = [rule for rule in rules() if _mentions(text, rule)]
            if not named:
                continue
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for node in ast.parse(text).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    source = ast.get_source_segment(text, node) or ""
                    for rule in named:
                        if _mentions(source, rule):
                            found[rule].append(f"{module}.{node.name}")
            for rule in named:
                if not any(place.startswith(f"{module}.") for place in found[rule]):
                    found[rule].append(module)
    return {name: tuple(rows) for name, rows in found.items()}


def _mentions(text: str, rule: str) -> bool:
    return re.search(rf"\b{rule}\b", text) is not None


def enforced(rule: str) -> tuple[str, ...]:
    """Where a rule is enforced: what decides comes first, the desk last."""
    own: list[str] = list(rules()[rule].get("enforced", ()))
    order = ("scheduler", "streams", "centre.approvals", "centre.escalation", "forecasts", "centre", "store", "desk")
    rank = {name: number for number, name in enumerate(order)}

    def standing(place: str) -> int:
        return min(number for name, number in rank.items() if place.startswith(name))

    rest = sorted(places()[rule], key=standing)
    return tuple(dict.fromkeys([*own, *rest]))[:SHOWN]


def table(passed: Collection[str] | None = None) -> str:
    """The document; with the tests that `passed`, only those stand in it.

    Raises
    ------
    ValueError : a rule without proof or place.
    """
    rows, argued = [], []
    for name, rule in rules().items():
        tests = [test for test in proofs()[name] if passed is None or test in passed]
        where = enforced(name)
        if not tests or not where:
            raise ValueError(f"{name}: no {'proof that passed' if where else 'place where it is enforced'}")
        shown = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in tests)
        rows.append(f"| {name} | {rule['says']} | {', '.join(f'`{place}`' for place in where)} | {shown} |\n")
        if "argued" in rule:
            argued.append(f"- {name}: {rule['argued']}\n")
    return HEAD + "".join(rows) + "\n## Bent, or judged out of place\n\n" + "".join(argued)
