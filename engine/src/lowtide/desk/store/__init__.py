"""desk.db: what the desk works with, in one SQLite file behind one door.

    with Store.open(folder / "desk.db") as store:
        with store.transaction() as tx:          # all of it, or nothing; one at a time
            tx.execute("INSERT INTO meta VALUES (?, ?)", "greeted", "yes")
        with store.read() as tx:                 # one moment; does not wait for writers
            tx.rows("SELECT * FROM meta")

The file is in WAL mode with full sync: what a transaction wrote survives a power cut once it has returned. The file may
be lost, because everything in it is made again from the warehouse. Its tables are numbered SQL files, applied in order.
"""

from __future__ import annotations

from lowtide.desk.store.door import Row, Transaction
from lowtide.desk.store.store import Store

__all__ = ["Row", "Store", "Transaction"]
