"""What the desk asks of those who decide; `lowtide.desk.decide` answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.notify.message import Message, Section
from lowtide.people import Book

Reviews = Callable[[str, int, int], tuple[Section, ...]]
"""The sections of a review of a person, from one time to another."""
Links = Callable[[str, str], str | None]
"""The link of a message: of its id and a person."""


class Decisions(Protocol):
    """Functions of the rows of desk.db, the people file and a time."""

    def started(self, tx: Transaction) -> None: ...
    def compared(self, tx: Transaction) -> None: ...
    def step(self, tx: Transaction, book: Book, now: int) -> int | None: ...
    def compose(
        self, tx: Transaction, book: Book, row: Row, now: int,
        *, reviews: Reviews | None = None, link: Links | None = None,
    ) -> Message | Reason: ...  # fmt: skip
    def told(self, tx: Transaction, book: Book, row: Row, at: int) -> None: ...
    def unreachable(self, tx: Transaction, book: Book, row: Row, at: int) -> None: ...
    def forget(self, tx: Transaction) -> None: ...
    def remember(self, tx: Transaction, book: Book, row: Mapping[str, Any], at: int) -> None: ...
