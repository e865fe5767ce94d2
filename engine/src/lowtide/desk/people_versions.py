"""Every file of people that was in force stands in the warehouse; the one that was applied last is in force.

A desk that starts with another file goes on with the version in force and names both: neither wins in silence.
`lowtide people apply` puts a file in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from lowtide.people import Book
from lowtide.warehouse import Warehouse, Writer

_COLUMNS = "version, document, applied_at, applied_by"
_LAST = "ORDER BY applied_at DESC, version DESC LIMIT 1"


@dataclass(frozen=True)
class PeopleVersion:
    """One version as it was applied."""

    version: str
    document: str
    applied_at: datetime
    applied_by: str

    def book(self) -> Book:
        """The book of the version. Raises PeopleError if it cannot be read."""
        return Book.of_document(self.document)


def in_force(warehouse: Warehouse) -> PeopleVersion | None:
    """The version in force; None if nobody has applied one."""
    rows = warehouse.rows(f"SELECT {_COLUMNS} FROM {warehouse.database}.people_version {_LAST}")
    return PeopleVersion(**rows[0]) if rows else None


def version(warehouse: Warehouse, name: str) -> PeopleVersion | None:
    """The version of this name as it was last applied; None if there is no such version."""
    where = "WHERE version = {name:String}"
    sql = f"SELECT {_COLUMNS} FROM {warehouse.database}.people_version {where} {_LAST}"
    rows = warehouse.rows(sql, {"name": name})
    return PeopleVersion(**rows[0]) if rows else None


def store(warehouse: Warehouse, book: Book, *, applied_by: str, now: datetime) -> bool:
    """Put a book in force, and write that down. False: it is in force already, and nothing is written."""
    before = in_force(warehouse)
    if before is not None and before.version == book.version:
        return False
    if (
        before is not None and now <= before.applied_at
    ):  # a clock that is behind must not lose to the version before
        now = before.applied_at + timedelta(milliseconds=1)
    writer = Writer(warehouse)
    row = {"version": book.version, "document": book.document, "applied_at": now, "applied_by": applied_by}
    writer.insert_rows("people_version", [row])
    writer.insert_rows("audit", [_audit(book, before, applied_by, now)])
    return True


def _audit(book: Book, before: PeopleVersion | None, applied_by: str, now: datetime) -> dict[str, Any]:
    detail = orjson.dumps({"before": before.version if before else None}).decode()
    return {
        "at": now, "actor": applied_by, "what": "people.apply", "subject": book.version, "detail": detail, "result": "done",
    }  # fmt: skip
