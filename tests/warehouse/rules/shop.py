"""A context over a warehouse with people in force and a policy file, and its callers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lowtide.desk import people_versions
from lowtide.desk.store import Store
from lowtide.people import Book
from lowtide.service import Caller, Context, Role
from lowtide.settings import Settings
from lowtide.warehouse import Warehouse

POLICY = """\
# Ours.
defaults:
  lead_time: 5d   # promised
layers:
  - name: fresh
    match: {department: [PRODUCE]}
    set: {watch: 0.5, warning: 0.65}
"""
PEOPLE = """\
# Who is who.
time_zone: Asia/Shanghai
people:
  wang: {name: 王芳, contacts: [console]}
  chen: {name: 陈晨, lead: wang, contacts: [console], quiet: "21:00-08:00", budget: 6}   # buys dairy
teams:
  buyers: {lead: wang, members: [chen], fallback: wang}
routes:
  - {to: buyers}
"""
WANG = Caller("wang", Role.ADMIN, "wang", "session")
ZHAO = Caller("zhao", Role.ADMIN, None, "session")
CHEN = Caller("chen", Role.OPERATOR, "chen", "session")
LI = Caller("li", Role.VIEWER, None, "session")
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


class Clock:
    """It stands still until it is moved."""

    def __init__(self) -> None:
        self.ms = round(NOW.timestamp() * 1000)

    def __call__(self) -> int:
        return self.ms


@contextmanager
def shop(folder: Path, warehouse: Warehouse, **more: Any) -> Iterator[Context]:
    """The desk of a small shop."""
    (folder / "policy.yaml").write_text(POLICY, "utf-8")
    (folder / "people.yaml").write_text(PEOPLE, "utf-8")
    book = Book.load(folder / "people.yaml")
    people_versions.store(warehouse, book, applied_by="wang", now=NOW)
    settings = more.pop("settings", None) or Settings(policy=str(folder / "policy.yaml"))
    with Store.open(folder / "desk" / "desk.db") as store:
        yield Context(
            store, warehouse, lambda: book, Clock(), settings, folder=folder / "desk",
            people_file=folder / "people.yaml", **more,
        )  # fmt: skip
