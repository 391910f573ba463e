"""What may be asked of the formulas: numbers checked at the door, broadcast, and handed back in the shape they came."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from centre.errors import InputError
from centre.said import Said

Floats = NDArray[np.float64]
Answer = Any
"""A plain number when every argument is one, else an array of the arguments' common shape."""

Test = Callable[[Floats], NDArray[np.bool_]]

DEFINITIONS = (
    "answered_within_or_abandoned_within",
    "of_answered",
    "of_offered",
    "excluding_abandoned_within",
    "short_abandons_as_met",
    "excluding_short_abandons",
    "virtual",
)
"""The service-level definitions of the field; the kernels know them by their place in this list."""

_NEEDS_SHORT = ("short_abandons_as_met", "excluding_short_abandons")


def numbers(name: str, value: ArrayLike, allowed: str, test: Test) -> Floats:
    """`value` as float64, every element passing `test`.

    Raises
    ------
    InputError : naming the argument, the first offending value, where it stands and what is allowed.
    """
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(
            Said("{name}: found {value!r}; allowed: {allowed}", name=name, value=value, allowed=allowed)
        ) from None
    wrong = ~test(array)
    if wrong.any():
        place = _place(array, wrong)
        raise InputError(
            Said(
                "{name}: found {value:g}{place}; allowed: {allowed}",
                name=name,
                value=array[wrong].flat[0],
                place=place,
                allowed=allowed,
            )
        )
    return array


def _place(array: Floats, wrong: NDArray[np.bool_]) -> str:
    """Where the first wrong element of an array stands; "" of a single number."""
    if array.ndim == 0:
        return ""
    return Said(" at index {index}", index=tuple(int(i) for i in np.argwhere(wrong)[0]))


def at_least_0(name: str, value: ArrayLike) -> Floats:
    """Finite numbers from 0."""
    return numbers(name, value, Said("a finite number, 0 or more"), lambda x: np.isfinite(x) & (x >= 0.0))


def above_0(name: str, value: ArrayLike) -> Floats:
    """Finite numbers above 0."""
    return numbers(name, value, Said("a finite number above 0"), lambda x: np.isfinite(x) & (x > 0.0))


def share(name: str, value: ArrayLike) -> Floats:
    """Shares from 0 to below 1."""
    return numbers(name, value, Said("a share from 0 to below 1 (80 % is 0.8)"), lambda x: (x >= 0.0) & (x < 1.0))


def share_above_0(name: str, value: ArrayLike) -> Floats:
    """Shares above 0, up to 1."""
    return numbers(name, value, Said("a share above 0 up to 1 (90 % is 0.9)"), lambda x: (x > 0.0) & (x <= 1.0))


def whole(name: str, value: ArrayLike) -> Floats:
    """Finite whole numbers from 0."""
    return numbers(
        name, value, Said("a whole number, 0 or more"), lambda x: np.isfinite(x) & (x >= 0.0) & (x == np.floor(x))
    )


def patience(value: ArrayLike | None) -> Floats:
    """Mean patience in seconds with 0 for endless (None, 0 and infinity all say so)."""
    if value is None:
        return np.zeros(())
    array = numbers(
        "patience_s",
        value,
        Said("seconds, 0 or more; None, 0 or infinity for callers who wait for ever"),
        lambda x: x >= 0.0,
    )
    return np.where(np.isinf(array), 0.0, array)


def definition_number(definition: str, short_abandon_s: ArrayLike | None) -> int:
    """The place of a definition in DEFINITIONS.

    Raises
    ------
    InputError : for an unknown name, or when a definition that treats short abandons apart is not told which are short.
    """
    if definition not in DEFINITIONS:
        raise InputError(
            Said(
                "definition: found {definition!r}; allowed: {names}",
                definition=definition,
                names=list(DEFINITIONS),
            )
        )
    if definition in _NEEDS_SHORT and short_abandon_s is None:
        raise InputError(
            Said(
                "short_abandon_s: found None; allowed: with definition {definition!r} the seconds below "
                "which an abandoned contact counts as short (5 is common)",
                definition=definition,
            )
        )
    return DEFINITIONS.index(definition)


def broadcast(*arrays: NDArray[np.generic]) -> tuple[tuple[int, ...], list[Floats]]:
    """The common shape, and each array as a contiguous flat one of that size.

    Raises
    ------
    InputError : when the shapes do not fit together.
    """
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise InputError(Said("the arguments' shapes {shapes} do not broadcast to one shape", shapes=shapes)) from None
    flat = [np.ascontiguousarray(np.broadcast_to(array, shape), dtype=np.float64).reshape(-1) for array in arrays]
    return shape, flat


def shaped(flat: NDArray[np.generic], shape: tuple[int, ...]) -> Answer:
    """A flat result in the arguments' shape; a plain number where all arguments were plain numbers."""
    return flat[0].item() if shape == () else flat.reshape(shape)
