"""The values of the policy that hold for a position, from the policy under which its pipeline began its last run.

Of the inputs beside the policy only the classes are in the warehouse. What else they set (a lead time or a lateness by
supplier) is not: a ledger entry says what held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from lowtide.rows import Row
from lowtide.strict import fits
from lowtide.warehouse import Warehouse, class_rows

_ITEM = ("category", "department", "supplier", "abc")


def terms(warehouse: Warehouse, row: Row) -> Row:
    """Every value of the policy for a row's position (`pipeline`, `location`, `sku`); empty without a known policy."""
    layers = policy_layers(warehouse).get(row["pipeline"], [])
    subject = subject_of(row, facts_of(warehouse, [row])[0])
    found: Row = {}
    for layer in layers:
        if matches(layer, subject):
            found = {**layer["set"], **found}
    return found


def policy_layers(warehouse: Warehouse) -> dict[str, list[Row]]:
    """The layers, the one that wins first, in the policy with which the last run of each pipeline began."""
    db = warehouse.database
    rows = warehouse.rows(
        f"SELECT last.pipeline AS pipeline, known.policy AS policy FROM "
        f"(SELECT pipeline, argMax(policy_version, started_at) AS version FROM {db}.run GROUP BY pipeline) AS last "
        f"GLOBAL INNER JOIN (SELECT version, any(policy) AS policy FROM {db}.policy_version GROUP BY version) AS known "
        "ON last.version = known.version"
    )
    return {row["pipeline"]: orjson.loads(row["policy"])["layers"][::-1] for row in rows}


def facts_of(warehouse: Warehouse, rows: Sequence[Row]) -> list[Mapping[str, str]]:
    """What layers may match on beside the names, for each of these rows (`pipeline`, `location`, `sku`): what the catalogue
    says, and the classes of the inputs, which go before those of the catalogue."""
    items, classes = _items(warehouse, {row["sku"] for row in rows}), class_rows.classes(warehouse, rows)
    return [
        {**items.get(row["sku"], {}), **classes.get((row["pipeline"], row["location"], row["sku"]), {})}
        for row in rows
    ]


def _items(warehouse: Warehouse, skus: set[str]) -> dict[str, Row]:
    rows = warehouse.rows(
        f"SELECT sku, {', '.join(_ITEM)} FROM {warehouse.database}.catalogue FINAL WHERE sku IN {{skus:Array(String)}}",
        {"skus": sorted(skus)},
    )
    return {row["sku"]: row for row in rows}


def first_value(layers: Sequence[Row], key: str, row: Row, facts: Mapping[str, str]) -> object:
    """The value of `key` in the first layer that sets it and matches a position; None where no layer does."""
    subject = subject_of(row, facts)
    return next(
        (layer["set"][key] for layer in layers if key in layer["set"] and matches(layer, subject)), None
    )


def needs_facts(layers: Sequence[Row]) -> bool:
    """Whether a layer matches on what only the catalogue or the inputs say."""
    return any({*_ITEM, "xyz"} & layer["match"].keys() for layer in layers)


def matches(layer: Row, subject: Mapping[str, str]) -> bool:
    """Whether a layer is for a position, given by the values of all keys of a `match`."""
    return all(fits(patterns, subject[key]) for key, patterns in layer["match"].items())


def subject_of(row: Row, facts: Mapping[str, str]) -> dict[str, str]:
    """The values of all keys of a `match` for a row's position, with its `facts_of`."""
    return {**dict.fromkeys((*_ITEM, "xyz"), ""), **facts, "location": row["location"], "sku": row["sku"]}
