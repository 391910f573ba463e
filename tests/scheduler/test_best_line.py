"""Small kernels below the search for the cheapest line, against numpy."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scheduler.tours.best_line import smallest


@settings(deadline=None)
@given(arrays(np.float64, st.integers(1, 60), elements=st.integers(-5, 5).map(float)), st.data())
def test_the_kth_smallest_is_the_kth_of_the_sorted(values: np.ndarray, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, values.size))
    k = data.draw(st.integers(0, count - 1))
    expected = np.sort(values[:count])[k]
    assert smallest(values.copy(), count, k) == expected
