"""What the catalogue says of a SKU that a proposal needs; it is copied into the proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lowtide.propose.position import MILLI, thousandths

Source = Literal["buy", "make"]
"""`make`: the plant is the supplier, and its proposal is a production proposal."""

Worth = Literal["margin", "price", "units"]
"""What a loss is told in: margin, price where there is no margin, units where there is neither."""


@dataclass(frozen=True)
class Item:
    """One SKU. Quantities are thousandths, money is for one unit."""

    sku: str
    name: str = ""
    category: str = ""
    department: str = ""
    supplier: str = ""
    unit: str = ""
    pack: int | None = None
    """The supplier delivers multiples of it. None: whole units; write 0.001 for what is sold by weight."""
    moq: int = 0
    """The least that the supplier takes as one order line."""
    max_stock: int | None = None
    unit_cost: float | None = None
    unit_price: float | None = None
    margin: float | None = None
    """`margin` of the catalogue, else price less cost where both are known."""
    source: Source = "buy"

    @property
    def step(self) -> int:
        """Thousandths in a pack: what is ordered is a multiple of it."""
        return self.pack or MILLI

    @property
    def worth_in(self) -> Worth:
        """What a loss of this SKU is told in."""
        if self.margin is not None:
            return "margin"
        return "units" if self.unit_price is None else "price"

    @property
    def unit_worth(self) -> float:
        """What one lost unit costs, in `worth_in`."""
        known = (self.margin, self.unit_price, 1.0)
        return next(value for value in known if value is not None)

    def cost_of(self, milli: int) -> float | None:
        """What so many thousandths cost to buy; None where the catalogue has no `unit_cost`."""
        return None if self.unit_cost is None else round(self.unit_cost * milli / MILLI, 2)

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Item:
        """A row of the table `catalogue`: `unit_margin` is there, and `source` stands in `attributes`."""

        def milli(name: str) -> int | None:
            return None if row.get(name) is None else thousandths(row[name])

        def money(name: str) -> float | None:
            return None if row.get(name) is None else float(row[name])

        texts = {name: row.get(name) or "" for name in ("name", "category", "department", "supplier", "unit")}
        is_made = dict(row.get("attributes") or {}).get("source", "").strip().lower() == "make"
        return cls(
            row["sku"], **texts, pack=milli("pack") or None, moq=milli("moq") or 0, max_stock=milli("max_stock"),
            unit_cost=money("unit_cost"), unit_price=money("unit_price"), margin=money("unit_margin"),
            source="make" if is_made else "buy",
        )  # fmt: skip
