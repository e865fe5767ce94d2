"""The history of the tables: applied in order, once, and nothing in the tables is lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from lowtide.errors import WarehouseError
from lowtide.warehouse import Warehouse, Writer, migrate, queries, view
from lowtide.warehouse.access import Access
from lowtide.warehouse.statements import statements

from .batches import LEDGER, batch

LAST = migrate.migrations()[-1].number


@pytest.fixture
def empty(opened: Warehouse) -> Iterator[Warehouse]:
    """Another database of the session's store, without any table; it is reached as that of a server is."""
    other = Warehouse(
        dataclasses.replace(opened.address, database="stepwise", folder=None), Access(opened.client)
    )
    yield other
    opened.command("DROP DATABASE IF EXISTS stepwise")


def test_numbers_are_without_gap() -> None:
    assert [m.number for m in migrate.migrations()] == list(range(1, LAST + 1))


@pytest.mark.parametrize("number", range(1, LAST + 1))
def test_each_migration_follows_the_one_before(empty: Warehouse, number: int) -> None:
    migrate.migrate(empty, upto=number - 1)
    before = empty.relations()
    assert migrate.applied(empty) == number - 1
    assert migrate.migrate(empty, upto=number) == [migrate.migrations()[number - 1].name]
    assert empty.relations() >= before  # one may only change how a table is merged


def test_a_migration_cut_off_before_it_was_recorded_is_applied_again(empty: Warehouse) -> None:
    migrate.migrate(empty)
    view.make(empty)
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


def test_a_store_with_another_history_is_refused_and_left_as_it_is(empty: Warehouse) -> None:
    """Before the first release the history was begun anew: its numbers do not mean the same tables."""
    migrate.migrate(empty, upto=1)
    empty.command("TRUNCATE TABLE stepwise.migration")
    for number in range(1, 11):
        empty.command(f"INSERT INTO stepwise.migration VALUES ({number}, '{number:04d}_old', now64(3))")
    before = empty.relations()
    for look in (migrate.migrate, migrate.check):
        with pytest.raises(WarehouseError, match="before its first release") as refused:
            look(empty)
        assert "Drop the database `stepwise`" in str(refused.value.hint)
    assert empty.relations() == before


def test_a_reader_of_a_server_does_not_change_its_schema(empty: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="no Lowtide tables"):
        migrate.check(empty)
    migrate.migrate(empty, upto=1)
    with pytest.raises(WarehouseError, match=f"schema 1 of {LAST}"):
        migrate.check(empty)
    migrate.migrate(empty)
    migrate.check(empty)
    with pytest.raises(WarehouseError, match=r"lacks the views .*`alert_current`"):
        view.check(empty)
    view.make(empty)
    view.check(empty)


def texts(cluster: str | None) -> list[str]:
    sources = [migrate.RECORDS, *(m.sql for m in migrate.migrations()), *(v.sql for v in view.views())]
    found = [text for source in sources for text in statements(source, "d", cluster)]
    return [" ".join(text.split()) for text in found]


def test_on_a_cluster_tables_are_replicated_sharded_and_distributed(opened: Warehouse) -> None:
    """Nothing else differs, and ClickHouse can parse every statement."""
    alone, cluster = texts(None), texts("shops")
    assert not [text for text in alone + cluster if "{" in text.replace("{}", "")]
    distributed = [text for text in cluster if "ENGINE = Distributed" in text]
    rest = [text for text in cluster if text not in distributed]
    assert len(rest) == len(alone)
    for one, many in zip(alone, rest, strict=True):
        assert "ON CLUSTER shops" in many or many.startswith(
            "INSERT INTO d."
        )  # which sends each row to its shard
        plain = many.replace("ON CLUSTER shops ", "").replace("Replicated", "")
        assert plain.replace("d_local.", "d.") == one
    made = {
        word.split(".")[1] for text in rest for word in text.split()[5:6] if text.startswith("CREATE TABLE")
    }
    assert {text.split()[4].removeprefix("d.") for text in distributed} == made
    for text in distributed:
        table = text.split()[4].removeprefix("d.")
        elsewhere = {
            "migration",
            "view_version",
            "reject",
            "policy_version",
            "run",
            "catalogue",
            "location",
            "supplier",
            "lane",
            "notification",
            "deadline",
            "silence",
            "people_version",
            "audit",
            "desk_generation",
            "feed_clock",
            "rule_change",
            "policy_promise",
        }
        assert ("cityHash64(location, sku)" in text) == (table not in elsewhere)
    for text in cluster:
        assert opened.rows("SELECT formatQuerySingleLine({q:String}) AS q", {"q": text})[0]["q"]


def test_every_column_says_what_it_is(opened: Warehouse) -> None:
    """`alert_last`, `alert_people` and the materialised view are inner steps."""
    undescribed = opened.rows(
        "SELECT table, name FROM system.columns WHERE database = 'lowtide' AND comment = '' "
        "AND table NOT IN ('alert_last', 'alert_people', 'alert_latest_of_ledger', "
        "'alert_opening_of_ledger', 'alert_end_of_ledger', 'alert_act_of_ledger')"
    )
    assert undescribed == []
    types = {row["type"] for row in opened.rows("SELECT type FROM system.columns WHERE database = 'lowtide'")}
    assert not {t for t in types if t.startswith(("Decimal(", "DateTime", "Enum"))} - {
        "Decimal(18, 3)",
        "DateTime64(3, 'UTC')",
    }
