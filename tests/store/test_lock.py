"""One run at a time on a site."""

import subprocess
import sys
from pathlib import Path

import pytest

import store
from centre.errors import BusyError
from store.lock import site_lock


def hold_elsewhere(folder: Path) -> "subprocess.Popen[str]":
    code = (
        "import sys; from store.lock import site_lock\n"
        "with site_lock(sys.argv[1]): print('held', flush=True); sys.stdin.read()\n"
    )
    root = Path(store.__path__[0]).parent
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_is_told_that_the_site_is_busy(tmp_path: Path) -> None:
    with hold_elsewhere(tmp_path) as process:
        with pytest.raises(BusyError, match="another run"), site_lock(tmp_path):
            pass
        process.communicate("")
    with site_lock(tmp_path):
        pass


def test_the_lock_of_a_killed_run_is_free(tmp_path: Path) -> None:
    with hold_elsewhere(tmp_path) as process:
        process.kill()
        process.wait()
        with site_lock(tmp_path):
            pass
