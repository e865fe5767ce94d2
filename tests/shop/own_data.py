"""What the owner of docs/shop.md has: three exports in GBK, and the lists of articles and suppliers in UTF-8."""

from __future__ import annotations

from pathlib import Path

from tests.first_steps.shop import ARTICLES, CASE, write

_PRICES = {sku: 2.5 + number for number, sku in enumerate(ARTICLES)}
_COST_SHARE = 0.7


def write_shop(folder: Path) -> None:
    """The files as the page lists them."""
    for name in ("sales", "counts", "orders"):
        (folder / "in" / name).mkdir(parents=True)
    paths = write(folder)
    for name, file in {"sales": "销售出库.csv", "counts": "库存盘点.csv", "orders": "采购订单.csv"}.items():
        paths[file].rename(folder / "in" / name / file)
    paths["articles.csv"].unlink()
    (folder / "items.csv").write_text("\n".join((_HEADER, *_items(), "")), "utf-8")
    (folder / "suppliers.csv").write_text(_SUPPLIERS, "utf-8")


_HEADER = "sku,name,category,supplier,unit,pack,unit_cost,unit_price"
_SUPPLIERS = 'supplier,name,order_days,cut_off,delivery_days,lead_time\n华东食品,华东食品有限公司,"mon,thu",15:00,daily,14\n'


def _items() -> list[str]:
    return [
        f"{sku},{name},食品饮料,华东食品,件,{CASE},{_PRICES[sku] * _COST_SHARE:.2f},{_PRICES[sku]:.2f}"
        for sku, (name, _) in ARTICLES.items()
    ]
