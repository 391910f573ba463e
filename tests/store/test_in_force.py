"""Over each time the newest version that speaks for it holds; a duty belongs to the day on which it begins."""

from collections import defaultdict
from collections.abc import Sequence
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from centre.roster import Roster, Segment
from centre.shifts import Activity
from store.blobs import pack_segments, unpack_duties
from store.in_force import Planned, Published, needed, put_together

HOUR, DAY = 3600, 86_400
Version = tuple[Published, list[Segment]]


def published(version: int, first_day: int, last_day: int, applies_from: int | None = None) -> Published:
    begin = first_day * DAY
    return Published(version, begin, last_day * DAY, begin if applies_from is None else applies_from)


def duties(version: Version) -> tuple[Published, list[Planned]]:
    part, line = version
    return part, list(map(Planned, *unpack_duties(pack_segments(Roster.of(line).segments), part.begin, part.end)))


def segments(versions: Sequence[Version]) -> list[Segment]:
    return [planned.segment for planned in put_together(map(duties, versions))]


def test_a_newer_version_replaces_its_days_and_leaves_the_others() -> None:
    old = [Segment("a", day * DAY, day * DAY + HOUR, "work", "q") for day in range(3)]
    new = [Segment("a", DAY + HOUR, DAY + 2 * HOUR, "work", "q")]
    assert segments([(published(1, 0, 3), old), (published(2, 1, 2), new)]) == [old[0], *new, old[2]]


def test_the_night_shift_before_a_new_version_stays_whole() -> None:
    night = Segment("a", DAY - 2 * HOUR, DAY + 6 * HOUR, "work", "q")
    next_night = Segment("a", 2 * DAY - 2 * HOUR, 2 * DAY + 6 * HOUR, "work", "q")
    assert segments([(published(1, 0, 1), [night]), (published(2, 1, 2), [next_night])]) == [night, next_night]


def test_a_night_shift_that_a_new_version_takes_away_is_gone_past_its_last_day_too() -> None:
    night = Segment("a", DAY - 2 * HOUR, DAY + 6 * HOUR, "work", "q")
    assert segments([(published(1, 0, 7), [night]), (published(2, 0, 1), [])]) == []


def test_a_repair_applies_from_its_moment_on() -> None:
    shift = Segment("a", 9 * HOUR, 17 * HOUR, "work", "q")
    repaired = [Segment("a", 9 * HOUR, 15 * HOUR, "work", "q"), Segment("a", 15 * HOUR, 16 * HOUR, "break")]
    late = published(2, 0, 1, applies_from=14 * HOUR)
    assert segments([(published(1, 0, 1), [shift]), (late, repaired)]) == repaired
    sent_home = [(published(1, 0, 1), [shift]), (late, list[Segment]())]
    assert segments(sent_home) == [Segment("a", 9 * HOUR, 14 * HOUR, "work", "q")]


@st.composite
def plans(draw: st.DrawFn) -> list[Version]:
    made: list[Version] = []
    for version in range(1, draw(st.integers(1, 5)) + 1):
        first = draw(st.integers(0, 3))
        last = draw(st.integers(first + 1, 4))
        since = draw(st.none() | st.integers(first * 24, last * 24).map(lambda hour: hour * HOUR))
        line = []
        for agent in ("a", "b"):
            at = first * 24
            while (at := at + draw(st.integers(0, 20))) < last * 24:
                length = draw(st.integers(1, 9))
                activity: Activity = draw(st.sampled_from(get_args(Activity)))
                line.append(Segment(agent, at * HOUR, (at + length) * HOUR, activity))
                at += length
        made.append((published(version, first, last, since), line))
    return made


@settings(deadline=None, max_examples=60)
@given(plans())
def test_an_hour_by_hour_twin_agrees(versions: list[Version]) -> None:
    assert hours(segments(versions)) == twin(versions)


@settings(deadline=None, max_examples=60)
@given(plans(), st.integers(0, 3), st.integers(1, 4))
def test_versions_and_duties_that_are_left_out_have_no_say(versions: list[Version], first: int, count: int) -> None:
    begin, end = first * DAY, (first + count) * DAY
    lines = {part.version: pack_segments(Roster.of(line).segments) for part, line in versions}
    whole = put_together(map(duties, versions))
    fewer = put_together(
        (part, list(map(Planned, *unpack_duties(lines[part.version], since, until, part.applies_from))))
        for part, since, until in needed([part for part, _ in versions], begin, end)
    )

    def of_these_days(plan: Sequence[Planned]) -> list[Planned]:
        return [planned for planned in plan if begin <= planned.duty_begin < end]

    assert of_these_days(whole) == of_these_days(fewer)


Hours = dict[tuple[str, int], set[str]]


def hours(line: Sequence[Segment]) -> Hours:
    held: Hours = defaultdict(set)
    for segment in line:
        for hour in range(segment.start // HOUR, segment.end // HOUR):
            held[segment.agent, hour].add(segment.activity)
    return held


def twin(versions: Sequence[Version]) -> Hours:
    """Hour by hour: a version wipes the hours of the duties it speaks for from its moment on, and sets its own."""
    held: dict[tuple[str, int], set[tuple[str, int]]] = defaultdict(set)
    for part, line in versions:
        for (_, hour), entries in held.items():
            if hour * HOUR >= part.applies_from:
                entries -= {entry for entry in entries if part.begin <= entry[1] < part.end}
        ends: dict[str, tuple[int, int]] = {}
        for segment in sorted(line):
            end, begin = ends.get(segment.agent, (-1, 0))
            duty = begin if end == segment.start else segment.start
            ends[segment.agent] = (segment.end, duty)
            for hour in range(segment.start // HOUR, segment.end // HOUR):
                if part.begin <= duty < part.end and hour * HOUR >= part.applies_from:
                    held[segment.agent, hour].add((segment.activity, duty))
    return {key: {activity for activity, _ in entries} for key, entries in held.items() if entries}
