"""A row of a table becomes the JSON that people and scripts read: decimal text, RFC 3339 times, null for what is absent.

Rows that the core hands over are written as lines by the core (`native/src/group/lines.rs`), rows of a query here.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson

from lowtide import ledger
from lowtide.errors import SettingsError

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
Keyed = tuple[tuple[Any, ...], bytes]
"""A row as one line of JSON with its end, behind the cells by which such lines are sorted."""
LEDGER_KEY = ("event_time", "location", "sku", "alert_id", "seq")
"""The columns by which ledger entries are in canonical order."""


def shortest(text: str) -> str:
    """A decimal text without the zeros after its last digit: `1.500` is `1.5`, `12.000` is `12`, `120` stays."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: Decimal) -> str:
    """The shortest decimal text, never with an exponent: `95`, `1.25`."""
    return shortest(f"{value:f}")


def instant(value: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """One cell in its JSON form; lists, tuples and dictionaries with everything inside them."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Decimal):
        return quantity(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: plain(inside) for name, inside in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inside) for inside in value]
    return value


def plain_row(row: Row) -> Row:
    """A row of a query or of a batch in its JSON form; `detail`, which tables keep as JSON text, is an object."""
    cells = {name: plain(value) for name, value in row.items()}
    if "detail" in cells:
        cells["detail"] = orjson.loads(cells["detail"] or "{}")
    return cells


def as_json(row: Row) -> str:
    """A row of a query as one line of JSON, without a line end."""
    return orjson.dumps(plain_row(row), default=str).decode()


def json_rows(batch: pa.RecordBatch, columns: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a batch of the core, with these columns in this order, each cell in its JSON form."""
    return map(orjson.loads, _written(batch, columns))


def ledger_lines(batch: pa.RecordBatch) -> list[Keyed]:
    """Ledger entries as `lowtide replay --json` writes them, `detail` as an object; the key begins with the milliseconds."""
    times = batch.column("event_time").cast("int64")
    keys = (times, *(batch.column(name) for name in LEDGER_KEY[1:]))
    return _keyed(keys, _written(batch, ledger.COLUMNS, "detail"))


def position_lines(batch: pa.RecordBatch) -> list[Keyed]:
    """Positions as `--positions` writes them; the key is location and SKU."""
    keys = (batch.column("location"), batch.column("sku"))
    return _keyed(keys, _written(batch, ledger.POSITION_COLUMNS))


def _written(batch: pa.RecordBatch, columns: Iterable[str], raw: str | None = None) -> list[bytes]:
    """Lines of JSON that the core writes; the column `raw` holds JSON already.

    The core is imported here, because `lowtide --help` must not load it.
    """
    from lowtide._native import json_lines

    return json_lines(batch, list(columns), raw)


def _keyed(keys: Iterable[pa.Array], lines: list[bytes]) -> list[Keyed]:
    return list(zip(zip(*(column.to_pylist() for column in keys), strict=True), lines, strict=True))


def ledger_rows(batch: pa.RecordBatch) -> Iterator[Row]:
    """The objects of `ledger_lines`."""
    return (orjson.loads(line) for _, line in ledger_lines(batch))


def ledger_key(row: Row) -> tuple[Any, ...]:
    """The canonical order of ledger entries."""
    return tuple(row[name] for name in LEDGER_KEY)


def reject_rows(batch: pa.RecordBatch) -> Iterator[Row]:
    """Rejects; the record as text, or as `record_base64` if it is not UTF-8."""
    columns = ("partition", "offset", "file", "line", "reason", "field", "message")
    for row, record in zip(json_rows(batch, columns), batch.column("record").to_pylist(), strict=True):
        try:
            row["record"] = record.decode()
        except UnicodeDecodeError:
            row["record_base64"] = base64.b64encode(record).decode()
        yield row


def line(row: Row) -> bytes:
    """A row in its JSON form as one line, with its line end."""
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def instant_of_ms(ms: int) -> str:
    """Epoch milliseconds as RFC 3339."""
    return instant(datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000))


def object_of(text: str | None) -> Row:
    """The JSON object in a text; an empty one for a text that holds none: programs of others write rows too."""
    try:
        found = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def moment(text: str) -> datetime:
    """A time as somebody types it: RFC 3339 with a zone. Raises SettingsError."""
    try:
        typed = datetime.fromisoformat(text.strip())
    except ValueError:
        typed = datetime.min
    if typed.tzinfo is None:
        raise SettingsError(f"not a time with a zone: `{text}`", "For instance `2026-11-22T09:30:00Z`.")
    return typed
