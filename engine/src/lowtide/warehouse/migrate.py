"""The history of the tables: numbered SQL files, applied in order, each recorded once it has been applied.

A file of `tables/` is a few statements, and each of them may run twice (`IF NOT EXISTS`): a crash between the
last statement and the record is cured by the next start. A released file is never edited; a change is the next
number. Views are not part of the history, see `view`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from lowtide.errors import WarehouseError
from lowtide.warehouse.client import Warehouse
from lowtide.warehouse.statements import statements

_DATABASE = "CREATE DATABASE IF NOT EXISTS {database} ENGINE = Atomic"
_DATABASES = """
CREATE DATABASE IF NOT EXISTS {database} {on_cluster};
CREATE DATABASE IF NOT EXISTS {local} {on_cluster};
"""
RECORDS = """
CREATE TABLE IF NOT EXISTS {local}.migration {on_cluster}
(
    number UInt32 COMMENT 'Number of the migration',
    name String COMMENT 'Its file, without the ending',
    applied_at DateTime64(3, 'UTC') COMMENT 'Wall clock when it was applied'
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY number
COMMENT 'Changes of the schema that have been applied';

CREATE TABLE IF NOT EXISTS {local}.view_version {on_cluster}
(
    name String COMMENT 'Name of the view',
    hash String COMMENT 'First 16 hex digits of the SHA-256 of the statement that made it',
    made_at DateTime64(3, 'UTC') COMMENT 'Wall clock when it was made: the version of the row'
)
ENGINE = {replicated}ReplacingMergeTree(made_at)
ORDER BY name
COMMENT 'The text from which each view was last made';
"""


@dataclass(frozen=True)
class Migration:
    """One file: its number, its name, its text."""

    number: int
    name: str
    sql: str


@cache
def migrations() -> tuple[Migration, ...]:
    """All migrations, in order."""
    folder = files("lowtide.warehouse").joinpath("tables")
    names = sorted(entry.name for entry in folder.iterdir() if re.fullmatch(r"\d{4}_\w+\.sql", entry.name))
    return tuple(
        Migration(int(n[:4]), n.removesuffix(".sql"), folder.joinpath(n).read_text("utf-8")) for n in names
    )


def applied(warehouse: Warehouse) -> int:
    """The number of the last migration applied, 0 for an empty or missing database.

    Raises WarehouseError if the tables have another history than this one, or a longer one.
    """
    if "migration" not in warehouse.relations():
        return 0
    rows = warehouse.rows(f"SELECT number, name FROM {warehouse.database}.migration FINAL")
    recorded = {int(row["number"]): row["name"] for row in rows}
    ours = {migration.number: migration.name for migration in migrations()}
    number, newest = max(recorded, default=0), max(ours)
    if any(ours.get(number, name) != name for number, name in recorded.items()):
        away = (
            "Move the folder away"
            if warehouse.address.folder
            else f"Drop the database `{warehouse.database}`"
        )
        raise WarehouseError(
            f"the warehouse `{warehouse.address.shown}` was begun by a Lowtide from before its first release, "
            "and its tables cannot be brought up to date",
            f"{away} and run again: all but what people did about alerts is made again from the log.",
        )
    if number > newest:
        raise WarehouseError(
            f"the warehouse `{warehouse.address.shown}` has schema {number}; this Lowtide knows {newest}",
            "Install the version of Lowtide that wrote it, or a newer one.",
        )
    return number


def migrate(warehouse: Warehouse, upto: int | None = None) -> list[str]:
    """Apply what is missing, up to and including a number; returns the names applied."""
    last = applied(warehouse)
    missing = [m for m in migrations() if m.number > last and (upto is None or m.number <= upto)]
    if not missing:
        return []
    _run(warehouse, _DATABASES if warehouse.address.cluster else _DATABASE)
    _run(warehouse, RECORDS)
    for migration in missing:
        _run(warehouse, migration.sql)
        row = [migration.number, migration.name, datetime.now(UTC)]
        warehouse.insert_rows("migration", ["number", "name", "applied_at"], [row])
    return [m.name for m in missing]


def _run(warehouse: Warehouse, sql: str) -> None:
    for statement in statements(sql, warehouse.database, warehouse.address.cluster):
        warehouse.command(statement)


def check(warehouse: Warehouse) -> None:
    """Refuse a server whose tables are not those of this version: a reader does not change them."""
    number, newest = applied(warehouse), migrations()[-1].number
    if number < newest:
        state = "has no Lowtide tables" if number == 0 else f"has the schema {number} of {newest}"
        raise WarehouseError(f"the warehouse `{warehouse.address.shown}` {state}", UPDATE)


UPDATE = "`lowtide run SOURCE --warehouse …` with a user that may create tables brings it up to date."
"""What to do about a server that a reader cannot use yet."""
