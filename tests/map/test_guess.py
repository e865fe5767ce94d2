"""A map is guessed from exports that nobody tuned it to: what a program can tell is right, and the rest is asked."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lowtide.errors import InputError, MapError, SettingsError
from lowtide.intake.trial import Trial, tried
from lowtide.map import load_map
from lowtide.map.guess import Answers, Guess, guess_map
from lowtide.map.guess.encodings import encoding_of
from lowtide.map.guess.kind_words import kind_of
from lowtide.map.guess.numbers import marks_of
from lowtide.map.guess.times import time_form
from lowtide.words import Language
from tests.map.exports import EXPORTS, Export
from tests.readers.sheets import Number, xlsx


def guessed(folder: Path, name: str, data: bytes | str, **answers: str) -> Guess:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return guess_map(path, Answers(**answers))


def answers_of(export: Export) -> dict[str, str]:
    return {
        name.removeprefix("--"): answer
        for name, answer in zip(export.answers[::2], export.answers[1::2], strict=True)
    }


def edited(export: Export, text: str) -> str:
    """The guessed map after the edits that a person makes."""
    lines = text.splitlines()
    for old, new in export.edits:
        assert any(line.startswith(old) for line in lines), old
        lines = [new if line.startswith(old) else line for line in lines]
    return "\n".join(lines)


def trial_of(folder: Path, text: str, sample: str) -> Trial:
    path = folder / "map.yaml"
    path.write_text(text, "utf-8")
    return tried(load_map(path), folder / sample)


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_becomes_a_right_map_with_the_edits_that_only_a_person_knows(tmp_path, name):
    export = EXPORTS[name]()
    guess = guessed(tmp_path, export.file, export.data, **answers_of(export))
    trial = trial_of(tmp_path, edited(export, guess.text), export.file)
    assert [complaint.message for complaint in trial.rejects] == []
    assert dict(trial.by_kind) == export.kinds
    assert {kind: float(units) for kind, units in trial.units.items()} == export.sums
    assert trial.movements == export.movements and trial.rows == trial.good + trial.skipped + trial.rejected
    assert len(guess.missing) == len(export.edits), "every NOT FOUND is an edit, and nothing else is"


@pytest.mark.parametrize("name", EXPORTS)
def test_what_is_not_found_is_never_a_map_that_goes_through(tmp_path, name):
    """The danger of guessing: a field that nobody knows, filled in silence."""
    export = EXPORTS[name]()
    guess = guessed(tmp_path, export.file, export.data)
    assert (guess.open and guess.missing) or guess.text.count("zone:") == 0
    if not guess.missing:
        return
    try:
        trial = trial_of(tmp_path, guess.text, export.file)
    except MapError:
        return
    assert trial.rejected, "what is missing must show as a mistake of the map or as rejected rows"


def test_a_workbook_is_guessed_like_a_table(tmp_path):
    rows = [
        ["Mouvements de stock", None, None, None, None],
        [None] * 5,
        ["Date", "Magasin", "Référence", "Quantité", "Type de mouvement"],
        ["2026-11-22 10:30:00", "LYON", "A-1", 2, "Vente"],
        ["2026-11-22 18:30:00", "LYON", "A-1", Number("40.5"), "Inventaire"],
        ["Total", None, None, Number("42.5"), None],
    ]
    guess = guessed(tmp_path, "mouvements.xlsx", xlsx(("Feuille1", rows)), zone="Europe/Paris")
    trial = trial_of(tmp_path, guess.text, "mouvements.xlsx")
    assert (
        trial.units == {"sale": Decimal(2), "count": Decimal("40.5")}
        and trial.skipped == 1
        and not trial.rejected
    )


def test_columns_of_parquet_are_guessed(tmp_path):
    table = pa.table({"order_id": [1, 2], "item_code": ["a", "b"], "store": ["330", "331"], "qty": [1.5, 2.0],
                      "created_at": pa.array([1795339800000, 1795339900000], pa.timestamp("ms", "UTC"))})  # fmt: skip
    pq.write_table(table, tmp_path / "sales.parquet")
    guess = guess_map(tmp_path / "sales.parquet", Answers(kind="sale"))
    trial = trial_of(tmp_path, guess.text, "sales.parquet")
    assert trial.units == {"sale": Decimal("3.5")} and not guess.missing


def test_movements_and_standards_need_no_map(tmp_path):
    text = "id,source,kind,sku,location,quantity,event_time\n1,a,sale,s,l,1,2026-11-22T08:00:00Z\n"
    own = guessed(tmp_path, "a.csv", text)
    assert own.sample.own and not own.text
    for name, data, shipped in (
        ("a.edi", "ISA*00*          *00*", "x12"), ("b.edi", "UNA:+.? 'UNB+UNOA:1+", "edifact"),
        ("c.xml", '<?xml version="1.0"?><POSLog>', "poslog"), ("d.json", '{"epcisBody":{"eventList":[]}}', "epcis"),
        ("e.jsonl", '{"op":"c","before":null,"after":{"id":1}}\n', "debezium"),
        ("f.json", '{"specversion":"1.0","id":"1","data":{}}', "cloudevents"),
    ):  # fmt: skip
        assert guessed(tmp_path, name, data).sample.shipped == shipped


def test_what_nobody_can_read_is_said(tmp_path):
    for data in (b"", b"one column\nonly\n", b"\x00\x01\x02\x03" * 50, b"{broken"):
        with pytest.raises(SettingsError):
            guessed(tmp_path, "x.csv", data)
    with pytest.raises(InputError):
        guess_map(tmp_path / "none.csv")
    with pytest.raises(SettingsError, match="not a time zone"):
        Answers(zone="Mars/Olympus")


def test_a_transfer_becomes_two_movements_and_outside_places_are_not_ours(tmp_path):
    text = """\
Date,Reference,Product/Internal Reference,From,To,Quantity,Status
2026-11-22 09:30:12,WH/OUT/12,F7,WH/Stock,Partners/Customers,2,Done
2026-11-22 10:31:00,WH/IN/4,F8,Partners/Vendors,WH/Stock,10,Done
2026-11-23 10:31:00,WH/INT/1,F8,WH/Stock,SHOP/Stock,1,Done
2026-11-24 11:31:00,WH/OUT/13,F8,WH/Stock,Partners/Customers,1,Cancelled
"""
    guess = guessed(tmp_path, "moves.csv", text, zone="UTC")
    trial = trial_of(tmp_path, guess.text, "moves.csv")
    made = [(move["kind"], move["location"], move["quantity"]) for move in trial.first]
    assert made == [("sale", "WH/Stock", "2"), ("receipt", "WH/Stock", "10"),
                    ("transfer_out", "WH/Stock", "1"), ("transfer_in", "SHOP/Stock", "1")]  # fmt: skip
    keys = {(move["source"], move["id"]) for move in trial.first}
    assert len(keys) == len(made) and trial.skipped == 1


def test_signs_of_a_ledger_are_turned_where_a_kind_must_be_positive(tmp_path):
    text = """\
Entry No.,Posting Date,Entry Type,Item No.,Location Code,Quantity
101,2026-11-22,Sale,A,BLUE,-2
102,2026-11-22,Purchase,A,BLUE,20
103,2026-11-23,Transfer,A,BLUE,-5
104,2026-11-23,Transfer,A,RED,5
105,2026-11-24,Negative Adjmt.,A,RED,-1
"""
    guess = guessed(tmp_path, "ledger.csv", text, zone="UTC")
    trial = trial_of(tmp_path, guess.text, "ledger.csv")
    assert {kind: int(units) for kind, units in trial.units.items()} == {
        "sale": 2, "receipt": 20, "transfer_out": 5, "transfer_in": 5, "adjustment": -1,
    }  # fmt: skip


def test_an_expiry_date_is_read_of_receipts(tmp_path):
    head = "Document No;Line;Receipt Date;Item Number;Store;Received Qty;Best Before\n"
    text = (
        head + "R-1;1;2026-11-22 09:00;123;330;40;24.12.2026\nR-1;2;2026-11-22 09:00;124;330;60;31.12.2026\n"
    )
    guess = guessed(tmp_path, "goods_receipts.csv", text, zone="UTC")
    trial = trial_of(tmp_path, guess.text, "goods_receipts.csv")
    assert [(move["kind"], move["expiry"]) for move in trial.first] == [
        ("receipt", "2026-12-24"), ("receipt", "2026-12-31"),
    ]  # fmt: skip


def test_an_order_that_changes_is_not_a_duplicate(tmp_path):
    head = "PO Number;Line;Order Date;Item Number;Store;Ordered Qty;Expected Date\n"
    text = head + "PO-1;1;2026-11-22;123;330;40;2026-11-27\nPO-1;1;2026-11-22;123;330;60;2026-11-27\n"
    guess = guessed(tmp_path, "purchase_orders.csv", text, zone="UTC")
    trial = trial_of(tmp_path, guess.text, "purchase_orders.csv")
    assert [(move["kind"], move["ref"], move["due"]) for move in trial.first] == [
        ("order", "PO-1", "2026-11-27")
    ] * 2
    assert len({move["id"] for move in trial.first}) == 2


def test_day_and_month_are_told_apart_by_evidence_or_asked():
    days = [f"{day:02}/{month:02}/2026" for month in (1, 2, 3) for day in range(1, 13)]
    assert time_form([*days, "13/01/2026"]).format == "%d/%m/%Y"
    by_order = time_form(days)
    assert by_order.format == "%d/%m/%Y" and by_order.is_certain, "an export is in order of time"
    asked = time_form(["01/02/2026", "03/02/2026", "02/02/2026", "04/01/2026"])
    assert not asked.is_certain and asked.other == "%m/%d/%Y"


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (["2026-11-22T10:30:00+01:00"], "iso"), (["22.11.2026", "1.2.2026"], "%d.%m.%Y"), (["20261122"], "%Y%m%d"),
        (["1795339800"], "epoch_s"), (["1795339800000"], "epoch_ms"), (["46348.5"], "excel"), (["22-Nov-2026"], "%d-%b-%Y"),
        (["2026年11月22日"], "%Y年%m月%d日"), (["11/22/2026 1:15:00 PM"], "%m/%d/%Y %I:%M:%S %p"),
    ],
)  # fmt: skip
def test_forms_of_times(cells, form):
    assert time_form(cells).format == form


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands"),
    [
        (["1.250,5", "3"], ",", "."), (["1,250.5"], ".", ","), (["0,75"], ",", ""), (["1 250,5"], ",", " "),
        (["1'250.50"], ".", "'"), (["5-", "(3.5)"], ".", ""), (["12"], ".", ""), (["1,250", "2,5"], ",", ""),
    ],
)  # fmt: skip
def test_marks_of_numbers(cells, decimal, thousands):
    marks = marks_of(cells)
    assert (marks.decimal, marks.thousands) == (decimal, thousands) and marks.is_certain


def test_a_number_that_reads_both_ways_is_asked(tmp_path):
    assert not marks_of(["1,250", "3,100"]).is_certain
    text = "Date;Store;SKU;Qty;Type\n2026-11-22 10:00;330;A;1,250;sale\n2026-11-22 11:00;330;A;2,500;sale\n"
    guess = guessed(tmp_path, "sales.csv", text, zone="UTC")
    assert any("whole number" in sentence for sentence in guess.questions)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("单据编号,数量,日期\n", "gb18030"), ("Größe;Menge;Stück\n", "windows-1252"),
        ("商品コード,数量,レジ\n", "shift_jis"),
        ("商品編號,數量,倉庫名稱,銷售日期\n", "big5"), ("Número;Artículo;Almacén\n", "windows-1252"),
        ("日期,门店,商品编码,数量\n2026/1/1,一店,001,3\n", "gb18030"),
    ],
)  # fmt: skip
def test_encodings(text, encoding):
    assert encoding_of(text.encode(encoding)).name == encoding
    assert encoding_of(text.encode()).name == "utf-8" and encoding_of(text.encode("utf-16")).name == "utf-16"


def test_words_for_what_happened():
    for text, kind in (
        ("销售退货", "return"), ("采购退货", "adjustment"), ("Wareneingang Filiale", "receipt"), ("Retoure", "return"),
        ("Sales Order", "sale"), ("Purchase Order", "order"), ("盘点单", "count"), ("Umlagerung Ausgang", "transfer_out"),
        ("発注", "order"), ("601", "sale"), ("blue", None), ("12345", None),
    ):  # fmt: skip
        assert kind_of(text) == kind, text


def test_nested_lists_are_named_and_not_flattened_in_silence(tmp_path):
    document = {
        "orders": [
            {"id": 1, "created_at": "2026-11-22T10:00:00Z", "line_items": [{"sku": "a", "quantity": 1}]}
        ]
    }
    guess = guessed(tmp_path, "orders.json", json.dumps(document))
    assert any("jq -c '.orders[]'" in sentence for sentence in guess.missing)


def test_reasons_are_in_the_language_of_the_reader_and_marks_are_the_same(tmp_path):
    export = EXPORTS["chinese_list"]()
    (tmp_path / export.file).write_bytes(export.data)
    text = guess_map(tmp_path / export.file, language=Language("zh")).text
    assert "# NOT FOUND: 一箱有多少件" in text and "# guessed: 合计行" in text


def test_a_point_between_thousands_is_never_read_as_a_decimal_point_in_silence(tmp_path):
    """A German list of whole numbers: `1.200` comes only after the sample was taken."""
    head = "Datum;Filiale;Artikelnummer;Menge;Vorgang\n"
    guess = guessed(tmp_path, "a.csv", f"{head}22.11.2026 10:00;330;4711;3;Verkauf\n", zone="Europe/Berlin")
    (tmp_path / "a.csv").write_text(f"{head}22.11.2026 10:00;330;4711;1.200;Verkauf\n")
    assert dict(trial_of(tmp_path, guess.text, "a.csv").by_code) == {"bad_quantity": 1}


def test_rows_without_an_article_are_skipped_and_orders_that_are_open_are_not(tmp_path):
    text = "Sale Date,Receipt Number,Line Type,Outlet,SKU,Quantity\n2026-11-22 10:30,1,Sale Line,Main,10,1\n"
    guess = guessed(tmp_path, "pos.csv", f"{text}2026-11-22 10:30,1,Payment,Main,,\n", zone="UTC")
    trial = trial_of(tmp_path, guess.text, "pos.csv")
    assert (trial.good, trial.skipped, trial.rejected) == (1, 1, 0)
    text = "Bestellnummer;Bestelldatum;Artikelnummer;Bestellmenge;Liefertermin;Filiale;Status\n"
    guess = guessed(tmp_path, "po.csv", f"{text}45;20.11.2026;4711;48;24.11.2026;330;offen\n", zone="UTC")
    assert "skip" not in guess.text and "kind: order" in guess.text
