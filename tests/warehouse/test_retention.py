"""Only rows older than the setting are deleted; the setting may be changed and removed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from lowtide.warehouse import Warehouse, Writer, retention

from .batches import LEDGER, alert_id, batch


@pytest.fixture
def kept_for_ever(warehouse: Warehouse) -> Iterator[Warehouse]:
    yield warehouse
    retention.keep(warehouse, 0)


def test_old_rows_go_and_new_ones_stay(kept_for_ever: Warehouse) -> None:
    """ClickHouse counts the age to today, so the rows of this test have ages relative to today."""
    warehouse = kept_for_ever
    today = datetime.now(UTC).replace(microsecond=0)
    with Writer(warehouse) as writer:
        for number, age in ((1, 400), (2, 100), (3, 1)):
            old = today - timedelta(days=age)
            writer.write(
                "ledger", batch(LEDGER, {"alert_id": alert_id(number), "event_time": old, "opened_at": old})
            )
            writer.flush()
    assert retention.keep(warehouse, 365) == list(retention.TIMES)
    assert retention.keep(warehouse, 365) == [], "the same rule again changes nothing"
    assert {retention.kept(warehouse, table) for table in retention.TIMES} == {365}
    warehouse.command("OPTIMIZE TABLE lowtide.ledger FINAL")
    rows = warehouse.rows("SELECT alert_id FROM lowtide.ledger ORDER BY alert_id")
    assert [row["alert_id"] for row in rows] == [alert_id(2), alert_id(3)]
    assert retention.keep(warehouse, 30) == list(retention.TIMES)
    warehouse.command("OPTIMIZE TABLE lowtide.ledger FINAL")
    assert len(warehouse.rows("SELECT 1 FROM lowtide.ledger")) == 1
    assert retention.keep(warehouse, 0) == list(retention.TIMES)
    assert {retention.kept(warehouse, table) for table in retention.TIMES} == {0}
