"""The process that compiles the roster's kernels beside the forecast."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk import compiling_ahead as ahead
from desk.wiring import Place, open_place


@pytest.fixture
def place(hotline: Path) -> Iterator[Place]:
    with open_place(hotline) as opened:
        yield opened


@pytest.fixture
def first_use(monkeypatch):
    """Nothing compiled yet, two cores; what was started."""
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen):
        def __init__(self, *given, **how):
            super().__init__(*given, **how)
            started.append(self)

    monkeypatch.setattr(ahead, "anything_kept", lambda: False)
    monkeypatch.setattr(ahead.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(ahead.subprocess, "Popen", Noted)
    return started


def test_the_kernels_of_a_site_are_compiled_by_the_time_the_forecast_is_done(first_use, place):
    with ahead.compiling_ahead(place):
        assert [process.args[-1] for process in first_use] == [str(place.folder)]
    assert first_use[0].returncode == 0


def test_what_fails_beside_stops_nothing(first_use, place, monkeypatch):
    monkeypatch.setattr(ahead.sys, "executable", shutil.which("false"))
    with ahead.compiling_ahead(place):
        pass
    assert first_use[0].returncode == 1


def test_it_ends_with_what_it_was_started_for(first_use, place):
    with pytest.raises(KeyboardInterrupt), ahead.compiling_ahead(place):
        raise KeyboardInterrupt
    assert first_use[0].returncode not in (None, 0)


def test_it_is_not_waited_for_longer_than_compiling_takes(first_use, place, monkeypatch):
    monkeypatch.setattr(ahead, "LONGEST_S", 0.01)
    with ahead.compiling_ahead(place):
        pass
    assert first_use[0].returncode not in (None, 0)


def test_nothing_is_started_where_kernels_are_kept_or_there_is_one_core(first_use, place, monkeypatch):
    monkeypatch.setattr(ahead, "anything_kept", lambda: True)
    with ahead.compiling_ahead(place):
        pass
    monkeypatch.setattr(ahead, "anything_kept", lambda: False)
    monkeypatch.setattr(ahead.os, "cpu_count", lambda: 1)
    with ahead.compiling_ahead(place):
        pass
    assert not first_use
