"""A rehearsed day, watched from the command line."""

import json
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from desk import exit_codes

DAY = "2026-03-10"


@pytest.fixture
def events(paiban, hotline) -> Path:
    """A file of a day's events."""
    file = hotline / "day.jsonl"
    assert paiban("rehearse", hotline, "--date", DAY, "--seed", 3, "--to", file).code == exit_codes.DONE
    return file


def watched(paiban, *words) -> list[dict]:
    said = paiban("watch", *words, "--json")
    assert said.code == exit_codes.DONE, said.err
    return [json.loads(line) for line in said.out.splitlines()]


def test_the_same_seed_rehearses_the_same_day(paiban, hotline, events):
    again = hotline / "again.jsonl"
    paiban("rehearse", hotline, "--date", DAY, "--seed", 3, "--to", again)
    assert again.read_bytes() == events.read_bytes()


def test_watching_a_file_tells_alerts_and_then_everybodys_adherence(paiban, hotline, events):
    rows = watched(paiban, hotline, "--source", events)
    days = [row for row in rows if row["type"] == "adherence"]
    alerts = [row for row in rows if row["type"] not in ("adherence", "ended", "escalated")]
    assert alerts
    assert days
    assert all({"type", "at", "severity", "facts"} <= row.keys() for row in alerts)
    assert all("agent" in row or "queue" in row for row in alerts)
    for day in days:
        assert day["scheduled_s"] == day["in_s"] + day["out_s"] + day["neutral_s"] + day["unknown_s"]
        assert set(day["adherence"]) == {"genesys", "amazon", "calabrio", "verint"}


def test_a_roster_file_stands_in_for_the_published_one(paiban, hotline, events):
    published = watched(paiban, hotline, "--source", events)
    assert watched(paiban, hotline, "--source", events, "--roster", hotline / "out" / "roster.csv") == published


def told(rows: list[dict]) -> dict[tuple[str, str], dict]:
    """Adherence by agent and day; conformance apart, which is summed in another order."""
    days = [row for row in rows if row["type"] == "adherence"]
    return {(row["agent"], row["date"]): {k: v for k, v in row.items() if k != "conformance"} for row in days}


def alerts(rows: list[dict]) -> list[str]:
    """What was told as it came, in one order for all."""
    return sorted(json.dumps(row, sort_keys=True) for row in rows if row["type"] != "adherence")


def test_the_embedded_log_tells_the_same_as_the_file(paiban, hotline, events):
    assert paiban("rehearse", hotline, "--date", DAY, "--seed", 3, "--to", "embedded").code == exit_codes.DONE
    from_log = watched(paiban, hotline, "--source", "embedded", "--idle", 1)
    from_file = watched(paiban, hotline, "--source", events)
    assert told(from_log) == told(from_file)
    assert alerts(from_log) == alerts(from_file)


def test_a_second_watch_tells_no_alert_again(paiban, hotline):
    paiban("rehearse", hotline, "--date", DAY, "--seed", 3, "--to", "embedded")
    first = watched(paiban, hotline, "--source", "embedded", "--idle", 1)
    second = watched(paiban, hotline, "--source", "embedded", "--idle", 1)
    assert alerts(second) == []
    assert told(second) == told(first)


@pytest.mark.kafka
def test_a_real_kafka_tells_the_same_as_the_file_and_kcat_reads_what_was_told(
    paiban, hotline, events, kafka_bootstrap, kcat
):
    """Through a consumer group of a real broker: rehearsed into it, watched from it, read by somebody else's client."""
    suffix = uuid4().hex[:8]
    topics = ("agent_states", "queue_events", "alerts", "adherence", "proposals", "dead_letters")
    with (hotline / "site.toml").open("a") as settings:
        settings.write(f'\n[broker]\nbootstrap = "{kafka_bootstrap}"\ngroup = "paiban-{suffix}"\npartitions = 3\n')
        settings.writelines(f'{topic} = "{topic}-{suffix}"\n' for topic in topics)
    assert paiban("rehearse", hotline, "--date", DAY, "--seed", 3, "--to", "kafka").code == exit_codes.DONE
    write = [kcat, "-q", "-b", kafka_bootstrap, "-t", f"agent_states-{suffix}", "-P", "-p", "0"]
    subprocess.run(write, input=b"{not an event\n", check=True, timeout=180)
    from_kafka = watched(paiban, hotline, "--source", "kafka", "--idle", 5, "--instance", f"watch-{suffix}")
    from_file = watched(paiban, hotline, "--source", events)
    assert told(from_kafka) == told(from_file)
    assert alerts(from_kafka) == alerts(from_file)

    def read(topic: str) -> list[tuple[str, dict]]:
        call = [kcat, "-q", "-b", kafka_bootstrap, "-t", f"{topic}-{suffix}", "-C", "-e", "-f", "%h|%s\n"]
        lines = subprocess.run(call, check=True, capture_output=True, text=True, timeout=180).stdout.splitlines()
        return [(head, json.loads(value)) for head, _, value in (line.partition("|") for line in lines)]

    published = read("alerts")
    assert alerts([row for _, row in published]) == alerts(from_kafka)
    assert len({head for head, _ in published}) == len(published)
    ((_, letter),) = read("dead_letters")
    assert (letter["topic"], letter["raw"]) == (f"agent_states-{suffix}", "{not an event")


def test_an_unreadable_line_is_named_and_passed_over(paiban, hotline, events):
    lines = events.read_bytes().splitlines(keepends=True)
    events.write_bytes(b"".join([*lines[:10], b"{not json\n", *lines[10:]]))
    said = paiban("watch", hotline, "--source", events, "--json")
    assert said.code == exit_codes.DONE
    assert "unreadable" in said.err


def test_a_day_without_a_roster_says_what_to_do(paiban, hotline):
    said = paiban("rehearse", hotline, "--date", "2027-01-01", "--to", hotline / "x.jsonl")
    assert said.code == exit_codes.WRONG_INPUT
    assert "published are days from 2026-03-09 to 2026-03-22" in said.err
    assert not (hotline / "x.jsonl").exists()


def test_a_day_is_rehearsed_with_the_contacts_that_the_history_counts(paiban, hotline):
    rows = [f"billing,{DAY}T{hour:02}:{minute:02}+08:00,7" for hour in (9, 10) for minute in (0, 15, 30, 45)]
    (hotline / "history" / "that-day.csv").write_text("\n".join(["queue,start,offered", *rows]) + "\n")
    said = paiban("rehearse", hotline, "--date", DAY, "--calls", "history", "--to", hotline / "h.jsonl", "--json")
    assert said.code == exit_codes.DONE, said.err
    offered = {name: queue["offered"] for name, queue in json.loads(said.out)["queues"].items()}
    assert offered.pop("billing") == 7 * len(rows)
    assert set(offered.values()) == {0}
    missing = paiban("rehearse", hotline, "--date", "2026-03-11", "--calls", "history", "--to", hotline / "h.jsonl")
    assert missing.code == exit_codes.WRONG_INPUT
    assert "history" in missing.err
