"""Views are code: each is made again when its text has changed, and never by a reader.

A file of `views/` has the views of one subject, each begun by `CREATE OR REPLACE VIEW`. In them `{ended}` and the like
are the words of `placeholders`, and `{sku}` in a list of columns is the line of `columns.sql` with that name: type and
comment of a column that several views have. A view is made after the views that it reads. Its hash is recorded in
`view_version`, so the next start makes only what is new. A view that is no longer among the files stays until a
migration drops it: two versions of Lowtide may write to one server.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files

from lowtide.errors import WarehouseError
from lowtide.warehouse.client import Warehouse
from lowtide.warehouse.migrate import UPDATE
from lowtide.warehouse.placeholders import WORDS
from lowtide.warehouse.statements import fill, split, statements

_BEGIN = re.compile(r"CREATE OR REPLACE VIEW \{database\}\.(\w+) ")
_COLUMN = re.compile(r"^    (\w+) .+ COMMENT '.+'$", re.MULTILINE)


@dataclass(frozen=True)
class View:
    """One view: its name, and its statement, in which only the names of databases and cluster are left to fill in."""

    name: str
    sql: str

    @property
    def reads(self) -> set[str]:
        """The tables and views that it reads."""
        return set(re.findall(r"\{database\}\.(\w+)", self.sql)) - {self.name}

    def statement(self, database: str, cluster: str | None) -> str:
        """The statement for a database, on a cluster or not."""
        (statement,) = statements(self.sql, database, cluster)
        return statement


@cache
def views() -> tuple[View, ...]:
    """All views, each after those that it reads."""
    folder = files("lowtide.warehouse")
    columns = folder.joinpath("columns.sql").read_text("utf-8")
    names = WORDS | {line[1]: line[0].strip() for line in _COLUMN.finditer(columns)}
    known: dict[str, View] = {}
    for file in sorted(folder.joinpath("views").iterdir(), key=lambda file: file.name):
        for part in split(fill(file.read_text("utf-8"), names)):
            view = View(_BEGIN.search(part)[1], part)  # type: ignore[index]
            known[view.name] = view
    order = TopologicalSorter({name: sorted(view.reads & known.keys()) for name, view in known.items()})
    return tuple(known[name] for name in order.static_order())


def make(warehouse: Warehouse) -> list[str]:
    """Make the views that are missing or whose text has changed; returns their names."""
    there = warehouse.relations()
    recorded = warehouse.rows(f"SELECT name, hash FROM {warehouse.database}.view_version FINAL")
    hashes = {row["name"]: row["hash"] for row in recorded if row["name"] in there}
    made = []
    for view in views():
        statement = view.statement(warehouse.database, warehouse.address.cluster)
        hash_ = hashlib.sha256(statement.encode()).hexdigest()[:16]
        if hashes.get(view.name) != hash_:
            warehouse.command(statement)
            made.append((view.name, hash_, datetime.now(UTC)))
    if made:
        warehouse.insert_rows("view_version", ["name", "hash", "made_at"], made)
    return [name for name, _, _ in made]


def check(warehouse: Warehouse) -> None:
    """Refuse a server on which a view is missing: a reader does not make it."""
    there = warehouse.relations()
    missing = [f"`{view.name}`" for view in views() if view.name not in there]
    if missing:
        raise WarehouseError(
            f"the warehouse `{warehouse.address.shown}` lacks the views {', '.join(missing)}", UPDATE
        )
