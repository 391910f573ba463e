"""What README and docs tell people to type works: the sh and python blocks of a page run, in order, in a fresh folder.

Of the README what follows its two commands, which set up an environment and run this test.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"^(?:<!-- not run: (?P<why>[^\n]+) -->\n)?```(?P<kind>sh|python)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
README = ROOT / "README.md"
AFTER_THE_TWO_COMMANDS = "## A month's roster"
PAGES = [README, *sorted(path for path in (ROOT / "docs").rglob("*.md") if BLOCK.search(path.read_text("utf-8")))]
QUICK = ("paiban nightly hotline --from 2026-03-02", "paiban nightly hotline --from 2026-03-02 --seconds 8")
"""A reader's night takes minutes."""


@dataclass(frozen=True)
class Block:
    """One piece of code of a page; `why` says why it is not run."""

    kind: str
    code: str
    why: str


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    if page == README:
        text = text[text.index(AFTER_THE_TWO_COMMANDS) :].replace(*QUICK)
    found = BLOCK.finditer(text)
    return [Block(match["kind"], match["code"], match["why"] or "") for match in found]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The command `paiban` and the interpreter of this environment first on the path."""
    folder = tmp_path_factory.mktemp("bin")
    command = folder / "paiban"
    command.write_text(f"#!{sys.executable}\nimport sys\nfrom desk.cli import main\nsys.exit(main())\n", "utf-8")
    command.chmod(0o755)
    for name in ("python3", "python"):
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
        (folder / name).chmod(0o755)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PAIBAN")},
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
    }


def run(block: Block, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    words = ["bash", "-euo", "pipefail", "-c"] if block.kind == "sh" else [sys.executable, "-c"]
    return subprocess.run(
        [*words, block.code], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.fixture(scope="session")
def rostered(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """A folder with the example centre and two weeks of its roster, as "Five minutes to a roster" makes it."""
    folder = tmp_path_factory.mktemp("rostered")
    made = Block(
        "sh",
        "paiban init hotline --today 2026-03-01\npaiban roster hotline --from 2026-03-02 --weeks 2 --seconds 5\n",
        "",
    )
    done = run(made, folder, environment)
    assert done.returncode == 0, done.stderr
    return folder


def test_there_are_guides() -> None:
    assert any(page.parent.name == "guides" for page in PAGES)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_code_of_a_page_runs(page: Path, rostered: Path, environment: dict[str, str], tmp_path: Path) -> None:
    """Python blocks of a page share their names, as a reader who types them one after another."""
    if "<!-- setting: roster -->" in page.read_text("utf-8"):
        shutil.copytree(rostered, tmp_path, dirs_exist_ok=True)
    before = ""
    for block in blocks(page):
        if block.why:
            continue
        whole = Block(block.kind, before + block.code if block.kind == "python" else block.code, "")
        done = run(whole, tmp_path, environment)
        assert done.returncode == 0, f"{page.name}:\n{block.code}\n{done.stdout}\n{done.stderr}"
        if block.kind == "python":
            before += block.code + "\n"
