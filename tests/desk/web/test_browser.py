"""The board in Chromium: every page as every role, both languages, desk and phone; what axe finds; what people do.

With PAIBAN_PICTURES=docs/pictures the pictures of the documents are taken anew.
"""

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from centre.grid import instant
from centre.requests import LeaveRequest
from desk.actions import ask_leave, open_place
from desk.actions.accounts import accounts_of
from desk.web.app import create_app
from desk.web.settings import BoardSettings
from tests.desk.web.conftest import PEOPLE
from tests.desk.web.floors import busy_moment, live_until

DAY = date(2026, 3, 9)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@dataclass(frozen=True)
class Served:
    """A board that answers on loopback, and a signed-in session for each account."""

    address: str
    sessions: dict[str, str]


@pytest.fixture(scope="session")
def served(staffed_once: Path, tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[Served]:
    """The board of a busy floor."""
    folder = Path(shutil.copytree(staffed_once, tmp_path_factory.mktemp("browser") / "hotline"))
    moment = busy_moment(folder, DAY)
    live_until(folder, DAY, moment)
    sessions = {}
    with open_place(folder, moment) as place:
        known = accounts_of(place)
        for name in PEOPLE:
            sessions[name] = f"session of {name}"
            known.open_session(known.get(name).number, sessions[name], moment)
        zone = place.site.settings.zone
        for agent in ("a005", "a006"):
            asked = LeaveRequest(
                agent=agent, start=instant(DAY + timedelta(days=7), 0, zone), kind="personal",
                end=instant(DAY + timedelta(days=7), 1440, zone), at=int(moment.timestamp()), reason="a wedding",
            )  # fmt: skip
            ask_leave(place, asked, made=moment)
    app = create_app(folder, BoardSettings(), lambda: moment + timedelta(seconds=2))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield Served(f"http://127.0.0.1:{port}", sessions)
    server.should_exit = True
    server.force_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield found
        found.close()


def visit(
    browser: Browser, served: Served, name: str, language: str, size: dict[str, int], dark: bool = False
) -> BrowserContext:
    """A browser of somebody who is signed in."""
    context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light", locale="en-GB")  # type: ignore[arg-type]
    cookies = {"paiban_session": served.sessions[name], "paiban_language": language}
    context.add_cookies([{"name": key, "value": value, "url": served.address} for key, value in cookies.items()])
    context.set_default_timeout(120_000)  # kernels may have to be compiled first
    return context


def look(page: Page, served: Served, path: str) -> list[str]:
    """Open a page and wait until it has drawn itself; whatever it complained of."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{path}: {error}"))
    page.on("console", lambda said: wrong.append(f"{path}: {said.text}") if said.type == "error" else None)
    answer = page.goto(served.address + path, wait_until="load")
    assert answer is not None
    assert answer.status == 200, path
    if drawn := DRAWN.get(path.split("?")[0]):
        page.wait_for_selector(drawn, state="attached")
    return wrong


DRAWN = {
    "/wall": "#queues article", "/month": ".month .row", "/day": ".gantt .row", "/forecast": "#days svg",
    "/what-if": "#answer table",
}  # fmt: skip
"""What a page's script has put there when it is done."""


def menu(page: Page) -> list[str]:
    """The pages that somebody may open."""
    return page.eval_on_selector_all("header.top nav a", "links => links.map(link => link.getAttribute('href'))")  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_of_every_role_in_both_languages_on_desk_and_phone(
    browser: Browser, served: Served, name: str
) -> None:
    """No error in a script, nothing wider than the phone, nothing English on a Chinese page but names."""
    both = (("en", DESK), ("zh", PHONE))
    for language, size in both if name in ("agent", "leader", "planner", "admin") else both[1:]:
        context = visit(browser, served, name, language, size)
        page = context.new_page()
        look(page, served, "/account")
        for path in menu(page):
            fresh = context.new_page()
            assert look(fresh, served, path) == []
            wide = fresh.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 1, f"{path} is {wide} px wider than the screen"
            if language == "zh":
                heading = fresh.locator("h1").first.inner_text()
                assert re.search("[\u4e00-\u9fff]", heading), f"{path}: {heading}"
            fresh.close()
        context.close()


@pytest.mark.parametrize(("name", "dark"), [("head", False), ("planner", True), ("agent", False), ("admin", True)])
def test_axe_finds_no_serious_fault(browser: Browser, served: Served, name: str, dark: bool) -> None:
    context = visit(browser, served, name, "en", DESK, dark)
    page = context.new_page()
    look(page, served, "/account")
    found = []
    for path in ["/account", *menu(page)]:
        look(page, served, path)
        for fault in Axe().run(page).response["violations"]:
            if fault["impact"] in ("serious", "critical"):
                found += [f"{path}: {fault['id']}: {node['html'][:140]}" for node in fault["nodes"][:3]]
    context.close()
    assert found == []


def test_somebody_signs_in_by_the_form_and_sees_the_own_page(browser: Browser, served: Served) -> None:
    from tests.desk.web.conftest import PASSWORD

    page = browser.new_page()
    page.goto(served.address + "/my")
    page.fill("input[name=name]", "agent")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_url("**/my")
    assert "My work" in page.content()
    page.close()


def test_a_pause_is_moved_by_hand_judged_and_saved(browser: Browser, served: Served) -> None:
    """Click a person, move a pause later until the checker agrees, save: the day shows the new version."""
    context = visit(browser, served, "planner", "en", DESK)
    page = context.new_page()
    look(page, served, "/day?date=2026-03-12")
    page.wait_for_selector(".gantt .row")
    before = page.inner_text("#version")
    people = page.locator(".gantt .row:not(.team) button.who")
    for index in range(min(people.count(), 8)):
        people.nth(index).click()
        for arrow in page.locator(
            "#edit-rows button[aria-label='later'], #edit-rows button[aria-label='earlier']"
        ).all()[:6]:
            if not arrow.is_visible():
                continue
            arrow.click()
            page.wait_for_selector("#edit-verdict .tag")
            if page.locator("#edit-save").is_enabled():
                page.click("#edit-save")
                page.wait_for_function(
                    "old => !['', old].includes(document.getElementById('version')?.textContent ?? '')", arg=before
                )
                context.close()
                return
            break
        page.keyboard.press("Escape")
    raise AssertionError("no pause of eight people could be moved")


def test_the_scenario_answers_while_the_slider_moves(browser: Browser, served: Served) -> None:
    context = visit(browser, served, "planner", "en", DESK)
    page = context.new_page()
    look(page, served, "/what-if")
    before = page.inner_text("#answer")
    page.locator("input[name=volume]").fill("1.3")
    page.wait_for_function("old => document.getElementById('answer').innerText !== old", arg=before)
    assert "+30" not in before
    assert "▲" in page.inner_text("#answer")
    context.close()


PICTURES: list[tuple[str, str, str, str, dict[str, int], bool]] = [
    ("wall", "leader", "/wall", "en", {"width": 1600, "height": 900}, True),
    ("wall-zh", "leader", "/wall", "zh", {"width": 1600, "height": 900}, False),
    ("month", "planner", "/month", "en", DESK, False),
    ("month-zh", "planner", "/month", "zh", DESK, True),
    ("day", "leader", "/day", "en", DESK, False),
    ("day-zh", "leader", "/day", "zh", DESK, True),
    ("requests", "leader", "/requests", "en", DESK, False),
    ("my-work", "agent", "/my", "en", PHONE, False),
    ("my-work-zh", "agent", "/my", "zh", PHONE, True),
    ("forecast", "planner", "/forecast", "en", DESK, False),
    ("what-if", "planner", "/what-if", "zh", DESK, False),
    ("attendance", "head", "/attendance", "zh", DESK, False),
    ("handover", "leader", "/floor", "en", DESK, False),
    ("audit", "admin", "/audit", "en", DESK, False),
]


@pytest.mark.parametrize("wanted", PICTURES, ids=[row[0] for row in PICTURES])
def test_pictures_of_the_documents(browser: Browser, served: Served, wanted: Any, tmp_path: Path) -> None:
    """Each picture can be taken anew, and shows more than an empty page."""
    stem, name, path, language, size, dark = wanted
    context = visit(browser, served, name, language, size, dark)
    page = context.new_page()
    assert look(page, served, path) == []
    page.wait_for_timeout(300)
    folder = Path(os.environ.get("PAIBAN_PICTURES") or tmp_path)
    file = folder / f"board-{stem}.png"
    page.screenshot(path=file)
    context.close()
    assert file.stat().st_size > 12_000


def test_a_proposal_is_looked_for_and_refused_with_a_reason_on_the_wall(browser: Browser, served: Served) -> None:
    """Where the floor has nothing to win the wall says so; else what it proposes is refused with its reason."""
    context = visit(browser, served, "leader", "en", DESK)
    page = context.new_page()
    look(page, served, "/wall")
    page.wait_for_selector("#queues article")
    page.click("#look")
    page.wait_for_selector("#look:not([disabled])", timeout=270_000)
    if not page.inner_text("#looked"):
        page.wait_for_selector("#proposals .act")
        page.locator("#proposals .act button", has_text="Refuse").first.click()
        page.locator("#proposals .act input").first.fill("they have just come back")
        page.keyboard.press("Enter")
        page.wait_for_selector("#proposals .act", state="detached")
    context.close()
