"""A board over a copy of the example centre, with people who sign in."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from desk.actions import open_place
from desk.actions.accounts import add_account
from desk.web.app import create_app
from desk.web.settings import BoardSettings

PASSWORD = "long enough to be one"
MOMENT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
PEOPLE = {
    "agent": ("a001", "agent"),
    "leader": ("l01", "leader"),
    "inspector": ("", "inspector"),
    "manager": ("", "manager"),
    "planner": ("", "planner"),
    "head": ("", "head"),
    "director": ("", "director"),
    "admin": ("", "administrator"),
}
"""Account name: who it is in agents.csv, and its role. `head` and `director` decide under these names by policy."""


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = MOMENT

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


def csrf_of(html: str) -> str:
    """The token of the first form of a page."""
    return html.split('name="csrf" value="')[1].split('"')[0]


class Visitor:
    """A browser at the board."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def sign_in(self, name: str, password: str = PASSWORD) -> int:
        """Sign in; the status of the answer."""
        page = self.client.get("/sign-in").text
        form = {"name": name, "password": password, "csrf": csrf_of(page)}
        return self.client.post("/sign-in", data=form, follow_redirects=False).status_code

    def csrf(self) -> str:
        """This browser's token."""
        html = self.client.get("/account").text
        return html.split('data-csrf="')[1].split('"')[0]

    def api(self, method: str, path: str, **more: object) -> object:
        """Call the API as the page's script does."""
        headers = {"X-CSRF-Token": self.csrf()} if method != "GET" else {}
        return self.client.request(method, "/api/v1" + path, headers=headers, **more)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    """The board's clock."""
    return Clock()


@pytest.fixture
def board_at(hotline: Path, clock: Clock) -> Callable[..., "contextmanager[Visitor]"]:
    """Open the board of the example centre with some settings."""

    @contextmanager
    def opened(**settings: object) -> Iterator[Visitor]:
        app = create_app(hotline, BoardSettings(**settings), clock)  # type: ignore[arg-type]
        with TestClient(app) as client:
            yield Visitor(client)

    return opened  # type: ignore[return-value]


@pytest.fixture
def local(board_at: Callable[..., "contextmanager[Visitor]"]) -> Iterator[Visitor]:
    """A board without accounts."""
    with board_at() as visitor:
        yield visitor


@pytest.fixture(scope="session")
def staffed_once(one_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The centre with an account for each role: hashing their passwords takes its time, so once."""
    folder = Path(shutil.copytree(one_night, tmp_path_factory.mktemp("staffed") / "hotline"))
    with open_place(folder, MOMENT) as place:
        for name, (agent, role) in PEOPLE.items():
            add_account(place, name, PASSWORD, [role], agent, by="test")
    return folder


@pytest.fixture
def staffed(staffed_once: Path, hotline: Path) -> Path:
    """A copy of it, where `board_at` looks."""
    shutil.rmtree(hotline)
    return Path(shutil.copytree(staffed_once, hotline))


@pytest.fixture
def visitor(staffed: Path, board_at: Callable[..., "contextmanager[Visitor]"]) -> Iterator[Visitor]:
    """A browser at a board with accounts, not signed in yet."""
    with board_at() as found:
        yield found
