"""Contacts are counted into the interval in which they came, once each, and unfinished intervals are left open."""

from datetime import date

import numpy as np

from centre.events import Contact, QueueSnapshot
from centre.grid import Horizon
from streams.arrived import contacts_arrived

GRID = Horizon("Asia/Shanghai", 15, date(2026, 3, 4), 1)
NINE = 9 * 4


def micros(minutes, seconds=0.0):
    """UTC microseconds of a local time of that day."""
    return int((GRID.begin + minutes * 60 + seconds) * 1_000_000)


def snapshot(minutes, offered, seconds=0.0, queue="a"):
    return QueueSnapshot(id=f"{minutes}:{seconds}", at=micros(minutes, seconds), site="s", queue=queue, offered=offered)


def offered(contact, minutes, queue="b"):
    return Contact(id=contact, at=micros(minutes), site="s", contact=contact, milestone="offered", queue=queue)


def test_the_greatest_counter_of_an_interval_is_its_own_and_one_at_its_very_end_still_counts():
    events = [snapshot(545, 3), snapshot(555, 7), snapshot(550, 5), snapshot(556, 1), snapshot(570, 4)]
    counts = contacts_arrived(events, GRID, GRID.begin + 570 * 60)["a"]
    assert counts[NINE : NINE + 2].tolist() == [7, 4]
    assert np.isnan(counts[NINE + 2 :]).all()


def test_an_interval_that_has_not_ended_is_not_known_yet():
    counts = contacts_arrived([snapshot(545, 3), snapshot(557, 2)], GRID, GRID.begin + 560 * 60)["a"]
    assert counts[NINE] == 3
    assert np.isnan(counts[NINE + 1])


def test_contacts_count_once_and_quiet_intervals_after_the_first_are_zero():
    events = [offered("x", 541), offered("x", 541), offered("y", 542), offered("z", 571)]
    counts = contacts_arrived(events, GRID, GRID.begin + 600 * 60)["b"]
    assert counts[NINE : NINE + 4].tolist() == [2, 0, 1, 0]
    assert np.isnan(counts[:NINE]).all()


def test_what_comes_later_than_the_moment_is_not_seen():
    counts = contacts_arrived([snapshot(545, 3), snapshot(549, 9)], GRID, GRID.begin + 546 * 60)
    assert np.isnan(counts["a"]).all()
