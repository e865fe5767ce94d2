"""Batches with the columns of the core and plausible values, made by hand."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

UNITS = pa.decimal128(18, 3)
TIME = pa.timestamp("ms", "UTC")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _schema(*fields: tuple[str, pa.DataType] | tuple[str, pa.DataType, bool]) -> pa.Schema:
    return pa.schema([pa.field(f[0], f[1], nullable=len(f) == 3) for f in fields])


KEY = (("pipeline", pa.string()), ("partition", pa.string()), ("offset", pa.uint64()))
LEDGER = _schema(
    *KEY, ("alert_id", pa.string()), ("seq", pa.uint32()), ("entry", pa.string()), ("type", pa.string()),
    ("severity", pa.string()), ("location", pa.string()), ("sku", pa.string()), ("event_time", TIME),
    ("opened_at", TIME), ("episode", pa.uint32()), ("cause_source", pa.string(), True),
    ("cause_id", pa.string(), True), ("reason", pa.string()), ("policy_version", pa.string()),
    ("inputs_version", pa.string()), ("on_hand", UNITS), ("available", UNITS),
    ("on_order", UNITS), ("in_transit", UNITS), ("demand_per_day", UNITS),
    ("p_stockout", pa.float64(), True), ("stockout_p10", pa.uint16(), True), ("stockout_p50", pa.uint16(),
    True),
    ("stockout_p90", pa.uint16(), True), ("trip_level", UNITS, True), ("exit_level", UNITS, True),
    ("supersedes", pa.string(), True), ("detail", pa.string()),
)  # fmt: skip
POSITION = _schema(
    *KEY, ("version", pa.uint64()), ("location", pa.string()), ("sku", pa.string()), ("on_hand", UNITS),
    ("allocated", UNITS), ("held", UNITS),
    ("available", UNITS), ("on_order", UNITS), ("in_transit", UNITS), ("over_released", UNITS), ("over_received", UNITS),
    ("last_event_time", TIME), ("demand_mean", pa.list_(pa.float32())), ("demand_variance", pa.list_(pa.float32())),
    ("lead_time_days", pa.float32()),
)  # fmt: skip
DEMAND_DAY = _schema(
    *KEY,
    ("location", pa.string()),
    ("sku", pa.string()),
    ("day", pa.date32()),
    ("part", pa.string()),
    ("demand", UNITS),
)
STOCK_COUNT = _schema(
    *KEY, ("location", pa.string()), ("sku", pa.string()), ("event_time", TIME), ("quantity", UNITS),
    ("recorded", UNITS),
    ("variance", UNITS), ("mark", pa.string()), ("source", pa.string()), ("id", pa.string()),
)  # fmt: skip
CALIBRATION_DAY = _schema(
    *KEY, ("location", pa.string()), ("sku", pa.string()), ("day", pa.date32()), ("midnight", TIME),
    ("p_stockout", pa.float64()), ("available", UNITS), ("horizon_days", pa.int32()), ("planned", pa.bool_()),
    ("policy_version", pa.string()), ("inputs_version", pa.string()),
)  # fmt: skip
REJECT = _schema(
    *KEY,
    ("reason", pa.string()),
    ("field", pa.string(), True),
    ("message", pa.string()),
    ("record", pa.binary()),
)


_VALUES: dict[str, Any] = {
    "over_released": 0, "over_received": 0, "version": 0,
    "demand_mean": [3.0], "demand_variance": [6.0], "lead_time_days": 7,
    "pipeline": "lowtide", "partition": "sales.jsonl", "offset": 0, "seq": 1, "entry": "OPENED",
    "type": "projected_stockout", "severity": "watch", "location": "330", "sku": "1004906",
    "event_time": NOON,
    "opened_at": NOON, "episode": 1, "cause_source": "till-7", "cause_id": "t-1", "reason": "p_over_line",
    "policy_version": "0123456789ab", "inputs_version": "", "horizon_days": 7, "planned": True,
    "midnight": NOON.replace(hour=0), "on_hand": 20, "allocated": 0, "held": 0, "available": 20,
    "on_order": 0,
    "in_transit": 0, "demand_per_day": 3, "p_stockout": 0.728808, "stockout_p10": 5, "stockout_p50": 7,
    "trip_level": 28, "exit_level": 31, "last_event_time": NOON, "day": date(2026, 11, 22), "part": "on_time",
    "demand": 3, "quantity": 10, "recorded": 12, "variance": -2, "mark": "applied", "source": "scanner",
    "id": "c-1",
    "message": "", "record": b"{}",
}  # fmt: skip


def alert_id(number: int) -> str:
    """An identity of 26 characters that sorts by number."""
    return f"01K{number:023d}"


def detail(out_by: list[float], exposure: list[float]) -> str:
    """The fields of `detail` from which expected loss is computed."""
    return json.dumps({"demand": {"rate_per_day": 3.0, "exposure": exposure}, "out_by": out_by})


def batch(schema: pa.Schema, *rows: dict[str, Any]) -> pa.RecordBatch:
    """A batch. Each row has the values above, unless it gives its own."""
    base = {"alert_id": alert_id(1), "detail": "{}", **_VALUES}
    columns = [[_fit(f, {**base, **row}.get(f.name)) for row in rows] for f in schema]
    return pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _fit(field: pa.Field, value: Any) -> Any:
    return Decimal(str(value)) if pa.types.is_decimal(field.type) and value is not None else value


def at(**later: float) -> datetime:
    """A time after noon."""
    return NOON + timedelta(**later)
