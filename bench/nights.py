"""The core beside a shop: it gets each day as records, and writes a row of every shelf that night.

Shelf k is SKU k % skus at location k // skus. A count after midnight that confirms the stock makes the core write the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from demands import Grid
from lowtide.core import Job
from lowtide.policy import read_policy_text

START_MS = 1_767_571_200_000
"""Midnight of 5 January 2026, a Monday, UTC."""
_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000


class Nights:
    """One process of the core under these policy values."""

    def __init__(self, skus: int, values: Mapping[str, Any]) -> None:
        document = {"defaults": dict(values), "calibration_sample": 0, "publish_every": "15m"}
        job = Job.of(read_policy_text(orjson.dumps(document).decode(), "policy"), partition="shop")
        self._partition, self._group = job.partition(1), job.group()
        self._skus, self._records = skus, 0

    def close(
        self, day: int, received: Iterable[tuple[int, str, float]], sold: Grid, stock: Grid
    ) -> pa.RecordBatch:
        """The position rows of the night after this day. Received: shelves, refs, units; stock: of the evening."""
        begin = START_MS + day * _DAY_MS
        lines = [
            self._line("receipt", shelf, units, begin + 8 * _HOUR_MS, ref) for shelf, ref, units in received
        ]
        if day == 0:
            opening = enumerate((stock + sold).tolist())
            lines += [self._line("count", shelf, units, begin) for shelf, units in opening]
        sells = np.nonzero(sold)[0].tolist()
        lines += [self._line("sale", shelf, sold[shelf], begin + 12 * _HOUR_MS) for shelf in sells]
        lines += [
            self._line("count", shelf, units, begin + _DAY_MS) for shelf, units in enumerate(stock.tolist())
        ]
        beat = {"id": f"b{day}", "source": "shop", "kind": "heartbeat"}
        lines.append(_json(beat | {"event_time": begin + _DAY_MS + _HOUR_MS // 2}))
        for _, part in self._partition.lines(b"".join(lines)):
            self._group.apply(part)
        self._group.settle()
        return self._group.take()["position"]

    def _line(self, kind: str, shelf: int, units: float, moment: int, ref: str = "") -> bytes:
        self._records += 1
        place = {"sku": str(shelf % self._skus), "location": f"v{shelf // self._skus}"}
        fields = {"id": ref or f"m{self._records}", "source": "shop", "kind": kind, "event_time": moment}
        return _json({**fields, **place, "quantity": f"{units:g}"})


def _json(fields: dict[str, object]) -> bytes:
    return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)
