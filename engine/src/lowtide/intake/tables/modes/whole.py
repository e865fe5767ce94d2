"""The whole table each time, as a stock list: what it lacks is a count of zero, as the `snapshot:` of its map says."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from lowtide.intake.tables.modes.window import Watermark, Window
from lowtide.intake.tables.settings import Table
from lowtide.intake.tables.statement import Rows

if TYPE_CHECKING:
    from sqlalchemy import Connection


def whole(
    connection: Connection, table: Table, last: Watermark | None, now: datetime, zone: tzinfo | None
) -> Window | None:
    """See `Mode`. The watermark says only when the table was read."""
    return Window(
        Rows(), {"read": now.isoformat(timespec="milliseconds")}, "first" if last is None else "next"
    )
