"""A site's people as lines of a frame: what each day offers them, and what their contract asks of the whole."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise, permutations

from centre.people import Contract
from centre.roster import ON_DUTY, Segment
from centre.shifts import Pause, Shift
from scheduler.checks import View
from scheduler.checks.average_minutes import spans_of
from scheduler.checks.line import Duty, Line
from scheduler.checks.month_minutes import credited_days
from scheduler.checks.week_minutes import approved_overtime, highest_paid, longest_paid
from scheduler.frame import Bound, Option, Person
from scheduler.sequences import sequences_of
from scheduler.sequences.day import days_of

Span = tuple[int, int]
Known = dict[tuple[str, int], tuple[Option, ...]]
"""Options of a shift on a day for people with nothing fixed in it, worked out once for all of them."""


def person_of(view: View, line: Line, any_shift: bool = False, known: Known | None = None) -> Person:
    """One person of a site, everything in docs/rules.md that concerns their line alone.

    With `any_shift`, fixed rows that lie inside a duty may be the whole of it, in the catalogue or not. People of one
    site are framed faster with one `known` for all of them.
    Lower bounds are elastic where hard input touches their week or month, as the checker has it.
    """
    contract, days = line.contract, view.calendar.horizon.days
    shared: Known = {} if known is None else known
    fixed = _fixed_duties(line)
    calendar, first = view.calendar, min(line.first_day, 0)
    trainings = _fixed_within(line)
    options = [
        tuple(_options(view, line, day, fixed.get(day), trainings.get(day, []), any_shift, shared))
        for day in range(days)
    ]
    present = list(_keep_present(view, line, options))
    return Person(
        name=line.agent.agent,
        options=tuple(options),
        must=frozenset({*fixed, *trainings, *present}),
        past=tuple(_past(line, day) for day in range(line.first_day, 0)) if line.first_day < 0 else (),
        unknown=frozenset(day for day in range(days) if not line.known(day)),
        leave=line.leave_days,
        max_run=contract.max_consecutive_days,
        min_run=contract.min_consecutive_days,
        min_off=contract.min_consecutive_days_off,
        rest_s=max(contract.rest_minutes * 60, 1),  # duties that touch would be one duty
        rest_after_nights_s=contract.rest_after_nights_minutes * 60,
        max_nights=contract.max_nights_in_a_row,
        weekends=tuple(view.calendar.weekends),
        free_weekends=contract.weekends_off * len(view.calendar.weekends) // 4,
        weeks=tuple(view.calendar.weeks),
        spread=contract.start_spread_minutes or None,
        bounds=tuple(_bounds(view, line)),
        sequences=sequences_of(view.problem.site, contract),
        calendar=days_of(calendar, first),
        short_rests=contract.short_rests,
        short_rest_s=max(contract.short_rest_minutes * 60, 1),
        short_periods=tuple(calendar.weeks if contract.short_rests_every == "week" else calendar.months),
        averages=tuple(
            (range(max(span.start, 0), min(span.stop, days)), most) for span, most in spans_of(line) if span.stop > 0
        ),
    )


def _past(line: Line, day: int) -> Option | None:
    duty = next((duty for duty in line.duties if duty.day == day), None)
    return _as_option(duty) if duty else None


def _as_option(duty: Duty) -> Option:
    kind = duty.shift.name if duty.shift else "fixed"
    return Option(kind, duty.start, duty.end, duty.wall, duty.paid, duty.night)


def _fixed_duties(line: Line) -> dict[int, Duty]:
    """The duties that fixed rows with work are the whole of. `line` was read from a roster of the fixed rows."""
    return {duty.day: duty for duty in line.duties if duty.fixed}


def _fixed_within(line: Line) -> dict[int, list[Segment]]:
    """Fixed trainings and the like by the day whose duty has to span them."""
    rows: dict[int, list[Segment]] = {}
    for duty in line.duties:
        if duty.day >= 0 and not duty.fixed:
            rows.setdefault(duty.day, []).extend(duty.segments)
    return rows


def _keep_present(view: View, line: Line, options: list[tuple[Option, ...]]) -> Iterable[int]:
    """Keep the duties that hold the times when the person has to be there; the days that have to be worked for it.

    A time belongs to the duty of its own day; where none of that day can hold it, to one that began the day before.
    """
    for presence in view.problem.site.presence:
        day = view.calendar.day_of(presence.start)
        if presence.agent != line.agent.agent or not 0 <= day < len(options):
            continue
        for near in (day, day - 1):
            holding = tuple(
                option
                for option in (options[near] if near >= 0 else ())
                if option.start <= presence.start and presence.end <= option.end
            )
            if holding:
                options[near] = holding
                yield near
                break
        else:
            options[day] = ()
            yield day


def _options(
    view: View, line: Line, day: int, fixed: Duty | None, within: list[Segment], any_shift: bool, known: Known
) -> Iterable[Option]:
    """The duties of a day that break no rule by themselves."""
    if not line.known(day) or _rows_clash(line, day, view):
        return
    if fixed is not None:
        if not _forbidden(view, line, fixed.start, fixed.end, fixed.segments):
            yield _as_option(fixed)
        return
    free = not within and _nothing_near(view, line, day) and not _hours_of_day(line.contract)
    for shift in view.catalogue.shifts(line.contract):
        if within:
            options = tuple(_of_shift(view, shift, day, within))
        else:
            if (shift.name, day) not in known:
                known[shift.name, day] = tuple(_of_shift(view, shift, day, within))
            options = known[shift.name, day]
        yield from (
            options
            if free
            else (
                option
                for option in options
                if within_the_day(line.contract, option.wall, option.start, option.end, option.paid)
                and not _forbidden(view, line, option.start, option.end, within)
            )
        )
    if any_shift and within:
        start, end = min(row.start for row in within), max(row.end for row in within)
        if not _forbidden(view, line, start, end, within):
            yield Option("fixed", start, end, view.calendar.wall_minutes(start), (end - start) // 60)


def _of_shift(view: View, shift: Shift, day: int, within: list[Segment]) -> Iterable[Option]:
    """The duties of a shift on a day whose pauses find room around what is fixed, which they span."""
    for start, end in _times(view, shift, day):
        spans_rows = all(start <= row.start and row.end <= end for row in within)
        if spans_rows and placeable(view, shift, start, end, within):
            wall = view.calendar.wall_minutes(start)
            yield Option(shift.name, start, end, wall, shift.paid_minutes((end - start) // 60), shift.night)


def _times(view: View, shift: Shift, day: int) -> Iterable[Span]:
    """Each start and end that a shift may have on a day."""
    if view.calendar.weekday(day) not in shift.days:
        return
    step = shift.step_minutes or view.calendar.horizon.minutes
    for start in sorted(view.catalogue.starts(shift, day)):
        for minutes in range(shift.minutes[0], shift.minutes[1] + 1, step):
            yield start, start + minutes * 60


def _forbidden(view: View, line: Line, start: int, end: int, rows: Iterable[Segment]) -> bool:
    """Whether leave, fixed off or standby, or a missing skill rules a duty out; `rows` must be worked as they are."""
    if not (line.leave or line.fixed or rows):
        return False
    days = range(view.calendar.day_of(start), view.calendar.day_of(end - 1) + 1)
    return (
        any(day in line.leave_days for day in days)
        or any(row.activity in ("off", "standby") and row.start < end and start < row.end for row in line.fixed)
        or any(left <= start and end <= right for left, right in line.part_day_leave)
        or any(
            left < row.end and row.start < right
            for row in rows
            if row.activity not in ("meal", "break", "leave")
            for left, right in line.part_day_leave
        )
        or any(row.queue and row.queue not in line.agent.skills for row in rows)
    )


def _nothing_near(view: View, line: Line, day: int) -> bool:
    """Whether no leave and no fixed row touches a day or the two after it, in which its duties end."""
    begin, end = view.calendar.midnight(day), view.calendar.midnight(day + 3)
    spans = (*line.leave, *line.part_day_leave, *((row.start, row.end) for row in line.fixed))
    return day not in line.leave_days and all(right <= begin or end <= left for left, right in spans)


def _hours_of_day(contract: Contract) -> bool:
    """Whether a contract says anything of the hours of a single day."""
    return contract.earliest_start is not None or contract.latest_end is not None or contract.max_minutes_per_day > 0


def within_the_day(contract: Contract, wall: int, start: int, end: int, paid: int) -> bool:
    """Whether a duty keeps what a contract says of the hours of a single day; `wall` is its local start in minutes."""
    return (
        (contract.earliest_start is None or wall >= contract.earliest_start)
        and (contract.latest_end is None or wall + (end - start) // 60 <= contract.latest_end)
        and (contract.max_minutes_per_day == 0 or paid <= contract.max_minutes_per_day)
    )


def _rows_clash(line: Line, day: int, view: View) -> bool:
    """Whether fixed rows of a day overlap one another."""
    rows = sorted(row for row in line.fixed if row.activity in ON_DUTY and view.calendar.day_of(row.start) == day)
    return any(before.end > after.start for before, after in pairwise(rows))


def placeable(view: View, shift: Shift, start: int, end: int, taken: Iterable[Segment]) -> bool:
    """Whether a shift's pauses find room in a duty around what is fixed inside it."""
    blocked = [(row.start, row.end) for row in taken]
    return not shift.pauses or any(
        _in_order(view, order, start, end, blocked) for order in set(permutations(shift.pauses))
    )


def _in_order(view: View, pauses: Iterable[Pause], start: int, end: int, blocked: list[Span]) -> bool:
    """Whether pauses fit one after the other, each as early as it can."""
    reached = start
    for pause in pauses:
        length = pause.minutes * 60
        places = (
            _earliest(max(left, reached), right, length, blocked) for left, right in pause_windows(view, pause, start)
        )
        ends = [place + length for place in places if place is not None and place + length <= end]
        if not ends:
            return False
        reached = min(ends)
    return True


def pause_windows(view: View, pause: Pause, start: int) -> list[Span]:
    """Spans within which a pause of a duty may lie whole."""
    if pause.after_minutes is not None:
        first, last = pause.after_minutes
        return [(start + first * 60, start + (last + pause.minutes) * 60)]
    assert pause.window is not None
    opens, closes = pause.window
    closes += 1440 if closes <= opens else 0
    day = view.calendar.day_of(start)
    at = view.calendar.horizon.at
    return [(at(near, opens), at(near, closes)) for near in (day - 1, day, day + 1)]


def _earliest(left: int, right: int, length: int, blocked: list[Span]) -> int | None:
    """The earliest place of some length in [left, right) beside what is blocked."""
    for begin, stop in sorted(blocked):
        if begin < left + length and stop > left:
            left = stop
    return left if left + length <= right else None


def _bounds(view: View, line: Line) -> Iterable[Bound]:
    """The bounds of each week and month on the days of the horizon: tail, leave and unknown days taken off."""
    contract = line.contract
    for week in view.calendar.weeks:
        credit = len(line.credited(week))
        yield _bound(line, "week days", week, contract.days_per_week, credit, (1, 0))
        if contract.week_minutes != (0, 0):
            longest = longest_paid(view, line)
            plain, highest = highest_paid(line, week, longest)
            highest += approved_overtime(view, line, week)
            done = sum(duty.paid for duty in line.duties if duty.day in week and duty.day < 0)
            bound = _bound(
                line, "week minutes", week, contract.week_minutes, credit * line.credit_minutes, (longest, 0)
            )
            yield replace(bound, highest=max(0, highest - done), plain=max(0, plain - done))
    if contract.month_minutes != (0, 0):
        for month in view.calendar.months:
            off = credited_days(line, month) * line.credit_minutes
            yield _bound(line, "month minutes", month, contract.month_minutes, off, _daily(contract))


def _daily(contract: Contract) -> tuple[float, float]:
    return contract.week_minutes[1] / 7, contract.week_minutes[0] / 7


def _bound(
    line: Line,
    rule: str,
    days: range,
    bounds: tuple[int, int],
    credit: int,
    unknown: tuple[float, float],
) -> Bound:
    """`unknown` is what an unknown day counts for the lower and for the upper bound."""
    past = [duty for duty in line.duties if duty.day in days and duty.day < 0]
    done = len(past) if rule == "week days" else sum(duty.paid for duty in past)
    strange = sum(not line.known(day) for day in days)
    lowest, highest = (max(0, bound - credit) for bound in bounds)
    return Bound(
        rule=rule,
        of="days" if rule == "week days" else "minutes",
        days=range(max(days.start, 0), min(days.stop, line.calendar.horizon.days)),
        lowest=max(0, -int(-(lowest - done - strange * unknown[0]) // 1)),
        highest=max(0, int((highest - done - strange * unknown[1]) // 1)),
        elastic=line.touched(days),
    )


def options_on(view: View, line: Line, day: int, known: Known) -> tuple[Option, ...]:
    """The duties somebody may take on a day that breaks no rule by itself; none where fixed rows decide the day."""
    if any(view.calendar.day_of(row.start) == day for row in line.fixed):
        return ()
    return tuple(_options(view, line, day, None, [], False, known))
