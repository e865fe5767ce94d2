"""The files of suppliers, lanes and places that a desk was given become rows of the warehouse, where proposals read them."""

from __future__ import annotations

from lowtide.catalogue import load_files
from lowtide.settings import Settings
from lowtide.warehouse import Warehouse, Writer


def reference(settings: Settings, warehouse: Warehouse) -> None:
    """Load the files that the settings name. Raises PolicyError for the first that is wrong, WarehouseError."""
    files = load_files(settings)
    if files:
        with Writer(warehouse) as writer:
            for table, rows in files.items():
                writer.reference(table, rows)
