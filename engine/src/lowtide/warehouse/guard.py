"""A reader stays a reader: one statement, one that only reads, and no way to files.

The handle itself has `readonly = 1`, which stops writes, DDL, `url()`, `file()` tables and settings. What
that leaves open is closed here, and the engine's own parser decides what a statement is, not a pattern over
its text: `formatQuery` accepts one statement only and undoes every spelling of a name, `EXPLAIN AST` tells
its kind and its functions. This protects from slips and from curious analysts; it is not a sandbox for
strangers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from clickhouse_connect.driver.exceptions import ClickHouseError

from lowtide.errors import SettingsError
from lowtide.warehouse.client import Warehouse, plain

READS = re.compile(r"(Select|Show|Describe|Exists|Explain)\w*")
FORBIDDEN = frozenset(
    {"file", "filesystem", "python", "url", "s3", "remote", "remotesecure", "cluster", "executable"}
)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.)*`|\"(?:[^\"\\]|\\.)*\"")


@dataclass(frozen=True)
class Statement:
    """A statement that only reads: its normal form, and the format it asks for itself, if it does."""

    sql: str
    format: str | None


def checked(reader: Warehouse, query: str) -> Statement:
    """The statement of a query, or a SettingsError that says why it is none that only reads."""
    try:
        asked = reader.client.query(
            "SELECT formatQuerySingleLine({query:String})", parameters={"query": query}
        )
        sql = str(asked.result_rows[0][0])
        if re.match(r"(INSERT|SYSTEM|KILL)\b", sql):
            raise _refused()
        tree = reader.client.raw_query(f"EXPLAIN AST {sql}", fmt=None).decode("utf-8", "replace")
    except ClickHouseError as error:
        if "Multi-statements" in str(error):
            raise SettingsError("give one statement at a time", "A `;` may only be at the end.") from error
        raise SettingsError(f"the warehouse does not take this: {plain(error)}") from error
    if not READS.match(tree):
        raise _refused()
    used = {name.lower() for name in re.findall(r"^ *Function (\w+)", tree, re.MULTILINE)} & FORBIDDEN
    if used:
        raise SettingsError(f"`{sorted(used)[0]}` reaches outside the warehouse, and this door only reads it")
    bare = _QUOTED.sub("''", sql)
    if "INTO OUTFILE" in bare:
        raise SettingsError(
            "`INTO OUTFILE` writes a file", "Redirect the output instead: `lowtide sql … > file`."
        )
    wanted = re.search(r"\bFORMAT (\w+)$", bare)
    return Statement(sql, wanted[1] if wanted else None)


def _refused() -> SettingsError:
    return SettingsError(
        "this door is read-only: it takes `SELECT`, `WITH`, `SHOW`, `DESCRIBE`, `EXISTS` and `EXPLAIN`",
        "The tables are written by `lowtide run` alone.",
    )


def answer(reader: Warehouse, query: str, fmt: str) -> bytes:
    """Run one statement that only reads; the bytes of its answer in its own `FORMAT`, else in `fmt`."""
    if not re.fullmatch(r"\w+", fmt):
        raise SettingsError(
            f"not a format: `{fmt}`", "For instance `JSONEachRow`, `CSVWithNames`, `Vertical`."
        )
    statement = checked(reader, query)
    try:
        return bytes(reader.client.raw_query(statement.sql, fmt=None if statement.format else fmt))
    except ClickHouseError as error:
        raise SettingsError(f"the query failed: {plain(error)}") from error
