"""The live picture: who sees names, what a stream sends, and that a new picture is sent when something happens."""

import asyncio
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.web.app import create_app
from desk.web.live import Hub
from desk.web.settings import BoardSettings
from tests.desk.web.floors import busy_moment, live_until

DAY = date(2026, 3, 9)


@pytest.fixture(scope="module")
def busy(one_night: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A site in the middle of a busy day."""
    folder = Path(shutil.copytree(one_night, tmp_path_factory.mktemp("live") / "hotline"))
    moment = busy_moment(folder, DAY)
    live_until(folder, DAY, moment)
    return folder, moment


def test_the_wall_names_people_to_those_who_lead_and_to_nobody_else(busy: tuple[Path, Any]) -> None:
    folder, moment = busy
    app = create_app(folder, BoardSettings(), lambda: moment)
    hub: Hub = app.state.hub
    named, nameless = (json.loads(hub.text(("en", people))) for people in (True, False))
    app.state.board.close()
    assert named["out"]
    assert named["out_count"] == nameless["out_count"] == len(named["out"])
    assert nameless["out"] == nameless["proposals"] == []
    assert all(not alert["agent"] for alert in nameless["alerts"])
    names = {row["name"] for row in named["out"]}
    assert not any(name in hub_text for name in names for hub_text in [json.dumps(nameless, ensure_ascii=False)])


def test_the_figures_of_a_queue_are_those_that_were_heard(busy: tuple[Path, Any]) -> None:
    """What was offered by then, counted from the events themselves."""
    folder, moment = busy
    app = create_app(folder, BoardSettings(), lambda: moment)
    wall = json.loads(app.state.hub.text(("en", True)))
    app.state.board.close()
    until = int(moment.timestamp() * 1_000_000)
    heard: dict[str, dict[int, int]] = {}
    for line in (folder / "rehearsed.jsonl").read_bytes().splitlines():
        event = json.loads(line)
        if event["type"] == "queue_snapshot":
            at = int(_microseconds(event["at"]))
            if at <= until:
                interval = (at - 1) // 900_000_000
                known = heard.setdefault(event["queue"], {})
                known[interval] = max(known.get(interval, 0), event.get("offered", 0))
    offered = {name: sum(counts.values()) for name, counts in heard.items()}
    assert offered
    for queue in wall["queues"]:
        assert abs(queue["offered"] - offered[queue["queue"]]) <= 2, "a minute that has only begun may be missing"


def _microseconds(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp() * 1_000_000


def test_an_open_stream_is_sent_the_picture_at_once_and_again_when_it_changes(busy: tuple[Path, Any]) -> None:
    folder, moment = busy
    now = [moment]
    app = create_app(folder, BoardSettings(), lambda: now[0])
    hub: Hub = app.state.hub

    async def watch() -> list[dict[str, Any]]:
        hub.start(asyncio.get_running_loop())
        stream = hub.stream(("zh", True))
        first = await asyncio.wait_for(anext(stream), 20)
        now[0] += timedelta(seconds=60)  # the picture's age and the plan of the interval move on
        pictures = [first]
        for _ in range(20):
            pictures.append(await asyncio.wait_for(anext(stream), 60))
            if '"live":false' in pictures[-1]:
                break
        await stream.aclose()  # type: ignore[attr-defined]
        return [json.loads(text.split("data: ")[1]) for text in (pictures[0], pictures[-1])]

    # In a thread of its own: a browser test before this one may have left its loop running in this thread.
    with ThreadPoolExecutor(1) as apart:
        first, later = apart.submit(lambda: asyncio.run(watch())).result()
    hub.stop()
    app.state.board.close()
    assert first["live"]
    assert later["now"] >= first["now"]
    assert not later["live"], "nothing was written for a minute: the screen says so"
