"""EPCIS: every spelling of a name means the same, goods are counted once, and events that are not whole are said."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from lowtide.readers import BadDocument
from lowtide.readers.epcis.identifiers import class_of, place, word
from tests.readers.documents import EVENT, Row, only, rows

DOCUMENT = {"type": "EPCISDocument", "epcisBody": {"eventList": [EVENT]}}


def of(*events: Any, **reading: Any) -> list[Row]:
    return rows(orjson.dumps({"epcisBody": {"eventList": list(events)}}), "epcis", **reading)


@pytest.mark.parametrize(
    "document",
    [
        EVENT,
        [EVENT],
        DOCUMENT,
        [DOCUMENT],
        {
            "type": "EPCISQueryDocument",
            "epcisBody": {"queryResults": {"resultsBody": {"eventList": [EVENT]}}},
        },
        {"epcisBody": {"event": EVENT}},
    ],
)
def test_events_are_found_wherever_a_document_has_them(document: Any) -> None:
    for data in (
        orjson.dumps(document),
        orjson.dumps(document, option=orjson.OPT_INDENT_2),
        b"\xef\xbb\xbf" + orjson.dumps(document),
    ):
        (row,) = rows(data, "epcis")
        assert only(row, "_line", "class", "quantity", "bizStep", "location") == {
            "_line": 1, "class": "09521141123454", "quantity": "2", "bizStep": "shipping", "location": "9521141009000",
        }  # fmt: skip


def test_lines_are_events_or_documents_and_a_bad_line_is_one_reject() -> None:
    data = b"\n".join([orjson.dumps(EVENT), b"", b"{broken", orjson.dumps(DOCUMENT), b"7", b""])
    made = rows(data, "epcis")
    assert [(row["_line"], row.get("_reject")) for row in made] == [
        (1, None),
        (3, "bad_document"),
        (4, None),
        (5, "bad_document"),
    ]


def test_serials_are_counted_once_and_lots_of_one_class_add_up() -> None:
    event = EVENT | {
        "epcList": ["urn:epc:id:sgtin:9521141.012345.1"] * 2 + ["urn:epc:id:sscc:9521141.1000000001"],
        "quantityList": [
            {"epcClass": "urn:epc:class:lgtin:9521141.012345.A", "quantity": 0.1},
            {"epcClass": "https://example.org/01/09521141123454/10/B", "quantity": "0.2"},
            {"epcClass": "urn:epc:class:lgtin:9521141.054321.A", "quantity": 2.5, "uom": "KGM"},
            {"epcClass": "urn:epc:idpat:sgtin:9521141.000001.*"},
        ],
    }  # fmt: skip
    assert [only(row, "class", "quantity", "uom") for row in of(event)] == [
        {"class": "09521141123454", "quantity": "1.3", "uom": None},
        {"class": "urn:epc:id:sscc:9521141.1000000001", "quantity": "1", "uom": None},
        {"class": "09521141543214", "quantity": "2.5", "uom": "KGM"},
        {"class": "09521141000014", "quantity": None, "uom": None},
    ]


def test_two_units_of_one_class_are_never_added() -> None:
    amounts = [
        {"epcClass": "urn:epc:class:lgtin:9521141.012345.A", "quantity": 1, "uom": unit}
        for unit in ("KGM", "GRM")
    ]
    (row,) = of(EVENT | {"epcList": [], "quantityList": amounts})
    assert row["_reject"] == "bad_unit"


def test_sides_parties_and_what_is_ours() -> None:
    shipping = EVENT | {
        "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:9521141.00000"}],
        "destinationList": [
            {"type": "urn:epcglobal:cbv:sdt:owning_party", "destination": "urn:epc:id:pgln:0614141.00000"},
            {"type": "https://ref.gs1.org/cbv/SDT-location", "destination": "https://id.gs1.org/414/9521141003305/254/7"},
        ],
        "bizTransactionList": [
            {"type": "po", "bizTransaction": "a"},
            {"type": "po", "bizTransaction": "b"},
            {"bizTransaction": "c"},
        ],
    }  # fmt: skip
    (row,) = of(shipping, ours=("9521141*",))
    assert only(row, "ours", "other_ours", "source", "destination", "destination.owning_party") == {
        "ours": "true", "other_ours": "true", "source": "9521141000007", "destination": "9521141003305.7",
        "destination.owning_party": "0614141000005",
    }  # fmt: skip
    assert only(row, "biz.po", "biz.po.2", "biz.untyped") == {
        "biz.po": "a",
        "biz.po.2": "b",
        "biz.untyped": "c",
    }
    (row,) = of(shipping, ours=("urn:epc:id:sgln:9521141.00900*",))
    assert only(row, "ours", "other_ours") == {"ours": "true", "other_ours": "false"}


def test_transformations_aggregations_errors_and_events_without_goods() -> None:
    lot, pallet = "urn:epc:class:lgtin:9521141.012345.A", "urn:epc:id:sscc:9521141.1000000001"
    made = of(
        {
            "type": "TransformationEvent",
            "inputQuantityList": [{"epcClass": lot, "quantity": 5}],
            "outputEPCList": ["urn:epc:id:sgtin:9521141.054321.1"],
        },
        {"type": "AggregationEvent", "parentID": pallet, "childEPCs": EVENT["epcList"]},
        {"type": "AssociationEvent", "errorDeclaration": {"reason": "urn:epcglobal:cbv:er:did_not_occur"}},
    )
    columns = ("type", "side", "class", "quantity", "parent", "error")
    assert [tuple(only(row, *columns).values()) for row in made] == [
        ("TransformationEvent", "input", "09521141123454", "5", None, None),
        ("TransformationEvent", "output", "09521141543214", "1", None, None),
        ("AggregationEvent", None, "09521141123454", "2", pallet, None),
        ("AssociationEvent", None, None, None, None, "did_not_occur"),
    ]


def test_an_event_without_id_has_one_that_only_its_facts_change() -> None:
    event = {key: value for key, value in EVENT.items() if key != "eventID"}
    turned = dict(reversed(event.items())) | {
        "recordTime": "2026-11-23T00:00:00Z",
        "errorDeclaration": {"declarationTime": "x"},
    }
    (one,), (same,), (other,) = of(event), of(turned), of(event | {"action": "ADD"})
    assert one["eventID"] == same["eventID"] != other["eventID"]
    assert len(one["eventID"]) == 32


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"epcList": "urn:epc:id:sgtin:9521141.012345.1"}, "wrong_type"),
        ({"epcList": [7]}, "wrong_type"),
        ({"epcList": [[1], {}]}, "wrong_type"),
        ({"childEPCs": [{}, {}]}, "wrong_type"),
        ({"bizTransactionList": [7]}, "wrong_type"),
        ({"bizTransactionList": [{"type": [], "bizTransaction": {}}]}, "wrong_type"),
        ({"sourceList": [{"type": {}, "source": 7}]}, "wrong_type"),
        ({"type": {}}, "wrong_type"),
        ({"parentID": 7}, "wrong_type"),
        ({"quantityList": [{"quantity": 5}]}, "wrong_type"),
        ({"quantityList": [{"epcClass": "a", "quantity": {}}]}, "wrong_type"),
        ({"bizStep": 7}, "wrong_type"),
        ({"readPoint": []}, "wrong_type"),
        ({"sourceList": {}}, "wrong_type"),
        ({"eventID": "x" * 70_000}, "too_long"),
    ],
)
def test_an_event_of_the_wrong_shape_is_one_reject(change: Row, code: str) -> None:
    made = of(EVENT | change, 7, EVENT)
    assert [row.get("_reject") for row in made] == [code, "not_an_object", None]
    assert [row["_line"] for row in made] == [1, 2, 3]


@pytest.mark.parametrize(
    "data", [b"", b"<xml/>", b"7", b"{", b'{"epcisBody":{}}', b"[" * 65 + b"]" * 65, b'{"a":' * 2000, b"\xff"]
)
def test_what_is_not_epcis_is_a_bad_document(data: bytes) -> None:
    with pytest.raises(BadDocument):
        rows(data, "epcis")


def test_identifiers_in_every_spelling() -> None:
    assert class_of("urn:epc:id:sgtin:0614141.107346.2017") == "10614141073464"
    assert class_of("https://example.com/shop/01/0614141073467/21/7?10=A#x") == "00614141073467"
    for text in (
        "https://id.gs1.org/01/09521141123455",
        "urn:epc:id:sgtin:nonsense",
        "urn:epc:id:sscc:9521141.1000000001",
        "hello",
    ):
        assert class_of(text) == text
    assert class_of("urn:epc:id:grai:9521141.12345.7") == "urn:epc:idpat:grai:9521141.12345.*"
    assert place("urn:epc:id:sgln:0614141.07346.1234") == "0614141073467.1234"
    assert place("https://id.gs1.org/414/0614141073467") == "0614141073467"
    assert place("urn:epc:id:sgln:06x4141.07346.1") == "urn:epc:id:sgln:06x4141.07346.1"
    for text in (
        "urn:epcglobal:cbv:disp:in_transit",
        "https://ref.gs1.org/cbv/Disp-in_transit",
        "cbv:Disp-in_transit",
        "in_transit",
    ):
        assert word(text) == "in_transit"
    assert word("https://example.com/step") == "https://example.com/step"
