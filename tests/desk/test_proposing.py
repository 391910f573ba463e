"""A running engine looks at its own floor, proposes by itself, and does what nobody has to approve."""

import json
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from desk import exit_codes
from desk.actions.live import Watched, _send, watch
from desk.actions.proposal_told import ProposalTold
from desk.floor_engine import Run
from desk.wiring import open_place, proposals_of
from streams.clock import SystemClock
from streams.floor_policy import SECOND
from tests.desk.test_cli_proposals import read, read_topic, send

DAY = "2026-03-10"
NOON = datetime.fromisoformat(f"{DAY}T11:01:00+08:00")
PATIENCE_S = 120.0
BAD = """name = "a very bad morning"
[[volume]]
from = "09:00"
to = "14:00"
factor = 1.6
[absent]
share = 0.25
"""


class DayClock(SystemClock):
    """The machine's clock, set to a moment of the rehearsed day."""

    def __init__(self, moment: datetime) -> None:
        self.ahead = int(moment.timestamp()) * SECOND - super().now()

    def now(self) -> int:
        return super().now() + self.ahead


@pytest.fixture
def automatic(paiban, hotline) -> Path:
    """A site that lets pauses move by themselves; of its day everything before eleven has happened, and goes badly."""
    policy = "".join(f'[reallocation.moves.{kind}]\napprover = "auto"\n' for kind in ("move_break", "move_meal"))
    (hotline / "bad.toml").write_text(BAD)
    (hotline / "policy.toml").write_text(policy)
    settings = (hotline / "site.toml").read_text().replace('policy = "operator-cn"', 'policy = "policy.toml"')
    (hotline / "site.toml").write_text(settings)
    said = paiban(
        "rehearse", hotline, "--date", DAY, "--seed", 3, "--to", hotline / "day.jsonl", "--disruption",
        "bad.toml",
    )  # fmt: skip
    assert said.code == exit_codes.DONE, said.err
    return hotline


def lived(hotline: Path, source: str) -> tuple[list[ProposalTold], dict]:
    """Follow the log until moves were done by themselves and the engine's own plan has them, or patience ends."""
    told: list[ProposalTold] = []
    engines = []
    ends = time.monotonic() + PATIENCE_S
    found: dict = {}

    def done() -> bool:
        accepted = [row.row for row in told if row.row["type"] == "accepted" and row.row["roster_version"]]
        if accepted:
            found.update(planned(engines[0], accepted[0]))
        return bool(found) or time.monotonic() > ends

    with open_place(hotline, NOON) as place:
        outputs = watch(
            place, source, stop=done, clock=DayClock(NOON), run=Run(), watched=Watched(started=engines.append)
        )
        with closing(outputs):
            for output, _ in outputs:
                if isinstance(output, ProposalTold):
                    told.append(output)
    return told, found


def planned(engine, row: dict) -> dict:
    """The moved pause, where the engine plans it already."""
    move = row["moves"][0]
    change = next(change for change in move["changes"] if change["activity"] != "work")
    start = int(datetime.fromisoformat(change["start"]).timestamp())
    for held in list(engine.held.values()):
        line = held.state.lines.get(change["agent"])
        index = line.plan.at(start) if line is not None and len(line.plan) else -1
        if index >= 0 and line.plan.segment(index, change["agent"]).activity == change["activity"]:
            return {"agent": change["agent"], "start": start}
    return {}


def check(hotline: Path, told: list[ProposalTold], found: dict) -> None:
    kinds = [row.row["type"] for row in told]
    assert "proposal" in kinds
    assert "accepted" in kinds, kinds
    assert found, "adherence does not follow"
    accepted = next(row.row for row in told if row.row["type"] == "accepted")
    assert {move["approver"] for move in accepted["moves"]} == {"auto"}
    with open_place(hotline, NOON) as place:
        kept = proposals_of(place).get(accepted["number"])
        assert [deed.by for deed in kept.deeds] == ["auto"]
        assert place.plans.latest_published().version == accepted["roster_version"]
        waiting = {move["approver"] for move in kept.left()}
    assert "auto" not in waiting


def test_what_nobody_has_to_approve_is_done_and_adherence_follows(automatic):
    """Through the embedded log: trouble seen, proposed, pauses moved through the checks, in the engine's own plan."""
    heard = [event for event in read(automatic / "day.jsonl") if event.at < int(NOON.timestamp()) * SECOND]
    with open_place(automatic, NOON) as place:
        _send(place, "embedded", heard, 0.0, lambda: False, SystemClock())
    check(automatic, *lived(automatic, "embedded"))


@pytest.mark.kafka
def test_the_same_through_a_real_kafka(automatic, kafka_bootstrap):
    """Events in, proposal and acceptance out on their topic, a new version, and the engine holds people against it."""
    suffix = uuid4().hex[:8]
    topics = {
        name: f"{name}-{suffix}"
        for name in ("agent_states", "queue_events", "proposals", "alerts", "adherence", "dead_letters")
    }
    with (automatic / "site.toml").open("a") as settings:
        lines = "".join(f'{name} = "{topic}"\n' for name, topic in topics.items())
        settings.write(f'\n[broker]\nbootstrap = "{kafka_bootstrap}"\ngroup = "paiban-{suffix}"\n{lines}')
    send(automatic, [event for event in read(automatic / "day.jsonl") if event.at < int(NOON.timestamp()) * SECOND])
    told, found = lived(automatic, "kafka")
    check(automatic, told, found)
    on_topic = [json.loads(line) for line in read_topic(kafka_bootstrap, topics["proposals"])]
    assert [(row["type"], row["number"]) for row in on_topic] == [(row.row["type"], row.row["number"]) for row in told]
