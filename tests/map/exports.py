"""Exports as systems and people write them, in six languages: made from few facts, with the habits that each has.

Nobody tuned a map to them. `edits` of an export is what a person has to add to the map that `lowtide map guess` writes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

Cells = list[str]


@dataclass(frozen=True)
class Export:
    """A file, the answers that a person gives on the command line, and the edits of the guessed map."""

    file: str
    data: bytes
    answers: tuple[str, ...]
    edits: tuple[tuple[str, str], ...] = ()
    """Pairs: a line of the guessed map as far as it is given, and what it becomes."""
    movements: int = 0
    """How many movements the rows become in the end."""
    kinds: dict[str, int] = field(default_factory=dict)
    sums: dict[str, float] = field(default_factory=dict)
    """Units by kind, in pieces."""


def _written(rows: list[Cells], delimiter: str, encoding: str, titles: str = "") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return (titles + text.getvalue()).encode(encoding)


def _times(chance: Random, count: int) -> Iterator[datetime]:
    time = datetime(2026, 10, 28, 8, 5)
    for _ in range(count):
        time += timedelta(minutes=chance.randrange(20, 900))
        yield time


def _add(sums: dict[str, float], kinds: dict[str, int], kind: str, units: float) -> None:
    sums[kind] = round(sums.get(kind, 0) + units, 3)
    kinds[kind] = kinds.get(kind, 0) + 1


def german_ledger() -> Export:
    """A merchandise system: semicolons, Windows-1252, a title, decimal commas, date and time apart, a sum at the end."""
    chance, sums, kinds = Random(1), {}, {}
    words = {
        "Verkauf": "sale",
        "Kundenretoure": "return",
        "Wareneingang": "receipt",
        "Inventur": "count",
        "Bruch": "adjustment",
    }
    header = ["Belegnummer", "Pos.", "Belegdatum", "Uhrzeit", "Filiale", "Artikelnummer", "Bezeichnung", "Menge", "ME",
              "Einzelpreis", "Betrag", "Bewegungsart", "Bediener"]  # fmt: skip
    rows = [header]
    for number, time in enumerate(_times(chance, 120)):
        word = chance.choice([*words, "Verkauf", "Verkauf", "Verkauf"])
        unit, factor = ("Karton", 12) if word == "Wareneingang" else ("Stück", 1)
        units = (
            chance.randrange(1, 9)
            + (0.5 if word == "Verkauf" and number % 9 == 0 else 0)
            + 1000 * (word == "Inventur")
        )
        shown = f"{units:,.2f}".replace(",", "x").replace(".", ",").replace("x", ".")
        shown = f"-{shown}" if word == "Bruch" else shown
        rows.append([f"B{4000 + number // 2}", str(1 + number % 2), f"{time:%d.%m.%Y}", f"{time:%H:%M}",
                     f"{10 + number % 3}", f"{330000 + number % 17}", "Größe für Köche", shown, unit, "1,99",
                     "2.388,00", word, "Müller"])  # fmt: skip
        _add(sums, kinds, words[word], units * factor * (-1 if word == "Bruch" else 1))
    rows.append(["Summe", "", "", "", "", "", "", "4.711,00", "", "", "23.880,00", "", ""])
    data = _written(rows, ";", "cp1252", "Lagerbewegungen Oktober\r\nErstellt am 30.11.2026\r\n")
    edits = (("        # Karton: PIECES", "        Karton: 12"),)
    return Export("lagerbewegungen.csv", data, ("--zone", "Europe/Berlin"), edits, 120, kinds, sums)


def chinese_list() -> Export:
    """A list export of Kingdee: GB18030, a document stands only on its first line, totals, dates without a time."""
    chance, sums, kinds = Random(2), {}, {}
    words = {"标准销售出库单": "sale", "销售退货": "return", "标准采购入库单": "receipt", "盘点": "count"}
    header = [
        "单据编号",
        "日期",
        "业务类型",
        "仓库",
        "分录",
        "物料编码",
        "物料名称",
        "规格型号",
        "单位",
        "实发数量",
        "单价",
        "金额",
        "备注",
    ]
    rows = [header]
    for number, time in enumerate(_times(chance, 60)):
        word = chance.choice([*words, "标准销售出库单"])
        for line in range(1, chance.randrange(2, 5)):
            unit, factor = ("箱", 24) if word == "标准采购入库单" else ("瓶", 1)
            units = chance.randrange(1, 30) + 1200 * (word == "盘点")
            head = [
                f"XSCK{number:05}",
                f"{time.year}/{time.month}/{time.day}",
                word,
                "中心店" if number % 2 else "东门店",
            ]
            rows.append([*(head if line == 1 else [""] * 4), str(line), f"00{line:02}{number % 5}", "矿泉水", "550ml", unit,
                         f"{units:,}", "2.50", f"{units * 2.5:,.2f}", ""])  # fmt: skip
            _add(sums, kinds, words[word], units * factor)
    rows.append(["合计", "", "", "", "", "", "", "", "", "9,999", "", "23,456.00", ""])
    edits = (("        # 箱: PIECES", "        箱: 24"),)
    answers = ("--zone", "Asia/Shanghai", "--source", "kingdee")
    return Export("出库单列表.csv", _written(rows, ",", "gb18030"), answers, edits,
                  len(rows) - 2, kinds, sums)  # fmt: skip


def french_movements() -> Export:
    """Movements of a French system: UTF-8 with a mark, signed by two columns in and out, thousands with a narrow space."""
    chance, sums, kinds = Random(3), {}, {}
    header = [
        "N° de pièce",
        "N° ligne",
        "Date mouvement",
        "Dépôt",
        "Réf. article",
        "Désignation",
        "Entrée",
        "Sortie",
        "PU HT",
    ]
    rows = [header]
    for number, time in enumerate(_times(chance, 90)):
        goes_in = number % 4 == 0
        units = chance.randrange(1, 40) + (1000 if goes_in else 0) + (0.25 if number % 7 == 1 else 0)
        shown = f"{units:,.2f}".replace(",", "\u202f").replace(".", ",")
        rows.append([f"BL{number:04}", "1", f"{time:%d/%m/%Y %H:%M}", "LYON", f"REF-{number % 11}", "Café moulu",
                     shown if goes_in else "", "" if goes_in else shown, "3,20"])  # fmt: skip
        _add(sums, kinds, "receipt" if goes_in else "sale", units)
    return Export(
        "mouvements_2026-11.csv",
        _written(rows, ";", "utf-8-sig"),
        ("--zone", "Europe/Paris"),
        (),
        90,
        kinds,
        sums,
    )


def english_shop() -> Export:
    """The order export of a web shop: a row a line item, the rest of the order only on its first row, no place."""
    chance, sums, kinds = Random(4), {}, {}
    header = ["Name", "Email", "Financial Status", "Paid at", "Currency", "Subtotal", "Total", "Created at",
              "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Notes", "Vendor"]  # fmt: skip
    rows = [header]
    for number, time in enumerate(_times(chance, 50)):
        voided = number % 10 == 3
        for line in range(chance.randrange(1, 4)):
            first = line == 0
            units = chance.randrange(1, 4)
            rows.append([f"#{1001 + number}", "a@example.com", ("voided" if voided else "paid") if first else "",
                         f"{time:%Y-%m-%d %H:%M:%S} +0100" if first else "", "EUR" if first else "",
                         "12.00" if first else "", "13.00" if first else "",
                         f"{time:%Y-%m-%d %H:%M:%S} +0100", str(units), "Tea towel", "6.00",
                         f"TT-{number % 7}{line}", "", "Acme"])  # fmt: skip
            if not voided:
                _add(sums, kinds, "sale", units)
    answers = ("--kind", "sale", "--location", "web")
    return Export(
        "orders_export.csv", _written(rows, ",", "utf-8"), answers, (), sum(kinds.values()), kinds, sums
    )


def spanish_hand_made() -> Export:
    """A list that somebody keeps by hand: tabs, two-digit years, no document, equal lines on one day."""
    chance, sums, kinds = Random(5), {}, {}
    rows = [["Fecha", "Tienda", "Artículo", "Cantidad", "Movimiento", "Observaciones"]]
    words = {"venta": "sale", "devolución": "return", "entrada": "receipt", "merma": "adjustment"}
    for number, time in enumerate(_times(chance, 80)):
        word = chance.choice([*words, "venta", "venta"])
        units = chance.randrange(1, 6) + (0.5 if number % 6 == 0 else 0)
        shown = f"{'-' if word == 'merma' else ''}{units:g}".replace(".", ",")
        line = [f"{time.day}/{time.month}/{time:%y}", "Sevilla", f"JAMON-{number % 4}", shown, word, ""]
        for _ in range(2 if number % 8 == 0 else 1):
            rows.append(line)
            _add(sums, kinds, words[word], -units if word == "merma" else units)
    return Export(
        "ventas.tsv",
        _written(rows, "\t", "utf-8"),
        ("--zone", "Europe/Madrid"),
        (),
        len(rows) - 1,
        kinds,
        sums,
    )


def japanese_register() -> Export:
    """Transactions of a Japanese cash register: Shift_JIS, a refund has its own word, no line number."""
    chance, sums, kinds = Random(6), {}, {}
    rows = [
        [
            "取引ID",
            "取引日時",
            "店舗コード",
            "店舗名",
            "商品コード",
            "商品名",
            "数量",
            "単価",
            "税込金額",
            "取引区分",
            "担当者",
        ]
    ]
    for number, time in enumerate(_times(chance, 100)):
        word = "返品" if number % 12 == 5 else "通常"
        units = chance.randrange(1, 5)
        rows.append([f"{90000 + number // 3}", f"{time:%Y/%m/%d %H:%M:%S}", "0012", "渋谷店", f"49012{number % 13:03}",
                     "緑茶ペットボトル", str(units), "150", str(165 * units), word, "田中"])  # fmt: skip
        _add(sums, kinds, "return" if word == "返品" else "sale", units)
    return Export(
        "torihiki.csv", _written(rows, ",", "cp932"), ("--zone", "Asia/Tokyo"), (), 100, kinds, sums
    )


def nested_orders() -> Export:
    """Orders of a shop's interface: JSON, the lines of an order in a list, times with a zone."""
    chance, sums, kinds = Random(7), {}, {}
    orders = []
    for number, time in enumerate(_times(chance, 40)):
        lines = []
        for line in range(chance.randrange(1, 4)):
            units = chance.randrange(1, 4)
            lines.append(
                {
                    "id": 7000 + 10 * number + line,
                    "sku": f"MUG-{line}",
                    "quantity": units,
                    "price": "9.50",
                    "title": "Mug",
                }
            )
            _add(sums, kinds, "sale", units)
        orders.append({"id": 880000 + number, "created_at": f"{time:%Y-%m-%dT%H:%M:%S}+01:00", "location_id": 31,
                       "customer": {"id": 5, "email": "b@example.com"}, "line_items": lines})  # fmt: skip
    data = json.dumps(orders, indent=1).encode()
    return Export("orders.json", data, ("--kind", "sale"), (), sum(kinds.values()), kinds, sums)


EXPORTS = {
    function.__name__: function
    for function in (
        german_ledger, chinese_list, french_movements, english_shop, spanish_hand_made, japanese_register, nested_orders,
    )
}  # fmt: skip
