"""Whether a worth is money or units: without any price in the catalogue the expected loss is in units of stock.

A desk notes it at its start in desk.db, where messages and the page find it.
"""

from __future__ import annotations

from lowtide.desk.store import Store, Transaction
from lowtide.warehouse import Warehouse

_KEY = "worth_in_units"


def note(store: Store, warehouse: Warehouse) -> None:
    """Keep whether the catalogue has no price at all. Raises WarehouseError."""
    priced = "countIf(unit_margin IS NOT NULL OR unit_price IS NOT NULL)"
    rows = warehouse.rows(f"SELECT {priced} AS priced FROM {warehouse.database}.catalogue")
    with store.transaction() as tx:
        tx.set_meta(_KEY, "0" if rows[0]["priced"] else "1")


def is_in_units(tx: Transaction) -> bool:
    """Whether a worth is in units; False while it was not noted."""
    return tx.meta(_KEY) == "1"
