"""A history is brought to the site's grid, and everything that was not plain is found and said."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centre.errors import InputError
from centre.grid import aware
from forecasts.history import Finding, history_table, prepare, read_history
from forecasts.history.regrid import regrid, source_minutes
from forecasts.history.report import KINDS
from forecasts.history.table import VALUES

SHANGHAI = "Asia/Shanghai"


def rows(start, values, freq="15min", zone=None, queue="a", **columns):
    times = pd.date_range(start, periods=len(values), freq=freq, tz=zone)
    return pd.DataFrame({"queue": queue, "start": times, "offered": values, **columns})


def flat(days=28, per_slot=20.0, minutes=15, start="2026-03-02", zone=SHANGHAI):
    return rows(start, np.full(days * 1440 // minutes, per_slot), f"{minutes}min", zone)


def kinds(prepared, queue="a"):
    return {finding.kind for finding in prepared.report.of(queue).findings}


def only(prepared, kind) -> Finding:
    (finding,) = [finding for finding in prepared.report.findings if finding.kind == kind]
    return finding


def local(second, zone=SHANGHAI):
    return aware(second, zone).strftime("%Y-%m-%d %H:%M")


# The table contract


def test_every_bad_cell_is_named_with_file_and_row_at_once(tmp_path):
    file = tmp_path / "march.csv"
    file.write_text(
        "queue,start,offered,aht_s\n"
        "a,2026-03-02T08:00,12,240\n"
        "a,02/31/26 at noon,11,240\n"
        "a,2026-03-02T08:30,many,240\n"
        ",2026-03-02T08:45,3,inf\n"
    )
    with pytest.raises(InputError) as caught:
        read_history([file], SHANGHAI)
    places = [(problem.file, problem.where) for problem in caught.value.problems]
    assert places == [
        ("march.csv", "row 3, column start"),
        ("march.csv", "row 4, column offered"),
        ("march.csv", "row 5, column aht_s"),
        ("march.csv", "row 5, column queue"),
    ]


def test_a_mistyped_column_is_an_error_that_names_it(tmp_path):
    file = tmp_path / "h.csv"
    file.write_text("queue,start,offred\na,2026-03-02T08:00,1\n")
    with pytest.raises(InputError) as caught:
        read_history([file], SHANGHAI)
    assert {problem.where for problem in caught.value.problems} == {"column offered", "column offred"}


def test_a_folder_without_files_is_an_error():
    with pytest.raises(InputError, match="no file"):
        read_history([], SHANGHAI)


def test_local_times_offsets_and_datetimes_mean_the_same_instants(tmp_path):
    text = pd.DataFrame({"queue": "a", "start": ["2026-03-02T08:00", "2026-03-02 08:15:00"], "offered": [1, 2]})
    offset = text.assign(start=["2026-03-02T08:00+08:00", "2026-03-02T00:15:00Z"])
    stamps = text.assign(start=pd.to_datetime(["2026-03-02T08:00", "2026-03-02T08:15"]).tz_localize(SHANGHAI))
    parquet = tmp_path / "h.parquet"
    stamps.to_parquet(parquet)
    first = history_table(text, SHANGHAI)["start"].tolist()
    assert first == history_table(offset, SHANGHAI)["start"].tolist()
    assert first == history_table(stamps, SHANGHAI)["start"].tolist()
    assert first == read_history([parquet], SHANGHAI)["start"].tolist()


# The grid


@settings(max_examples=30, deadline=None)
@given(
    source=st.sampled_from([1, 5, 10, 15, 20, 30, 60, 120]),
    target=st.sampled_from([5, 10, 15, 30, 60]),
    counts=st.lists(st.integers(0, 50), min_size=24, max_size=60),
)
def test_regridding_keeps_every_contact_and_makes_none_negative(source, target, counts):
    frame = pd.DataFrame({"start": np.arange(len(counts)) * source * 60, "offered": np.array(counts, dtype=float)})
    for column in VALUES[1:]:
        frame[column] = np.nan
    values, _ = regrid(frame, 0, -(-len(counts) * source // target), target, source)
    assert np.nansum(values["offered"]) == pytest.approx(sum(counts))
    assert np.nanmin(values["offered"]) >= -1e-12


def test_finer_rows_are_summed_and_their_handle_time_weighed_by_the_answered():
    frame = rows("2026-03-02 08:00", [4, 6, 5], "5min", SHANGHAI, answered=[3, 6, 0], aht_s=[100, 200, np.nan])
    record = prepare(frame, zone=SHANGHAI, grid_minutes=15).records["a"]
    slot = 8 * 4
    assert record.offered[0, slot] == 15
    assert record.aht_s[0, slot] == pytest.approx((3 * 100 + 6 * 200) / 9)
    assert record.answered[0, slot] == 9


def test_daily_rows_cover_the_short_and_the_long_day_whole():
    days = pd.date_range("2026-03-20", "2026-11-10", freq="D")
    frame = pd.DataFrame({"queue": "a", "start": days.strftime("%Y-%m-%d"), "offered": 240.0})
    prepared = prepare(frame, zone="Europe/Berlin", grid_minutes=60)
    assert kinds(prepared) == {"regridded"}
    offered = prepared.records["a"].offered
    assert np.nansum(offered, axis=1).min() == pytest.approx(230.4)  # 25 hours, of which two share a slot
    assert np.nansum(offered, axis=1).max() == pytest.approx(240)


def test_rows_off_the_grid_are_counted_where_they_begin_and_named():
    frame = rows("2026-03-02 08:07", [1, 2, 3, 4], "15min", SHANGHAI)
    prepared = prepare(frame, zone=SHANGHAI, grid_minutes=15)
    assert "do not begin on a grid of 15" in only(prepared, "regridded").what
    assert prepared.records["a"].offered[0, 32:36].tolist() == [1, 2, 3, 4]


def test_the_commonest_step_is_the_grid_of_the_rows():
    assert source_minutes(np.array([0, 300, 600, 900, 7200, 7500])) == 5
    assert source_minutes(np.array([0])) == 1440


def test_an_hour_given_once_on_the_long_day_is_shared_between_its_two_occurrences():
    starts = pd.date_range("2026-10-31", "2026-11-02", freq="h", inclusive="left")
    frame = pd.DataFrame({"queue": "a", "start": starts.strftime("%Y-%m-%dT%H:%M"), "offered": 40.0})
    prepared = prepare(frame, zone="America/New_York", grid_minutes=60)
    found = only(prepared, "clock change")
    assert local(found.begin, "America/New_York") == "2026-11-01 01:00"
    record = prepared.records["a"]
    assert record.offered[1, 1] == 20  # the mean of the two halves
    assert record.offered[1, [0, 2]].tolist() == [40, 40]


def test_an_hour_given_twice_on_the_long_day_is_kept_as_two():
    plain = pd.date_range("2026-11-01", "2026-11-02", freq="h", tz="America/New_York", inclusive="left")
    assert len(plain) == 25
    frame = pd.DataFrame(
        {"queue": "a", "start": plain.tz_localize(None).strftime("%Y-%m-%dT%H:%M"), "offered": np.arange(25.0)}
    )
    prepared = prepare(frame, zone="America/New_York", grid_minutes=60)
    assert "clock change" not in kinds(prepared)
    assert "duplicate" not in kinds(prepared)
    assert prepared.records["a"].offered[0, 1] == 1.5  # rows 1 and 2 are the two occurrences of 01:00


def test_the_hour_that_the_clock_skips_is_no_gap_and_its_contacts_are_not_lost():
    starts = pd.date_range("2026-03-07", "2026-03-09", freq="h", inclusive="left")
    frame = pd.DataFrame({"queue": "a", "start": starts.strftime("%Y-%m-%dT%H:%M"), "offered": 10.0})
    prepared = prepare(frame, zone="America/New_York", grid_minutes=60)
    assert kinds(prepared) == {"clock change"}
    record = prepared.records["a"]
    assert np.isnan(record.offered[1, 2])
    assert record.offered[1, 3] == 20

    true = pd.date_range("2026-03-07", "2026-03-09", freq="h", tz="America/New_York", inclusive="left")
    clean = prepare(
        pd.DataFrame({"queue": "a", "start": true, "offered": 10.0}), zone="America/New_York", grid_minutes=60
    )
    assert clean.report.findings == ()


# What is found


def test_a_clean_history_has_no_findings_and_keeps_all_contacts():
    frame = flat()
    prepared = prepare(frame, zone=SHANGHAI, grid_minutes=15)
    assert prepared.report.findings == ()
    assert prepared.records["a"].offered.sum() == frame["offered"].sum()


def test_a_gap_is_reported_from_to_and_left_out_of_learning():
    frame = flat()
    frame.loc[5, "offered"] = 0  # so that zeros are known to be written
    frame = frame.drop(index=range(96 * 3 + 40, 96 * 3 + 44))
    prepared = prepare(frame, zone=SHANGHAI, grid_minutes=15)
    found = only(prepared, "gap")
    assert (local(found.begin), local(found.end)) == ("2026-03-05 10:00", "2026-03-05 11:00")
    assert np.isnan(prepared.records["a"].counts[3, 40:44]).all()


def test_a_table_that_writes_no_zeros_has_zeros_read_into_its_holes_and_says_so():
    frame = flat(per_slot=2.0)
    prepared = prepare(frame.drop(index=[100, 205]), zone=SHANGHAI, grid_minutes=15)
    found = only(prepared, "gap")
    assert "2 intervals" in found.what
    assert found.done == "read as 0"
    assert prepared.records["a"].offered[1, 4] == 0


def test_duplicates_keep_the_last_and_are_told_apart_from_repetitions():
    frame = flat()
    again = frame.iloc[[10]]
    changed = frame.iloc[[20]].assign(offered=33.0)
    prepared = prepare(pd.concat([frame, again, changed]), zone=SHANGHAI, grid_minutes=15)
    found = [finding for finding in prepared.report.findings if finding.kind == "duplicate"]
    assert [finding.done for finding in found] == ["kept once", "the last one in the files counts"]
    assert prepared.records["a"].offered[0, 20] == 33


def test_impossible_values_are_unknown_and_reported_each():
    frame = flat().assign(answered=18.0, abandoned=2.0, answered_within=15.0, aht_s=200.0)
    frame.loc[30, "offered"] = -4
    frame.loc[40, "aht_s"] = -1
    frame.loc[50, "answered_within"] = 19
    prepared = prepare(frame, zone=SHANGHAI, grid_minutes=15)
    what = {finding.what for finding in prepared.report.findings if finding.kind == "impossible value"}
    assert what == {"offered below 0", "aht_s of 0 or less", "more answered in time than answered"}
    assert np.isnan(prepared.records["a"].offered[0, 30])
    assert np.isnan(prepared.records["a"].aht_s[0, 40])


def test_an_outage_is_not_learned_as_a_quiet_hour():
    frame = flat()
    frame.loc[96 * 10 + 40 : 96 * 10 + 47, "offered"] = 0
    prepared = prepare(frame, zone=SHANGHAI, grid_minutes=15)
    found = only(prepared, "outage")
    assert (local(found.begin), local(found.end)) == ("2026-03-12 10:00", "2026-03-12 12:00")
    assert np.isnan(prepared.records["a"].counts[10, 40:48]).all()


def test_an_outlier_is_shown_with_its_value_and_capped_for_learning_only():
    frame = flat()
    frame.loc[96 * 10 + 40, "offered"] = 400
    prepared = prepare(frame, zone=SHANGHAI, grid_minutes=15)
    found = only(prepared, "outlier")
    assert found.what.startswith("400 contacts where about 2")
    record = prepared.records["a"]
    assert record.offered[10, 40] == 400
    assert 20 < record.counts[10, 40] < 100


def test_an_unusual_day_is_reported():
    frame = flat()
    frame.loc[96 * 14 : 96 * 15 - 1, "offered"] = 60
    found = only(prepare(frame, zone=SHANGHAI, grid_minutes=15), "unusual day")
    assert "+200%" in found.what


def test_a_holiday_without_rows_is_closed_and_a_plain_day_without_rows_is_a_gap():
    frame = flat(days=70, start="2026-03-02")
    day = frame["start"].dt.date
    frame = frame[(day != date(2026, 5, 1)) & (day != date(2026, 4, 15))]
    frame.iloc[0, 2] = 0
    prepared = prepare(frame, zone=SHANGHAI, grid_minutes=15, holidays="CN")
    assert local(only(prepared, "closed day").begin) == "2026-05-01 00:00"
    assert local(only(prepared, "gap").begin) == "2026-04-15 00:00"
    assert prepared.records["a"].closed.sum() == 1


def test_a_lone_slot_at_closing_time_is_taken_as_it_is_and_a_hole_is_not():
    days = pd.date_range("2026-03-02", periods=14)
    frames = [rows(f"{day:%Y-%m-%d} 08:00", np.full(25, 5.0), "5min", SHANGHAI) for day in days]
    frame = pd.concat(frames, ignore_index=True)
    prepared = prepare(frame, zone=SHANGHAI, grid_minutes=30)
    assert "17% of the interval at 10:00" in only(prepared, "partial interval").what
    assert prepared.records["a"].offered[3, 20] == 5
    holed = prepare(frame.drop(index=[27]), zone=SHANGHAI, grid_minutes=30)
    record = holed.records["a"]
    assert np.isnan(record.offered[1, 16])
    assert record.offered[2, 16] == 30


def test_a_queue_that_opened_or_closed_within_the_history_is_said_to():
    frame = flat(days=90)
    opened = frame.assign(offered=frame["offered"].where(frame.index >= 96 * 30, 0.0))
    prepared = prepare(opened, zone=SHANGHAI, grid_minutes=15)
    assert local(only(prepared, "queue opened").begin) == "2026-03-02 00:00"
    assert np.isnan(prepared.records["a"].counts[:30]).all()
    closed = frame.assign(offered=frame["offered"].where(frame.index < 96 * 50, 0.0))
    prepared = prepare(closed, zone=SHANGHAI, grid_minutes=15)
    assert local(only(prepared, "queue closed").begin) == "2026-04-21 00:00"


def test_rows_from_the_day_of_the_forecast_on_are_not_looked_at():
    frame = flat(days=20)
    wild = frame.assign(offered=frame["offered"].where(frame.index < 96 * 10, 9_999.0))
    before = date(2026, 3, 12)
    kept = prepare(wild, zone=SHANGHAI, grid_minutes=15, before=before).records["a"]
    assert kept.days == 10
    assert np.nanmax(kept.offered) == 20
    with pytest.raises(InputError, match="none before"):
        prepare(frame, zone=SHANGHAI, grid_minutes=15, before=date(2026, 3, 2))


# Opening hours


def test_opening_hours_are_learned_from_where_contacts_come():
    frame = flat(days=28)
    hour = frame["start"].dt.hour
    weekday = frame["start"].dt.day_of_week
    frame = frame[(hour >= 8) & (hour < 20) & (weekday < 6)]
    is_open = prepare(frame, zone=SHANGHAI, grid_minutes=15).records["a"].open
    assert is_open[:6, 32:80].all()
    assert is_open.sum() == 6 * 48


def test_contacts_outside_the_given_hours_stay_in_the_forecast_and_are_reported():
    frame = flat(days=28)
    hour = frame["start"].dt.hour
    frame = frame[(hour >= 8) & (hour < 21)]
    opening = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ((480, 1200),))
    prepared = prepare(frame, zone=SHANGHAI, grid_minutes=15, opening=opening)
    assert "28 intervals of the week" in only(prepared, "opening hours").what
    assert prepared.records["a"].open[0, 80:84].all()


def test_a_span_past_midnight_opens_the_next_weekday_too():
    opening = {"sun": ((22 * 60, 30 * 60),)}
    frame = flat(days=7, per_slot=0.0)
    is_open = prepare(frame, zone=SHANGHAI, grid_minutes=15, opening=opening).records["a"].open
    assert is_open[6, 88:].all()
    assert is_open[0, :24].all()
    assert is_open.sum() == 8 + 24


def test_the_report_is_a_table_a_planner_reads():
    frame = flat()
    frame.loc[96 * 10 + 40, "offered"] = 400
    report = prepare(frame, zone=SHANGHAI, grid_minutes=15).report
    table = report.table(SHANGHAI)
    assert list(table.columns) == ["queue", "from", "to", "kind", "what", "done"]
    assert report.summary() == [f"a: 1 x outlier: {report.findings[0].done}"]


def test_agents_are_averaged_and_not_summed_when_rows_are_finer_than_the_grid():
    frame = rows(
        "2026-03-02 08:00", [4, 6, 5], "5min", SHANGHAI, agents=[3, 6, 6], rostered=[6, 6, 6], wait_s=[1, 2, 3]
    )
    came = prepare(frame, zone=SHANGHAI, grid_minutes=15).records["a"].outcomes
    assert came.agents[0, 8 * 4] == pytest.approx(5)
    assert came.rostered[0, 8 * 4] == pytest.approx(6)
    assert came.wait_s[0, 8 * 4] == pytest.approx(6)


def test_a_planner_reads_what_was_found_when_and_what_was_done_about_it():
    frame = rows("2026-02-01", np.full(56 * 24, 30.0), freq="h")
    frame.loc[frame["start"].dt.strftime("%m-%d %H").isin([f"02-{day} 11" for day in (10, 11, 12, 13)]), "offered"] = -1
    found = prepare(frame, zone="America/New_York", grid_minutes=60, before=date(2026, 4, 10)).report
    words = list(found.words("America/New_York"))
    assert "a: 4 x impossible value: left out as unknown" in words
    assert "  2026-02-10 11:00 to 2026-02-10 12:00: offered below 0" in words
    assert "  and 1 more, all of them in out/history.csv" in words
    assert "  2026-03-08 03:00 to 2026-03-08 04:00: an hour that the clock skips" in words
    kinds = {finding.kind for finding in found.findings}
    assert kinds == {"impossible value", "clock change", "gap"}
    assert kinds <= set(KINDS)
    # The days between the last row and the forecast are not gaps: they are not over yet, or not exported.
    last = datetime(2026, 3, 29, tzinfo=ZoneInfo("America/New_York")).timestamp()
    assert all(finding.begin < last for finding in found.findings)
