"""How the commands of `lowtide proposals` reach proposals and people: shared options, the warehouse, who decides."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lowtide.rows import Row
from lowtide.warehouse import Warehouse, desk_record, open_warehouse

if TYPE_CHECKING:
    from lowtide.people import Book

Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="PROPOSAL…", help="Proposals: ids, the start of an id, refs, or the ref of a whole order."
    ),
]
Key = Annotated[
    str,
    typer.Option("--key", metavar="K", help="Your own name for the action: the same key again is a retry."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@contextmanager
def access(warehouse: str) -> Iterator[tuple[Warehouse, Book]]:
    """The warehouse and the people in force there."""
    with open_warehouse(warehouse) as opened:
        yield opened, book_of(opened)


def book_of(opened: Warehouse) -> Book:
    """The people in force in a warehouse; without any, one person: the user of this machine."""
    from lowtide.people import Book

    version = desk_record.people_version(opened)
    return Book.of_document(version["document"]) if version else Book.alone(getpass.getuser())


def found_by(opened: Warehouse, book: Book, names: Sequence[str] | None) -> Mapping[str, Row]:
    """The proposals that these names mean; None: all that wait. Raises ActionError for a name that fits none."""
    from lowtide.desk.proposing import recorded

    return recorded.proposals(opened, book, names)


def decider(book: Book, name: str) -> Any:
    """Who decides: the name, else the user of this machine."""
    from lowtide.desk.proposing.decider import Decider

    actor = name or getpass.getuser()
    return Decider(actor, actor if actor in book.people else None)


def plain(row: Row) -> Row:
    """The columns of a proposal that a person reads."""
    return {
        name: value for name, value in row.items() if name not in ("entries", "origin", "detail", "handed_to")
    }


def clock() -> int:
    """The time, in milliseconds since 1970 UTC."""
    return round(datetime.now(UTC).timestamp() * 1000)
