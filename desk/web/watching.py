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


ENDS_S = 10.0
"""How long a watch may take to end: whoever stops a service waits about as long, and then kills both."""


def stop_watch(process: "subprocess.Popen[bytes]", seconds: float = ENDS_S) -> None:
    """Let it write its state down and end; after so many seconds it is killed.

    Nothing is lost or told twice by that: events, journal, sayings and positions of a poll are one transaction, and the
    next watch goes on from the last one. It only folds the journal since the state was last written down, a minute at
    the most, before it hears the first new event. The same holds where Ctrl-C reached the watch as well and ours is
    the second word to it, which breaks it off.
    """
    process.terminate()
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        log.warning("the watch did not end within %g s and is killed; the next one goes on from its last poll", seconds)
        process.kill()
        process.wait()
