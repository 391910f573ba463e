"""How the moves of each kind are found: the visible list."""

from streams.reallocation.finders.activities import activity_moves
from streams.reallocation.finders.finder import Ask, Finder
from streams.reallocation.finders.hours import hour_moves
from streams.reallocation.finders.pauses import pause_moves
from streams.reallocation.finders.people import people_moves

FINDERS: tuple[Finder, ...] = (pause_moves, activity_moves, people_moves, hour_moves)

__all__ = ["FINDERS", "Ask", "Finder"]
