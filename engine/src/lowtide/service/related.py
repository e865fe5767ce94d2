"""Which other open alerts belong to one: of its position, its SKU elsewhere, its supplier, and the one that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lowtide.desk.store import Transaction
from lowtide.people import Book
from lowtide.service.answer import Answer
from lowtide.service.standing import Standing, by_id, where

_EACH = 5
"""Alerts of one kind that are listed."""
_KINDS = (
    ("position", "a.location = ? AND a.sku = ?", ("location", "sku")),
    ("sku", "a.sku = ? AND a.location != ?", ("sku", "location")),
    ("supplier", "a.supplier = ? AND a.sku != ?", ("supplier", "sku")),
)


@dataclass(frozen=True)
class Related(Answer):
    """Another open alert, and what it shares with this one."""

    kind: str
    """position: same SKU and location; sku: same SKU elsewhere; supplier: same supplier; because: it holds this one."""
    alert: Standing


def related_to(rows: Transaction, book: Book, of: Standing, now: int) -> tuple[tuple[Related, ...], int]:
    """The related alerts, the dearest of each kind, and how many are not listed."""
    found = (
        [Related("because", one) for one in by_id(rows, book, [of.because_of], now)] if of.because_of else []
    )
    seen = {of.alert_id, *(one.alert.alert_id for one in found)}
    more = 0
    for one, left in _kinds(rows, book, of, now):
        more += left
        found += [] if one.alert.alert_id in seen else [one]
        seen.add(one.alert.alert_id)
    return tuple(found), more


def _kinds(rows: Transaction, book: Book, of: Standing, now: int) -> Iterator[tuple[Related, int]]:
    """Each related alert; with the first of a kind, how many of it are not listed."""
    for kind, condition, columns in _KINDS:
        values = [getattr(of, name) for name in columns]
        if not values[0]:
            continue
        full = f"{condition} AND a.alert_id != ?"
        listed = where(rows, book, full, (*values, of.alert_id), now, _EACH)
        count = 0
        if len(listed) == _EACH:
            open_ = "a.status = 'open' AND a.state != 'closed'"
            count = int(
                rows.value(f"SELECT count(*) FROM alert AS a WHERE {open_} AND {full}", *values, of.alert_id)
            )
        for at, one in enumerate(listed):
            yield Related(kind, one), max(0, count - _EACH) if at == 0 else 0
