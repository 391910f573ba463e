"""What promises have come to: learned from noisy outcomes, shrunk where little is known."""

import numpy as np
import pytest

from streams.reallocation.trust import FULL, LEAST, Outcome, learn_trust


def outcomes(count: int, truth: dict[str, float], noise: float, seed: int = 3) -> list[Outcome]:
    """So many proposals of breaks and leaders, each promise coming to its type's share, with noise."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        promised = {kind: float(rng.uniform(2, 12)) for kind in truth}
        won = sum(promised[kind] * share for kind, share in truth.items()) + rng.normal(0, noise)
        found.append(Outcome(promised, won, noise))
    return found


def test_without_a_record_every_promise_is_taken_at_its_word() -> None:
    assert learn_trust([]) == FULL
    assert FULL.of("move_break") == 1.0


def test_one_bad_afternoon_moves_little() -> None:
    """Ten promised, none came, give or take thirty: that says next to nothing."""
    learnt = learn_trust([Outcome({"move_break": 10.0}, 0.0, 30.0)])
    assert 0.97 < learnt.of("move_break") < 1.0


def test_a_long_record_is_believed_type_by_type() -> None:
    truth = {"move_break": 0.6, "leader_to_phones": 1.0}
    learnt = learn_trust(outcomes(400, truth, 5.0))
    for kind, share in truth.items():
        assert learnt.of(kind) == pytest.approx(share, abs=0.08)


def test_a_type_of_which_nothing_is_known_follows_the_others() -> None:
    learnt = learn_trust(outcomes(400, {"move_break": 0.5}, 5.0))
    assert 0.5 < learnt.of("lend") < 0.8


def test_a_queue_on_which_promises_fall_short_is_believed_less_than_the_others() -> None:
    rng = np.random.default_rng(5)
    record = []
    for number in range(300):
        queue = ("billing", "sales", "service")[number % 3]
        said = float(rng.uniform(2, 12))
        record.append(
            Outcome({"move_break": said}, said * (0.5 if queue == "sales" else 1.0) + rng.normal(0, 4), 4.0, queue)
        )
    learnt = learn_trust(record)
    for queue, share in (("billing", 1.0), ("sales", 0.5), ("service", 1.0)):
        assert learnt.of("move_break") * learnt.on(queue) == pytest.approx(share, abs=0.1)
    assert learnt.on("a new queue") == 1.0


def test_projections_that_are_too_low_on_average_earn_moves_no_praise() -> None:
    """Half of what was promised comes; but half a point more than projected comes without any move, too."""
    rng = np.random.default_rng(7)
    record = []
    for _ in range(400):
        said, contacts = float(rng.uniform(2, 12)), float(rng.uniform(300, 1500))
        record.append(
            Outcome({"move_break": said}, 0.5 * said + 0.005 * contacts + rng.normal(0, 5), 5.0, "", contacts)
        )
    assert learn_trust(record).of("move_break") == pytest.approx(0.5, abs=0.12)


def test_the_more_is_known_the_surer() -> None:
    little, much = (learn_trust(outcomes(count, {"move_break": 0.7}, 5.0)).sd for count in (5, 200))
    assert much < little < FULL.sd


def test_no_record_makes_a_promise_worth_nothing() -> None:
    """Else nothing would ever be proposed again, and nothing learned."""
    assert learn_trust(outcomes(400, {"move_break": -2.0}, 1.0)).of("move_break") == LEAST
