"""A row of a table becomes the JSON that people and scripts read: decimal text, RFC 3339 times, null for what is absent."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa

from lowtide import ledger
from lowtide.errors import SettingsError

Row = dict[str, Any]


def quantity(value: Decimal) -> str:
    """The shortest decimal text: `95`, `1.25`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def instant(value: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


def plain(value: Any) -> Any:
    """One cell in its JSON form."""
    if isinstance(value, Decimal):
        return quantity(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def json_rows(batch: pa.RecordBatch, columns: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a batch, with these columns in this order, each cell in its JSON form."""
    for row in batch.select(list(columns)).to_pylist():
        yield {name: plain(value) for name, value in row.items()}


def ledger_rows(batch: pa.RecordBatch) -> Iterator[Row]:
    """Ledger entries as `lowtide replay --json` writes them, `detail` as an object."""
    for row in json_rows(batch, ledger.COLUMNS):
        row["detail"] = orjson.loads(row["detail"])
        yield row


def ledger_key(row: Row) -> tuple[Any, ...]:
    """The canonical order of ledger entries."""
    return row["event_time"], row["location"], row["sku"], row["alert_id"], row["seq"]


def reject_rows(batch: pa.RecordBatch) -> Iterator[Row]:
    """Rejects; the record as text, or as `record_base64` if it is not UTF-8."""
    columns = ("partition", "offset", "reason", "field", "message", "record")
    for row in json_rows(batch, columns):
        record: bytes = row.pop("record")
        try:
            row["record"] = record.decode()
        except UnicodeDecodeError:
            row["record_base64"] = base64.b64encode(record).decode()
        yield row


def line(row: Row) -> bytes:
    """One JSON line."""
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def instant_of_ms(ms: int) -> str:
    """Epoch milliseconds as RFC 3339."""
    return instant(datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000))


def moment(text: str) -> datetime:
    """A time as somebody types it: RFC 3339 with a zone. Raises SettingsError."""
    try:
        typed = datetime.fromisoformat(text.strip())
    except ValueError:
        typed = datetime.min
    if typed.tzinfo is None:
        raise SettingsError(f"not a time with a zone: `{text}`", "For instance `2026-11-22T09:30:00Z`.")
    return typed
