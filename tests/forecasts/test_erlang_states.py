"""The distribution of the number in the system against the balance equations, in many digits."""

import numpy as np
import pytest
from mpmath import mp, mpf

from centre.errors import InputError
from forecasts.erlang import erlang_b, erlang_c, state_probability


def by_balance(number: int, n: int, load: float, aht: float, patience: float) -> float:
    with mp.workdps(60):
        up, down, leave = mpf(load) / mpf(aht), 1 / mpf(aht), 1 / mpf(patience) if patience else mpf(0)
        weight, total, wanted = mpf(1), mpf(0), mpf(0)
        for k in range(20_000):
            total += weight
            wanted = weight if k == number else wanted
            weight *= up / (min(k + 1, n) * down + max(0, k + 1 - n) * leave)
            if k > number and k > n and weight < total * mpf(10) ** -40:
                break
        return float(wanted / total)


@pytest.mark.parametrize(
    ("number", "n", "load", "patience"),
    [(0, 3, 2.0, 0), (3, 3, 2.9, 0), (9, 3, 2.9, 0), (30, 28, 24.0, 300), (5, 20, 24.0, 60), (70, 20, 60.0, 900),
     (0, 0, 2.0, 100), (4, 0, 2.0, 100), (12, 2000, 10.0, 0), (1, 2000, 10.0, 90), (480, 500, 450.0, 120),
     (2000, 20, 2000.0, 240)],
)  # fmt: skip
def test_each_state_has_the_probability_of_the_balance_equations(number: int, n: int, load: float, patience: float):
    found = state_probability(number, n, load, 240, patience)
    assert found == pytest.approx(by_balance(number, n, load, 240, patience), rel=1e-9)


def test_the_states_add_up_to_one_and_those_from_n_on_to_the_chance_of_waiting():
    shares = np.asarray(state_probability(np.arange(4000), 23, 20.0))
    assert shares.sum() == pytest.approx(1, rel=1e-12)
    assert shares[23:].sum() == pytest.approx(erlang_c(23, 20.0), rel=1e-12)
    impatient = np.asarray(state_probability(np.arange(24), 23, 20.0, 240, 1e-6))
    assert impatient[23] == pytest.approx(erlang_b(23, 20.0), rel=1e-6)


def test_without_a_steady_state_no_number_has_a_chance_and_without_load_nobody_is_there():
    assert state_probability(3, 2, 2.0) == 0
    assert np.asarray(state_probability([0, 1], 2, 0.0)).tolist() == [1, 0]
    with pytest.raises(InputError, match="number"):
        state_probability(1.5, 2, 1.0)
