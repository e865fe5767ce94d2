"""Rows of a shop as they stand in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lowtide.warehouse import Warehouse

_TIMES = ("event_time", "opened_at")


def insert(warehouse: Warehouse, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of `shop.Shop.rows`: those of the engine and those of people have different columns."""
    for is_person in (False, True):
        some = [_timed(row) for row in rows if ("actor" in row) is is_person]
        if some:
            warehouse.insert_rows("ledger", list(some[0]), [list(row.values()) for row in some])


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromtimestamp(row[name], UTC) for name in _TIMES}
    return {**row, **times}
