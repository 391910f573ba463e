"""Versions as bytes: a table or a set of arrays, compressed, typed, readable without unpickling anything."""

import io
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
    columns: dict[str, list[Any]] = pq.read_table(io.BytesIO(content)).to_pydict()
    return tuple(map(Segment, *(columns[name] for name in ("agent", "start", "end", "activity", "queue"))))


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
