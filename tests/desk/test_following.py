"""A running floor follows the site's files, its policy and its requirement."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from centre.policy import AdherencePolicy
from desk.actions.policies import policy_in_force, policy_known_at
from desk.following import EVERY_S, Following
from desk.wiring import open_place
from streams.floor_policy import SECOND


@pytest.fixture
def site(one_night, tmp_path):
    return shutil.copytree(one_night, tmp_path / "hotline")


class Hands:
    """A clock that is moved by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = int(at.timestamp()) * SECOND

    def now(self) -> int:
        return self.at


def test_what_is_edited_holds_a_few_seconds_later_and_what_is_wrong_does_not(site):
    with open_place(site) as place:
        hands = Hands(place.now)
        following = Following(place, "embedded", "", hands.now)
        floor, _ = following.first()
        assert following() is None
        hands.at += 2 * EVERY_S * SECOND
        assert following() is None, "nothing has changed"
        file = site / "queues.toml"
        text = file.read_text()
        file.write_text(text + "\nnonsense = [")
        hands.at += 2 * EVERY_S * SECOND
        assert following() is None
        file.write_text(text.replace("within_s = 20", "within_s = 33", 1))
        hands.at += 2 * EVERY_S * SECOND
        found = following()
        assert found is not None
        assert found[0].digest != floor.digest
        assert 33 in {queue.within_s for queue in found[0].queues.values()}


def test_tomorrow_the_floor_is_judged_by_what_tomorrow_needs(site):
    with open_place(site) as place:
        hands = Hands(place.now)
        following = Following(place, "embedded", "", hands.now)
        following.first()
        hands.at += 86_400 * SECOND
        assert following() is not None


def test_as_known_then_the_policy_of_then_holds(site):
    with open_place(site) as place:
        now = int(place.now.timestamp())
        before = place.policy
        policy_in_force(place, now)
        then = datetime.now(UTC)
        stricter = before.model_copy(update={"adherence": AdherencePolicy(grace_s=77)})
        policy_in_force(replace(place, policy=stricter), now)
        assert policy_known_at(place, then) == before
        assert policy_known_at(place, datetime.now(UTC) + timedelta(seconds=1)) == stricter
        assert policy_known_at(place, then - timedelta(days=900)) in (before, stricter)
