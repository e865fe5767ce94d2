"""Open a warehouse: find the way to it, and bring its tables and views up to date, or see that they are.

A folder is opened in this process; if another process has it, that one is asked over the socket in the folder. A
folder, and a server that is opened to be written, are brought up to date. A reader of a server only looks whether all
that it needs is there.
"""

from __future__ import annotations

from lowtide.warehouse import migrate, view
from lowtide.warehouse.access import reach
from lowtide.warehouse.address import parse
from lowtide.warehouse.client import Warehouse
from lowtide.warehouse.retry import retry


def open_warehouse(spec: str, *, create: bool = False) -> Warehouse:
    """Open a warehouse. With `create` it is made and its schema brought up to date.

    While this process has a folder open, it serves it to the others. When the process that has it ends, the handles on it
    of the others stay good: one of these processes opens the folder, and serves it from then on.
    Raises WarehouseError, with what to do, if the process that has the folder, or the server, does not answer.
    """
    address = parse(spec)
    warehouse = Warehouse(address, reach(address, create=create))
    try:
        if address.folder:
            _update(warehouse)
        elif create:
            retry(lambda: _update(warehouse), address.shown, address.retry_s)
        else:
            migrate.check(warehouse)
            view.check(warehouse)
        warehouse.serve()
    except BaseException:
        warehouse.close()
        raise
    return warehouse


def _update(warehouse: Warehouse) -> None:
    migrate.migrate(warehouse)
    view.make(warehouse)
