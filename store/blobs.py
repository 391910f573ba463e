"""Versions as bytes: a table or a set of arrays, compressed, typed, readable without unpickling anything."""

import io
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from centre.requirement import Requirement
from centre.roster import Segment


def pack_table(table: pd.DataFrame) -> bytes:
    """A DataFrame as Parquet; aware times keep their zone."""
    return _parquet(pa.Table.from_pandas(table, preserve_index=False))


def unpack_table(content: bytes) -> pd.DataFrame:
    """The DataFrame of `pack_table`."""
    frame: pd.DataFrame = pq.read_table(io.BytesIO(content)).to_pandas()
    return frame


def pack_segments(segments: tuple[Segment, ...]) -> bytes:
    """Segments as Parquet; an unpacked tuple is equal to the packed one."""
    return _parquet(
        pa.table(
            {
                "agent": pa.array([segment.agent for segment in segments], pa.string()).dictionary_encode(),
                "start": pa.array([segment.start for segment in segments], pa.int64()),
                "end": pa.array([segment.end for segment in segments], pa.int64()),
                "activity": pa.array([segment.activity for segment in segments], pa.string()).dictionary_encode(),
                "queue": pa.array([segment.queue for segment in segments], pa.string()).dictionary_encode(),
            }
        )
    )


def unpack_segments(content: bytes) -> tuple[Segment, ...]:
    """The segments of `pack_segments`."""
    kept = _columns(pq.read_table(io.BytesIO(content)))
    return tuple(kept.segments(np.arange(len(kept.start))))


def unpack_duties(content: bytes, begin: int, end: int, since: int | None = None) -> tuple[list[Segment], list[int]]:
    """The segments of `pack_segments` whose duty begins in [begin, end), UTC seconds, and when it does.

    A duty is an unbroken run of one person's segments. Only what is asked for is made into objects; with `since` what
    ends by then is not.
    """
    kept = _kept(content)
    chosen = (begin <= kept.duty) & (kept.duty < end)
    if since is not None:
        chosen &= kept.end > since
    rows = np.flatnonzero(chosen)
    return list(kept.segments(rows)), kept.duty[rows].tolist()


@dataclass(frozen=True)
class _Kept:
    """The columns of a roster version in order; `duty` is when the duty of each row begins."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    duty: NDArray[np.int64]
    words: tuple[tuple[NDArray[Any], NDArray[np.int32]], ...]
    """Of agent, activity and queue: the words, and which one each row has."""

    def segments(self, rows: NDArray[np.int64]) -> Iterator[Segment]:
        """Rows as segments, column by column: Arrow's own way to Python objects takes ten times as long."""
        agent, activity, queue = ([*known[index[rows]]] for known, index in self.words)
        return map(Segment, agent, self.start[rows].tolist(), self.end[rows].tolist(), activity, queue)


class _Lately:
    """The versions read last, by their content; a version never changes. Bounded in rows."""

    def __init__(self, rows: int) -> None:
        self.rows, self.held, self.kept = rows, 0, OrderedDict[bytes, _Kept]()
        self.lock = Lock()

    def get(self, content: bytes) -> _Kept:
        name = blake2b(content, digest_size=16).digest()
        with self.lock:
            if name in self.kept:
                self.kept.move_to_end(name)
                return self.kept[name]
        table = pq.read_table(io.BytesIO(content))
        agent = table["agent"].combine_chunks().indices.to_numpy()
        read = _columns(table.take(np.lexsort((table["end"].to_numpy(), table["start"].to_numpy(), agent))))
        with self.lock:
            if name not in self.kept:
                self.kept[name] = read
                self.held += len(read.start)
            while self.held > self.rows and len(self.kept) > 1:
                self.held -= len(self.kept.popitem(last=False)[1].start)
        return read


_LATELY = _Lately(rows=2_000_000)  # 36 bytes a row


def _kept(content: bytes) -> _Kept:
    return _LATELY.get(content)


def _columns(table: pa.Table) -> _Kept:
    columns = [table[name].combine_chunks() for name in ("agent", "activity", "queue")]
    words = [
        (np.array(column.dictionary.to_pylist(), dtype=object), column.indices.to_numpy().astype(np.int32))
        for column in columns
    ]
    start, end, agent = table["start"].to_numpy(), table["end"].to_numpy(), words[0][1]
    first = np.ones(len(start), dtype=bool)
    first[1:] = (agent[1:] != agent[:-1]) | (start[1:] != end[:-1])
    duty = start[first][np.cumsum(first) - 1]
    return _Kept(start, end, duty, tuple(words))


def pack_requirement(requirement: Requirement) -> bytes:
    """The arrays of a requirement; the horizon is kept beside it, in columns."""
    file = io.BytesIO()
    arrays: dict[str, NDArray[Any]] = {
        "queues": np.array(requirement.queues, dtype=np.str_),
        "volume": requirement.volume,
        "aht_s": requirement.aht_s,
        "required": requirement.required,
        "gross": requirement.gross,
        "curve": requirement.curve,
    }
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def unpack_requirement(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of `pack_requirement` by name."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd")
    return file.getvalue()
