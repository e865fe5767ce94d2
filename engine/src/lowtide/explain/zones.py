"""The time zone of a position, in which people read its times: the one of the policy under which its pipeline runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from lowtide.policy import fits
from lowtide.rows import Row
from lowtide.warehouse import Warehouse

UTC = "UTC"
_ITEM = ("category", "department", "supplier", "abc")


def zones(warehouse: Warehouse, rows: Sequence[Row]) -> list[str]:
    """The zone of the position of each row (`pipeline`, `location`, `sku`); UTC where no policy is known."""
    layers = _layers(warehouse)
    by_item = any(set(_ITEM) & layer["match"].keys() for found in layers.values() for layer in found)
    items = _items(warehouse, {row["sku"] for row in rows}) if by_item else {}
    return [_zone(layers.get(row["pipeline"], []), row, items.get(row["sku"], {})) for row in rows]


def _zone(layers: list[Row], row: Row, item: Mapping[str, str]) -> str:
    subject = {**dict.fromkeys(_ITEM, ""), **item, "location": row["location"], "sku": row["sku"]}
    for layer in layers:
        if all(fits(patterns, subject[key]) for key, patterns in layer["match"].items()):
            return str(layer["set"]["time_zone"])
    return UTC


def _layers(warehouse: Warehouse) -> dict[str, list[Row]]:
    """The layers that set a zone, the one that wins first, in the policy with which the last run of each pipeline began."""
    db = warehouse.database
    rows = warehouse.rows(
        f"SELECT last.pipeline AS pipeline, known.policy AS policy FROM "
        f"(SELECT pipeline, argMax(policy_version, started_at) AS version FROM {db}.run GROUP BY pipeline) AS last "
        f"GLOBAL INNER JOIN (SELECT version, any(policy) AS policy FROM {db}.policy_version GROUP BY version) AS known "
        "ON last.version = known.version"
    )
    found = {row["pipeline"]: orjson.loads(row["policy"])["layers"] for row in rows}
    return {
        name: [layer for layer in layers[::-1] if "time_zone" in layer["set"]]
        for name, layers in found.items()
    }


def _items(warehouse: Warehouse, skus: set[str]) -> dict[str, Row]:
    """What layers may match on, of these SKUs."""
    rows = warehouse.rows(
        f"SELECT sku, {', '.join(_ITEM)} FROM {warehouse.database}.catalogue FINAL WHERE sku IN {{skus:Array(String)}}",
        {"skus": sorted(skus)},
    )
    return {row["sku"]: row for row in rows}
