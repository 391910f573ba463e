"""roster.html: everything in it, nothing from elsewhere, and no name that runs."""

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from centre.grid import Horizon
from centre.roster import Roster, Segment
from centre.shifts import ACTIVITIES
from centre.site import Site
from desk.outputs.page import write_page
from desk.outputs.page.data import as_json
from desk.outputs.plan import plan_of
from desk.wording import words
from scheduler.progress import Progress
from tests.desk import sample

EVIL = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


def written(path: Path, of: Site, at: Horizon, made: Roster, language: str = "en") -> str:
    needed = sample.requirement(at)
    covered = sample.covered(of, at, needed, made)
    write_page(path, plan_of(of, at, needed, made), covered, words(language), sample.AT)
    return path.read_text(encoding="utf-8")


def embedded(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def segments(data: Any, begin: int) -> set[Segment]:
    """What the page draws, read by the rules written in desk/outputs/page/data.py."""
    found = set()
    for row in (row for team in data["teams"] for row in team["rows"]):
        for day, _, _, start, *rest in row["entries"]:
            minute = data["days"][day]["start"] + start
            for activity, queue, length in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
                if activity >= 0:
                    name = data["queues"][queue]["name"] if queue >= 0 else ""
                    times = begin + 60 * minute, begin + 60 * (minute + length)
                    found.add(Segment(row["id"], *times, ACTIVITIES[activity], name))
                minute += length
    return found


def test_every_segment_of_the_roster_is_in_the_page(tmp_path: Path) -> None:
    of, at = sample.site(), sample.horizon(14)
    gaps = [
        Segment("A000", at.at(6, 480), at.at(6, 540), "work", "sales"),
        Segment("A000", at.at(6, 600), at.at(6, 660), "standby"),
    ]
    made = Roster.of([*sample.roster(of, at).segments, *gaps])
    data = embedded(written(tmp_path / "roster.html", of, at, made))
    assert segments(data, at.begin) == set(made.segments)


def test_segments_that_overlap_or_leave_a_gap_are_drawn_where_they_are(tmp_path: Path) -> None:
    of, at = sample.site(), sample.horizon(1)
    made = Roster.of(
        Segment("A000", at.at(0, start), at.at(0, end), "work", queue)
        for start, end, queue in ((480, 600, "billing"), (540, 660, "sales"), (660, 700, "billing"))
    )
    assert segments(embedded(written(tmp_path / "roster.html", of, at, made)), at.begin) == set(made.segments)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "Asia/Shanghai"])
def test_clock_times_follow_the_offsets_of_the_zone(tmp_path: Path, zone: str) -> None:
    """The rule that base.js applies, with the offsets of the page, gives the wall clock of every interval."""
    first = {"Europe/Berlin": date(2026, 10, 24), "Australia/Lord_Howe": date(2026, 4, 4)}.get(zone, date(2026, 3, 2))
    at, of = Horizon(zone, 15, first, 3), sample.site(zone=zone)
    data = embedded(written(tmp_path / "roster.html", of, at, sample.roster(of, at)))
    for interval, wall in enumerate(at.local_minutes.tolist()):
        east = [offset for minute, offset in data["offsets"] if minute <= interval * 15][-1]
        assert (data["begin"] + interval * 15 + east) % 1440 == wall


def test_the_page_asks_for_nothing_from_anywhere(tmp_path: Path) -> None:
    of, at = sample.site(), sample.horizon(7)
    page = written(tmp_path / "roster.html", of, at, sample.roster(of, at))
    assert set(re.findall(r"https?://[^\s\"']*", page)) == {"http://www.w3.org/2000/svg"}  # a name, not an address
    assert not re.search(
        r"<(link|img|iframe|object|embed)\b|\bsrc=|\bhref=|@import|url\(|\bfetch\(|XMLHttp|import\(", page
    )


def test_only_the_script_and_style_of_the_page_may_run(tmp_path: Path) -> None:
    of, at = sample.site(a0={"name": EVIL}), sample.horizon(7)
    page = written(tmp_path / "roster.html", of, at, sample.roster(of, at))
    policy = html.unescape(re.search(r'Content-Security-Policy" content="(.*?)"', page)[1])  # type: ignore[index]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_no_name_leaves_the_data_it_stands_in(tmp_path: Path) -> None:
    people = {"a0": {"name": EVIL}, "a1": {"name": "<!--<script>"}, "a2": {"team": "\u2028</style>"}}
    of, at = sample.site(**people), sample.horizon(7)
    page = written(tmp_path / "roster.html", of, at, sample.roster(of, at))
    assert "owned" in page
    assert page.count("<script") == 2
    assert page.count("</script>") == 2
    assert "<!--" not in page
    names = {row["name"] for team in embedded(page)["teams"] for row in team["rows"]}
    assert {EVIL, "<!--<script>"} <= names


def test_json_in_the_page_has_no_character_that_html_or_scripts_read() -> None:
    text = as_json({"a": "<>&\u2028\u2029张"})
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == {"a": "<>&\u2028\u2029张"}


def test_sixty_people_and_four_weeks_stay_far_below_the_limit(tmp_path: Path) -> None:
    of, at = sample.site(60, 12), sample.horizon(28)
    written(tmp_path / "roster.html", of, at, sample.roster(of, at))
    assert (tmp_path / "roster.html").stat().st_size < 300_000


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("needs Chromium")
    return found


def drawn(chromium: str, page: Path, profile: Path, fragment: str = "") -> str:
    """The document as a browser has it once the script has run."""
    arguments = [
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
        *("--disable-background-networking", "--disable-component-update", "--virtual-time-budget=3000", "--dump-dom"),
    ]
    command = [chromium, *arguments, f"--user-data-dir={profile}", page.as_uri() + fragment]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.mark.slow
def test_a_browser_draws_the_month_and_no_name_runs(tmp_path: Path, chromium: str) -> None:
    of, at = sample.site(a0={"name": EVIL}), sample.horizon(7)
    written(tmp_path / "roster.html", of, at, sample.roster(of, at))
    found = drawn(chromium, tmp_path / "roster.html", tmp_path / "profile")
    assert "<title>Roster · Hotline Shanghai" in found
    assert len(re.findall(r'<th class="who"[^>]*scope="row"', found)) == 12 + 2 + 2  # people, queues, on-duty rows
    assert "<b>early</b><span>08:30</span><span>17:30</span>" in found
    assert "&lt;/script&gt;" in found


@pytest.mark.slow
def test_a_browser_draws_a_day_of_a_team_in_chinese_with_the_clock_of_the_zone(tmp_path: Path, chromium: str) -> None:
    at = Horizon("Europe/Berlin", 15, date(2026, 10, 25), 2)
    of = sample.site(zone="Europe/Berlin")
    written(tmp_path / "roster.html", of, at, sample.roster(of, at), "zh")
    found = drawn(chromium, tmp_path / "roster.html", tmp_path / "profile", "#day=2026-10-25&team=Team+2")
    assert re.findall(r"<h2[^>]*>([^<]*)<", found) == ["Team 2"]
    assert "08:30–11:30 在岗" in found
    assert found.count('class="queue"') == 2


def test_the_search_is_drawn_where_there_was_one(tmp_path: Path) -> None:
    """The last point of each curve lies where its value says, in both languages; without a log nothing is drawn."""
    of, at = sample.site(), sample.horizon(1)
    needed, made = sample.requirement(at), sample.roster(of, at)
    covered = sample.covered(of, at, needed, made)
    log = (
        Progress(0.1, "first roster", 300.0),
        Progress(1.0, "bound", 150.0, 60.0),
        Progress(10.0, "proven", 100.0, 75.0),
    )
    for language, told in (("en", "a gap of 25.0%"), ("zh", "25.0%")):
        write_page(tmp_path / "a.html", plan_of(of, at, needed, made), covered, words(language), sample.AT, log)
        page = (tmp_path / "a.html").read_text(encoding="utf-8")
        paths = dict(re.findall(r'<path class="(have|bound)" d="([^"]+)"', page))
        top = 210.0  # twice the best cost, a twentieth more
        assert re.fullmatch(rf"M0\.0 0\.0H300\.0V.*H600\.0V{round(150 * (1 - 100 / top), 1)}", paths["have"])
        assert paths["bound"] == f"M300.0 {round(150 * (1 - 60 / top), 1)}H600.0V{round(150 * (1 - 75 / top), 1)}"
        assert told in page
    assert '<details id="search">' not in written(tmp_path / "b.html", of, at, made)
