"""Tables of a database become rows of the journal: each table is read again and again from where it was read last.

    databases.yaml ──▶ settings ──▶ mode (postgres, rowversion, lookback, whole) ──▶ values ──▶ poll ──▶ journal

A transaction that began early may commit late, so `id > last` loses rows: each mode here has a watermark that such a
transaction cannot pass. The watermark is written behind the rows that it covers, so a crash reads rows again and never
skips one; (source, id) makes a row that is read again a duplicate.
"""

from __future__ import annotations

from lowtide.intake.tables.polls import TablePolls
from lowtide.intake.tables.settings import Table, load_tables

__all__ = ["Table", "TablePolls", "load_tables"]
