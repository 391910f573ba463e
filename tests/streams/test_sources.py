"""What a person writes behind --source, the [broker] table, and the watchdog."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from centre.errors import InputError
from centre.site import Broker
from streams.embedded import EmbeddedLog
from streams.event_log import EventLog
from streams.files import FileLog
from streams.kafka_settings import KEY_PASSWORD, PASSWORD, USERNAME, client_settings
from streams.sources import event_topics, open_source
from streams.standard_input import StandardInputLog


def opened(source: str, folder: Path, broker: Broker | None = None) -> EventLog:
    return open_source(source, folder=folder, now=lambda: 0, broker=broker)


def test_each_word_opens_its_log(tmp_path: Path) -> None:
    assert isinstance(opened("-", tmp_path), StandardInputLog)
    assert isinstance(opened(str(tmp_path / "events.jsonl"), tmp_path), FileLog)
    embedded = opened("embedded", tmp_path)
    assert isinstance(embedded, EmbeddedLog)
    assert list(tmp_path.glob("events.db"))
    embedded.close()
    kafka = opened("kafka", tmp_path, Broker(bootstrap="127.0.0.1:1"))
    assert type(kafka).__name__ == "KafkaLog"
    assert "127.0.0.1:1" in kafka.name


def test_kafka_without_a_broker_table_says_where_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"site.toml: \[broker\]"):
        opened("kafka", tmp_path)


def test_topics_are_the_tables_or_the_usual_ones() -> None:
    assert event_topics(None) == ("agent-states", "queue-events")
    assert event_topics(Broker(bootstrap="b:1", agent_states="states")) == ("states", "queue-events")


def test_plain_settings_ask_for_no_secret() -> None:
    assert client_settings(Broker(bootstrap="a:1, b:2"), {}) == {
        "bootstrap_servers": ["a:1", "b:2"],
        "security_protocol": "PLAINTEXT",
    }


def test_secrets_come_from_the_environment_and_every_missing_one_is_named() -> None:
    broker = Broker(bootstrap="a:1", security="SASL_SSL", sasl_mechanism="SCRAM-SHA-512", ssl_cafile="ca.pem")
    settings = client_settings(broker, {USERNAME: "desk", PASSWORD: "secret", KEY_PASSWORD: "key"})
    assert settings["sasl_mechanism"] == "SCRAM-SHA-512"
    assert settings["sasl_plain_password"] == "secret"
    assert settings["ssl_cafile"] == "ca.pem"
    assert settings["ssl_password"] == "key"
    with pytest.raises(InputError, match=PASSWORD) as refused:
        client_settings(broker, {})
    assert len(refused.value.problems) == 2


def test_the_watchdog_ends_a_process_that_hangs_and_says_where() -> None:
    program = """
        import time
        from streams.watchdog import exit_if_longer

        with exit_if_longer(5):
            pass

        def hanging():
            time.sleep(60)

        with exit_if_longer(0.3):
            hanging()
    """
    call = [sys.executable, "-c", textwrap.dedent(program)]
    ended = subprocess.run(call, capture_output=True, text=True, timeout=180)
    assert ended.returncode == 1
    assert "hanging" in ended.stderr
