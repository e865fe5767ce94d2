"""What a text may mean: for the palette, which goes to an alert, a position, a supplier or a person by a few letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lowtide.desk.store import Transaction
from lowtide.people import Book
from lowtide.service.answer import Answer
from lowtide.service.caller import Caller
from lowtide.service.context import Context

_SHORTEST, _LONGEST = 2, 100
_EACH = 4
"""Hits of one kind."""


@dataclass(frozen=True)
class Hit(Answer):
    """One thing that a text may mean, for the palette."""

    kind: str
    """alert, position, location, sku, supplier, proposal, person or message."""
    id: str
    """Its identity; of a position `LOCATION/SKU`."""
    name: str
    """What a person calls it; empty: it has no name."""
    more: str
    """What tells it from others of the name: the place of a position, the type of an alert (a key)."""


def lookup(context: Context, caller: Caller, text: str, most: int = 12) -> tuple[Hit, ...]:
    """What a text may mean: the beginning of an id, a part of a name, a ref. Nothing for fewer than two characters.

    It looks among what is open, the proposals and the people, so that it answers at once and without the warehouse.
    """
    wanted = text.strip()[:_LONGEST]
    if len(wanted) < _SHORTEST:
        return ()
    with context.store.read() as rows:
        return tuple(islice(_hits(rows, context.book(), wanted), most))


def _hits(rows: Transaction, book: Book, text: str) -> Iterator[Hit]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    part, upper = f"%{escaped}%", text.upper()
    yield from _beginning(rows, upper)
    yield from _people(book, text.casefold())
    yield from _distinct(rows, "location", "location", "location_name", part)
    yield from _distinct(rows, "supplier", "supplier", "''", part)
    yield from _distinct(rows, "sku", "sku", "name", part)
    yield from _positions(rows, part)


def _beginning(rows: Transaction, upper: str) -> Iterator[Hit]:
    """What begins so: an alert, a message, a proposal by its ref. Fewer than six characters are no beginning of an id."""
    span = (upper, upper + "~")
    if len(upper) >= 6:
        for row in rows.rows(
            f"SELECT * FROM alert WHERE alert_id >= ? AND alert_id < ? LIMIT {_EACH}", *span
        ):
            yield Hit("alert", row["alert_id"], row["name"], row["type"])
        for row in rows.rows(
            "SELECT DISTINCT notification_id, reason FROM outbox WHERE notification_id >= ? AND notification_id < ? "
            f"LIMIT {_EACH}",
            *span,
        ):
            yield Hit("message", row["notification_id"], "", row["reason"])
    if upper.startswith("LT-"):
        for row in rows.rows(f"SELECT * FROM proposal WHERE ref >= ? AND ref < ? LIMIT {_EACH}", *span):
            yield Hit("proposal", row["proposal_id"], row["ref"], row["kind"])


def _people(book: Book, text: str) -> Iterator[Hit]:
    found = (one for one in book.people.values() if text in one.key.casefold() or text in one.name.casefold())
    for one in islice(found, _EACH):
        yield Hit("person", one.key, one.name, "")


def _distinct(rows: Transaction, kind: str, column: str, name: str, part: str) -> Iterator[Hit]:
    """Values by their key or name; each value is compared once, not each alert that has it."""
    index = {"sku": "alert_name", "location": "alert_place", "supplier": "alert_supplier"}[column]
    for row in rows.rows(
        f"SELECT id, name FROM (SELECT {column} AS id, max({name}) AS name, count(*) AS alerts FROM alert "
        f"INDEXED BY {index} WHERE status = 'open' AND {column} != '' GROUP BY {column}) "
        f"WHERE id LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\' ORDER BY alerts DESC, id LIMIT {_EACH}",
        part, part,
    ):  # fmt: skip
        yield Hit(kind, row["id"], row["name"], "")


def _positions(rows: Transaction, part: str) -> Iterator[Hit]:
    """Positions of the SKUs with the dearest alerts among those that fit."""
    skus = rows.rows(
        "SELECT sku FROM (SELECT sku, max(name) AS name, max(worth) AS worth FROM alert INDEXED BY alert_name "
        "WHERE status = 'open' AND sku != '' GROUP BY sku) "
        f"WHERE sku LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\' ORDER BY worth DESC, sku LIMIT {_EACH}",
        part, part,
    )  # fmt: skip
    if not skus:
        return
    for row in rows.rows(
        "SELECT location, sku, max(name) AS name, max(location_name) AS place FROM alert INDEXED BY alert_name "
        f"WHERE status = 'open' AND sku IN ({', '.join('?' * len(skus))}) GROUP BY location, sku "
        f"ORDER BY max(worth) DESC, location, sku LIMIT {_EACH}",
        *(one["sku"] for one in skus),
    ):  # fmt: skip
        yield Hit("position", f"{row['location']}/{row['sku']}", row["name"], row["place"] or row["location"])
