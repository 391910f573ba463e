"""The watch beside a board ends with it, whatever it is at."""

import signal
import subprocess
import sys

import pytest

from desk.web.watching import stop_watch

READY = "import signal, sys, time; {before}; print('ready', flush=True); time.sleep(60)"


def started(before: str) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", READY.format(before=before)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdout.close()
    return process


def test_a_watch_that_ends_when_it_is_asked_is_not_killed(caplog: pytest.LogCaptureFixture) -> None:
    process = started("signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))")
    stop_watch(process)
    assert process.returncode == 0
    assert not caplog.records


def test_a_watch_that_does_not_end_in_time_is_killed_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    process = started("signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    stop_watch(process, seconds=0.2)
    assert process.returncode == -signal.SIGKILL
    assert "goes on from its last poll" in caplog.text
