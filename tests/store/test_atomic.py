"""Files appear whole or not at all."""

import threading
from pathlib import Path

import pytest

from store import atomic
from store.atomic import replace_folder_files, staging_folder, write_whole


def fill(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_written_file_replaces_the_old_one_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "out" / "roster.csv"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert content(tmp_path) == {"out/roster.csv": "new"}


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    write_whole(path, b"old")
    with pytest.raises(TypeError):
        write_whole(path, "no bytes")  # type: ignore[arg-type]
    assert content(tmp_path) == {"roster.csv": "old"}


@pytest.mark.parametrize("exchange", [True, False], ids=["folders change places", "one by one"])
def test_new_files_come_in_old_ones_stay_dropped_ones_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(atomic, "_exchange", lambda one, other: False)
    target = fill(tmp_path / "out", {"forecast.csv": "old", "roster.csv": "old", "ics/left.ics": "x", "ics/a.ics": "x"})
    staging = fill(staging_folder(target), {"roster.csv": "new", "ics/a.ics": "new"})
    replace_folder_files(staging, target, drop=["ics"])
    assert content(tmp_path) == {"out/forecast.csv": "old", "out/roster.csv": "new", "out/ics/a.ics": "new"}


def test_the_target_need_not_exist(tmp_path: Path) -> None:
    target = tmp_path / "site" / "out"
    replace_folder_files(fill(staging_folder(target), {"roster.csv": "1"}), target)
    assert content(tmp_path) == {"site/out/roster.csv": "1"}


def test_a_reader_always_finds_every_file_whole(tmp_path: Path) -> None:
    target = fill(tmp_path / "out", dict.fromkeys("abc", "0" * 1000))
    done = threading.Event()
    seen: list[str] = []

    def read() -> None:
        while not done.is_set():
            seen.extend((target / name).read_text() for name in "abc")

    reader = threading.Thread(target=read)
    reader.start()
    for version in range(1, 40):
        replace_folder_files(fill(staging_folder(target), {name: str(version % 10) * 1000 for name in "abc"}), target)
    done.set()
    reader.join()
    assert seen
    assert all(len(text) == 1000 and len(set(text)) == 1 for text in seen)
