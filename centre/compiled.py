"""Compile a numeric kernel with numba, once, and keep its type."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(function: Kernel) -> Kernel:
    """Return `function` compiled to machine code: cached on disk, without the interpreter lock.

    numba's own decorator carries no types, so every caller would lose those of its kernel.
    """
    return cast(Kernel, numba.njit(cache=True, nogil=True)(function))
