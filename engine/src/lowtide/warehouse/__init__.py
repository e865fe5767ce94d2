"""The warehouse remembers: at-least-once delivery into tables that keep one row of each.

    spec                                is
    embedded:            (default)      ClickHouse in this process, in the folder .lowtide/warehouse
    embedded:FOLDER, or FOLDER          the same, elsewhere
    http://user:password@host:8123/db   a ClickHouse server, or `lowtide warehouse`; https as well

    with open_warehouse("embedded:", create=True) as warehouse, Writer(warehouse) as writer:
        writer.write("ledger", batch)

`opening` opens it: `store` is the folder, `client` the connection, `migrate` the history of the tables (`tables/`),
`view` makes the views (`views/`). `writer` is the way in, `queries` the way out, `guard` keeps a reader from writing.
"""

from lowtide.warehouse.client import DEFAULT_FOLDER, Warehouse
from lowtide.warehouse.opening import open_warehouse
from lowtide.warehouse.writer import Writer, new_run_id

__all__ = ["DEFAULT_FOLDER", "Warehouse", "Writer", "new_run_id", "open_warehouse"]
