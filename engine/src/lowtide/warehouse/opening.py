"""Open a warehouse: connect, and bring its tables and views up to date, or see that they are.

A store in this process, and a server that is opened to be written, are brought up to date. A reader of a server only
looks whether all that it needs is there.
"""

from __future__ import annotations

from lowtide.warehouse import migrate, view
from lowtide.warehouse.client import Warehouse, connect, parse
from lowtide.warehouse.retry import retry
from lowtide.warehouse.store import acquire


def open_warehouse(spec: str, *, create: bool = False) -> Warehouse:
    """Open a warehouse. With `create` it is made and its schema brought up to date.

    Raises WarehouseError, with what to do, if another process holds it, it is missing or does not answer.
    """
    address = parse(spec)
    store = acquire(address.folder, create) if address.folder else None
    try:
        warehouse = Warehouse(address, store, connect(address, store))
    except BaseException:
        if store:
            store.release()
        raise
    try:
        if store:
            _update(warehouse)
        elif create:
            retry(lambda: _update(warehouse), address.shown, address.retry_s)
        else:
            migrate.check(warehouse)
            view.check(warehouse)
    except BaseException:
        warehouse.close()
        raise
    return warehouse


def _update(warehouse: Warehouse) -> None:
    migrate.migrate(warehouse)
    view.make(warehouse)
