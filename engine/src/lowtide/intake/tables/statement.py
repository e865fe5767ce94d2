"""The SELECT for a window of a table, written in the quotes of its database.

SELECT q.* FROM public.stock_move AS q WHERE …
SELECT q.* FROM (SELECT …) AS q WHERE …
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from lowtide.intake.tables.settings import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import Dialect

ALIAS = "q"
_ROWS = 2000


@dataclass(frozen=True)
class Rows:
    """The rows of a window: a condition on `q` with its values; no condition is every row."""

    where: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def and_also(self, other: Rows) -> Rows:
        """The rows for which both conditions hold."""
        where = " AND ".join(part for part in (self.where, other.where) if part)
        return Rows(where, {**self.values, **other.values})


def quoted(dialect: Dialect, name: str) -> str:
    """A column or `schema.table` in quotes where its database needs them."""
    return ".".join(dialect.identifier_preparer.quote(part) for part in name.split("."))


def source_of(dialect: Dialect, table: Table) -> str:
    """What stands behind FROM."""
    if table.query is not None:
        # A colon is a variable in SQLAlchemy's text, and a time or a cast in SQL's.
        query = table.query.strip().rstrip(";").replace(":", "\\:")
        return f"({query}) AS {ALIAS}" if dialect.name != "oracle" else f"({query}) {ALIAS}"
    name = quoted(dialect, table.table or "")
    return f"{name} AS {ALIAS}" if dialect.name != "oracle" else f"{name} {ALIAS}"


def statement(dialect: Dialect, table: Table, rows: Rows) -> str:
    """The SELECT as SQLAlchemy's text."""
    where = f" WHERE {rows.where}" if rows.where else ""
    return f"SELECT {ALIAS}.* FROM {source_of(dialect, table)}{where}"


def read(connection: Connection, table: Table, rows: Rows) -> Iterator[list[dict[str, Any]]]:
    """The rows of a window, some thousands at a time, by column. The database keeps the rest until it is asked."""
    select = text(statement(connection.dialect, table, rows))
    result = connection.execution_options(stream_results=True, yield_per=_ROWS).execute(select, rows.values)
    names = list(result.keys())
    for part in result.partitions(_ROWS):
        yield [dict(zip(names, row, strict=True)) for row in part]
