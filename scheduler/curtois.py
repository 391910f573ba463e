"""Curtois' shift scheduling benchmark: read the published format into the engine's own words.

Format and instances: T. Curtois and R. Qu, "Computational results on new staff scheduling benchmark instances",
2014. Days count from 0, day 0 is a Monday, the horizon is whole weeks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from centre.errors import InputError
from centre.said import Said
from scheduler.frame import Bound, Cover, Frame, Option, Person, Want

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Employee:
    """One row of SECTION_STAFF, with the person's days off."""

    name: str
    most: Mapping[str, int]
    max_minutes: int
    min_minutes: int
    max_run: int
    min_run: int
    min_off: int
    max_weekends: int
    days_off: frozenset[int]


@dataclass(frozen=True, slots=True)
class Request:
    """One row of SECTION_SHIFT_ON_REQUESTS, or of SECTION_SHIFT_OFF_REQUESTS."""

    employee: str
    day: int
    shift: str
    weight: int


@dataclass(frozen=True)
class Instance:
    """One instance as published. `covers` are (day, shift, requirement, weight under, weight over)."""

    days: int
    minutes: Mapping[str, int]
    not_after: frozenset[tuple[str, str]]
    staff: tuple[Employee, ...]
    wanted: tuple[Request, ...]
    unwanted: tuple[Request, ...]
    covers: tuple[tuple[int, str, int, int, int], ...]

    @property
    def weekends(self) -> tuple[range, ...]:
        """Saturday and Sunday of each week that lies whole in the horizon (published horizons are whole weeks)."""
        return tuple(range(week + 5, week + 7) for week in range(0, self.days - 6, 7))


def read(text: str) -> Instance:
    """Read one instance.

    Raises InputError when the text is not of the published format.
    """
    try:
        return _instance(_sections(text))
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(
            Said("not an instance of the published format: {error!r}; see the header of each section", error=error)
        ) from error


def _sections(text: str) -> dict[str, list[list[str]]]:
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("SECTION_"):
            rows = sections.setdefault(line.removeprefix("SECTION_"), [])
        elif line and not line.startswith("#"):
            rows.append([cell.strip() for cell in line.split(",")])
    return sections


def _instance(sections: Mapping[str, list[list[str]]]) -> Instance:
    days_off = {row[0]: frozenset(map(int, row[1:])) for row in sections.get("DAYS_OFF", [])}
    return Instance(
        days=int(sections["HORIZON"][0][0]),
        minutes={row[0]: int(row[1]) for row in sections["SHIFTS"]},
        not_after=frozenset(
            (row[0], after) for row in sections["SHIFTS"] for after in row[2].split("|") if len(row) > 2 and after
        ),
        staff=tuple(_employee(row, days_off) for row in sections["STAFF"]),
        wanted=_requests(sections.get("SHIFT_ON_REQUESTS", [])),
        unwanted=_requests(sections.get("SHIFT_OFF_REQUESTS", [])),
        covers=tuple(
            (int(day), shift, int(required), int(under), int(over))
            for day, shift, required, under, over in sections["COVER"]
        ),
    )


def _employee(row: list[str], days_off: Mapping[str, frozenset[int]]) -> Employee:
    name, most, *numbers = row
    pairs = (pair.split("=") for pair in most.split("|") if pair)
    max_minutes, min_minutes, max_run, min_run, min_off, max_weekends = map(int, numbers)
    return Employee(
        name=name,
        most={kind: int(count) for kind, count in pairs},
        max_minutes=max_minutes,
        min_minutes=min_minutes,
        max_run=max_run,
        min_run=min_run,
        min_off=min_off,
        max_weekends=max_weekends,
        days_off=days_off.get(name, frozenset()),
    )


def _requests(rows: Iterable[list[str]]) -> tuple[Request, ...]:
    return tuple(Request(employee, int(day), shift, int(weight)) for employee, day, shift, weight in rows)


def frame_of(instance: Instance) -> Frame:
    """The instance as people and covers of the engine."""
    options = {(day, kind): _option(instance, day, kind) for day in range(instance.days) for kind in instance.minutes}
    offers: dict[tuple[int, tuple[str, ...]], tuple[Option, ...]] = {}
    return Frame(
        people=tuple(_person(instance, employee, options, offers) for employee in instance.staff),
        covers=tuple(Cover(*row) for row in instance.covers),
        not_after=instance.not_after,
    )


def _person(
    instance: Instance,
    employee: Employee,
    options: Mapping[tuple[int, str], Option],
    offers: dict[tuple[int, tuple[str, ...]], tuple[Option, ...]],
) -> Person:
    """A person; what a day offers is shared by all who are offered the same: in a year of 150 that is most of it."""
    kinds = tuple(kind for kind in instance.minutes if employee.most.get(kind, 0) > 0)
    for day in range(instance.days):
        if (day, kinds) not in offers:
            offers[day, kinds] = tuple(options[day, kind] for kind in kinds)
    return Person(
        name=employee.name,
        options=tuple(() if day in employee.days_off else offers[day, kinds] for day in range(instance.days)),
        max_run=employee.max_run,
        min_run=employee.min_run,
        min_off=employee.min_off,
        weekends=instance.weekends,
        free_weekends=len(instance.weekends) - employee.max_weekends,
        bounds=(Bound("total minutes", "minutes", range(instance.days), employee.min_minutes, employee.max_minutes),),
        most=employee.most,
        wants=tuple(
            Want(request.day, (request.shift,), request.weight, off)
            for requests, off in ((instance.wanted, False), (instance.unwanted, True))
            for request in requests
            if request.employee == employee.name
        ),
    )


def _option(instance: Instance, day: int, kind: str) -> Option:
    start = day * DAY_S
    return Option(kind, start, start + instance.minutes[kind] * 60, 0, instance.minutes[kind])
