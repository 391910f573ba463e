"""Whether the files agree with one another, and shifts with the grid, their own pauses and the opening hours."""

from collections.abc import Iterator, Mapping, Sequence

from centre.activities import PlannedActivity
from centre.people import ROLES, Agent, Contract
from centre.posts import WHO, Post
from centre.queues import Queue
from centre.said import Said
from centre.shifts import Pause, Shift
from centre.site import Settings
from centre.words import WEEKDAYS, clock_text
from store.site_folder.door import Door, as_written, one_of
from store.site_folder.settings import grid_of
from store.site_folder.toml_tables import Tables

DAY = 1440


def check_contracts(door: Door, contracts: Tables[Contract], shifts: Tables[Shift]) -> None:
    """Contracts name shifts of the catalogue."""
    for name, contract in contracts.valid.items():
        for where, word, others in _words(contract):
            if word not in others and shifts.lacks(word):
                allowed = one_of(word, shifts.names, _shift_or(others))
                door.complain("contracts.toml", f"[{name}].{where}", as_written(word), allowed)


def _shift_or(others: Sequence[str]) -> str:
    if not others:
        return Said("a shift of shifts.toml")
    return Said("a shift of shifts.toml, or one of {names}", names=list(others))


def _words(contract: Contract) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every name of a shift in a contract: where it stands, the name, and what else may stand there."""
    for number, shift in enumerate(contract.shifts):
        yield f"shifts[{number}]", shift, ()
    for key, lists, others in (
        ("forbidden_sequences", contract.forbidden_sequences, ("off", "work")),
        ("rotation", contract.rotation, ("off",)),
    ):
        for number, words in enumerate(lists):
            for place, word in enumerate(words):
                yield f"{key}[{number}][{place}]", word, others
    for key in ("max_shifts_per_week", "max_shifts_per_month"):
        for shift in getattr(contract, key):
            yield f"{key}.{shift}", shift, ()


def check_posts(
    door: Door,
    posts: Tables[Post],
    agents: Mapping[str, Agent],
    queues: Tables[Queue],
    shifts: Tables[Shift],
    contracts: Tables[Contract],
) -> None:
    """Posts name people and shifts that exist."""
    known: dict[str, set[str]] = {
        "team": {agent.team for agent in agents.values()},
        "role": {*ROLES},
        "agent": set(agents),
        "skill": set(queues.names or ()),
        "attribute": {name for agent in agents.values() for name in agent.attributes},
        "contract": set(contracts.names or ()),
    }
    for name, post in posts.valid.items():
        for number, who in enumerate(post.who):
            kind, _, value = who.partition(":")
            where = f"[{name}].who" + (f"[{number}]" if len(post.who) > 1 else "")
            if kind not in known and who != "all":
                door.complain("posts.toml", where, as_written(who), WHO)
            elif kind in known and value not in known[kind]:
                door.complain(
                    "posts.toml", where, as_written(who), one_of(value, known[kind], Said("{kind}: one of", kind=kind))
                )
        if post.shift and shifts.lacks(post.shift):
            allowed = one_of(post.shift, shifts.names, Said("a shift of shifts.toml"))
            door.complain("posts.toml", f"[{name}].shift", as_written(post.shift), allowed)


def check_activities(
    door: Door, activities: Tables[PlannedActivity], agents: Mapping[str, Agent], queues: Tables[Queue]
) -> None:
    """Activities name teams, roles, agents and queues that exist."""
    known: dict[str, set[str]] = {
        "team": {agent.team for agent in agents.values()},
        "role": {*ROLES},
        "agent": set(agents),
        "skill": set(queues.names or ()),
        "attribute": {name for agent in agents.values() for name in agent.attributes},
        "contract": {agent.contract for agent in agents.values()},
    }
    for name, activity in activities.valid.items():
        for number, who in enumerate(activity.who):
            kind, _, value = who.partition(":")
            where = f"[{name}].who" + (f"[{number}]" if len(activity.who) > 1 else "")
            if kind not in known and who != "all":
                door.complain("activities.toml", where, as_written(who), WHO)
            elif kind in known and known[kind] and value not in known[kind]:
                door.complain(
                    "activities.toml",
                    where,
                    as_written(who),
                    one_of(value, known[kind], Said("{kind}: one of", kind=kind)),
                )


def check_shifts(door: Door, shifts: Tables[Shift], settings: Settings | None) -> None:
    """Shifts lie on the grid, have room for their pauses, and meet the opening hours on some day."""
    grid = grid_of(door, settings)
    for name, shift in shifts.valid.items():
        for number, later in enumerate(shift.not_followed_by):
            if shifts.lacks(later):
                allowed = one_of(later, shifts.names, Said("a shift of shifts.toml"))
                door.complain("shifts.toml", f"[{name}].not_followed_by[{number}]", as_written(later), allowed)
        off_grid = list(_off_grid(shift, grid))
        for key, found in off_grid:
            allowed = Said(
                "on the grid of {grid} minutes (grid_minutes of site.toml; a finer one may be set there)", grid=grid
            )
            door.complain("shifts.toml", f"[{name}].{key}", found, allowed)
        if off_grid:
            continue
        if not any(_room(shift, start, length) for start in starts(shift, grid) for length in lengths(shift, grid)):
            _no_room(door, name, shift, grid)
        elif not shift.on_call and settings and any(settings.opening.values()) and not _meets_opening(shift, settings):
            found = Said(
                "{start} and {minutes} minutes, {days}",
                start=clock_text(shift.start[0]),
                minutes=shift.minutes[1],
                days=list(shift.days),
            )
            door.complain(
                "shifts.toml", f"[{name}]", found, Said("a shift that overlaps the opening hours of site.toml")
            )


def starts(shift: Shift, grid: int) -> range:
    """Local starts a shift may have, minutes after midnight."""
    return range(shift.start[0], shift.start[1] + 1, shift.step_minutes or grid)


def lengths(shift: Shift, grid: int) -> range:
    """Spans a shift may have, in minutes."""
    return range(shift.minutes[0], shift.minutes[1] + 1, shift.step_minutes or grid)


def _off_grid(shift: Shift, grid: int) -> Iterator[tuple[str, str]]:
    if any(minutes % grid for minutes in shift.start):
        yield "start", as_written([clock_text(minutes) for minutes in shift.start])
    if any(minutes % grid for minutes in shift.minutes):
        yield "minutes", as_written(list(shift.minutes))
    if shift.step_minutes % grid:
        yield "step_minutes", as_written(shift.step_minutes)
    for number, pause in enumerate(shift.pauses):
        if pause.minutes % grid:
            yield f"pauses[{number}].minutes", as_written(pause.minutes)


def _no_room(door: Door, name: str, shift: Shift, grid: int) -> None:
    """Name the pause that never fits; when each fits by itself, they are in one another's way."""
    ways = [(start, length) for start in starts(shift, grid) for length in lengths(shift, grid)]
    alone = [
        number
        for number, pause in enumerate(shift.pauses)
        if not any(_earliest(pause, start, start, start + length) is not None for start, length in ways)
    ]
    begin, end = clock_text(shift.start[0]), clock_text(shift.start[1] + shift.minutes[1])
    for number in alone:
        pause = shift.pauses[number]
        key, found = ("window", _window(pause)) if pause.window else ("after_minutes", as_written(pause.after_minutes))
        allowed = Said(
            "a place within the shift ({begin} to {end}) that holds {minutes} minutes",
            begin=begin,
            end=end,
            minutes=pause.minutes,
        )
        door.complain("shifts.toml", f"[{name}].pauses[{number}].{key}", found, allowed)
    if not alone:
        each = [
            Said("{activity} {minutes} minutes", activity=Said.term("activity", pause.activity), minutes=pause.minutes)
            for pause in shift.pauses
        ]
        found = Said("{pauses}", pauses=each)
        door.complain(
            "shifts.toml", f"[{name}].pauses", found, Said("pauses that fit into the shift beside one another")
        )


def _window(pause: Pause) -> str:
    return as_written([clock_text(minutes) for minutes in pause.window or ()])


def _room(shift: Shift, start: int, length: int) -> bool:
    """Whether all pauses fit, each set as early as it can after the one before, in some order."""
    return _place(list(shift.pauses), start, start, start + length)


def _place(pauses: list[Pause], free_from: int, start: int, end: int) -> bool:
    if not pauses:
        return True
    for number, pause in enumerate(pauses):
        at = _earliest(pause, free_from, start, end)
        if at is not None and _place(pauses[:number] + pauses[number + 1 :], at + pause.minutes, start, end):
            return True
    return False


def _earliest(pause: Pause, free_from: int, start: int, end: int) -> int | None:
    """The earliest a pause can begin at or after `free_from` in a shift [start, end), minutes after midnight."""
    if pause.window is None:
        low, high = (start + minutes for minutes in pause.after_minutes or (0, end - start))
        at = max(low, free_from)
        return at if at <= high and at + pause.minutes <= end else None
    begin, stop = pause.window
    stop += DAY if stop <= begin else 0
    for shift_by in (-DAY, 0, DAY):
        at = max(begin + shift_by, free_from)
        if at + pause.minutes <= min(stop + shift_by, end):
            return at
    return None


def _meets_opening(shift: Shift, settings: Settings) -> bool:
    """Whether some way to work the shift overlaps some opening span (the week closes into a ring)."""
    earliest, latest = shift.start[0], shift.start[1] + shift.minutes[1]
    for day in shift.days:
        for other, spans in settings.opening.items():
            away = (WEEKDAYS.index(other) - WEEKDAYS.index(day) + 3) % 7 - 3
            if any(begin + away * DAY < latest and earliest < end + away * DAY for begin, end in spans):
                return True
    return False
