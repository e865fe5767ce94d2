"""Numbered SQL files, applied in order, each recorded once it has been applied.

A file is a few statements, each ended by `;` at a line's end, and each of them may run twice (`IF NOT
EXISTS`, `OR REPLACE`): a crash between the last statement and the record is cured by the next start. A
released file is never edited; a change is the next number.

    {database}      the name of the database, where people ask
    {local}         the database of the tables themselves: the same one, on a cluster `{database}_local`
    {replicated}    `Replicated` on a cluster, else nothing: {replicated}ReplacingMergeTree(offset)
    {on_cluster}    `ON CLUSTER name` on a cluster, else nothing

On a cluster a table of `{local}` is followed by a Distributed one of its name in `{database}`, which sends each row to the
shard of its location and SKU. So the rows of a position lie together, FINAL and the alerts' fold are right in
each shard, and a view is the same text everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from lowtide.errors import WarehouseError

if TYPE_CHECKING:
    from lowtide.warehouse.client import Warehouse

_TABLE = """
CREATE TABLE IF NOT EXISTS {local}.migration {on_cluster}
(
    number UInt32 COMMENT 'Number of the migration',
    name String COMMENT 'Its file, without the ending',
    applied_at DateTime64(3, 'UTC') COMMENT 'Wall clock when it was applied'
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY number
COMMENT 'Changes of the schema that have been applied'
"""


@dataclass(frozen=True)
class Migration:
    """One file: its number, its name, its text."""

    number: int
    name: str
    sql: str

    def statements(self, database: str, cluster: str | None) -> list[str]:
        """The statements for a database, on a cluster or not."""
        parts = [part for part in re.split(r";[ \t]*(?:\n|$)", self.sql) if _code(part)]
        return [statement for part in parts for statement in filled(part, database, cluster)]


_SHARD = {
    "migration": "number",
    "reject": "cityHash64(partition, offset)",
    "policy_version": "cityHash64(version)",
    "run": "cityHash64(run_id)",
    "catalogue": "cityHash64(sku)",
}
"""What decides the shard of a row, where it is not its location and SKU."""


def filled(part: str, database: str, cluster: str | None) -> list[str]:
    """A statement with its names filled in; on a cluster a table is followed by the one that people ask."""
    names = {
        "{database}": database,
        "{local}": f"{database}_local" if cluster else database,
        "{replicated}": "Replicated" if cluster else "",
        "{on_cluster}": f"ON CLUSTER {cluster}" if cluster else "",
    }
    changed = re.match(r"(?:CREATE TABLE IF NOT EXISTS|ALTER TABLE) \{local\}\.(\w+)", _code(part))
    for name, value in names.items():
        part = part.replace(name, value)
    if not cluster or not changed:
        return [part]
    table = changed[1]
    key = _SHARD.get(table, "cityHash64(location, sku)")
    front = (
        f"CREATE OR REPLACE TABLE {database}.{table} ON CLUSTER {cluster} AS {database}_local.{table} "
        f"ENGINE = Distributed({cluster}, {database}_local, {table}, {key})"
    )
    return [part, front]


def _code(part: str) -> str:
    return re.sub(r"^\s*--.*$", "", part, flags=re.MULTILINE).strip()


def migrations() -> list[Migration]:
    """All migrations, in order."""
    folder = files("lowtide.warehouse").joinpath("migrations")
    names = sorted(entry.name for entry in folder.iterdir() if re.fullmatch(r"\d{4}_\w+\.sql", entry.name))
    return [
        Migration(int(n[:4]), n.removesuffix(".sql"), folder.joinpath(n).read_text("utf-8")) for n in names
    ]


def applied(warehouse: Warehouse) -> int:
    """The number of the last migration applied, 0 for an empty or missing database."""
    known = "SELECT count() AS n FROM system.tables WHERE database = {database:String} AND name = 'migration'"
    if not warehouse.rows(known, {"database": warehouse.database})[0]["n"]:
        return 0
    return int(warehouse.rows(f"SELECT max(number) AS n FROM {warehouse.database}.migration")[0]["n"])


def migrate(warehouse: Warehouse, upto: int | None = None) -> list[str]:
    """Apply what is missing, up to and including a number; returns the names applied."""
    every = migrations()
    behind = applied(warehouse)
    _refuse_newer(warehouse, behind, every[-1].number)
    missing = [m for m in every if m.number > behind and (upto is None or m.number <= upto)]
    if not missing:
        return []
    cluster = warehouse.address.cluster
    for name in ("{database}", "{local}") if cluster else ("{database}",):
        engine = "" if cluster else "ENGINE = Atomic"
        _run(warehouse, f"CREATE DATABASE IF NOT EXISTS {name} {{on_cluster}} {engine}")
    _run(warehouse, _TABLE)
    for migration in missing:
        for statement in migration.statements(warehouse.database, cluster):
            warehouse.command(statement)
        row = [migration.number, migration.name, datetime.now(UTC)]
        warehouse.insert_rows("migration", ["number", "name", "applied_at"], [row])
    return [m.name for m in missing]


def _run(warehouse: Warehouse, part: str) -> None:
    for statement in filled(part, warehouse.database, warehouse.address.cluster):
        warehouse.command(statement)


def check(warehouse: Warehouse) -> None:
    """Refuse a server whose schema is not the one of this version: a reader does not change it."""
    number, newest = applied(warehouse), migrations()[-1].number
    _refuse_newer(warehouse, number, newest)
    if number < newest:
        state = "has no Lowtide tables" if number == 0 else f"has the schema {number} of {newest}"
        raise WarehouseError(
            f"the warehouse `{warehouse.address.shown}` {state}",
            "`lowtide run SOURCE --warehouse …` with a user that may create tables brings it up to date.",
        )


def _refuse_newer(warehouse: Warehouse, number: int, newest: int) -> None:
    if number > newest:
        raise WarehouseError(
            f"the warehouse `{warehouse.address.shown}` has schema {number}; this Lowtide knows {newest}",
            "Install the version of Lowtide that wrote it, or a newer one.",
        )
