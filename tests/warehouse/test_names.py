"""Whoever types a name gets the one SKU or place that has it, or the list of those that do."""

from __future__ import annotations

import pyarrow as pa
import pytest

from lowtide.errors import SettingsError
from lowtide.explain.zones import zones
from lowtide.policy import Layer, Places, Policy, Terms, policy_document
from lowtide.warehouse import Warehouse, Writer
from lowtide.warehouse.names import names_of_places, place_named, sku_named

from .batches import POSITION, batch

ITEMS = {
    "6901": "香蕉",
    "6902": "香蕉牛奶",
    "6903": "Apple Juice",
    "6904": "apple",
    "6905": "Pear",
    "7": "6903",
}


@pytest.fixture
def filled(warehouse: Warehouse) -> Warehouse:
    held = [(sku, "S01") for sku in ("6901", "6902", "6903", "6904", "9999")] + [
        ("6905", "S02"),
        ("6902", "S02"),
    ]
    skus = pa.table({"sku": list(ITEMS), "name": list(ITEMS.values()), "category": ["FRUIT"] * len(ITEMS)})
    places = pa.table({"location": ["S01", "S02", "S03"], "name": ["Nord", "Nordwest", None]})
    aliases = pa.array([[("erp", "A-1")], [], []], pa.map_(pa.string(), pa.string()))
    with Writer(warehouse) as writer:
        writer.write("position", batch(POSITION, *({"sku": sku, "location": place} for sku, place in held)))
        writer.reference("catalogue", skus)
        writer.reference("location", places.append_column("alias_*", aliases))
    return warehouse


@pytest.mark.parametrize(
    ("typed", "location", "sku"),
    [
        ("6901", "S01", "6901"),
        ("香蕉", "S01", "6901"),
        ("香蕉", "S02", "6902"),
        ("牛奶", "S01", "6902"),
        ("APPLE", "S01", "6904"),
        ("juice", "S01", "6903"),
        ("6903", "S01", "6903"),
        ("nothing", "S01", "nothing"),
    ],
)
def test_a_sku_is_found_by_its_id_its_name_or_a_part_of_it(filled, typed, location, sku) -> None:
    assert sku_named(filled, typed, location) == sku


def test_a_name_of_several_lists_them(filled: Warehouse) -> None:
    with pytest.raises(SettingsError, match="2 SKUs have a name like `appl`") as caught:
        sku_named(filled, "appl", "S01")
    assert caught.value.hint == "Say which: `6903` Apple Juice, `6904` apple."


def test_a_place_is_found_by_its_id_its_name_or_that_in_another_system(filled: Warehouse) -> None:
    typed = ("S01", "nord", "west", "A-1", "S03", "S99")
    assert [place_named(filled, text) for text in typed] == ["S01", "S01", "S02", "S01", "S03", "S99"]
    with pytest.raises(SettingsError, match="2 locations have a name like `nor`"):
        place_named(filled, "nor")
    assert names_of_places(filled, ["S01", "S03", "S09"]) == {"S01": "Nord"}


def test_times_are_read_in_the_zone_of_the_policy_that_the_pipeline_runs_under(filled: Warehouse) -> None:
    fruit = Layer(
        name="fruit", match={"category": ["FRUIT"], "sku": ["69*"]}, set=Terms(time_zone="Asia/Tokyo")
    )
    policies = {
        "east": Policy(layers=[fruit]).at(Places(zones={"S01": "Asia/Shanghai", "S02": "Asia/Urumqi"})),
        "west": Policy(defaults=Terms(time_zone="Europe/Paris")),
    }
    for pipeline, policy in policies.items():
        writer = Writer(filled, pipeline=pipeline)
        run = writer.run_started("log", policy_version=pipeline)
        writer.policy_version(pipeline, policy_document(policy), run)
    asked = [
        ("east", "S01", "7"),
        ("east", "S01", "6901"),
        ("east", "S02", "7"),
        ("west", "S01", "7"),
        ("none", "S01", "7"),
    ]
    rows = [{"pipeline": pipeline, "location": place, "sku": sku} for pipeline, place, sku in asked]
    assert zones(filled, rows) == ["Asia/Shanghai", "Asia/Tokyo", "Asia/Urumqi", "Europe/Paris", "UTC"]
