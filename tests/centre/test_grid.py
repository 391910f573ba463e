"""Time: what the clock on the wall shows on days that are no 24 hours."""

from datetime import date

from centre.grid import instant, offsets, wall_minute


def test_the_clock_on_the_wall_on_a_day_of_25_hours() -> None:
    day, zone = date(2026, 10, 25), "Europe/Berlin"
    begin, end = instant(day, 0, zone), instant(day, 1440, zone)
    assert end - begin == 25 * 3600
    assert [(second - begin, minutes) for second, minutes in offsets(begin, end, zone)] == [(0, 120), (3 * 3600, 60)]
    assert wall_minute(begin + 23 * 3600, day, zone) == 22 * 60
    assert wall_minute(end + 3600, day, zone) == 25 * 60
