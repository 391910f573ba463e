"""Plans come back as they were kept; versions are never overwritten; the newest that speaks for a time holds."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from centre.errors import InputError, NotPublishedError, StoreError
from centre.grid import Horizon
from centre.requirement import Requirement
from centre.roster import Roster, Segment
from store.database import Database
from store.plans import Plans

ZONE = "Europe/Berlin"
WEEK = Horizon(ZONE, 30, date(2026, 3, 23), 7)
"""The clocks change on its last day."""

NIGHT = datetime(2026, 3, 20, 22, 0, tzinfo=UTC)


@pytest.fixture
def plans(database: Database) -> Plans:
    return Plans(database, "Hotline", policy="operator-cn version 1", sources={"site.toml": "ab" * 32})


def requirement(horizon: Horizon, seed: int = 0) -> Requirement:
    rng = np.random.default_rng(seed)
    shape = (2, horizon.count)
    return Requirement(
        horizon=horizon,
        queues=("账单", "sales"),
        volume=rng.random(shape),
        aht_s=rng.random(shape),
        required=rng.integers(0, 9, shape),
        gross=rng.integers(0, 9, shape),
        curve=rng.random((*shape, 5), dtype=np.float32),
    )


def assert_same(one: Requirement, other: Requirement) -> None:
    assert (one.horizon, one.queues) == (other.horizon, other.queues)
    for name in ("volume", "aht_s", "required", "gross", "curve"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)


def roster(horizon: Horizon, queue: str = "sales", days: int = 7) -> Roster:
    return Roster.of(
        Segment(agent, horizon.at(day, 540), horizon.at(day, 1020), "work", queue)
        for agent in ("a001", "a002")
        for day in range(days)
    )


def test_a_forecast_comes_back_with_its_zone_and_models(plans: Plans) -> None:
    table = pd.DataFrame(
        {
            "queue": "sales",
            "start": pd.to_datetime(WEEK.starts, unit="s", utc=True).tz_convert(ZONE),
            "mean": np.linspace(0, 1, WEEK.count) / 3,
            "q10": 0.0,
            "aht_s": 240.0,
        }
    )
    run = plans.save_forecast(table, WEEK, at=NIGHT, models={"sales": "日模型"})
    kept = plans.forecast_run(run)
    pd.testing.assert_frame_equal(kept.table, table)
    assert (kept.run, kept.horizon, kept.made_at, kept.models) == (run, WEEK, NIGHT, {"sales": "日模型"})
    newest = plans.latest_forecast(WEEK.begin, WEEK.end)
    assert newest is not None
    assert newest.run == run
    assert plans.latest_forecast(WEEK.begin - 1, WEEK.end) is None


def test_a_requirement_comes_back_to_the_bit(plans: Plans) -> None:
    need = requirement(WEEK)
    assert_same(plans.requirement(plans.save_requirement(need, at=NIGHT)), need)


def test_the_newest_requirement_that_covers_the_days_is_cut_to_them(plans: Plans) -> None:
    old, new, elsewhere = (requirement(WEEK, seed) for seed in range(3))
    month = Horizon(ZONE, 30, date(2026, 3, 16), 28)
    plans.save_requirement(old, at=NIGHT)
    plans.save_requirement(requirement(month, 4), at=NIGHT)
    plans.save_requirement(new, at=NIGHT)
    Plans(plans.database, "Another").save_requirement(elsewhere, at=NIGHT)
    whole = plans.requirement_for(WEEK)
    assert whole is not None
    assert_same(whole, new)
    later = Horizon(ZONE, 30, date(2026, 3, 28), 5)
    cut = plans.requirement_for(later)
    assert cut is not None
    assert cut.horizon == later
    first = (later.begin - month.begin) // month.step
    np.testing.assert_array_equal(cut.gross, requirement(month, 4).gross[:, first : first + later.count])
    assert plans.requirement_for(Horizon(ZONE, 15, WEEK.first_day, 7)) is None
    covering = plans.requirement_covering(WEEK.at(1, 0), WEEK.at(2, 0))
    assert covering is not None
    assert_same(covering, new)
    assert plans.requirement_covering(month.begin - 1, month.end) is None


def test_a_draft_holds_nowhere_until_it_is_published(plans: Plans) -> None:
    version = plans.save_roster(roster(WEEK), WEEK, at=NIGHT, note="first try")
    assert plans.published_roster(WEEK.begin, WEEK.end) == Roster(())
    assert plans.latest_published() == Roster(())
    assert plans.roster(version) == Roster(roster(WEEK).segments, version)
    plans.publish(version, at=NIGHT + timedelta(hours=1), by="王主任")
    assert plans.published_roster(WEEK.begin, WEEK.end) == Roster(roster(WEEK).segments, version)
    [told] = plans.roster_versions()
    assert (told.version, told.note, told.made_at, told.published_by) == (version, "first try", NIGHT, "王主任")
    assert (told.published_at, told.horizon) == (NIGHT + timedelta(hours=1), WEEK)


def test_versions_are_kept_and_what_was_known_at_a_moment_can_be_asked(plans: Plans) -> None:
    first = plans.publish_roster(roster(WEEK, "sales"), WEEK, at=NIGHT)
    second = plans.publish_roster(roster(WEEK, "billing"), WEEK, at=NIGHT + timedelta(days=1))
    assert second > first
    assert plans.published_roster(WEEK.begin, WEEK.end).segments == roster(WEEK, "billing").segments
    before = plans.published_roster(WEEK.begin, WEEK.end, as_of=NIGHT + timedelta(hours=12))
    assert before == Roster(roster(WEEK, "sales").segments, first)
    assert plans.roster(first).segments == roster(WEEK, "sales").segments
    assert plans.published_roster(WEEK.begin, WEEK.end, as_of=NIGHT - timedelta(hours=1)) == Roster(())


def test_the_pieces_of_several_versions_make_one_roster(plans: Plans) -> None:
    month = Horizon(ZONE, 30, WEEK.first_day, 28)
    first = plans.publish_roster(roster(month, "sales", 28), month, at=NIGHT)
    second_week = Horizon(ZONE, 30, WEEK.first_day + timedelta(days=7), 7)
    second = plans.publish_roster(roster(second_week, "billing"), second_week, at=NIGHT)
    found = plans.published_roster(month.begin, month.end)
    assert found.version == second
    week_of = [(segment.start - month.begin) // (7 * 86_400) for segment in found.segments]
    queues = {(week, segment.queue) for week, segment in zip(week_of, found.segments, strict=True)}
    assert queues == {(0, "sales"), (1, "billing"), (2, "sales"), (3, "sales")}
    assert len(found.segments) == 2 * 28
    assert plans.published_roster(month.begin, second_week.begin).version == first
    assert plans.latest_published() == Roster(roster(second_week, "billing").segments, second)
    assert [part.version for part in plans.published_parts(month.begin, month.end)] == [first, second]


def test_a_repair_applies_from_its_moment(plans: Plans) -> None:
    plans.publish_roster(roster(WEEK), WEEK, at=NIGHT)
    noon = WEEK.at(0, 720)
    at = datetime.fromtimestamp(noon, UTC)
    version = plans.publish_roster(Roster(()), WEEK, at=at, applies_from=at)
    left = plans.published_roster(WEEK.begin, WEEK.end)
    assert left == Roster.of(
        [Segment(agent, WEEK.at(0, 540), noon, "work", "sales") for agent in ("a001", "a002")], version
    )


def test_a_version_is_published_once_and_not_after_a_newer_one(plans: Plans) -> None:
    draft = plans.save_roster(roster(WEEK), WEEK, at=NIGHT)
    newer = plans.publish_roster(roster(WEEK), WEEK, at=NIGHT)
    with pytest.raises(InputError, match="published already"):
        plans.publish(newer, at=NIGHT)
    with pytest.raises(InputError, match=f"older than version {newer}"):
        plans.publish(draft, at=NIGHT)


def test_what_does_not_exist_is_said(plans: Plans) -> None:
    for ask in (plans.roster, plans.requirement, plans.forecast_run, plans.trace, plans.result):
        with pytest.raises(NotPublishedError, match='of "Hotline" does not exist'):
            ask(7)
    with pytest.raises(NotPublishedError):
        plans.publish(7, at=NIGHT)


def test_sites_in_one_database_do_not_see_each_other(plans: Plans) -> None:
    version = plans.publish_roster(roster(WEEK), WEEK, at=NIGHT)
    other = Plans(plans.database, "Another")
    assert other.published_roster(WEEK.begin, WEEK.end) == Roster(())
    assert other.roster_versions() == []
    with pytest.raises(NotPublishedError):
        other.roster(version)


def test_inputs_that_made_a_version_are_known_while_it_holds(plans: Plans) -> None:
    first = plans.publish_roster(roster(WEEK), WEEK, at=NIGHT)
    plans.remember_inputs("digest", first)
    assert plans.version_made_from("digest") == first
    assert plans.version_made_from("other") is None
    assert Plans(plans.database, "Another").version_made_from("digest") is None
    draft = plans.save_roster(roster(WEEK), WEEK, at=NIGHT)
    plans.remember_inputs("draft", draft)
    assert plans.version_made_from("draft") is None
    plans.publish_roster(roster(WEEK), WEEK, at=NIGHT)
    assert plans.version_made_from("digest") is None


def test_every_roster_can_be_traced_to_what_it_was_made_from(plans: Plans) -> None:
    run = plans.save_forecast(pd.DataFrame({"queue": ["sales"]}), WEEK, at=NIGHT)
    need = plans.save_requirement(requirement(WEEK), forecast_run=run, at=NIGHT)
    version = plans.publish_roster(roster(WEEK), WEEK, requirement_version=need, at=NIGHT)
    plans.save_result(version, '{"objective": 1}')
    found = plans.trace(version)
    assert (found.requirement_version, found.forecast_run, found.policy) == (need, run, "operator-cn version 1")
    assert found.sources == {"site.toml": "ab" * 32}
    assert found.roster.version == version
    assert plans.result(version) == '{"objective": 1}'


def test_a_requirement_of_an_unknown_forecast_is_refused(plans: Plans) -> None:
    with pytest.raises(StoreError, match="contradicts what is stored"):
        plans.save_requirement(requirement(WEEK), forecast_run=99, at=NIGHT)


def test_the_test_compares_every_array_of_a_requirement() -> None:
    """All but the goal that binds, which is told where a requirement is made and not kept."""
    assert {field.name for field in fields(Requirement)} - {"binding"} == {
        "horizon", "queues", "volume", "aht_s", "required", "gross", "curve",
    }  # fmt: skip
