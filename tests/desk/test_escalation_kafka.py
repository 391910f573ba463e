"""ESC through a real Kafka: the alerts topic beside mail and webhook, once each, not in quiet hours, tried again."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from centre.events import AgentState
from desk import exit_codes
from desk.actions.live import open_log
from desk.wiring import open_place
from streams.event_log import Message
from streams.kafka import KafkaLog
from streams.native import key, write
from tests.desk.test_cli_escalation import TEXT, hook, policy, say, smtp

pytestmark = pytest.mark.kafka
__all__ = ["hook", "smtp"]


@pytest.fixture
def centre(small_centre: Path, kafka_bootstrap: str) -> tuple[Path, str, str]:
    """The small centre with topics of its own at a real broker; their suffix."""
    suffix = uuid4().hex[:8]
    topics = {"agent_states": "states", "queue_events": "queues", "alerts": "alerts", "adherence": "adherence"}
    lines = "".join(f'{name} = "{topic}-{suffix}"\n' for name, topic in topics.items())
    with (small_centre / "site.toml").open("a") as settings:
        settings.write(f'\n[broker]\nbootstrap = "{kafka_bootstrap}"\ngroup = "paiban-{suffix}"\n{lines}')
    return small_centre, f"alerts-{suffix}", kafka_bootstrap


def told(bootstrap: str, topic: str, wanted: int) -> list[dict[str, Any]]:
    """The escalations on a topic, read by a group of its own until so many have come and nothing more does."""
    found: list[dict[str, Any]] = []
    log = KafkaLog({"bootstrap_servers": [bootstrap]}, f"reader-{uuid4().hex[:6]}", "")
    try:
        log.subscribe((topic,), lambda partitions: {})
        quiet = 0
        while quiet < (4 if len(found) >= wanted else 60):
            batches = log.poll(0.5)
            rows = [(record.key, json.loads(record.value)) for batch in batches for record in batch.records]
            assert all(name == row["thread"].encode() for name, row in rows if row.get("type") == "escalation")
            found += [row for _, row in rows if row.get("type") == "escalation"]
            quiet = 0 if batches else quiet + 1
    finally:
        log.close()
    return found


@pytest.mark.rule("ESC-1")
@pytest.mark.rule("ESC-2")
def test_a_report_stands_on_the_topic_of_a_real_kafka_beside_mail_and_webhook_once_each(
    paiban, centre, smtp, hook
) -> None:
    site, topic, bootstrap = centre
    address, inbox = smtp
    url, posted = hook
    policy(site, f'[escalation]\nsmtp = "{address}"\nwebhook = "{url}"\n'
           '[escalation.emails]\nhead = "head@example.com"\nl1 = "l1@example.com"\n')  # fmt: skip
    report = ("--kind", "stuck_orders", *TEXT, "--by", "a1", "--thread", "orders")
    first = say(paiban, "escalate", site, *report, at="10:00")
    by_way = {row["way"]: (row["to"], row["ok"]) for row in first["delivered"]}
    assert by_way == dict.fromkeys(("board", "webhook", "email", "topic"), ("l1", True))
    assert (
        say(paiban, "escalate", site, *report, at="10:10")["delivered"] == []
    )  # the same incident, within half an hour
    say(paiban, "escalate", site, "--due", at="10:31")  # l1 is silent: the head is told, and l1 of the news
    say(paiban, "acknowledge", site, "orders", "--by", "head", "--close", at="10:40")
    say(paiban, "escalate", site, *report[:-1], "night", at="22:30")  # quiet hours
    late = paiban("escalate", site, "--due", "--at", "2026-03-10T06:59+08:00", "--json")
    assert json.loads(late.out)["delivered"] == []
    assert len(posted) == len(inbox.mails) == 3
    morning = paiban("escalate", site, "--due", "--at", "2026-03-10T07:00+08:00", "--json")
    assert {row["to"] for row in json.loads(morning.out)["delivered"]} == {"l1", "head", "director"}

    rows = told(bootstrap, topic, 6)
    orders = [row["to"] for row in rows if row["thread"] == "orders"]
    assert (orders[0], sorted(orders[1:])) == ("l1", ["head", "l1"])
    assert sorted(row["to"] for row in rows if row["thread"] == "night") == ["director", "head", "l1"]
    assert {row["proposal"] for row in rows} == {"two more on cases"}
    assert len(posted) == 6
    assert len(inbox.mails) == 5  # nobody knows an address of the director


@pytest.mark.rule("ESC-4")
def test_a_grave_alert_that_comes_through_kafka_climbs_onto_the_topic(paiban, centre) -> None:
    """a1 is rostered from 08:30 and comes at 09:10; a3 is on time."""
    site, topic, bootstrap = centre
    rows = [("08:20", "a3", "ready"), ("08:45", "a3", "ready"), ("09:10", "a1", "ready"), ("09:40", "a3", "ready")]
    with open_place(site) as place:
        broker, log = place.site.settings.broker, open_log(place, "kafka")
        assert broker is not None
        try:
            log.create((broker.agent_states, broker.queue_events))
            for number, (at, agent, state) in enumerate(rows):
                second = 1773014400 + int(at[:2]) * 3600 + int(at[3:]) * 60 - 8 * 3600  # 2026-03-09 in Shanghai
                event = AgentState(f"{number}", second * 1_000_000, "Small", agent, state)
                log.append(broker.agent_states, [Message(key(event), write(event))])
        finally:
            log.close()
    seen = paiban("watch", site, "--source", "kafka", "--idle", 12, "--escalate", "--json")
    assert seen.code == exit_codes.DONE, seen.err
    found = [row for row in told(bootstrap, topic, 1) if "a1" in row["text"]]
    assert [(row["to"], row["severity"], row["by"]) for row in found][:1] == [("l1", "severe", "")]
    assert found[0]["proposal"]
