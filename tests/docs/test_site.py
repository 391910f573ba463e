"""The docs build into a site whose links hold, with every page in its contents and nothing from another host."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def leaves(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    parts = nav.values() if isinstance(nav, dict) else nav
    assert isinstance(parts, list) or hasattr(parts, "__iter__")
    return [leaf for part in parts for leaf in leaves(part)]


def test_every_page_stands_in_the_contents_once() -> None:
    listed = leaves(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"])
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    assert sorted(listed) == sorted(pages)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; a broken link or anchor fails the build."""
    config = pytest.importorskip("mkdocs.config", reason="pip install -e '.[docs]'")
    from mkdocs.commands.build import build

    folder = tmp_path_factory.mktemp("site")
    build(config.load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    return folder


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_site_builds_and_asks_no_other_host_for_anything(site: Path) -> None:
    asked = re.compile(r"""<(?:script|img|iframe|source|link(?=[^>]*stylesheet))[^>]*?(?:src|href)=["']?(https?:)?//""")
    pages = list(site.rglob("*.html"))
    assert pages
    assert [page.name for page in pages if asked.search(page.read_text("utf-8"))] == []
