"""Files that appear whole or not at all.

A reader of the site's `out/` must never see half a roster, and a run that dies must leave yesterday's files standing.
One file is written to the side and renamed over the old one. A set of files goes into a staging folder, which then
changes places with the target in one system call where the system has such a call (Linux); elsewhere the files are
renamed one by one, each whole.
"""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a reader sees either what stood there before or all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_aside(path) as side:
        side.write_bytes(content)


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A name to write to beside `path`, renamed over it when nothing went wrong."""
    side = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        yield side
        _sync_file(side)
        side.replace(path)
    finally:
        side.unlink(missing_ok=True)
    _sync_folder(path.parent)


def staging_folder(target: Path) -> Path:
    """A new empty folder beside `target`, to be filled and then given to `replace_folder_files`."""
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = target.with_name(f".{target.name}.{uuid4().hex}.part")
    staging.mkdir()
    return staging


def replace_folder_files(staging: Path, target: Path, *, drop: Collection[str] = ()) -> None:
    """Put the files of `staging` into `target`, all at once; the staging folder is gone afterwards.

    Files of `target` that `staging` does not have are kept, except those under a name of `drop` (such as "ics", whose
    files of people who left must not stay). Both folders have to lie on one file system, side by side.
    """
    target = target.resolve()
    target.mkdir(parents=True, exist_ok=True)
    for path in staging.rglob("*"):
        if path.is_file():
            _sync_file(path)
    if _carry_over(target, staging, drop) and _exchange(staging, target):
        shutil.rmtree(staging, ignore_errors=True)
    else:
        _one_by_one(staging, target, drop)
    _sync_folder(target.parent)


def _carry_over(target: Path, staging: Path, drop: Collection[str]) -> bool:
    """Link into `staging` what `target` alone has. False where the file system knows no hard links."""
    for path in target.rglob("*"):
        name = path.relative_to(target)
        side = staging / name
        if name.parts[0] in drop or path.is_dir() or side.exists():
            continue
        side.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, side, follow_symlinks=False)
        except OSError:
            return False
    return True


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system or the file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.EBUSY, errno.EPERM, errno.EACCES, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))


def _one_by_one(staging: Path, target: Path, drop: Collection[str]) -> None:
    fresh = {path.relative_to(staging) for path in staging.rglob("*") if path.is_file()}
    for name in sorted(fresh):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (staging / name).replace(target / name)
    stale = [path for top in drop for path in _files(target / top) if path.relative_to(target) not in fresh]
    for path in stale:
        path.unlink()
    shutil.rmtree(staging, ignore_errors=True)


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [inner for inner in path.rglob("*") if inner.is_file()]


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make renames in `folder` last through a power cut, where folders can be opened (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
