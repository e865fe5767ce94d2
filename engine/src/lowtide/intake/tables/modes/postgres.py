"""PostgreSQL: rows whose `xmin` lies between the oldest transaction that ran at the last reading and the one that runs now.

Every row says which transaction wrote it (`xmin`, 32 bits). Each transaction below `pg_snapshot_xmin` (64 bits) has ended,
so what it wrote is visible now or never will be; what is written from now on has a number that is not below it.

    last reading          this reading
    ────┴──────────────────────┴────────▶ transactions
        │ read now: all ended  │ not now, even if visible: one of them may still run

`xmin` wraps around after 2^32 transactions. The distance from the last watermark is taken modulo 2^32, so a window may
stand across the wrap. A row that was written exactly 2^32 transactions ago has the same number as a new one and is read
again; where the table has `time` and `lookback`, rows older than the window are left out once the server has wrapped.
A dump that was restored, another server, and a table that was made anew have other transaction numbers: the rows of
the last `lookback` are read again, without one all rows.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from lowtide.intake.tables.modes.lookback import since
from lowtide.intake.tables.modes.window import TableError, Watermark, Window
from lowtide.intake.tables.settings import Table
from lowtide.intake.tables.statement import ALIAS, Rows, quoted

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ROUND = 1 << 32
_FIRST_NORMAL = 3
"""Transactions 0 to 2 are marks of PostgreSQL: rows that have them are as old as the server."""
_XMIN = f"CAST(CAST({ALIAS}.xmin AS text) AS bigint)"
_BEHIND = f"{_XMIN} >= {_FIRST_NORMAL} AND (({_XMIN} - :low) & {_ROUND - 1}) < :width"
_SNAPSHOT = "SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text)"
_SNAPSHOT_BEFORE_13 = "SELECT CAST(txid_snapshot_xmin(txid_current_snapshot()) AS text)"


def postgres(
    connection: Connection, table: Table, last: Watermark | None, now: datetime, zone: tzinfo | None
) -> Window | None:
    """See `Mode`. The transaction must be `REPEATABLE READ`, so that the rows are those of the snapshot."""
    here = _identity(connection, table)
    version = connection.dialect.server_version_info or (13,)
    upto = int(_one(connection, _SNAPSHOT if version >= (13,) else _SNAPSHOT_BEFORE_13))
    watermark = {"transaction": upto, **here}
    if last is None:
        return Window(Rows(), watermark, "first")
    low = int(last["transaction"])
    if low > upto or any(last.get(key) != value for key, value in here.items()):
        return Window(_recent(connection, table, now, zone), watermark, "database_is_another")
    if low == upto:
        return None
    if upto - low >= _ROUND:
        return Window(_recent(connection, table, now, zone), watermark, "window")
    behind = Rows(_BEHIND, {"low": low % _ROUND, "width": upto - low})
    if upto >= _ROUND:
        behind = behind.and_also(_recent(connection, table, now, zone))
    return Window(behind, watermark, "next")


def _identity(connection: Connection, table: Table) -> dict[str, str | None]:
    """What a watermark belongs to: the server, and the table as it was made."""
    system = None
    if _one(connection, "SELECT has_function_privilege('pg_control_system()', 'execute')"):
        system = _one(connection, "SELECT CAST(system_identifier AS text) FROM pg_control_system()")
    made = None
    if table.table is not None:
        name = quoted(connection.dialect, table.table)
        made = _one(connection, "SELECT CAST(CAST(to_regclass(:name) AS oid) AS text)", name=name)
        if made is None:
            raise TableError(f"there is no table `{table.table}`, or this user may not see it")
    return {"server": system, "table_made": made}


def _recent(connection: Connection, table: Table, now: datetime, zone: tzinfo | None) -> Rows:
    """Rows of the last `lookback` by the table's own time; all rows where it has none."""
    if table.time is None:
        return Rows()
    return since(connection, table, now, zone) or Rows()


def _one(connection: Connection, sql: str, **values: Any) -> Any:
    return connection.execute(text(sql), values).scalar()
