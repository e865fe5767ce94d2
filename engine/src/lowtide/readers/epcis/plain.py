"""The common event on a short way: what many events say alike is looked up, the rest goes straight into its row.

An event is plain when it has only the keys that most have: serials or quantities, places, a step, transactions, sides.
Parents, transformations, declared errors, and whatever is not as it should be take the long way of `events`, which gives
the same bytes for every event (a test compares them).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from lowtide.readers.cells import number as number_text
from lowtide.readers.epcis.events import EventReader, Row, transaction_column
from lowtide.readers.epcis.goods import WrongShape
from lowtide.readers.epcis.identifiers import class_of
from lowtide.readers.rows import ROWS_AT_ONCE, lines_of

_MOST_KEPT = 1 << 16
_MOST_SHAPES = 1 << 10
_LONG = frozenset(
    [
        *("parentID", "childEPCs", "childQuantityList", "errorDeclaration"),
        *("inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList"),
    ]
)
"""Keys of events that take the long way."""
_URN = "urn:epc:"
_NOT_PLAIN = (WrongShape, TypeError, KeyError, AttributeError, ValueError)
"""What the short way meets in an event that is not plain; the long way says what is wrong with it, if anything is."""


class _Shape(Enum):
    """What the keys of an event say of it."""

    PLAIN = "plain"
    SIDES = "plain, with a source or a destination"
    LONG = "for the long way"


_PLAIN, _SIDES, _LONG_WAY = _Shape
"""A member of an enumeration is found faster so, and each event asks for two."""


class PlainEvents:
    """Makes the rows of events, and asks the reader of all events for those that are not plain."""

    def __init__(self, reader: EventReader) -> None:
        self._reader = reader
        self._making = reader.making
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        """By the keys of an event: what it may be."""
        self._bases: dict[tuple[Any, ...], Row] = {}
        """By the values that many events share: the first columns of a row."""
        self._classes: dict[str, str] = {}
        """By the URI of a serial without its last part: its class."""
        self._columns: dict[Any, str] = {}
        """By the type of a transaction: its column."""

    def pieces(self, events: Iterable[tuple[int, Any]]) -> Iterator[bytes]:
        """The lines of numbered events, in pieces of whole lines. Bytes in the place of an event are a line already."""
        rows: list[Row] = []
        plain, long_way = self._rows, self._reader.lines
        for number, event in events:
            try:
                rows += plain(number, event)
            except _NOT_PLAIN:
                yield from lines_of(rows)
                rows = []
                yield from [event] if type(event) is bytes else long_way(event, number)
            if len(rows) >= ROWS_AT_ONCE:
                yield from lines_of(rows)
                rows = []
        yield from lines_of(rows)

    def _rows(self, number: int, event: Row) -> list[Row]:
        """The rows of a plain event. Raises one of _NOT_PLAIN for any other."""
        get = event.get
        keys = tuple(event)
        shape = self._shapes.get(keys) or self._shape(keys)
        if shape is _LONG_WAY:
            raise TypeError
        point, location = get("readPoint"), get("bizLocation")
        if type(point) is dict and (point := point["id"]) is None:
            raise TypeError
        if type(location) is dict and (location := location["id"]) is None:
            raise TypeError
        shared = (
            event["type"],
            get("eventTimeZoneOffset"),
            get("action"),
            get("bizStep"),
            get("disposition"),
            point,
            location,
        )
        base = self._bases.get(shared)
        row = (self._base(shared) if base is None else base).copy()
        row["_line"] = number
        row["eventID"] = identity = event["eventID"]
        row["eventTime"] = time = event["eventTime"]
        if not identity or type(identity) is not str or type(time) is not str:
            raise TypeError
        if shape is _SIDES:
            self._reader.sides(row, event)
        transactions = get("bizTransactionList")
        if transactions is not None:
            self._transactions(row, transactions)
        row["making"] = self._making
        serials = get("epcList")
        if "quantityList" not in event:
            return [row] if serials is None else self._of_serials(row, serials)
        if serials is not None and serials != []:
            raise TypeError
        return _of_quantities(row, event["quantityList"])

    def _shape(self, keys: tuple[str, ...]) -> _Shape:
        """What an event with these keys may be."""
        sides = "sourceList" in keys or "destinationList" in keys
        shape = (_SIDES if sides else _PLAIN) if _LONG.isdisjoint(keys) else _LONG_WAY
        if len(self._shapes) < _MOST_SHAPES and len(keys) <= 32:
            self._shapes[keys] = shape
        return shape

    def _base(self, shared: tuple[Any, ...]) -> Row:
        """The columns of shared values, with places for the others. Raises WrongShape."""
        kind, offset, action, step, disposition, point, location = shared
        if kind is None:
            raise TypeError
        event = {
            "type": kind,
            "eventID": "-",
            "eventTime": "-",
            "eventTimeZoneOffset": offset,
            "action": action,
        }
        event |= {"bizStep": step, "disposition": disposition, "readPoint": point, "bizLocation": location}
        base = self._reader.row(event, 0)
        del base["making"]  # it stands after the transactions
        if len(self._bases) >= _MOST_KEPT:
            self._bases.clear()
        self._bases[shared] = base
        return base

    def _transactions(self, row: Row, entries: list[Row]) -> None:
        """Fills `biz.po` and kin."""
        if type(entries) is not list:
            raise TypeError
        for entry in entries:
            if type(entry) is not dict:
                raise TypeError
            kind, value = entry.get("type"), entry["bizTransaction"]
            column = self._columns.get(kind)
            if column is None:
                column = transaction_column(kind)
                if len(self._columns) < _MOST_KEPT:
                    self._columns[kind] = column
            if column in row or type(value) is not str:
                raise TypeError
            row[column] = value

    def _of_serials(self, row: Row, serials: list[str]) -> list[Row]:
        """A row for each class of the serials."""
        if type(serials) is not list:
            raise TypeError
        if not serials:
            return [row]
        start, point, _ = serials[0].rpartition(".")
        name = self._classes.get(start)
        if name is not None:
            start += point
            for uri in serials:
                if not uri.startswith(start):
                    break
            else:  # serials of one class, as most events have
                row["class"] = name
                row["quantity"] = "1" if len(serials) == 1 else str(len(set(serials)))
                return [row]
        counts: dict[str, int] = {}
        for uri in dict.fromkeys(serials):
            name = self._classes.get(uri.rpartition(".")[0]) or self._class(uri)
            counts[name] = counts.get(name, 0) + 1
        return [row | {"class": name, "quantity": str(count)} for name, count in counts.items()]

    def _class(self, uri: str) -> str:
        """The class of a serial. It is kept where the URI without its last part says it: in a URN with a serial."""
        name = class_of(uri)
        start = uri.rpartition(".")[0]
        if name != uri and uri.startswith(_URN) and "." in start:
            if len(self._classes) >= _MOST_KEPT:
                self._classes.clear()
            self._classes[start] = name
        return name


def _of_quantities(row: Row, quantities: list[Row]) -> list[Row]:
    """A row for each quantity of a class. Two quantities of one class are not plain."""
    if type(quantities) is not list:
        raise TypeError
    if not quantities:
        return [row]
    rows = []
    for entry in quantities:
        quantity, uom = entry.get("quantity"), entry.get("uom")
        own = row | {"class": class_of(entry["epcClass"])}
        if quantity is not None:
            kind = type(quantity)
            if kind is not int and kind is not float and kind is not str:
                raise TypeError
            own["quantity"] = quantity if kind is str else number_text(quantity)
        if uom is not None:
            if type(uom) is not str:
                raise TypeError
            own["uom"] = uom
        rows.append(own)
    if len({own["class"] for own in rows}) < len(rows):
        raise TypeError
    return rows
