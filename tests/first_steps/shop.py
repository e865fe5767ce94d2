"""A small shop in Shanghai whose software exports three tables: GBK, local times, cases and pieces, Chinese headers.

The data is made up. Two shops sell ten articles for six weeks. The stock was counted on the first morning; orders to the
supplier are written in cases, with the day on which they are due. One article sells out before its order comes, another
one is about to.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path

ENCODING = "gb18030"
FIRST = date(2026, 10, 12)
DAYS = 42
SHOPS = ("中心店", "城南店")
CASE = 24
ARTICLES = {
    "00101": ("可口可乐 330ml", 6.0),
    "00102": ("农夫山泉 550ml", 9.0),
    "00103": ("康师傅红烧牛肉面", 4.0),
    "00104": ("伊利纯牛奶 250ml", 8.0),
    "00105": ("乐事薯片 原味", 3.0),
    "00106": ("奥利奥饼干", 2.0),
    "00107": ("王老吉 310ml", 5.0),
    "00108": ("统一鲜橙多", 3.5),
    "00109": ("旺旺雪饼", 1.5),
    "00110": ("青岛啤酒 500ml", 4.5),
}
SCARCE, LOW = "00104", "00107"
"""The article that sells out, and one that soon will."""
_COVER = {SCARCE: 34, LOW: 46}
_USUAL_COVER = 75
"""Days of sales that were counted on the first morning."""


def write(folder: Path) -> dict[str, Path]:
    """Writes the three tables and the list of articles into a folder; gives each by its name."""
    tables = {"销售出库.csv": _sales(), "库存盘点.csv": _counts(), "采购订单.csv": _orders()}
    paths = {name: folder / name for name in tables}
    for name, lines in tables.items():
        paths[name].write_bytes("".join(f"{line}\r\n" for line in lines).encode(ENCODING))
    articles = ["sku,name,unit,pack"] + [f"{sku},{name},件,{CASE}" for sku, (name, _) in ARTICLES.items()]
    paths["articles.csv"] = folder / "articles.csv"
    paths["articles.csv"].write_text("\n".join(articles) + "\n", encoding="utf-8")
    return paths


def _counts() -> list[str]:
    lines = ["盘点单号,盘点日期,仓库,物料编码,物料名称,盘点数量,单位"]
    for shop, place in enumerate(SHOPS):
        for sku, (name, _) in ARTICLES.items():
            lines.append(f"PD2026101{shop + 1},{FIRST:%Y/%m/%d},{place},{sku},{name},{_counted(sku)},件")
    return lines


def _counted(sku: str) -> int:
    return round(ARTICLES[sku][1] * _COVER.get(sku, _USUAL_COVER))


def _orders() -> list[str]:
    lines = ["单据编号,日期,仓库,供应商,物料编码,物料名称,采购数量,单位,交货日期"]
    for shop, place in enumerate(SHOPS):
        for number, sku in enumerate(ARTICLES, 1):
            ordered = FIRST + timedelta(days=24)
            due = ordered + timedelta(days=25 if sku in _COVER else 21)
            first = number == 1
            head = f"CGDD00{shop + 1},{ordered:%Y/%m/%d},{place},华东食品" if first else ",,,"
            lines.append(f"{head},{sku},{ARTICLES[sku][0]},{4 + number % 3},箱,{due:%Y/%m/%d}")
    return lines


def _sales() -> list[str]:
    draw = random.Random(7)
    rows = list[tuple[datetime, str]]()
    left = {(place, sku): _counted(sku) for place in SHOPS for sku in ARTICLES}
    for day in range(DAYS):
        for place in SHOPS:
            for sku, (name, daily) in ARTICLES.items():
                sold = min(round(draw.gammavariate(4, daily / 4)), left[place, sku])
                left[place, sku] -= sold
                for _ in range(sold):
                    at = datetime.combine(FIRST + timedelta(days=day), datetime.min.time())
                    at += timedelta(hours=8, seconds=draw.randrange(13 * 3600))
                    rows.append((at, f"{place},{sku},{name},1,件"))
    rows.sort()
    lines = ["单据编号,行号,日期,仓库,物料编码,物料名称,数量,单位"]
    lines += [f"XS{number:06},1,{at:%Y/%m/%d %H:%M:%S},{rest}" for number, (at, rest) in enumerate(rows, 1)]
    return [*lines, f"合计,,,,,,{len(rows)},"]
