"""Any database: the rows of the last `lookback` are read again each time, for a transaction may commit late.

The window must be longer than the longest transaction, and `dedup_window` of the policy longer than the window. It ends at
the newest time in the table, or at the present where a row has a time in the future: else one wrong clock would carry
the window past rows that are still to come.

    ──────────┬───────────────────┬──────▶ the table's time
              │◀──── lookback ───▶│ the newest time at the last reading
              │ read again, and all behind it ─────▶
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from lowtide.intake.tables.modes.window import TableError, Watermark, Window
from lowtide.intake.tables.settings import Table
from lowtide.intake.tables.statement import ALIAS, Rows, quoted, source_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_WEST = timedelta(hours=12)
"""Where the zone of a table's times is not known, the present may be that much earlier there than in UTC."""


def lookback(
    connection: Connection, table: Table, last: Watermark | None, now: datetime, zone: tzinfo | None
) -> Window | None:
    """See `Mode`."""
    newest = _newest(connection, table)
    if newest is None:
        return None
    watermark = {"newest": _present(newest, now, zone).isoformat(" ")}
    if last is None:
        return Window(Rows(), watermark, "first")
    start = datetime.fromisoformat(last["newest"]) - timedelta(milliseconds=table.lookback_ms)
    return Window(_from(connection, table, newest, start), watermark, "window")


def since(connection: Connection, table: Table, now: datetime, zone: tzinfo | None) -> Rows | None:
    """The rows of the last `lookback` of a table, by its own time; None where it is empty."""
    newest = _newest(connection, table)
    if newest is None:
        return None
    start = _present(newest, now, zone) - timedelta(milliseconds=table.lookback_ms)
    return _from(connection, table, newest, start)


def _newest(connection: Connection, table: Table) -> Any:
    column = quoted(connection.dialect, table.time or "")
    source = source_of(connection.dialect, table)
    return connection.execute(text(f"SELECT max({ALIAS}.{column}) FROM {source}")).scalar()


def _from(connection: Connection, table: Table, newest: Any, start: datetime) -> Rows:
    column = quoted(connection.dialect, table.time or "")
    return Rows(f"{ALIAS}.{column} >= :since", {"since": _like(newest, start)})


def _present(newest: Any, now: datetime, zone: tzinfo | None) -> datetime:
    """The newest time of a table, but not later than the present. Without a zone where the table writes none."""
    at = _time(newest)
    if at.tzinfo is not None:
        return min(at, now).astimezone(UTC)
    here = (
        now.astimezone(zone).replace(tzinfo=None)
        if zone
        else now.astimezone(UTC).replace(tzinfo=None) - _WEST
    )
    return min(at, here)


def _time(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise TableError(
            f"the column of `time` holds {value!r}: it must be a time; write a `query` that makes one of it"
        ) from None


def _like(newest: Any, start: datetime) -> Any:
    """The start of a window as the table writes its times: a text is compared as a text, so it ends with the minute."""
    if isinstance(newest, datetime):
        return start
    if isinstance(newest, date):
        return start.date()
    if len(newest) <= len("2026-11-22"):
        return f"{start:%Y-%m-%d}"
    return f"{start:%Y-%m-%d}{newest[10]}{start:%H:%M}"
