"""Judge a solution of Curtois' benchmark from its published definition, without the engine's rules."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from scheduler.curtois import Employee, Instance

Assignment = tuple[str, int, str]
"""(employee, day, shift)"""


def penalty(instance: Instance, assignments: Iterable[Assignment]) -> int:
    """The published objective: requests not granted and cover too low or too high, each times its weight."""
    rows = set(assignments)
    staffed = Counter((day, shift) for _, day, shift in rows)
    total = 0
    for request in instance.wanted:
        total += request.weight * ((request.employee, request.day, request.shift) not in rows)
    for request in instance.unwanted:
        total += request.weight * ((request.employee, request.day, request.shift) in rows)
    for day, shift, required, under, over in instance.covers:
        total += max(required - staffed[day, shift], 0) * under + max(staffed[day, shift] - required, 0) * over
    return total


def faults(instance: Instance, assignments: Iterable[Assignment]) -> list[str]:
    """Every hard rule that is broken, in words; none for a legal solution."""
    lines: dict[str, dict[int, str]] = {employee.name: {} for employee in instance.staff}
    found = []
    for name, day, shift in assignments:
        if name not in lines or shift not in instance.minutes or not 0 <= day < instance.days:
            found.append(f"{name}, day {day}, {shift}: no such employee, day or shift")
        elif day in lines[name]:
            found.append(f"{name}, day {day}: two shifts")
        else:
            lines[name][day] = shift
    for employee in instance.staff:
        found += [f"{employee.name}: {fault}" for fault in _line(instance, employee, lines[employee.name])]
    return found


def _line(instance: Instance, employee: Employee, line: Mapping[int, str]) -> Iterator[str]:
    yield from (f"works on day off {day}" for day in sorted(employee.days_off & line.keys()))
    for day, shift in line.items():
        if (shift, line.get(day + 1)) in instance.not_after:
            yield f"{line[day + 1]} on day {day + 1} after {shift}"
    for shift, count in Counter(line.values()).items():
        if count > employee.most.get(shift, 0):
            yield f"{count} shifts {shift}, at most {employee.most.get(shift, 0)}"
    minutes = sum(instance.minutes[shift] for shift in line.values())
    if not employee.min_minutes <= minutes <= employee.max_minutes:
        yield f"{minutes} minutes, {employee.min_minutes} to {employee.max_minutes} allowed"
    yield from _runs(instance.days, employee, line)
    weekends = sum(any(day in line for day in weekend) for weekend in instance.weekends)
    if weekends > employee.max_weekends:
        yield f"{weekends} weekends, at most {employee.max_weekends}"


def _runs(days: int, employee: Employee, line: Mapping[int, str]) -> Iterator[str]:
    first = 0
    for working, group in groupby(range(days), lambda day: day in line):
        length = len(list(group))
        last = first + length - 1
        at_an_edge = first == 0 or last == days - 1
        if working and length > employee.max_run:
            yield f"{length} shifts in a row from day {first}, at most {employee.max_run}"
        if working and length < employee.min_run and not at_an_edge:
            yield f"{length} shifts in a row from day {first}, at least {employee.min_run}"
        if not working and length < employee.min_off and not at_an_edge:
            yield f"{length} days off in a row from day {first}, at least {employee.min_off}"
        first += length
