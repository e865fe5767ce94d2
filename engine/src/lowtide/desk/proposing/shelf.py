"""What is known of positions when proposals are reckoned: by the warehouse, or by a script of a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from lowtide.people import Book
from lowtide.propose import Donor, Item, Lane, OrderDay, Overdue, Position, Supplier, Terms

Key = tuple[str, str]
"""Location and SKU."""


@dataclass(frozen=True)
class Known:
    """One position with everything that its proposals depend on."""

    position: Position
    item: Item
    terms: Terms
    policy_version: str = ""
    version: str = ""
    """Of its row: it changes when the position does."""
    is_planned: bool = True
    """Somebody orders for it; for another no order is proposed."""
    abc: str = ""
    """What the catalogue says: routes go by it."""

    @property
    def key(self) -> Key:
        return self.position.location, self.position.sku


@dataclass(frozen=True)
class Arrived:
    """A movement that confirms a proposal: an order, shipment or receipt that carries its ref, or a count."""

    location: str
    sku: str
    ref: str
    event_time: int
    quantity: str


@dataclass(frozen=True)
class Suppliers:
    """The suppliers file, and how a supplier that it does not name is treated."""

    named: Mapping[str, Supplier]
    zone: ZoneInfo
    """Of suppliers that the file does not name."""
    lanes: Sequence[Lane] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    """Suppliers of the file that cannot be used, with the reason; they order and deliver daily like one it does not name."""

    def of(self, item: Item, terms: Terms) -> Supplier:
        """The supplier of an item; one that the file does not name orders and delivers daily."""
        known = self.named.get(item.supplier)
        return known or Supplier.unknown(item.supplier, self.zone, terms.review_period)


@dataclass(frozen=True)
class Due:
    """Suppliers whose order day has come. `others`: also those that no file names."""

    days: Mapping[str, OrderDay]
    others: OrderDay | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no order day has come."""
        return not self.days and self.others is None


class Shelf(Protocol):
    """Reads positions. Raises WarehouseError."""

    def begin(self, book: Book) -> None:
        """A round begins: files and policy may have changed."""
        ...

    def forget(self) -> None:
        """What was looked at could not be used: all counts as changed."""
        ...

    def suppliers(self) -> Suppliers: ...
    def terms_of(self, supplier: str) -> Terms:
        """The terms of a position of which only the supplier is known."""
        ...

    def positions(self, keys: Sequence[Key]) -> list[Known]: ...
    def of_suppliers(self, due: Due, at: datetime) -> Iterator[list[Known]]:
        """The positions of these suppliers that may need an order, in slices."""
        ...

    def versions(self, keys: Sequence[Key]) -> Mapping[Key, str]: ...
    def donors(self, known: Sequence[Known]) -> Mapping[Key, Sequence[Donor]]:
        """Who may have some of the same SKU to spare."""
        ...

    def overdue(self, suppliers: Sequence[str], at: datetime) -> Mapping[tuple[str, str], Sequence[Overdue]]:
        """The overdue lines, by pipeline and supplier."""
        ...

    def arrived(self, refs: Sequence[str]) -> Sequence[Arrived]: ...
    def counted(self, keys: Sequence[Key], since: int) -> Sequence[Arrived]: ...
    def has_changed(self, *tables: str) -> bool:
        """Whether rows were written to one of these tables since it was asked for the last time."""
        ...
