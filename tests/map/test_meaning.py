"""What the words of others mean: steps of EPCIS, codes of X12, movement types of SAP, as the shipped maps say it."""

from __future__ import annotations

from functools import cache

import orjson
import pytest

from lowtide.catalogue.files import load_locations
from lowtide.core import MapReader, mapping_of
from lowtide.map import SHIPPED, load_map

Row = dict[str, str]
GOODS = {
    "eventID": "e1",
    "eventTime": "2026-11-22T08:00:00Z",
    "class": "09521141123454",
    "quantity": "5",
    "biz.po": "PO-1",
}
OURS = {"location": "A", "ours": "true", "other_ours": "false"}
BETWEEN = {"location": "A", "destination": "B", "ours": "true", "other_ours": "true"}
INBOUND = {"location": "S", "destination": "B", "ours": "false", "other_ours": "true"}
X12 = {
    "sender": "S", "interchange": "1", "control": "1", "n": "1", "GS04": "20261122", "issued": "2026-11-22", "N1.ST": "330",
    "PO1.BP": "9", "POC.BP": "9", "LIN.BP": "9",
}  # fmt: skip
SAP = {
    "MJAHR": "2026", "MBLNR": "49", "ZEILE": "1", "MATNR": "0007", "WERKS": "1000", "INSMK": "", "MENGE": "5.000",
    "EBELN": "45", "LIFNR": "", "SMBJP": "2026", "SMBLN": "48", "SMBLP": "1", "BUDAT_MKPF": "20261122",
    "CPUTM_MKPF": "080000",
}  # fmt: skip


@cache
def reader_of(name: str) -> MapReader:
    mapping = mapping_of(load_map(name, locations=load_locations(SHIPPED / name / "locations.csv")))
    assert mapping is not None
    return MapReader(mapping)


def said(name: str, row: Row) -> list[str]:
    """What a map makes of a row: `kind of quantity` of each movement, `skip`, or the code of the reject."""
    mapped = reader_of(name).lines(orjson.dumps({"_line": 1} | row))
    if mapped.skipped:
        return ["skip"]
    if mapped.rejects:
        return [mapped.rejects[0][2]]
    movements = [orjson.loads(line) for line in mapped.movements.splitlines()]
    return [
        " ".join([each["kind"], *([each["of"]] if "of" in each else []), each["quantity"]])
        for each in movements
    ]


@pytest.mark.parametrize(
    ("row", "meaning"),
    [
        ({"bizStep": "retail_selling"} | OURS, "sale 5"),
        ({"bizStep": "receiving"} | OURS, "receipt 5"),
        ({"bizStep": "accepting"} | OURS, "receipt 5"),
        ({"bizStep": "shipping"} | BETWEEN, "transfer_out 5"),
        ({"bizStep": "departing"} | OURS, "transfer_out 5"),
        ({"bizStep": "shipping"} | INBOUND, "shipment 5"),
        ({"bizStep": "void_shipping"} | BETWEEN, "transfer_in 5"),
        ({"bizStep": "void_shipping"} | INBOUND, "shipment 0"),
        ({"bizStep": "arriving"} | BETWEEN, "transfer_in 5"),
        ({"bizStep": "arriving"} | OURS, "skip"),
        ({"bizStep": "cycle_counting"} | OURS, "count 5"),
        ({"bizStep": "stock_taking"} | OURS, "count 5"),
        ({"bizStep": "reserving"} | OURS, "reserve 5"),
        ({"bizStep": "inspecting", "disposition": "damaged"} | OURS, "hold 5"),
        ({"bizStep": "holding", "disposition": "recalled"} | OURS, "hold 5"),
        ({"bizStep": "holding", "disposition": "sellable_accessible"} | OURS, "release 5"),
        ({"bizStep": "inspecting", "disposition": "in_progress"} | OURS, "skip"),
        ({"bizStep": "destroying", "disposition": "destroyed"} | OURS, "adjustment -5"),
        ({"bizStep": "decommissioning"} | OURS, "adjustment -5"),
        ({"bizStep": "storing", "disposition": "stolen"} | OURS, "adjustment -5"),
        ({"bizStep": "commissioning", "making": "false"} | OURS, "skip"),
        ({"bizStep": "commissioning", "making": "true"} | OURS, "adjustment 5"),
        ({"bizStep": "packing"} | OURS, "skip"),
        ({"type": "TransformationEvent", "bizStep": "commissioning"} | OURS, "skip"),
        ({"bizStep": "shipping", "location": "S", "ours": "false", "other_ours": "false"}, "unmapped"),
        ({"bizStep": "retail_selling", "error": "did_not_occur"} | OURS, "void sale 5"),
        ({"bizStep": "shipping", "error": "incorrect_data"} | BETWEEN, "void transfer_out 5"),
        ({"bizStep": "shipping", "error": "incorrect_data"} | INBOUND, "void shipment 5"),
        ({"bizStep": "holding", "disposition": "expired", "error": "incorrect_data"} | OURS, "void hold 5"),
        ({"bizStep": "destroying", "error": "incorrect_data"} | OURS, "void adjustment 5"),
        ({"bizStep": "cycle_counting", "error": "incorrect_data"} | OURS, "unmapped"),
        ({"bizStep": "retail_selling", "uom": "GRM"} | OURS, "sale 0.005"),
        ({"bizStep": "retail_selling", "uom": "ONZ"} | OURS, "bad_unit"),
    ],
)
def test_steps_of_epcis(row: Row, meaning: str) -> None:
    assert said("epcis", GOODS | row) == [meaning]


@pytest.mark.parametrize(
    ("row", "meaning"),
    [
        ({"set": "850", "BEG01": "00", "BEG03": "P", "PO102": "4", "PO103": "EA"}, ["order 4"]),
        (
            {
                "set": "850",
                "BEG01": "05",
                "BEG03": "P",
                "SDQ.store": "0331",
                "SDQ.quantity": "3",
                "SDQ.unit": "EA",
            },
            ["order 3"],
        ),
        ({"set": "850", "BEG01": "01", "BEG03": "P", "PO102": "4", "PO103": "EA"}, ["order 0"]),
        *(
            ({"set": "855", "BAK03": "P", "ACK01": code, "ACK02": "4", "ACK03": "EA"}, ["order 4"])
            for code in ("IA", "IC", "IQ", "ID", "IB", "DR")
        ),
        ({"set": "855", "BAK03": "P", "ACK01": "IR", "ACK02": "4", "ACK03": "EA"}, ["order 0"]),
        ({"set": "855", "BAK03": "P", "ACK01": "IS", "ACK02": "4", "ACK03": "EA"}, ["unmapped"]),
        *(
            (
                {"set": "860", "BCH01": "04", "BCH03": "P", "POC02": code, "POC03": "4", "POC05": "EA"},
                ["order 4"],
            )
            for code in ("AI", "CA", "CT", "QI", "QD")
        ),
        (
            {"set": "860", "BCH01": "04", "BCH03": "P", "POC02": "DI", "POC03": "4", "POC05": "EA"},
            ["order 0"],
        ),
        (
            {"set": "860", "BCH01": "01", "BCH03": "P", "POC02": "CA", "POC03": "4", "POC05": "EA"},
            ["order 0"],
        ),
        (
            {"set": "856", "BSN01": "00", "BSN02": "A", "PRF01": "P", "SN102": "4", "SN103": "EA"},
            ["shipment 4"],
        ),
        (
            {"set": "856", "BSN01": "01", "BSN02": "A", "PRF01": "P", "SN102": "4", "SN103": "EA"},
            ["void shipment 4"],
        ),
        (
            {"set": "861", "BRA01": "R", "BRA03": "00", "PRF01": "P", "RCD02": "4", "RCD03": "EA"},
            ["receipt 4"],
        ),
        (
            {
                "set": "861",
                "BRA01": "R",
                "BRA03": "00",
                "PRF01": "P",
                "RCD02": "4",
                "RCD03": "EA",
                "RCD08": "01",
            },
            ["receipt 4", "hold 4"],
        ),
        ({"set": "852", "XQ02": "20261121", "ZA01": "QS", "ZA02": "4", "ZA03": "EA"}, ["sale 4"]),
        ({"set": "852", "XQ02": "20261121", "ZA01": "QA", "ZA02": "4", "ZA03": "EA"}, ["count 4"]),
        ({"set": "852", "XQ02": "20261121", "ZA01": "QR", "ZA02": "4", "ZA03": "EA"}, ["receipt 4"]),
        ({"set": "852", "XQ02": "20261121", "ZA01": "QT", "ZA02": "-4", "ZA03": "EA"}, ["adjustment -4"]),
        ({"set": "852", "XQ02": "20261121", "ZA01": "QO", "ZA02": "4", "ZA03": "EA"}, ["skip"]),
        ({"set": "846", "BIA03": "I", "QTY01": "17", "QTY02": "4", "QTY03": "EA"}, ["count 4"]),
        ({"set": "846", "BIA03": "I", "QTY01": "63", "QTY02": "4", "QTY03": "EA"}, ["skip"]),
    ],
)
def test_codes_of_x12(row: Row, meaning: list[str]) -> None:
    assert said("x12", X12 | row) == meaning


@pytest.mark.parametrize(
    ("types", "debit", "credit"),
    [
        ("101 501", "receipt 5", None),
        ("102 502", None, "void receipt 5"),
        ("601 251 231", None, "sale 5"),
        ("602 252 232", "void sale 5", None),
        ("653", "return 5", None),
        ("301 302 311 312 313 314 315 316", "transfer_in 5", "transfer_out 5"),
        ("303 351 641", "skip", "transfer_out 5"),
        ("304 352 642", "transfer_in 5", "skip"),
        ("305", "transfer_in 5", "skip"),
        ("306", "skip", "transfer_out 5"),
        ("321 343", "release 5", "skip"),
        ("322 344", "hold 5", "skip"),
        ("122 161 201 221 241 261 309 551 561 701 711", "adjustment 5", "adjustment -5"),
        ("123 162 202 222 242 262 310 552 562 702 712", "adjustment 5", "adjustment -5"),
        ("349 350", "skip", "skip"),
        ("103 541 999", "unmapped", "unmapped"),
    ],
)
def test_movement_types_of_sap(types: str, debit: str | None, credit: str | None) -> None:
    for movement_type in types.split():
        for mark, meaning in (("S", debit), ("H", credit)):
            if meaning is not None:
                assert said("sap-mseg", SAP | {"BWART": movement_type, "SHKZG": mark}) == [meaning], (
                    movement_type
                )


def test_goods_of_sap_that_are_received_into_inspection_are_held() -> None:
    assert said("sap-mseg", SAP | {"BWART": "101", "SHKZG": "S", "INSMK": "X"}) == ["receipt 5", "hold 5"]
    assert said("sap-mseg", SAP | {"BWART": "655", "SHKZG": "S"}) == ["return 5", "hold 5"]
    assert said("sap-mseg", SAP | {"BWART": "101", "SHKZG": "S", "KZVBR": "V"}) == ["skip"]
