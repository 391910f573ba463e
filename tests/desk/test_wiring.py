"""Opening a site: the moment it is worked on."""

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from centre.errors import InputError
from desk import actions
from desk.actions import make_example
from desk.wiring import open_place


def test_no_action_is_hidden_by_a_module_of_its_name() -> None:
    """Once such a module was imported its name would be the module, not what a person does."""
    rooms = {path.stem for path in Path(str(files("desk.actions"))).iterdir()}
    assert not rooms & set(actions.__all__)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An example centre in Shanghai."""
    make_example(tmp_path / "site", seed=7, today=datetime(2026, 3, 2, tzinfo=UTC).date(), language="en")
    return tmp_path / "site"


def test_a_moment_without_an_offset_is_local_to_the_site(site: Path) -> None:
    with open_place(site, datetime.fromisoformat("2026-03-02T14:30")) as place:
        assert place.now == datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


def test_a_moment_that_the_clocks_skip_is_refused(site: Path) -> None:
    settings = site / "site.toml"
    settings.write_text(settings.read_text("utf-8").replace("Asia/Shanghai", "Europe/Berlin"), "utf-8")
    with (
        pytest.raises(InputError, match="skip this one"),
        open_place(site, datetime.fromisoformat("2026-03-29T02:30")),
    ):
        pass
