"""Compile a numeric kernel with numba, once, and keep its type."""

import os
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.types import unliteral

Kernel = TypeVar("Kernel", bound=Callable[..., object])

_BARE: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}

_PACKAGES = ("centre", "forecasts", "scheduler", "streams", "store", "desk")


def compiled(function: Kernel) -> Kernel:
    """Return `function` compiled to machine code: cached on disk, without the interpreter lock.

    numba's own decorator carries no types, so every caller would lose those of its kernel.
    """
    return cast(Kernel, _plainly_called(numba.njit(cache=True, nogil=True)(function)))


def compiled_bare(function: Kernel) -> Kernel:
    """As `compiled`, for a kernel that allocates nothing: it may call only kernels of the same kind.

    numba counts the references of every array that is handed to another kernel, in an atomic instruction each; an event
    loop that calls many small kernels spends most of its time on that. Where nothing is allocated nothing has to be
    counted (numba's option for it is internal; where a version should not know it, `compiled` does the same, slower).
    """
    try:
        return cast(Kernel, _plainly_called(numba.njit(**_BARE)(function)))
    except KeyError:
        return compiled(function)


def _plainly_called(dispatcher: Any) -> Any:
    """The dispatcher, for which an argument that is written out (0, True) is a number like any other.

    numba compiles a kernel, and all that it calls, once more for each such value that another kernel hands to it.
    """
    template: Callable[..., Any] = dispatcher.get_call_template
    plainly: Callable[[Any], Any] = unliteral

    def plain(args: Sequence[Any], kws: Mapping[str, Any]) -> Any:
        return template(tuple(map(plainly, args)), {name: plainly(kind) for name, kind in kws.items()})

    dispatcher.get_call_template = plain
    return dispatcher


def anything_kept() -> bool:
    """Whether kernels of these sources were compiled on this machine before; True where none can be kept."""
    folder = vars(numba.config)["CACHE_DIR"]
    return not folder or any(Path(folder).rglob("*.nbi"))


def _keep_kernels_apart() -> None:
    """Cache compiled kernels in a folder of their own for each state of all kernel sources.

    numba recompiles a kernel when its own file has changed, but not when a kernel of another file that it calls has:
    after an upgrade in place the old code would go on running inside the new. NUMBA_CACHE_DIR still has its way.
    """
    if os.environ.get("NUMBA_CACHE_DIR"):
        return
    root = Path(__file__).resolve().parent.parent
    digest = sha256(numba.__version__.encode())
    for package in _PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            source = file.read_bytes()
            if b"centre.compiled" in source:
                digest.update(str(file.relative_to(root)).encode() + source)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "paiban" / "kernels" / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    vars(numba.config)["CACHE_DIR"] = str(folder)


_keep_kernels_apart()
