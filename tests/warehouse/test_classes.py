"""Classes of inputs in the warehouse: whoever matches a policy there sees those in force, and no others."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from lowtide.desk.proposing.reading import WarehouseShelf
from lowtide.explain.terms import terms
from lowtide.explain.zones import zones
from lowtide.inputs.tables import classes_rows
from lowtide.policy import load_policy, policy_document, read_policy_text
from lowtide.warehouse import Warehouse, Writer, class_rows
from tests.desk.proposing.world import BOOK
from tests.warehouse.conftest import same_with_nulls_from_joins

POLICY = """\
layers:
  - {name: AX, match: {abc: A, xyz: X}, set: {service_level: 0.98, time_zone: Asia/Tokyo}}
  - {name: C, match: {abc: C}, set: {service_level: 0.85}}
"""
MILK, SALT, RICE = ("L", "milk"), ("L", "salt"), ("L", "rice")


def classes(*rows: tuple[tuple[str, str], str]) -> pa.RecordBatch:
    table = [{"location": place, "sku": sku, "abc": pair[0], "xyz": pair[1]} for (place, sku), pair in rows]
    return classes_rows(pa.Table.from_pylist(table), "c")


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    """Three positions under a policy by class; the catalogue says that milk and salt are C."""
    for place, sku in (MILK, SALT, RICE):
        warehouse.command(
            "INSERT INTO lowtide.position (pipeline, partition, offset, version, location, sku, on_hand, available,"
            f" last_event_time, demand_mean, demand_variance, lead_time_days) VALUES ('shop', 'log', 1, 1, '{place}',"
            f" '{sku}', 5, 5, '2026-12-01 01:00:00', [1, 2], [1, 2], 2)"
        )
    warehouse.insert_rows("catalogue", ["sku", "name", "abc"], [["milk", "Milk", "C"], ["salt", "Salt", "C"]])
    writer = Writer(warehouse, pipeline="shop")
    run = writer.run_started("log", policy_version="p")
    writer.policy_version("p", policy_document(read_policy_text(POLICY, "p")), run)
    return warehouse


def put(warehouse: Warehouse, version: str, found: pa.RecordBatch | None) -> None:
    """As a run does that comes to these inputs; each run has a writer of its own."""
    with Writer(warehouse, pipeline="shop") as writer:
        writer.inputs_version(version, found)


def seen(warehouse: Warehouse) -> dict[str, str]:
    rows = warehouse.rows("SELECT sku, abc || xyz AS pair FROM lowtide.position_class ORDER BY sku")
    return {row["sku"]: row["pair"] for row in rows}


def levels(warehouse: Warehouse) -> dict[str, float]:
    """The service level of each position, as `lowtide position` and as the proposals of the desk take it."""
    rows = [{"pipeline": "shop", "location": place, "sku": sku} for place, sku in (MILK, SALT, RICE)]
    told = {row["sku"]: float(terms(warehouse, row)["service_level"]) for row in rows}
    with warehouse.reader() as handle:
        shelf = WarehouseShelf(handle, BOOK)
        shelf.begin(BOOK)
        shelf.suppliers()
        known = shelf.positions([MILK, SALT, RICE])
    assert told == {one.key[1]: one.terms.service_level for one in known}
    return told


def test_the_class_of_the_inputs_in_force_decides_everywhere(shop: Warehouse) -> None:
    assert levels(shop) == {"milk": 0.85, "salt": 0.85, "rice": 0.95}, (
        "without inputs the catalogue's class holds"
    )
    put(shop, "aaaaaaaaaaaa", classes((MILK, "AX"), (RICE, "AX")))
    assert seen(shop) == {"milk": "AX", "rice": "AX"}
    assert levels(shop) == {"milk": 0.98, "salt": 0.85, "rice": 0.98}
    rows = [{"pipeline": "shop", "location": place, "sku": sku} for place, sku in (MILK, SALT)]
    assert zones(shop, rows) == ["Asia/Tokyo", "UTC"]
    put(shop, "bbbbbbbbbbbb", classes((MILK, "BZ"), (SALT, "AX")))
    assert seen(shop) == {"milk": "BZ", "salt": "AX"}, "rice has no class in them"
    assert levels(shop) == {"milk": 0.95, "salt": 0.98, "rice": 0.95}
    put(shop, "aaaaaaaaaaaa", classes((MILK, "AX"), (RICE, "AX")))
    assert seen(shop) == {"milk": "AX", "rice": "AX"}, "inputs may come back"
    put(shop, "cccccccccccc", None)
    assert seen(shop) == {}, "a set without classes"
    put(shop, "", None)
    assert seen(shop) == {} and levels(shop)["milk"] == 0.85
    same_with_nulls_from_joins(shop, "position_class")


def test_a_pipeline_without_inputs_writes_nothing_and_the_same_again_writes_nothing(shop: Warehouse) -> None:
    count = "SELECT count() AS n FROM lowtide.inputs_class"
    put(shop, "", None)
    assert shop.rows(count)[0]["n"] == 0
    for _ in range(3):
        put(shop, "aaaaaaaaaaaa", classes((MILK, "AX")))
    assert shop.rows(count)[0]["n"] == 2, "a class, and the row that says since when it holds"


def test_classes_that_were_not_written_in_full_do_not_hold(shop: Warehouse) -> None:
    """A run dies after the first block of classes: the next one writes them all."""
    put(shop, "aaaaaaaaaaaa", classes((MILK, "AX")))
    rows = class_rows.table_of("shop", "bbbbbbbbbbbb", classes((SALT, "AX")), datetime.now(UTC))
    shop.insert_arrow("inputs_class", rows)
    assert seen(shop) == {"milk": "AX"}
    put(shop, "bbbbbbbbbbbb", classes((MILK, "BX"), (SALT, "AX")))
    assert seen(shop) == {"milk": "BX", "salt": "AX"}


def test_the_shipped_service_levels_reach_the_proposals(shop: Warehouse) -> None:
    policy = load_policy(Path(__file__).parents[2] / "docs/service-levels.yaml")
    writer = Writer(shop, pipeline="shop")
    run = writer.run_started("log", policy_version="q")
    writer.policy_version("q", policy_document(policy), run)
    put(shop, "aaaaaaaaaaaa", classes((MILK, "AX"), (SALT, "CZ"), (RICE, "BY")))
    assert levels(shop) == {"milk": 0.98, "salt": 0.85, "rice": 0.95}
