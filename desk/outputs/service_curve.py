"""service_curve.parquet: what each further agent brings in each interval, for analysts and what-if work."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from centre.requirement import Requirement


def write_service_curve(path: Path, requirement: Requirement) -> None:
    """Write the requirement with its service curves, one row an interval and queue.

    Columns: queue; start (aware, in the site's zone); volume (expected contacts) and aht_s; required and gross; and
    answered_within, a list whose n-th element (from 0) is the expected contacts answered within the queue's time by n
    rostered agents. `explode()` makes one row an agent of it.
    """
    horizon = requirement.horizon
    queues, intervals, levels = requirement.curve.shape
    starts = np.tile(horizon.starts, queues)
    curves = pa.ListArray.from_arrays(
        pa.array(np.arange(0, queues * intervals * levels + 1, levels, dtype=np.int32)),
        pa.array(np.ascontiguousarray(requirement.curve, dtype=np.float32).ravel()),
    )
    table = pa.table(
        {
            "queue": pa.array(np.repeat(np.array(requirement.queues, dtype=object), intervals)).dictionary_encode(),
            "start": pa.array(starts).cast(pa.timestamp("s", "UTC")).cast(pa.timestamp("s", horizon.zone)),
            "volume": requirement.volume.ravel(),
            "aht_s": requirement.aht_s.ravel(),
            "required": requirement.required.ravel(),
            "gross": requirement.gross.ravel(),
            "answered_within": curves,
        }
    )
    pq.write_table(table, path, compression="zstd")
