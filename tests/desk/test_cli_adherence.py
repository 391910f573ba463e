"""A day's adherence reckoned from what was recorded: as known now, as known then, with exceptions; and its score."""

import json
import urllib.request
from datetime import datetime
from pathlib import Path

import pytest

from desk import exit_codes

DAY = "2026-03-10"


@pytest.fixture
def recorded(paiban, hotline) -> Path:
    """A site whose live floor has lived a rehearsed day."""
    assert paiban("rehearse", hotline, "--date", DAY, "--seed", 3, "--to", hotline / "day.jsonl").code == 0
    assert paiban("rehearse", hotline, "--date", DAY, "--seed", 3, "--to", "embedded").code == exit_codes.DONE
    return hotline


def rows(said) -> list[dict]:
    assert said.code == exit_codes.DONE, said.err
    return [json.loads(line) for line in said.out.splitlines()]


def by_agent(found: list[dict]) -> dict[str, dict]:
    return {row["agent"]: row for row in found if row["type"] == "adherence"}


def test_what_is_reckoned_from_the_journal_is_what_was_told_and_an_exception_explains_it(paiban, recorded):
    told = by_agent(rows(paiban("watch", recorded, "--source", "embedded", "--idle", 1, "--json")))
    reckoned = by_agent(rows(paiban("adherence", recorded, "--date", DAY, "--json")))
    assert reckoned == told
    assert by_agent(rows(paiban("adherence", recorded, "--date", DAY, "--source", recorded / "day.jsonl", "--json")))

    worst = min(told.values(), key=lambda row: row["adherence"]["verint"] or 1)
    agent = worst["agent"]
    span = ("--from", f"{DAY}T00:00", "--to", "2026-03-11T00:00")
    granted = rows(paiban("excuse", recorded, "--agent", agent, *span, "--reason", "meeting", "--by", "l01", "--json"))
    now = by_agent(rows(paiban("adherence", recorded, "--date", DAY, "--json")))
    assert now[agent]["adherence"]["verint"] == 1.0
    assert now[agent]["adherence"]["amazon"] == worst["adherence"]["amazon"]
    assert {name: row for name, row in now.items() if name != agent} == {k: v for k, v in told.items() if k != agent}

    assert paiban("excuse", recorded, "--revoke", granted[0]["exception"], "--by", "l01").code == exit_codes.DONE
    assert by_agent(rows(paiban("adherence", recorded, "--date", DAY, "--json"))) == told
    again = paiban("excuse", recorded, "--revoke", "nothing", "--by", "l01")
    assert again.code == exit_codes.WRONG_INPUT


def test_as_known_then_knows_neither_later_events_nor_later_exceptions(paiban, recorded):
    rows(paiban("watch", recorded, "--source", "embedded", "--idle", 1, "--json"))
    before = datetime.now().astimezone().isoformat()
    now = by_agent(rows(paiban("adherence", recorded, "--date", DAY, "--json")))
    agent = next(name for name, row in now.items() if row["out_s"])
    span = ("--from", f"{DAY}T00:00", "--to", "2026-03-11T00:00")
    assert paiban("excuse", recorded, "--agent", agent, *span, "--by", "l01").code == exit_codes.DONE
    then = rows(paiban("adherence", recorded, "--date", DAY, "--as-known-at", before, "--json"))
    later = by_agent(rows(paiban("adherence", recorded, "--date", DAY, "--json")))
    assert later[agent]["adherence"]["verint"] > now[agent]["adherence"]["verint"]
    # The rehearsed day lies in the future of the moment: nothing of it had happened yet.
    assert then == [] or by_agent(then)[agent]["adherence"]["verint"] == now[agent]["adherence"]["verint"]


@pytest.mark.parametrize("by", ["team", "site", "shift", "interval"])
def test_the_same_seconds_however_they_are_summed(paiban, recorded, by):
    source = ("--source", recorded / "day.jsonl", "--json")
    agents = rows(paiban("adherence", recorded, "--date", DAY, *source))
    found = rows(paiban("adherence", recorded, "--date", DAY, *source, "--by", by))
    assert sum(row["in_s"] for row in found) == pytest.approx(sum(row["in_s"] for row in agents))
    assert len(found) > 1 or by == "site"


def test_detection_of_an_undisturbed_rehearsed_day_is_faultless(paiban, recorded):
    scores = rows(paiban("score", recorded, "--source", recorded / "day.jsonl", "--json"))
    assert {row["type"] for row in scores} >= {"late", "away"}
    assert {row["recall"] for row in scores if row["happened"]} == {1.0}
    assert {row["precision"] for row in scores if row["told"]} == {1.0}
    assert paiban("score", recorded, "--source", recorded / "out" / "roster.csv").code == exit_codes.WRONG_INPUT


def test_what_goes_on_over_the_border_of_two_segments_happened_once(recorded):
    truth = [json.loads(line) for line in (recorded / "day.jsonl.truth.jsonl").read_text("utf-8").splitlines()]
    begun = {(row["type"], row.get("agent"), row["start"]) for row in truth}
    assert [row for row in truth if (row["type"], row.get("agent"), row["end"]) in begun and "agent" in row] == []


def test_the_log_for_machines_names_the_events_an_alert_rests_on(paiban, recorded):
    said = paiban("watch", recorded, "--source", "embedded", "--idle", 1, "--json", "--log", "json")
    lines = [json.loads(line) for line in said.err.splitlines() if line.startswith("{")]
    alerts = [line for line in lines if line["message"] == "alert"]
    assert alerts
    assert all(line["incident"] and line["level"] == "info" for line in alerts)
    assert any(line["events"] for line in alerts)


def test_a_telephone_systems_own_events_are_read_by_the_table_of_the_site(paiban, recorded):
    roster = (recorded / "out" / "roster.csv").read_text("utf-8").splitlines()
    on_duty = next(row.split(",")[0] for row in roster if ",2026-03-10T" in row and ",work," in row)
    event = {
        "Version": "2019-05-25",
        "EventId": "0000-1",
        "EventTimestamp": "2026-03-10T01:00:00.000Z",
        "EventType": "STATE_CHANGE",
        "InstanceARN": "arn:aws:connect:eu-west-1:1:instance/x",
        "AgentARN": "arn:aws:connect:eu-west-1:1:instance/x/agent/y",
        "CurrentAgentSnapshot": {
            "AgentStatus": {"Name": "Tea", "StartTimestamp": "2026-03-10T01:00:00.000Z"},
            "Configuration": {"Username": "login-1"},
            "Contacts": [],
        },
    }
    file = recorded / "connect.jsonl"
    file.write_text(json.dumps(event) + "\n", "utf-8")
    with (recorded / "site.toml").open("a") as settings:
        settings.write(
            '\n[broker]\nbootstrap = "localhost:9092"\nadapter = "amazon-connect"\n'
            '[broker.states]\n"Tea" = "break"\n[broker.agents]\n"login-1" = "' + on_duty + '"\n'
        )
    found = by_agent(rows(paiban("watch", recorded, "--source", file, "--adapter", "amazon-connect", "--json")))
    assert on_duty in found
    assert paiban("watch", recorded, "--source", file, "--adapter", "other").code == exit_codes.WRONG_INPUT


def test_a_port_that_is_taken_is_said_and_a_free_one_answers(paiban, recorded):
    from streams.endpoint import endpoint
    from streams.metrics import LAG, Metrics

    class Engine:
        metrics = Metrics()
        ready = False
        idle_s = 0.0

    Engine.metrics.put(LAG, 7, "agent-states[0]")
    with endpoint(Engine(), 0) as port:
        said = paiban("watch", recorded, "--source", "embedded", "--idle", 1, "--metrics-port", port)
        assert said.code == exit_codes.WRONG_INPUT
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert 'paiban_lag_records{partition="agent-states[0]"} 7' in answer.read().decode()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ready")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/else")
    said = paiban("watch", recorded, "--source", "embedded", "--idle", 1, "--metrics-port", 0)
    assert said.code == exit_codes.DONE
    assert "/metrics" in said.err
