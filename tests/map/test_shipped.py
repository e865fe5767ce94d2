"""Every shipped map makes of its sample exactly the movements beside it, and of what it cannot use a reject with its reason.

The movements were written by hand from the samples. A new map needs a folder, a sample, its movements, a line in `SUMS`
and a row in the docs.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest

from lowtide.catalogue.files import load_locations
from lowtide.core import MapReader, mapping_of
from lowtide.intake.reading import mapped
from lowtide.map import SHIPPED, Map, load_map

DOCS = Path(__file__).parents[2] / "docs" / "shipped-maps.md"
NAMES = sorted(path.parent.name for path in SHIPPED.glob("*/map.yaml"))

SUMS: dict[str, tuple[int, list[str]]] = {
    "business-central-item-ledger": (1, ["1 missing_field"]),
    "cloudevents": (0, ["4 unmapped", "5 bad_quantity"]),
    "debezium": (3, ["9 missing_field", "10 unmapped", "12 unmapped"]),
    "edifact": (2, ["13 bad_unit"]),
    "epcis": (2, ["12 unmapped", "13 unknown_value"]),
    "erpnext-stock-ledger": (1, ["1 unmapped"]),
    "kingdee-pur-purchaseorder": (2, ["5 unmapped"]),
    "kingdee-sal-outstock": (2, ["5 bad_unit", "6 bad_quantity"]),
    "kingdee-stk-instock": (2, ["5 bad_time"]),
    "kingdee-stk-stockcount": (2, ["5 negative_quantity"]),
    "kingdee-stk-transferdirect": (2, ["5 missing_field"]),
    "lightspeed-x-sales": (1, ["4 bad_quantity"]),
    "loyverse-receipts": (1, ["4 missing_field"]),
    "odoo-stock-move": (2, ["9 unknown_value"]),
    "poslog": (4, ["32 missing_field"]),
    "sap-mseg": (3, ["15 unmapped"]),
    "shopify-fulfillments": (2, ["2 missing_field"]),
    "shopify-inventory-levels": (1, ["4 unknown_value"]),
    "shopify-orders": (2, ["4 bad_time"]),
    "shopify-refunds": (1, ["2 unmapped"]),
    "square-inventory": (1, ["1 unmapped"]),
    "u8-currentstock": (0, ["4 unmapped"]),
    "u8-po": (1, ["4 missing_field"]),
    "u8-rdrecord01": (1, ["4 missing_field"]),
    "u8-rdrecord32": (1, ["4 bad_quantity"]),
    "woocommerce-orders": (2, ["6 unmapped"]),
    "x12": (2, ["9 bad_unit", "78 unmapped", "109 unknown_kind", "124 unmappable"]),
}
"""By map: how many rows of the sample are skipped, and each reject with its line (of JSON the number of the record)."""


class Sample(NamedTuple):
    """A shipped map with its sample and the movements that must come out of it."""

    map: Map
    document: Path
    movements: str


@cache
def sample_of(name: str) -> Sample:
    folder = SHIPPED / name
    (document,) = folder.glob("sample.*")
    files = folder / "locations.csv"
    loaded = load_map(name, locations=load_locations(files) if files.exists() else None)
    return Sample(loaded, document, (folder / "movements.jsonl").read_text("utf-8"))


def with_snapshot_ids(lines: bytes) -> str:
    """The movements of a stock list with the ids that intake gives them: LOCATION/SKU@TIME."""
    movements = [orjson.loads(line) for line in lines.splitlines()]
    for movement in movements:
        at = datetime.fromisoformat(movement["event_time"]).timestamp()
        movement["id"] = f"{movement['location']}/{movement['sku']}@{int(at * 1000)}"
    return "".join(orjson.dumps(movement).decode() + "\n" for movement in movements)


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_becomes_its_movements(name: str) -> None:
    sample = sample_of(name)
    parts = [part.mapped for part in mapped(sample.map, sample.document)]
    movements = b"".join(part.movements for part in parts)
    assert (
        with_snapshot_ids(movements) if sample.map.model.snapshot else movements.decode()
    ) == sample.movements
    rejects = [f"{line} {code}" for part in parts for _, line, code, *_ in part.rejects]
    assert (sum(part.skipped for part in parts), rejects) == SUMS[name]
    assert sum(part.rows for part in parts) == sum(part.good + part.skipped for part in parts) + len(rejects)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_twice_is_read_once(name: str) -> None:
    """Two movements of one sample never share an id, so the second reading of a document is duplicates and nothing else."""
    movements = [orjson.loads(line) for line in sample_of(name).movements.splitlines()]
    keys = Counter((movement["source"], movement["id"]) for movement in movements)
    assert max(keys.values()) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_map_says_what_it_is_and_what_was_read_for_it(name: str) -> None:
    model = sample_of(name).map.model
    assert model.name == name
    assert model.about.endswith(".")
    assert model.unconfirmed or (SHIPPED / name / "map.yaml").read_text("utf-8").startswith("# Read for it: ")


def test_the_page_has_every_map_and_does_not_confirm_more_than_the_file() -> None:
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \|.*\| (yes|no) \|$", DOCS.read_text("utf-8"), re.MULTILINE))
    assert sorted(rows) == NAMES
    assert rows == {name: "no" if sample_of(name).map.model.unconfirmed else "yes" for name in NAMES}


def test_samples_of_kingdee_are_in_the_encoding_of_a_chinese_excel() -> None:
    for folder in SHIPPED.glob("kingdee-*"):
        data = (folder / "sample.csv").read_bytes()
        assert "单据编号" in data.decode("gb18030")
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")


def test_a_place_without_an_alias_keeps_its_name() -> None:
    """A till of a shop that nobody has written into the locations file must not be lost."""
    mapping = mapping_of(sample_of("poslog").map)
    assert mapping is not None
    reader = MapReader(mapping)
    row = {
        "_line": 1,
        "store": "99",
        "till": "1",
        "day": "2026-11-22",
        "sequence": "1",
        "line": "1",
        "kind": "Sale",
    }
    row |= {"item": "5", "quantity": "1", "end": "2026-11-22T10:00:00Z"}
    assert orjson.loads(reader.lines(orjson.dumps(row)).movements)["location"] == "99"
