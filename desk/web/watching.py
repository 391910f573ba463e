"""Watch the floor beside the board: `paiban watch` as a process of its own, so that no page waits for the engine."""

import logging
import subprocess
import sys
from pathlib import Path

log = logging.getLogger(__name__)


def start_watch(folder: Path, source: str) -> "subprocess.Popen[bytes]":
    """Start following the embedded log or Kafka."""
    command = [sys.executable, "-c", "from desk.cli import main; main()", "watch", str(folder), "--source", source]
    return subprocess.Popen([*command, "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def stop_watch(process: "subprocess.Popen[bytes]") -> None:
    """Let it write its state down and end."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        log.warning("the watch did not end in time")
        process.kill()
        process.wait()
