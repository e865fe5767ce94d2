"""What the desk reads: each entry once by its block, and the right thing whatever the numbers say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide.desk.inflow import mirror, source
from lowtide.desk.inflow.source import Poll, Source, move
from lowtide.desk.store import Store
from lowtide.warehouse import Warehouse, desk_rows
from tests.desk.entries import DAY, NOON, desk_db, table
from tests.warehouse.desk.ledger import insert, row


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Store]:
    with desk_db(tmp_path) as memory:
        yield memory


@pytest.fixture
def reading(warehouse: Warehouse) -> Iterator[Warehouse]:
    with warehouse.reader({"final": "0"}) as reader:
        yield reader


def keep(memory: Store, poll: Poll) -> int:
    """What a follower does with a poll, without decisions."""
    with memory.transaction() as tx:
        met = sum(mirror.apply(tx, rows, NOON) for rows in poll.slices)
        if poll.cursors:
            move(tx, poll.cursors)
    return met


def alerts(memory: Store) -> dict[str, str]:
    return {row["alert_id"]: f"{row['status']} {row['seq']} {row['state']}" for row in table(memory, "alert")}


def test_each_entry_is_met_once(memory: Store, warehouse: Warehouse, reading: Warehouse) -> None:
    reader = Source(reading, memory)
    insert(warehouse, row("A"), row("B"))
    assert keep(memory, reader.poll(NOON)) == 2
    assert keep(memory, reader.poll(NOON)) == 0
    insert(
        warehouse,
        row("A", 2, "WORSENED"),
        row("B", 0, "ACKNOWLEDGED", action_id="x", actor="chen", owner="chen"),
    )
    insert(warehouse, row("A"), row("A", 2, "WORSENED"))
    assert keep(memory, reader.poll(NOON)) == 2
    assert alerts(memory) == {"A": "open 2 new", "B": "open 1 acknowledged"}


def test_an_entry_brings_what_is_known_about_its_alert(
    memory: Store, warehouse: Warehouse, reading: Warehouse
) -> None:
    insert(
        warehouse, {"sku": "sku-A", "name": "牛奶", "supplier": "V2", "unit_price": "2.5"}, table="catalogue"
    )
    insert(warehouse, {"location": "330", "name": "Nanjing Road", "region": "华东"}, table="location")
    insert(warehouse, row("A", type="negative_stock"))
    keep(memory, Source(reading, memory).poll(NOON))
    (alert,) = table(memory, "alert")
    assert (alert["name"], alert["supplier"], alert["region"], alert["location_name"]) == (
        "牛奶",
        "V2",
        "华东",
        "Nanjing Road",
    )
    assert (alert["worth"], alert["available"]) == (3.75, "2.5")


def test_a_replay_of_what_has_ended_brings_nothing(
    memory: Store, warehouse: Warehouse, reading: Warehouse
) -> None:
    opened = row("A")
    insert(warehouse, opened, row("A", 2, "CLEARED"))
    reader = Source(reading, memory)
    keep(memory, reader.poll(NOON))
    insert(warehouse, opened)
    assert keep(memory, reader.poll(NOON)) == 0 and alerts(memory) == {}


def test_months_are_partitions_and_late_ones_are_seen(
    memory: Store, warehouse: Warehouse, reading: Warehouse
) -> None:
    reader = Source(reading, memory)
    insert(warehouse, row("A"))
    keep(memory, reader.poll(NOON))
    insert(warehouse, row("B", event_time="2025-03-01T00:00:00.000Z", opened_at="2025-03-01T00:00:00.000Z"))
    keep(memory, reader.poll(NOON))
    assert sorted(alerts(memory)) == ["A", "B"] and len(table(memory, "cursor")) == 2


def test_a_lower_block_that_becomes_visible_later_is_found(
    memory: Store, warehouse: Warehouse, reading: Warehouse
) -> None:
    """A replicated server may show it after higher ones: as if the cursor had passed it."""
    insert(warehouse, row("A"))
    reader = Source(reading, memory)
    with memory.transaction() as tx:
        move(tx, desk_rows.blocks(warehouse))
    assert keep(memory, reader.poll(NOON)) == 1
    assert alerts(memory) == {"A": "open 1 new"}


def test_while_rows_come_a_lower_block_is_found_by_the_next_poll(
    memory: Store, warehouse: Warehouse, reading: Warehouse
) -> None:
    """The desk's own rows may become readable before those of a run that has a lower number."""
    reader = Source(reading, memory)
    insert(warehouse, row("A"))
    assert keep(memory, reader.poll(NOON)) == 1
    insert(warehouse, row("B"))
    with memory.transaction() as tx:
        move(tx, desk_rows.blocks(warehouse))
    assert keep(memory, reader.poll(NOON + 1000)) == 1
    assert alerts(memory) == {"A": "open 1 new", "B": "open 1 new"}
    assert reader.poll(NOON + 2000).slices == []


def test_a_compare_mends_what_a_poll_has_missed_and_counts_it(
    memory: Store, warehouse: Warehouse, reading: Warehouse
) -> None:
    reader = Source(reading, memory)
    insert(warehouse, row("A"), row("B"), row("C"))
    keep(memory, reader.poll(NOON))
    assert reader.compare(NOON) == 0
    insert(warehouse, row("B", 2, "CLEARED"), row("C", 2, "WORSENED"), row("D"))
    with memory.transaction() as tx:
        move(tx, desk_rows.blocks(warehouse))
    assert reader.compare(NOON) == 3
    assert alerts(memory) == {"A": "open 1 new", "B": "cleared 2 new", "C": "open 2 new", "D": "open 1 new"}
    assert reader.compare(NOON) == 0


def test_what_the_next_poll_would_bring_is_not_a_repair(
    memory: Store, warehouse: Warehouse, reading: Warehouse
) -> None:
    reader = Source(reading, memory)
    insert(warehouse, row("A"))
    keep(memory, reader.poll(NOON))
    insert(warehouse, row("B"), row("A", 2, "CLEARED"))
    assert reader.compare(NOON) == 0
    assert alerts(memory) == {"A": "cleared 2 new", "B": "open 1 new"}
    assert keep(memory, reader.poll(NOON)) == 0


def test_alerts_whose_rows_are_gone_have_expired(
    memory: Store, warehouse: Warehouse, reading: Warehouse
) -> None:
    reader = Source(reading, memory)
    insert(warehouse, row("A"))
    keep(memory, reader.poll(NOON))
    for name in ("ledger", "alert_latest"):
        warehouse.command(f"TRUNCATE TABLE lowtide.{name}")
    assert reader.compare(NOON) == 1 and alerts(memory) == {"A": "expired 1 new"}


def test_numbers_that_go_down_are_not_trusted(
    memory: Store, warehouse: Warehouse, reading: Warehouse
) -> None:
    insert(warehouse, row("A"))
    with memory.transaction() as tx:
        move(tx, {part: block + 50 for part, block in desk_rows.blocks(warehouse).items()})
    poll = Source(reading, memory).poll(NOON)
    assert poll.must_compare and poll.cursors == desk_rows.blocks(warehouse)


def test_more_than_can_be_read_is_compared(
    memory: Store, warehouse: Warehouse, reading: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "MANY", 2)
    insert(warehouse, *(row(f"A{n}") for n in range(4)))
    reader = Source(reading, memory)
    poll = reader.poll(NOON)
    assert poll.must_compare and poll.slices == []
    reader.compare(NOON)
    assert len(alerts(memory)) == 4


def test_entries_of_an_alert_are_not_parted(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_rows, "SLICE", 3)
    insert(warehouse, *(row(f"A{n}", seq) for n in range(4) for seq in (1, 2, 3, 4)))
    slices = list(desk_rows.entries_of_open(warehouse))
    assert sum(map(len, slices)) == 16
    assert sum(len({row["alert_id"] for row in rows}) for rows in slices) == 4


def test_new_prices_reach_the_mirror_without_an_entry(
    memory: Store, warehouse: Warehouse, reading: Warehouse
) -> None:
    reader = Source(reading, memory)
    insert(warehouse, row("A", type="negative_stock"))
    keep(memory, reader.poll(NOON))
    news = table(memory, "news")
    insert(
        warehouse, {"sku": "sku-A", "unit_price": "4", "loaded_at": "2026-11-29T00:00:00Z"}, table="catalogue"
    )
    assert reader.compare(NOON + DAY) == 0
    assert table(memory, "alert")[0]["worth"] == 6.0 and table(memory, "news") == news
