"""Rows of other people's documents through the native reader: what a map makes of them, told from Python."""

from __future__ import annotations

from typing import Any

import orjson
import pyarrow as pa
import pytest

from lowtide.core import MappedRows, Mapping, MapReader
from lowtide.errors import MapError

BASE: dict[str, Any] = {
    "id": {"parts": [{"hole": "Beleg"}, {"text": "/"}, {"hole": "Pos"}]},
    "source": {"parts": [{"text": "erp"}]},
    "kind": {"parts": [{"hole": "Art"}], "map": {"Verkauf": "sale", "Wareneingang": "receipt"}},
    "sku": {"parts": [{"hole": "Artikel"}]},
    "location": {"parts": [{"hole": "Lager"}]},
    "quantity": {"parts": [{"hole": "Menge"}], "decimal": ",", "thousands": "."},
    "event_time": {"parts": [{"hole": "Datum"}], "format": "%d.%m.%Y", "at": "12:00"},
}
HEADER = b"Beleg;Pos;Art;Artikel;Lager;Menge;Datum;Bearbeiter"
ROWS = (
    "L1;1;Verkauf;00123;330;1.250,5;22.11.2026;Weiß\n"
    "L1;2;Wareneingang;00123;330;2;22.11.2026;\n"
    "Summe;;;;;1.252,5;;\n"
    "L2;1;Inventur;00123;330;1;22.11.2026;\n"
).encode()
MOVEMENTS = (
    b'{"id":"L1/1","source":"erp","kind":"sale","sku":"00123","location":"330","quantity":"1250.5",'
    b'"event_time":"2026-11-22T11:00:00.000Z"}\n'
    b'{"id":"L1/2","source":"erp","kind":"receipt","sku":"00123","location":"330","quantity":"2",'
    b'"event_time":"2026-11-22T11:00:00.000Z"}\n'
)


def mapping(**more: Any) -> Mapping:
    """A map of a German export."""
    fields = BASE | more.pop("fields", {})
    document = {
        "format": 1, "name": "export", "zone": "Europe/Berlin", "skip": [{"hole": "Beleg", "in": ["Summe"]}],
        "movements": [{"when": None, "fields": fields}],
    }  # fmt: skip
    return Mapping(orjson.dumps(document | more, option=orjson.OPT_SORT_KEYS))


def closes(rows: MappedRows) -> None:
    """Rows = good + skipped + rejects."""
    assert rows.rows == rows.good + rows.skipped + len(rows.rejects) == len(rows.times)


def test_a_german_export_becomes_movements_a_skip_and_a_reject_that_names_its_line() -> None:
    reader = MapReader(mapping())
    assert reader.csv_header(HEADER, ord(";")) == []
    rows = reader.csv(ROWS)
    closes(rows)
    assert rows.movements == MOVEMENTS
    assert (rows.places, rows.rules, rows.skips, rows.movement_rows) == (4, [2], [1, 0], [0, 1])
    ((row, line, code, field, column, message, record),) = rows.rejects
    assert (row, line, code, field, column) == (3, 5, "unknown_kind", "kind", "Art")
    assert (message, record) == ('Art "Inventur" is not in the table of the map', ROWS.splitlines()[3])


def test_rows_of_the_journal_and_columns_give_the_same_movements() -> None:
    reader = MapReader(mapping())
    reader.csv_header(HEADER, ord(";"))
    journal = reader.csv(ROWS).ndjson
    assert orjson.loads(journal.splitlines()[0]) == {
        "_line": 2, "Beleg": "L1", "Pos": "1", "Art": "Verkauf", "Artikel": "00123", "Lager": "330", "Menge": "1.250,5",
        "Datum": "22.11.2026", "Bearbeiter": "Weiß",
    }  # fmt: skip
    reader.document()
    again = reader.lines(journal)
    assert (again.movements, again.ndjson) == (MOVEMENTS, b"")
    assert [reject[:3] for reject in again.rejects] == [(3, 5, "unknown_kind")]
    cells = [line.decode().split(";") for line in ROWS.splitlines()]
    columns = zip(HEADER.decode().split(";"), zip(*cells, strict=True), strict=True)
    batch = pa.RecordBatch.from_pydict(
        {name: pa.array(values).dictionary_encode() for name, values in columns}
    )
    assert MapReader(mapping()).columns(batch).movements == MOVEMENTS


def test_typed_columns_keep_their_types_and_nested_ones_are_paths() -> None:
    fields = {
        "id": {"parts": [{"hole": "doc.no"}]}, "kind": {"parts": [{"text": "sale"}]}, "sku": {"parts": [{"hole": "skus.1"}]},
        "location": {"parts": [{"hole": "doc.shop"}]}, "quantity": {"parts": [{"hole": "n"}]},
        "event_time": {"parts": [{"hole": "at"}]},
    }  # fmt: skip
    moment = pa.array([1_795_339_800_000_000], pa.timestamp("us"))
    batch = pa.RecordBatch.from_pydict(
        {
            "doc": pa.array([{"no": 7, "shop": 330}]),
            "skus": pa.array([["a", "b"]]),
            "n": pa.array([2.5]),
            "at": moment,
        }
    )
    rows = MapReader(mapping(fields=fields, skip=[])).columns(batch)
    closes(rows)
    movement = orjson.loads(rows.movements)
    seen = [movement[name] for name in ("id", "sku", "location", "quantity", "event_time")]
    assert seen == ["7", "b", "330", "2.5", "2026-11-22T08:30:00.000Z"]  # wall-clock time of the map's zone
    again = MapReader(mapping(fields=fields, skip=[])).lines(rows.ndjson)
    assert again.movements == rows.movements


def test_a_column_that_is_misspelt_is_a_mistake_of_the_whole_document() -> None:
    reader = MapReader(mapping())
    assert reader.csv_header(b"Beleg;Pos;Art;Artikel;Lager;menge;Datum", ord(";")) == ["Menge"]
    with pytest.raises(MapError, match="Pos, Art"):
        MapReader(mapping()).columns(pa.RecordBatch.from_pydict({"Beleg": ["1"]}))


def test_a_compiled_map_that_is_wrong_is_a_mistake_of_the_map() -> None:
    with pytest.raises(MapError, match="format 2"):
        Mapping(b'{"format":2,"name":"x","movements":[]}')


def test_a_map_names_its_columns_and_has_a_hash_of_its_bytes() -> None:
    one, other = mapping(), mapping(zone="UTC")
    assert one.columns == ["Beleg", "Pos", "Art", "Artikel", "Lager", "Menge", "Datum"]
    assert len(one.hash) == 32 and one.hash != other.hash and one.hash == mapping().hash


def test_a_run_s_policy_decides_about_times_that_have_no_zone() -> None:
    from lowtide.core import Job
    from lowtide.policy import Policy

    document = mapping(zone=None)
    reader = MapReader(document)
    reader.csv_header(HEADER, ord(";"))
    assert {reject[2] for reject in reader.csv(ROWS).rejects} == {"no_zone", "unknown_kind"}
    job = Job.of(Policy.model_validate({"naive_zone": "Europe/Berlin"}))
    reader = MapReader(document, job.config)
    reader.csv_header(HEADER, ord(";"))
    assert reader.csv(ROWS).movements == MOVEMENTS


def test_movements_need_not_be_written() -> None:
    reader = MapReader(mapping(), movements=False)
    reader.csv_header(HEADER, ord(";"))
    rows = reader.csv(ROWS)
    assert (rows.movements, rows.good, rows.movement_rows) == (b"", 2, [0, 1])
