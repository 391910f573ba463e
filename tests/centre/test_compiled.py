"""Kernels are compiled once each, whatever is written out where they are called."""

import pytest
from numba.core import types

from centre.compiled import compiled, compiled_bare


def counted(start: int, upwards: bool) -> int:
    return start + 1 if upwards else start - 1


@pytest.mark.parametrize("made", [compiled, compiled_bare])
def test_a_kernel_is_compiled_once_for_all_values_that_are_written_out(made):
    """What another kernel asks for when it calls `counted(3, True)` and so on."""
    kernel = made(counted)
    for start in (3, 4):
        for upwards in (True, False):
            kernel.get_call_template((types.literal(start),), {"upwards": types.literal(upwards)})
    kernel.get_call_template((types.int64, types.boolean), {})
    assert list(kernel.overloads) == [(types.int64, types.boolean)]
    assert kernel(3, True) == 4
    assert kernel(3, False) == 2
