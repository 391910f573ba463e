"""A small site folder that holds, for tests to break; an empty database of each kind."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from store.database import Database, open_database

FILES = {
    "site.toml": """\
format = 1
name = "Hotline Shanghai"
zone = "Asia/Shanghai"
grid_minutes = 15
holidays = "CN"
policy = "operator-cn"
database = "sqlite:///paiban.db"
week_starts = "mon"

[opening]
mon = ["08:30-22:00"]
sat = ["09:00-12:00", "13:00-18:00"]
""",
    "queues.toml": """\
[billing]
target = 0.80
within_s = 20

[sales]
patience_s = 120
""",
    "shifts.toml": """\
[early]
start = "08:30"
minutes = 540
[[early.pauses]]
activity = "meal"
minutes = 60
window = ["11:00", "14:00"]

[late]
start = ["12:00", "13:00"]
step_minutes = 30
minutes = [480, 540]
[[late.pauses]]
activity = "meal"
minutes = 45
after_minutes = [120, 240]
""",
    "contracts.toml": """\
[full_time]
week_minutes = [2100, 2400]
shifts = ["early", "late"]

[part_time]
week_minutes = [900, 1500]
days_per_week = [2, 5]
shifts = ["late"]
""",
    "agents.csv": """\
agent,name,team,role,contract,skills,email,hired,left,wishes
a001,王芳,Team 1,agent,full_time,billing:1.0;sales:0.8,a001@example.com,2025-01-01,,early:2;off-sun:5
a002,李娜,Team 1,agent,part_time,billing:1.1,,,,
l001,张伟,Team 1,leader,full_time,,,,,
""",
    "leave.csv": """\
agent,start,end,kind
a001,2026-03-02,2026-03-03,annual
a002,2026-03-04T12:00+08:00,2026-03-04 18:00,sick
""",
    "activities.toml": """\
[briefing]
activity = "briefing"
who = ["team:Team 1"]
minutes = 10
window = ["15:20", "15:30"]
together = "team"
""",
    "fixed.csv": """\
agent,start,end,activity,queue,version
a001,2026-03-05T09:00+08:00,2026-03-05T11:00+08:00,training,,
a001,2026-03-05T11:00+08:00,2026-03-05T12:00+08:00,work,sales,3
""",
    "presence.csv": """\
agent,start,end,note
a001,2026-03-06 09:00,2026-03-06 10:00,audit
""",
    "posts.toml": """\
[leader]
who = ["role:leader"]
window = ["09:00", "18:00"]
shift = "early"
""",
    "special_days.csv": """\
date,queue,factor,note
2026-03-10,,1.3,bills sent out
2026-03-11,sales,0,closed
""",
    "history/2025.csv": """\
queue,start,offered,aht_s
billing,2025-03-03 09:00,12,231.5
billing,2025-03-03T09:15:00+08:00,9,
sales,2025-03-03 09:00,0,
""",
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a site that holds, with some files replaced (None: left out); give its folder."""

    def folder(changes: dict[str, str | bytes | None] | None = None) -> Path:
        for name, content in {**FILES, **(changes or {})}.items():
            path = tmp_path / "site" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is not None:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / "site"

    return folder


@pytest.fixture
def files() -> dict[str, str]:
    """The files that `write` writes, to be changed and given to it."""
    return dict(FILES)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of each kind; relative ones are meant within `tmp_path`."""
    if request.param == "sqlite":
        yield "sqlite:///paiban.db"
        return
    server = str(request.getfixturevalue("postgresql_url"))
    schema = f"store_{uuid4().hex}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    yield f"{server}?options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.execute(text(f"drop schema {schema} cascade"))
    engine.dispose()


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """An open, empty database of each kind."""
    with open_database(database_url, tmp_path) as opened:
        yield opened
