"""Rows on their way to the warehouse: in batches, the oldest first, and again until the warehouse has taken them.

    batch ──taken──▶ out
      ├── the warehouse is away, full or out of memory ──▶ all wait, and are sent again
      ├── it blames a row ──▶ halves of the batch, down to that row, which is set aside; all others go on
      └── it refuses the table for another reason ──▶ the rows of that table wait; those of other tables go on

A row that was set aside is kept in desk.db. It is sent again at the next start: a newer Lowtide may have mended its cause.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import groupby
from typing import Any

from lowtide.desk.points import point
from lowtide.desk.store import Row, Store, Transaction
from lowtide.errors import WarehouseError
from lowtide.warehouse import Warehouse, desk_record
from lowtide.warehouse.retry import blames_rows, passes, reason

BATCH = 1_000
"""Rows that are sent at a time."""
REFUSED = "row_refused"
"""The event of the log about a row that is set aside."""
Say = Callable[[str, dict[str, Any]], None]


def ship(store: Store, warehouse: Warehouse, say: Say = lambda event, facts: None) -> int:
    """Send one batch; returns how many rows are done with. Raises WarehouseError; then the others are still on their way.

    The warehouse keeps one of a row that is sent twice, so a row is taken out only after it has arrived. `say` gets an
    event for a row that is set aside.
    """
    refused: dict[str, WarehouseError] = {}
    while rows := _oldest(store, refused):
        done = 0
        for table, of_table in groupby(rows, lambda row: str(row["table_name"])):
            try:
                done += _send(store, warehouse, table, list(of_table), say)
            except WarehouseError as error:
                if passes(error):
                    raise
                refused[table] = error
        if done:
            return done
    for refusal in refused.values():
        raise refusal
    return 0


def again(store: Store) -> None:
    """Put the rows that were set aside on their way, unless a newer version of the row is."""
    with store.transaction() as tx:
        tx.execute(
            "INSERT OR IGNORE INTO ship (table_name, row_id, row) SELECT table_name, row_id, row FROM ship_refused "
            "ORDER BY table_name, row_id"
        )
        tx.execute("DELETE FROM ship_refused")


def set_aside(store: Store) -> list[dict[str, str]]:
    """The rows that the warehouse refuses: `table`, `row_id`, `why`, and the `row` itself as JSON."""
    with store.read() as tx:
        rows = tx.rows(
            "SELECT table_name AS 'table', row_id, why, row FROM ship_refused ORDER BY table_name, row_id"
        )
    return [dict(row) for row in rows]


def waiting(store: Store) -> int:
    """How many rows are on their way."""
    with store.read() as tx:
        return int(tx.value("SELECT count(*) FROM ship"))


def _oldest(store: Store, but: Collection[str]) -> list[Row]:
    """The oldest rows of tables that are not in `but`, in order of their tables."""
    marks = ", ".join("?" * len(but))
    with store.read() as tx:
        rows = tx.rows(
            f"SELECT n, table_name, row_id, row FROM ship WHERE table_name NOT IN ({marks}) ORDER BY n LIMIT ?",
            *but,
            BATCH,
        )
    return sorted(rows, key=lambda row: (row["table_name"], row["n"]))


def _send(store: Store, warehouse: Warehouse, table: str, batch: list[Row], say: Say) -> int:
    """Send rows of one table; returns how many are done with."""
    try:
        desk_record.insert_json(warehouse, table, [row["row"] for row in batch])
    except WarehouseError as error:
        if not blames_rows(error):
            raise
        return _narrow(store, warehouse, table, batch, error, say)
    point("in_ship")
    with store.transaction() as tx:
        tx.many("DELETE FROM ship WHERE n = ?", ((row["n"],) for row in batch))
        if tx.value("SELECT count(*) FROM ship_refused"):
            _forget(tx, batch)
    return len(batch)


def _narrow(
    store: Store, warehouse: Warehouse, table: str, batch: list[Row], error: WarehouseError, say: Say
) -> int:
    """Look for the row that the warehouse blames: each half alone; a row alone is set aside."""
    if len(batch) == 1:
        _set_aside(store, batch[0], reason(error), say)
        return 1
    half = len(batch) // 2
    return sum(_send(store, warehouse, table, part, say) for part in (batch[:half], batch[half:]))


def _set_aside(store: Store, row: Row, why: str, say: Say) -> None:
    with store.transaction() as tx:
        if tx.execute("DELETE FROM ship WHERE n = ?", row["n"]) == 0:
            return  # it has been replaced by a newer version, which is on its way
        tx.execute(
            "INSERT OR REPLACE INTO ship_refused (table_name, row_id, row, why) VALUES (?, ?, ?, ?)",
            row["table_name"], row["row_id"], row["row"], why,
        )  # fmt: skip
    say(REFUSED, {"table": row["table_name"], "row": row["row_id"], "why": why})


def _forget(tx: Transaction, batch: list[Row]) -> None:
    """A newer version of a row has arrived: the one that was set aside says nothing any more."""
    keys = ((row["table_name"], row["row_id"]) for row in batch)
    tx.many("DELETE FROM ship_refused WHERE table_name = ? AND row_id = ?", keys)
