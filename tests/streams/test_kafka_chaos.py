"""A short campaign against a real Kafka: consumers killed and stalled, the broker killed; nothing shows of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.streams.own_broker import own_broker

ROOT = Path(__file__).parents[2]
BLOWS = os.environ.get("PAIBAN_BLOWS", "5 1 1")
"""Kills, stalls and deaths of the broker: "50 20 2" is the whole campaign."""

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


def test_killed_and_stalled_consumers_and_a_killed_broker_leave_what_an_undisturbed_run_leaves(
    tmp_path: Path, kafka_bootstrap: str
) -> None:
    kills, stalls, deaths = BLOWS.split()
    call = [sys.executable, "-W", "ignore", "-m", "benchmarks.kafka_chaos", "--kills", kills, "--stalls", stalls]
    call += ["--broker-deaths", deaths, "--events", str(1200 * (int(kills) + int(stalls))), "--every", "1.5"]
    call += ["--port", str(own_broker(tmp_path).port)]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("0 lost, 0 twice, 0 not of the outbox") == 2
