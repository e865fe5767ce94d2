"""The modes that need no PostgreSQL: a window that looks back, on SQLite; and the statements for SQL Server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.dialects import mssql

from lowtide.intake.tables.modes import MODES, Watermark
from lowtide.intake.tables.modes.window import TableError
from lowtide.intake.tables.settings import Table
from lowtide.intake.tables.statement import Rows, read, statement

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TABLE = Table.model_validate(
    {
        "name": "m",
        "url": "sqlite://",
        "table": "m",
        "map": "m",
        "mode": "lookback",
        "time": "at",
        "lookback": "15m",
    }
)


@pytest.fixture
def shop() -> Iterator[Connection]:
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("CREATE TABLE m (id int, at text)"))
        yield connection


def ids(shop: Connection, last: Watermark | None, zone: Any = UTC) -> tuple[list[int], Watermark | None]:
    """The rows of the next window, and the watermark behind it."""
    window = MODES["lookback"](shop, TABLE, last, NOW, zone)
    if window is None:
        return [], last
    return [row["id"] for rows in read(shop, TABLE, window.rows) for row in rows], window.watermark


def add(shop: Connection, number: int, at: str) -> None:
    shop.execute(text("INSERT INTO m VALUES (:id, :at)"), {"id": number, "at": at})


def test_a_window_is_read_again(shop: Connection) -> None:
    assert ids(shop, None) == ([], None)
    add(shop, 1, "2026-11-22 11:00:00")
    add(shop, 2, "2026-11-22 11:30:00")
    read, last = ids(shop, None)
    assert read == [1, 2]
    add(shop, 3, "2026-11-22 11:20:00")  # committed late
    add(shop, 4, "2026-11-22 11:40:00")
    assert ids(shop, last)[0] == [2, 3, 4]


def test_a_time_in_the_future_does_not_carry_the_window_away(shop: Connection) -> None:
    add(shop, 1, "2099-01-01 00:00:00")
    _, last = ids(shop, None)
    add(shop, 2, "2026-11-22 11:50:00")
    assert ids(shop, last)[0] == [1, 2]


def test_without_a_zone_the_present_may_be_half_a_day_earlier(shop: Connection) -> None:
    """A table in Honolulu writes 02:00 while it is noon in UTC."""
    add(shop, 1, "2099-01-01 00:00:00")
    _, last = ids(shop, None, zone=None)
    add(shop, 2, "2026-11-22 02:00:00")
    assert ids(shop, last, zone=None)[0] == [1, 2]
    _, last = ids(shop, None, zone=timezone(timedelta(hours=8)))
    assert ids(shop, last)[0] == [1]


def test_a_column_that_is_not_a_time(shop: Connection) -> None:
    add(shop, 1, "yesterday")
    with pytest.raises(TableError, match="it must be a time"):
        ids(shop, None)


SERVER = Table.model_validate(
    {
        "name": "k3",
        "url": "mssql://h/d",
        "table": "dbo.ICStockBill",
        "map": "m",
        "mode": "rowversion",
        "rowversion": "rv",
    }
)


def window_at(upto: int, last: Watermark | None) -> Any:
    """The window of a server whose oldest open rowversion is `upto`."""
    result = SimpleNamespace(scalar_one=lambda: upto)
    server = SimpleNamespace(dialect=mssql.dialect(), execute=lambda _: result)
    return MODES["rowversion"](server, SERVER, last, NOW, UTC)  # type: ignore[arg-type]


def test_rowversion_reads_below_the_oldest_open_transaction() -> None:
    first = window_at(2001, None)
    assert first.rows == Rows("q.rv < CAST(CAST(:high AS bigint) AS binary(8))", {"high": 2001})
    after = window_at(5_000_000_000, first.watermark)
    assert statement(mssql.dialect(), SERVER, after.rows) == (
        "SELECT q.* FROM dbo.[ICStockBill] AS q WHERE q.rv >= CAST(CAST(:low AS bigint) AS binary(8)) "
        "AND q.rv < CAST(CAST(:high AS bigint) AS binary(8))"
    )
    assert after.rows.values == {"low": 2001, "high": 5_000_000_000}
    assert window_at(5_000_000_000, after.watermark) is None
    assert window_at(2001, after.watermark).reason == "database_is_another"
