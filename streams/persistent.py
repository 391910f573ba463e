"""A mapping that is never changed, and of which a changed copy costs little.

`step` returns a new state and leaves the old one whole. With a plain dictionary that would copy every agent at every
event; here the keys are spread over shards, and a changed copy shares all shards but those it touches.
"""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

SHARDS = 256


class PersistentMap(Mapping[K, V], Generic[K, V]):
    """An immutable mapping with cheap changed copies. Its order says nothing: sort where order matters."""

    __slots__ = ("_shards", "_size")

    def __init__(self, entries: Mapping[K, V] | None = None) -> None:
        self._shards: tuple[dict[K, V], ...] = ({},) * SHARDS
        self._size = 0
        if entries:
            changed = self.replace(entries)
            self._shards, self._size = changed._shards, changed._size

    def __getitem__(self, key: K) -> V:
        return self._shards[hash(key) % SHARDS][key]

    def __contains__(self, key: object) -> bool:
        return key in self._shards[hash(key) % SHARDS]

    def get(self, key: K, default: V | None = None) -> V | None:  # type: ignore[override]
        """The value of a key, or the default."""
        return self._shards[hash(key) % SHARDS].get(key, default)

    def __iter__(self) -> Iterator[K]:
        for shard in self._shards:
            yield from shard

    def __len__(self) -> int:
        return self._size

    def replace(self, entries: Mapping[K, V], without: frozenset[K] | set[K] = frozenset()) -> "PersistentMap[K, V]":
        """A copy with `entries` set and the keys of `without` left out."""
        if not entries and not without:
            return self
        shards = list(self._shards)
        copied: set[int] = set()
        for key in without:
            place = hash(key) % SHARDS
            if key in shards[place]:
                if place not in copied:
                    shards[place] = shards[place].copy()
                    copied.add(place)
                del shards[place][key]
        for key, value in entries.items():
            place = hash(key) % SHARDS
            if place not in copied:
                shards[place] = shards[place].copy()
                copied.add(place)
            shards[place][key] = value
        changed: PersistentMap[K, V] = PersistentMap.__new__(PersistentMap)
        changed._shards = tuple(shards)
        changed._size = sum(map(len, shards)) if copied else self._size
        return changed

    def changes(self, since: "PersistentMap[K, V]") -> Iterator[tuple[K, V | None]]:
        """Keys whose value is another object than in `since`, with the value; None for keys that are gone."""
        for mine, theirs in zip(self._shards, since._shards, strict=True):
            if mine is theirs:
                continue
            for key, value in mine.items():
                if theirs.get(key) is not value:
                    yield key, value
            for key in theirs.keys() - mine.keys():
                yield key, None
