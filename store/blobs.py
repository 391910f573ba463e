"""Versions as bytes: a table or a set of arrays, compressed, typed, readable without unpickling anything."""

import io
from collections.abc import Iterator
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
    table = pq.read_table(io.BytesIO(content))
    return tuple(_segments(table, np.arange(len(table))))


def unpack_duties(content: bytes, begin: int, end: int) -> tuple[list[Segment], list[int]]:
    """The segments of `pack_segments` whose duty begins in [begin, end), UTC seconds, and when it does.

    A duty is an unbroken run of one person's segments. Only what is asked for is made into objects.
    """
    table = pq.read_table(io.BytesIO(content))
    agent = table["agent"].combine_chunks().indices.to_numpy()
    start, stop = table["start"].to_numpy(), table["end"].to_numpy()
    order = np.lexsort((stop, start, agent))
    agent, start, stop = agent[order], start[order], stop[order]
    first = np.ones(len(start), dtype=bool)
    first[1:] = (agent[1:] != agent[:-1]) | (start[1:] != stop[:-1])
    duty = start[first][np.cumsum(first) - 1]
    chosen = np.flatnonzero((begin <= duty) & (duty < end))
    return list(_segments(table, order[chosen])), duty[chosen].tolist()


def _segments(table: pa.Table, rows: NDArray[np.int64]) -> Iterator[Segment]:
    """Rows as segments, column by column: Arrow's own way to Python objects takes ten times as long."""

    def words(name: str) -> list[Any]:
        column = table[name].combine_chunks()
        known = np.array(column.dictionary.to_pylist(), dtype=object)
        values: list[Any] = known[column.indices.to_numpy()[rows]].tolist()
        return values

    starts, ends = (table[name].to_numpy()[rows].tolist() for name in ("start", "end"))
    return map(Segment, words("agent"), starts, ends, words("activity"), words("queue"))


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
