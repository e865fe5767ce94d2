"""SQL Server: rows whose `rowversion` lies between the oldest open one at the last reading and the one that is open now.

`MIN_ACTIVE_ROWVERSION()` is the lowest version that an open transaction holds, so all rows below it are committed. This mode
is built from the server's documentation, and its statements are tested; it has not been run on a server.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from sqlalchemy import text

from lowtide.intake.tables.modes.window import Watermark, Window
from lowtide.intake.tables.settings import Table
from lowtide.intake.tables.statement import ALIAS, Rows, quoted

if TYPE_CHECKING:
    from sqlalchemy import Connection

OPEN = "SELECT CAST(MIN_ACTIVE_ROWVERSION() AS bigint)"


def rowversion(
    connection: Connection, table: Table, last: Watermark | None, now: datetime, zone: tzinfo | None
) -> Window | None:
    """See `Mode`."""
    upto = int(connection.execute(text(OPEN)).scalar_one())
    watermark = {"rowversion": upto}
    column = f"{ALIAS}.{quoted(connection.dialect, table.rowversion or '')}"
    below = Rows(f"{column} < CAST(CAST(:high AS bigint) AS binary(8))", {"high": upto})
    if last is None:
        return Window(below, watermark, "first")
    low = int(last["rowversion"])
    if low > upto:  # the database was put back to an older copy
        return Window(below, watermark, "database_is_another")
    if low == upto:
        return None
    behind = Rows(f"{column} >= CAST(CAST(:low AS bigint) AS binary(8))", {"low": low})
    return Window(behind.and_also(below), watermark, "next")
