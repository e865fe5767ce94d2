"""X12 and EDIFACT: loops and what stands around them, delimiters of every kind, and documents that are not whole."""

from __future__ import annotations

import base64

import pytest

from lowtide.readers import BadDocument, source
from lowtide.readers.edi import segments
from lowtide.readers.edi.dates import edifact_iso, edifact_period, x12_iso
from tests.readers.documents import DESPATCH, ORDER, SHIP_NOTICE, edifact, only, rows, x12


def test_a_ship_notice_gives_each_item_its_own_order() -> None:
    made = rows(x12(SHIP_NOTICE), "x12")
    assert [only(row, "n", "PRF01", "LIN.UP", "SN102") for row in made] == [
        {"n": "1", "PRF01": "PO-1", "LIN.UP": "012345678905", "SN102": "25"},
        {"n": "2", "PRF01": "PO-1", "LIN.UP": "012345678912", "SN102": "6"},
        {"n": "3", "PRF01": "PO-2", "LIN.UP": "012345678905", "SN102": "15"},
    ]
    assert only(made[0], "issued", "sent", "item", "item.qualifier") == {
        "issued": "2026-11-22T16:28:59", "sent": "2026-11-22T16:30:00", "item": "012345678905", "item.qualifier": "UP",
    }  # fmt: skip
    assert {(row["N1.ST"], row["DTM.011.iso"]) for row in made} == {("330", "2026-11-22T16:00:00Z")}
    assert only(made[0], "set", "control", "sender", "BSN04") == {
        "set": "856", "control": "0001", "sender": "SUPPLIERONE", "BSN04": "162859",
    }  # fmt: skip


@pytest.mark.parametrize("end", ["~", "~\n", "~\r\n", "\n", "\r\n", "\r", "'"])
@pytest.mark.parametrize("element", ["*", "|", "\x1d"])
def test_the_delimiters_are_those_of_the_document(end: str, element: str) -> None:
    text = x12(SHIP_NOTICE, end=end).replace("*", element)
    assert [row["SN102"] for row in rows(text, "x12")] == ["25", "6", "15"]


def test_an_order_for_several_stores_is_a_row_for_each() -> None:
    made = rows(x12(ORDER), "x12")
    assert [only(row, "n", "PO101", "PO102", "SDQ.store", "SDQ.quantity", "DTM.002.iso") for row in made] == [
        {
            "n": "1",
            "PO101": "1",
            "PO102": "40",
            "SDQ.store": None,
            "SDQ.quantity": None,
            "DTM.002.iso": "2026-12-01",
        },
        {
            "n": "2",
            "PO101": "2",
            "PO102": "6",
            "SDQ.store": "330",
            "SDQ.quantity": "2",
            "DTM.002.iso": "2026-12-01",
        },
        {
            "n": "3",
            "PO101": "2",
            "PO102": "6",
            "SDQ.store": "331",
            "SDQ.quantity": "4",
            "DTM.002.iso": "2026-12-01",
        },
    ]


def test_each_acknowledgement_of_a_line_is_a_row() -> None:
    text = (
        "ST*855*0001~BAK*00*AC*PO-1*20261120~PO1*1*40*EA***UP*0123~ACK*IB*30*EA*068*20261201~ACK*IB*10*EA*068*20261215~"
        "PO1*2*5*EA***UP*0124~PO1*3*8*EA***UP*0125~ACK*IR*8*EA~CTT*3~"
    )
    made = rows(x12(text), "x12")
    assert [only(row, "PO1.UP", "ACK01", "ACK02", "ACK.068") for row in made] == [
        {"PO1.UP": "0123", "ACK01": "IB", "ACK02": "30", "ACK.068": "20261201"},
        {"PO1.UP": "0123", "ACK01": "IB", "ACK02": "10", "ACK.068": "20261215"},
        {"PO1.UP": "0124", "ACK01": None, "ACK02": None, "ACK.068": None},
        {"PO1.UP": "0125", "ACK01": "IR", "ACK02": "8", "ACK.068": None},
    ]


def test_product_activity_receipts_changes_and_stock() -> None:
    activity = (
        "ST*852*0001~XQ*H*20261116*20261122~N1*RL*STORE*92*330~LIN**UP*0123~ZA*QS*10*EA~ZA*QA*55*EA~"
        "SDQ*EA*92*330*50*331*5~LIN**UP*0124~ZA*QS*1*EA~CTT*2~"
    )
    assert [
        only(row, "XQ03", "LIN.UP", "ZA01", "ZA02", "SDQ.store") for row in rows(x12(activity), "x12")
    ] == [
        {"XQ03": "20261122", "LIN.UP": "0123", "ZA01": "QS", "ZA02": "10", "SDQ.store": None},
        {"XQ03": "20261122", "LIN.UP": "0123", "ZA01": "QA", "ZA02": "55", "SDQ.store": "330"},
        {"XQ03": "20261122", "LIN.UP": "0123", "ZA01": "QA", "ZA02": "55", "SDQ.store": "331"},
        {"XQ03": "20261122", "LIN.UP": "0124", "ZA01": "QS", "ZA02": "1", "SDQ.store": None},
    ]
    stock = "ST*846*0001~BIA*00*DD*1*20261122~LIN**UP*0123~QTY*33*12*EA~QTY*17*9*EA~CTT*1~"
    assert [only(row, "QTY01", "QTY.33", "QTY.17", "QTY.33.unit") for row in rows(x12(stock), "x12")] == [
        {"QTY01": "33", "QTY.33": "12", "QTY.17": None, "QTY.33.unit": "EA"},
        {"QTY01": "17", "QTY.33": None, "QTY.17": "9", "QTY.33.unit": None},
    ]
    receipt = "ST*861*0001~BRA*R1*20261122*00*1~RCD*1*5*EA*****01~LIN**UP*0123~RCD*2*7*EA~LIN**UP*0124~CTT*2~"
    assert [only(row, "RCD02", "RCD08", "LIN.UP") for row in rows(x12(receipt), "x12")] == [
        {"RCD02": "5", "RCD08": "01", "LIN.UP": "0123"},
        {"RCD02": "7", "RCD08": None, "LIN.UP": "0124"},
    ]
    change = "ST*860*0001~BCH*04*SA*PO-1***20261120~POC*1*QD*30*10*EA*2.5**UP*0123~CTT*1~"
    assert only(rows(x12(change), "x12")[0], "POC02", "POC03", "POC.UP", "BCH03") == {
        "POC02": "QD", "POC03": "30", "POC.UP": "0123", "BCH03": "PO-1",
    }  # fmt: skip


def test_a_set_without_items_is_one_row_of_its_header() -> None:
    (row,) = rows(x12("ST*860*0001~BCH*01*SA*PO-1***20261120~CTT*0~"), "x12")
    assert only(row, "BCH01", "BCH03", "n") == {"BCH01": "01", "BCH03": "PO-1", "n": "1"}


def test_the_buyers_own_number_is_the_item_before_the_vendors() -> None:
    (row,) = rows(x12("ST*850*0001~BEG*00*SA*PO-1**20261120~PO1*1*40*EA***VN*V7*UP*0123*IN*77~CTT*1~"), "x12")
    assert only(row, "item", "item.qualifier", "issued") == {
        "item": "77",
        "item.qualifier": "IN",
        "issued": "2026-11-20",
    }


def test_passwords_of_an_interchange_are_not_columns() -> None:
    assert not any("SECRET" in str(value) for row in rows(x12(ORDER), "x12") for value in row.values())


@pytest.mark.parametrize(
    ("old", "new", "code", "kept"),
    [
        ("SE*", "SE*1", "bad_document", 0),
        ("SE*9*0001~", "SE*9*0002~", "bad_document", 0),
        ("SE*9*0001~", "", "bad_document", 0),
        ("GE*1", "GE*2", "bad_document", 3),
        ("IEA*1*", "IEA*3*", "bad_document", 3),
        ("IEA*1*000000077~", "", "bad_document", 3),
        ("GE*1*77~IEA*1*000000077~", "", "bad_document", 3),
        ("ST*850*0001", "ST*997*0001", "unmappable", 0),
    ],
)
def test_what_is_missing_from_an_envelope_is_said(old: str, new: str, code: str, kept: int) -> None:
    text = x12(ORDER)
    assert old in text
    made = rows(text.replace(old, new), "x12")
    rejects = [row for row in made if "_reject" in row]
    assert {row["_reject"] for row in rejects} == {code}
    assert len(made) - len(rejects) == kept


def test_a_document_that_breaks_off_gives_what_was_whole() -> None:
    text = x12(ORDER, SHIP_NOTICE.replace("*0001~", "*0002~", 1))
    made = rows(text[: text.index("HL*4")], "x12")
    assert [row.get("PO101") for row in made[:3]] == ["1", "2", "2"]
    assert {row["_reject"] for row in made[3:]} == {"bad_document"}
    made = rows(text[: text.index("HL*4") + 2], "x12")
    assert base64.b64decode(made[-1]["_raw"]) == b"HL"


def test_two_interchanges_with_other_delimiters_and_text_after_them() -> None:
    both = x12(ORDER) + "\r\n" + x12(ORDER, end="\n").replace("*", "|")
    assert len(rows(both, "x12")) == 6
    made = rows(both + "hello", "x12")
    assert len(made) == 7
    assert made[-1]["_reject"] == "bad_document"


def test_the_end_of_an_interchange_does_not_cut_what_follows_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work once grew with the square of the interchanges in a file: a day for a file of 50 MB."""
    cut, lengths = segments._cut, []
    monkeypatch.setattr(segments, "_cut", lambda text, signs: lengths.append(len(text)) or cut(text, signs))
    text = x12("ST*860*0001~BCH*01*SA*PO-1***20261120~") * 300
    assert len(rows(text, "x12")) == 300
    assert sum(lengths) <= 2 * len(text)


@pytest.mark.parametrize("size", [1, 7, 100, 1000])
def test_where_a_file_is_cut_into_pieces_does_not_show(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for document, format in ((x12(SHIP_NOTICE, end="~\r\n") * 2, "x12"), (edifact(DESPATCH) * 2, "edifact")):
        whole = rows(document, format)
        with monkeypatch.context() as patch:
            patch.setattr(source, "PIECE_BYTES", size)
            assert rows(document, format) == whole


def test_bytes_that_are_not_text_spoil_one_row() -> None:
    made = rows(x12(SHIP_NOTICE).encode().replace(b"012345678912", b"\xff\xfe"), "x12")
    assert [row.get("_reject") for row in made] == [None, "bad_encoding", None]


def test_a_despatch_advice_with_release_characters_and_decimal_commas() -> None:
    made = rows(edifact(DESPATCH), "edifact")
    assert [only(row, "LIN.EN", "PIA.SA", "QTY.12", "QTY.12.unit", "RFF.ON", "NAD.DP", "DTM.17.iso") for row in made] == [
        {"LIN.EN": "4000000000013", "PIA.SA": "ABC+1", "QTY.12": "25", "QTY.12.unit": "PCE", "RFF.ON": "PO-1",
         "NAD.DP": "4012345003307", "DTM.17.iso": "2026-11-24"},
        {"LIN.EN": "4000000000020", "PIA.SA": None, "QTY.12": "7.5", "QTY.12.unit": "KGM", "RFF.ON": "PO-2",
         "NAD.DP": "4012345003307", "DTM.17.iso": "2026-11-24"},
    ]  # fmt: skip
    assert only(made[0], "set", "control", "sender", "BGM02", "DTM.137", "DTM.137.iso", "CPS01") == {
        "set": "DESADV", "control": "1", "sender": "4012345000009", "BGM02": "LS-1", "DTM.137": "202611221628",
        "DTM.137.iso": "2026-11-22T16:28:00", "CPS01": "2",
    }  # fmt: skip
    assert only(made[0], "issued", "sent", "item", "item.qualifier") == {
        "issued": "2026-11-22T16:28:00", "sent": "2026-11-22T16:30:00", "item": "4000000000013", "item.qualifier": "EN",
    }  # fmt: skip


def test_una_may_name_other_signs_and_nothing_may() -> None:
    text = edifact(DESPATCH.replace("ABC?+1", "ABC1"), una="").translate(str.maketrans("+:'", "|^~"))
    assert [row["QTY.12"] for row in rows("UNA^|.  ~" + text, "edifact")] == ["25", "7.5"]
    assert [row["QTY.12"] for row in rows(edifact(DESPATCH, una=""), "edifact")] == ["25", "7.5"]


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ("QTY+21:30'LOC+7+330'QTY+11:10'LOC+7+331'QTY+11:20'", [("30", "330", "10"), ("30", "331", "20")]),
        ("QTY+11:10'LOC+7+330'QTY+11:20'LOC+7+331'", [(None, "330", "10"), (None, "331", "20")]),
        ("LOC+7+330'QTY+11:10'QTY+21:9'LOC+7+331'QTY+11:20'", [("9", "330", "10"), (None, "331", "20")]),
        ("QTY+11:10'DTM+2:20261201:102'QTY+11:20'", [(None, None, "10"), (None, None, "20")]),
        ("QTY+21:30'QTY+11:10'LOC+7+330'", [("30", "330", "10")]),
        ("QTY+21:30'QTY+11:10'QTY+11:20'", [("30", None, "10"), (None, None, "20")]),
    ],
)
def test_an_item_for_several_places_is_a_row_for_each(
    segments: str, expected: list[tuple[str | None, ...]]
) -> None:
    """Some messages write the place before its quantity, others after it; mistaken, stock goes to a wrong place."""
    text = f"UNH+1+ORDERS:D:96A:UN'BGM+220+PO-1+9'LIN+1++4000000000013:EN'{segments}LIN+2++4000000000020:EN'QTY+21:5'UNS+S'"
    made = rows(edifact(text), "edifact")
    assert [tuple(only(row, "QTY.21", "LOC.7", "QTY.11").values()) for row in made] == [
        *expected,
        ("5", None, None),
    ]
    assert [row["item"] for row in made] == ["4000000000013"] * len(expected) + ["4000000000020"]


def test_a_sales_report_names_the_place_before_its_items() -> None:
    text = (
        "UNH+1+SLSRPT:D:96A:UN'BGM+73E::9+R1+9'DTM+356:20261116-20261122:718'LOC+162+330'LIN+1++4000000000013:EN'QTY+153:3'"
        "LIN+2++4000000000020:EN'QTY+153:4'LOC+162+331'LIN+3++4000000000013:EN'QTY+153:5'"
    )
    made = rows(edifact(text), "edifact")
    assert [only(row, "LOC.162", "LIN.EN", "QTY.153") for row in made] == [
        {"LOC.162": "330", "LIN.EN": "4000000000013", "QTY.153": "3"},
        {"LOC.162": "330", "LIN.EN": "4000000000020", "QTY.153": "4"},
        {"LOC.162": "331", "LIN.EN": "4000000000013", "QTY.153": "5"},
    ]
    assert only(made[0], "DTM.356.iso", "DTM.356.until") == {
        "DTM.356.iso": "2026-11-16",
        "DTM.356.until": "2026-11-22",
    }


def test_umlauts_of_unoc_are_latin_1() -> None:
    text = edifact(DESPATCH).replace("ABC?+1", "GRÜN").encode("iso8859-1")
    assert rows(text, "edifact")[0]["PIA.SA"] == "GRÜN"


@pytest.mark.parametrize(
    "text", ["", "hello", "ISA", "ISA*00*", "UNB+", "UNA::::::", "<xml/>", "{}", "\x00" * 2000]
)
def test_what_is_not_edi_is_a_bad_document_or_nothing(text: str) -> None:
    for format in ("x12", "edifact"):
        try:
            made = rows(text, format)
        except BadDocument:
            continue
        assert not text.strip("\0") or all(row["_reject"] == "bad_document" for row in made)


def test_dates_in_iso_form() -> None:
    assert x12_iso("261122", "1628", "ES") == "2026-11-22T16:28:00-05:00"
    assert x12_iso("20261122", "1628", "CT") == "2026-11-22T16:28:00"
    assert x12_iso("soon", "1628") == "soon 1628"
    assert edifact_iso("202611221628CET", "303") == "2026-11-22T16:28:00+01:00"
    assert edifact_iso("202611221628+02", "303") == "2026-11-22T16:28:00+02:00"
    assert edifact_iso("202611221628MOON", "303") == "202611221628MOON"
    assert edifact_iso("20261122162859", "204") == "2026-11-22T16:28:59"
    assert edifact_period("20261116-20261122", "718") == ("2026-11-16", "2026-11-22")
