"""Each migration from the schema before it, with rows in the tables: nothing is lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from lowtide.errors import WarehouseError
from lowtide.warehouse import Warehouse, Writer, migrate, queries

from .batches import DEMAND_DAY, LEDGER, POSITION, REJECT, STOCK_COUNT, batch, detail

LAST = migrate.migrations()[-1].number
SCHEMAS = {
    "ledger": LEDGER,
    "position": POSITION,
    "demand_day": DEMAND_DAY,
    "reject": REJECT,
    "stock_count": STOCK_COUNT,
}


@pytest.fixture
def empty(opened: Warehouse) -> Iterator[Warehouse]:
    """Another database of the session's store, without any table."""
    other = Warehouse(dataclasses.replace(opened.address, database="stepwise"), None, opened.client)
    yield other
    opened.command("DROP DATABASE IF EXISTS stepwise")


def tables(warehouse: Warehouse) -> set[str]:
    sql = "SELECT name FROM system.tables WHERE database = {database:String} AND engine != 'View'"
    return {row["name"] for row in warehouse.rows(sql, {"database": warehouse.database})}


def test_numbers_are_without_gap() -> None:
    assert [m.number for m in migrate.migrations()] == list(range(1, LAST + 1))


@pytest.mark.parametrize("number", range(2, LAST + 1))
def test_rows_of_the_schema_before_are_still_there(empty: Warehouse, number: int) -> None:
    migrate.migrate(empty, upto=number - 1)
    assert migrate.applied(empty) == number - 1
    before = tables(empty) & set(SCHEMAS)
    with Writer(empty) as writer:
        for table in before:
            writer.write(
                table,
                batch(SCHEMAS[table], {"detail": detail([0.5], [2.0])}, {"offset": 1, "sku": "2", "seq": 2}),
            )
        writer.run_started("old.jsonl")
    rows = {table: empty.rows(f"SELECT * FROM stepwise.{table} ORDER BY ALL") for table in before}
    columns = {table: ", ".join(rows[table][0]) for table in before}
    assert migrate.migrate(empty, upto=number) == [migrate.migrations()[number - 1].name]
    assert tables(empty) >= before
    for table in before:
        assert empty.rows(f"SELECT {columns[table]} FROM stepwise.{table} ORDER BY ALL") == rows[table]
    migrate.migrate(empty)
    assert [row["expected_loss"] for row in queries.alerts(empty)] == [3.0, 0.0]
    assert queries.runs(empty)[0]["source"] == "old.jsonl"


def test_a_migration_cut_off_before_it_was_recorded_is_applied_again(empty: Warehouse) -> None:
    migrate.migrate(empty)
    with Writer(empty) as writer:
        writer.write("ledger", batch(LEDGER, {}))
    empty.command("TRUNCATE TABLE stepwise.migration")
    assert len(migrate.migrate(empty)) == LAST
    assert migrate.migrate(empty) == []
    assert len(queries.alerts(empty)) == 1


def test_a_newer_schema_is_refused(empty: Warehouse) -> None:
    migrate.migrate(empty)
    empty.command("INSERT INTO stepwise.migration VALUES (999, '0999_later', now64(3))")
    for look in (migrate.migrate, migrate.check):
        with pytest.raises(WarehouseError, match="schema 999"):
            look(empty)


def test_a_reader_of_a_server_does_not_change_its_schema(empty: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="no Lowtide tables"):
        migrate.check(empty)
    migrate.migrate(empty, upto=1)
    with pytest.raises(WarehouseError, match=f"schema 1 of {LAST}"):
        migrate.check(empty)
    migrate.migrate(empty)
    migrate.check(empty)


def statements(cluster: str | None) -> list[str]:
    texts = [text for m in migrate.migrations() for text in m.statements("d", cluster)]
    return [
        " ".join(" ".join(line for line in text.splitlines() if not line.startswith("--")).split())
        for text in texts
    ]


def test_on_a_cluster_tables_are_replicated_sharded_and_fronted(opened: Warehouse) -> None:
    """Nothing else differs, and every statement is one for the engine's parser."""
    alone, cluster = statements(None), statements("shops")
    assert not [text for text in alone + cluster if "{" in text.replace("{}", "")]
    fronts = [text for text in cluster if "ENGINE = Distributed" in text]
    rest = [text for text in cluster if text not in fronts]
    assert len(rest) == len(alone)
    for one, many in zip(alone, rest, strict=True):
        assert "ON CLUSTER shops" in many or one.startswith("INSERT INTO")
        plain = (
            many.replace("ON CLUSTER shops ", "").replace(" ON CLUSTER shops", "").replace("Replicated", "")
        )
        assert plain.replace("d_local.", "d.") == one
    made = {
        word.split(".")[1] for text in rest for word in text.split()[5:6] if text.startswith("CREATE TABLE")
    }
    assert {text.split()[4].removeprefix("d.") for text in fronts} == made
    for text in fronts:
        table = text.split()[4].removeprefix("d.")
        sharded = {"reject", "policy_version", "run", "catalogue"}
        assert ("cityHash64(location, sku)" in text) == (table not in sharded)
    for text in cluster:
        assert opened.rows("SELECT formatQuerySingleLine({q:String}) AS q", {"q": text})[0]["q"]


def test_every_column_says_what_it_is(opened: Warehouse) -> None:
    """`position_current` has the comments of its table; `alert_last` and the materialised view are inner steps."""
    undescribed = opened.rows(
        "SELECT table, name FROM system.columns WHERE database = 'lowtide' AND comment = '' "
        "AND table NOT IN ('position_current', 'alert_last', 'alert_latest_of_ledger')"
    )
    assert undescribed == []
    types = {row["type"] for row in opened.rows("SELECT type FROM system.columns WHERE database = 'lowtide'")}
    assert not {t for t in types if t.startswith(("Decimal(", "DateTime", "Enum"))} - {
        "Decimal(18, 3)",
        "DateTime64(3, 'UTC')",
    }
