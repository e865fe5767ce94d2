"""POSLog and XML: what belongs to a line, what stands around it, and documents that must not be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from lowtide.readers import BadDocument
from tests.readers.documents import ORDERS_XML, POSLOG, only, rows


def test_a_line_item_is_a_row_and_a_transaction_without_one_too() -> None:
    made = rows(POSLOG, "poslog")
    assert [only(row, "sequence", "line", "kind", "item", "quantity", "uom", "voided", "end") for row in made] == [
        {"sequence": "160", "line": None, "kind": "Control", "item": None, "quantity": None, "uom": None,
         "voided": "false", "end": "2026-11-22T00:01:10"},
        {"sequence": "161", "line": "1", "kind": "Sale", "item": "02000000067591", "quantity": "0.42", "uom": "KGM",
         "voided": "false", "end": "2026-11-22T00:02:54"},
        {"sequence": "161", "line": "2", "kind": "Sale", "item": "7", "quantity": "1", "uom": None,
         "voided": "true", "end": "2026-11-22T00:02:54"},
        {"sequence": "161", "line": "3", "kind": "Tax", "item": None, "quantity": None, "uom": None,
         "voided": "false", "end": "2026-11-22T00:02:54"},
    ]  # fmt: skip
    assert only(made[1], "store", "till", "day", "_line") == {
        "store": "9",
        "till": "34",
        "day": "2026-11-21",
        "_line": 9,
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Transaction>", '<Transaction CancelFlag="true">'),
        ("<Transaction>", '<Transaction TrainingModeFlag="1">'),
        ("<RetailTransaction>", '<RetailTransaction TransactionStatus="Suspended">'),
    ],
)
def test_a_transaction_that_does_not_count_voids_its_lines(old: str, new: str) -> None:
    made = rows(POSLOG.replace(old, new), "poslog")
    assert {row["voided"] for row in made if row["sequence"] == "161"} == {"true"}


def test_a_post_void_is_not_mistaken_for_a_control_transaction() -> None:
    text = POSLOG.replace("ControlTransaction", "PostVoidTransaction")
    assert rows(text, "poslog")[0]["kind"] == "PostVoid"


def test_a_cut_poslog_gives_whole_transactions_and_says_that_more_is_missing() -> None:
    made = rows(POSLOG[: POSLOG.index("<Tax>")], "poslog")
    assert [row.get("kind", row.get("_reject")) for row in made] == ["Control", "bad_document"]


def test_xml_of_any_shape_with_what_stands_around_a_row() -> None:
    assert rows(ORDERS_XML, "xml", each="Order/Line") == [
        {"_line": 2, "^Order.@id": "1", "^Order.Date": "2026-11-22", "@no": "1", "Item.Code": "A", "Qty.@unit": "EA",
         "Qty": "5", "Note": "one", "Note.2": "two"},
        {"_line": 3, "^Order.@id": "1", "^Order.Date": "2026-11-22", "@no": "2", "Item.Code": "B & C", "Qty": "7"},
        {"_line": 4, "^Order.@id": "2", "@no": "1", "Qty": ""},
    ]  # fmt: skip
    assert len(rows(ORDERS_XML, "xml", each="Order")) == 2
    assert rows("<Orders/>", "xml", each="Order/Line") == []


def test_a_document_of_another_kind_does_not_pass_as_an_empty_one() -> None:
    with pytest.raises(BadDocument, match="does not have an element `Invoice`"):
        rows(ORDERS_XML, "xml", each="Invoice")
    with pytest.raises(BadDocument, match="not a POSLog"):
        rows(ORDERS_XML, "poslog")
    assert rows("<POSLog/>", "poslog") == []


def test_a_poslog_in_an_envelope_is_read() -> None:
    inner = POSLOG[POSLOG.index("<POSLog") :]
    assert (
        rows(f'<s:Envelope xmlns:s="urn:soap"><s:Body>{inner}</s:Body></s:Envelope>', "poslog")[1]["item"]
        == "02000000067591"
    )


def test_other_encodings_are_those_that_a_document_or_its_map_names() -> None:
    text = "<a><b>中心店</b></a>"
    for encoding in ("gb18030", "utf-16", "big5", "utf-8"):
        data = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        assert rows(data, "xml", each="b") == [{"_line": 1, "text": "中心店"}]
    assert rows(text.encode("gb18030"), "xml", each="b", encoding="gb18030") == [
        {"_line": 1, "text": "中心店"}
    ]


BOMB = '<!DOCTYPE a [<!ENTITY b "1234567890"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'


@pytest.mark.parametrize("format", ["poslog", "xml"])
@pytest.mark.parametrize(
    "text",
    [
        POSLOG.replace("<POSLog", "<!DOCTYPE POSLog>\n<POSLog"),
        POSLOG.replace("<POSLog", '<!DOCTYPE POSLog SYSTEM "file:///etc/passwd">\n<POSLog'),
        POSLOG.replace("<POSLog", f"{BOMB}<POSLog"),
        POSLOG.replace("<Tax>", "<Tax>&nbsp;"),
        POSLOG.replace("<Tax>", "<Tax>" + "<x>" * 64),
        "",
        "not xml",
        "<?xml version='1.0' encoding='hex'?><a/>",
        "<?xml version='1.0' encoding='no-such-thing'?><a/>",
        "<?xml version='1.0' encoding='utf-8'?><a>",
        '<a b="1" b="2"/>',
    ],
)
def test_nothing_of_a_document_that_is_refused_is_used(format: str, text: str) -> None:
    with pytest.raises(BadDocument):
        rows(text, format, each="LineItem")


def test_the_five_entities_and_characters_by_number_are_text() -> None:
    made = rows("<a><b>&lt;&gt;&amp;&apos;&quot;&#65;</b></a>", "xml", each="b")
    assert made == [{"_line": 1, "text": "<>&'\"A"}]


def test_a_row_that_is_too_long_is_one_reject_and_costs_no_other() -> None:
    made = rows(f"<a><b>1</b><b>{'x' * 70_000}</b><b>{'<c>y</c>' * 20_000}</b><b>2</b></a>", "xml", each="b")
    assert [row.get("text", row.get("_reject")) for row in made] == ["1", "too_long", "too_long", "2"]
    noted = POSLOG.replace("<ItemID>7<", f"<Note>{'7' * 70_000}</Note><ItemID>7<")
    assert [row.get("kind", row.get("_reject")) for row in rows(noted, "poslog")] == [
        "Control",
        "Sale",
        "Sale",
        "Tax",
    ]
    for size in (60_000, 65_530, 66_000, 140_000):
        long_store = POSLOG.replace("<RetailStoreID>9<", f"<RetailStoreID>{'9' * size}<")
        made = [len(row.get("store", row.get("_reject"))) for row in rows(long_store, "poslog")]
        assert made == [size if size == 60_000 else len("too_long")] * 4
    long_line = POSLOG.replace("<ItemID>7<", f"<ItemID>{'7' * 70_000}<")
    assert [row.get("kind", row.get("_reject")) for row in rows(long_line, "poslog")] == [
        "Control",
        "Sale",
        "too_long",
        "Tax",
    ]


def test_a_file_is_read_as_its_bytes_are(tmp_path: Path) -> None:
    file = tmp_path / "pos.xml"
    file.write_text(POSLOG, encoding="utf-8")
    assert rows(file, "poslog") == rows(POSLOG, "poslog")


def test_more_around_the_rows_than_fits_is_refused() -> None:
    with pytest.raises(BadDocument, match="around"):
        rows(f"<a>{''.join(f'<c{n}>{n}</c{n}>' for n in range(9000))}<b/></a>", "xml", each="b")
