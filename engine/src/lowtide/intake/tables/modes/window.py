"""A window is what a table is asked for now, and the watermark that holds once its rows are in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Literal, Protocol

from lowtide.errors import InputError
from lowtide.intake.tables.settings import Table
from lowtide.intake.tables.statement import Rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

Watermark = dict[str, Any]
"""How far a table has been read: plain values, kept in the journal as JSON."""
Reason = Literal["first", "next", "database_is_another", "window"]


class TableError(InputError):
    """A table cannot be read as its mode reads it; the message says why. The reading is tried again later."""


@dataclass(frozen=True)
class Window:
    """The rows to read, and how far the table has been read after them."""

    rows: Rows
    watermark: Watermark
    reason: Reason


class Mode(Protocol):
    """A way of reading a table again and again."""

    def __call__(
        self, connection: Connection, table: Table, last: Watermark | None, now: datetime, zone: tzinfo | None
    ) -> Window | None:
        """The window behind `last` (None: never read); None where nothing can have changed.

        It is asked in the transaction in which the rows are then read. `now` is the present, and `zone` the zone of
        times that the table writes without one (None: not known). Raises TableError.
        """
