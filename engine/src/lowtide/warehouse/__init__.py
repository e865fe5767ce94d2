"""The warehouse remembers: at-least-once delivery into tables that keep one row of each.

    spec                                is
    embedded:            (default)      ClickHouse in this process, in the folder .lowtide/warehouse; or in the process
                                        that has the folder open, over the socket in the folder
    embedded:FOLDER, or FOLDER          the same, elsewhere
    http://user:password@host:8123/db   a ClickHouse server, or `lowtide warehouse`; https as well

    with open_warehouse("embedded:", create=True) as warehouse, Writer(warehouse) as writer:
        writer.write("ledger", batch)

`opening` opens it: `store` is the folder, `share` serves it to other processes, `access` finds the way, `client` asks,
`migrate` the history of the tables (`tables/`),
`view` makes the views (`views/`). `writer` is the way in, `queries` the way out, `guard` keeps a reader from writing.
"""

from lowtide.warehouse.address import DEFAULT_FOLDER
from lowtide.warehouse.client import Warehouse
from lowtide.warehouse.opening import open_warehouse
from lowtide.warehouse.store import Holder, holder
from lowtide.warehouse.writer import Writer, new_run_id

__all__ = ["DEFAULT_FOLDER", "Holder", "Warehouse", "Writer", "holder", "new_run_id", "open_warehouse"]
