"""One event becomes its rows: what, where, why, and whether the places are ours."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

import orjson
import xxhash

from lowtide.readers.epcis.goods import ClassQuantity, WrongShape, class_counts, classes
from lowtide.readers.epcis.identifiers import place, word
from lowtide.readers.reading import Reading
from lowtide.readers.rows import line, reject

_OUTWARD = frozenset(["shipping", "departing", "void_shipping", "loading", "staging_outbound", "picking"])
"""Steps whose other side is the destination."""
_LISTS = (
    ("epcList", "quantityList", None),
    ("childEPCs", "childQuantityList", None),
    ("inputEPCList", "inputQuantityList", "input"),
    ("outputEPCList", "outputQuantityList", "output"),
)
_BESIDE_SERIALS = frozenset(key for lists in _LISTS for key in lists if key) - {"epcList", "input", "output"}
_TEXTS = ("type", "eventID", "eventTime", "eventTimeZoneOffset", "action", "bizStep", "disposition")
_PREFERRED_SIDES = ("location", "possessing_party", "owning_party")
_NOT_IDENTITY = ("eventID", "recordTime", "errorDeclaration", "certificationInfo", "@context")
"""A repository adds the record time, a declared error is about the same event."""

Row = dict[str, Any]


class EventReader:
    """Makes the rows of events under one reading."""

    def __init__(self, reading: Reading) -> None:
        self.making = "true" if reading.making else "false"
        patterns = reading.ours
        self._ours = lru_cache(1 << 16)(lambda uri: _is_ours(uri, patterns))
        self._places = lru_cache(1 << 16)(self._place_columns)

    def lines(self, event: Any, number: int) -> list[bytes]:
        """The lines of an event. What is not an event, or is not made as one, is one reject."""
        if type(event) is not dict:
            return [reject(number, "not_an_object", "an event is not a JSON object", orjson.dumps(event))]
        try:
            row = self.row(event, number)
            if event.keys().isdisjoint(_BESIDE_SERIALS):
                return _lines_of_serials(row, event.get("epcList"))
            goods = _goods(event)
        except WrongShape as wrong:
            return [reject(number, "wrong_type", str(wrong), orjson.dumps(event))]
        if not goods:
            return [line(row)]
        return [_line(row, side, each, event) for side, each in goods]

    def row(self, event: Row, number: int) -> Row:
        """The columns that all rows of an event have. Raises WrongShape."""
        row: Row = {"_line": number}
        get = event.get
        for key in _TEXTS:
            value = get(key)
            if value is not None:
                row[key] = value if type(value) is str else _text(value, key)
        if "type" not in row:
            kind = get("isA", get("@type"))
            if kind is not None:
                row["type"] = _text(kind, "type")
        if not row.get("eventID"):
            row["eventID"] = _identity(event)
        for column in ("bizStep", "disposition"):
            if column in row:
                row[column] = word(row[column])
        point, location = get("readPoint"), get("bizLocation")
        row |= self._places(
            None if point is None else _id(point, "readPoint"),
            None if location is None else _id(location, "bizLocation"),
        )
        if "parentID" in event:
            row["parent"] = _text(get("parentID") or "", "parentID")
        row["other_ours"] = "false"
        if "sourceList" in event or "destinationList" in event:
            self.sides(row, event)
        transactions = get("bizTransactionList")
        if transactions is not None:
            _transactions(row, transactions)
        declaration = get("errorDeclaration")
        if declaration is not None:
            row["error"] = _reason(declaration)
        row["making"] = self.making
        return row

    def _place_columns(self, point: str | None, location: str | None) -> Row:
        """The columns of the two places that an event names."""
        columns = {
            key: place(uri)
            for key, uri in (("readPoint", point), ("bizLocation", location))
            if uri is not None
        }
        here = location if location is not None else point
        if here is not None:
            columns["location"] = place(here)
        columns["ours"] = "true" if here is not None and self._ours(here) else "false"
        return columns

    def sides(self, row: Row, event: Row) -> None:
        """Fills source and destination, and whether the other side is ours. Raises WrongShape."""
        sources, destinations = event.get("sourceList"), event.get("destinationList")
        source = None if sources is None else _side(row, "source", sources, "sourceList")
        destination = (
            None if destinations is None else _side(row, "destination", destinations, "destinationList")
        )
        other = destination if row.get("bizStep") in _OUTWARD else source
        if other is not None and self._ours(other):
            row["other_ours"] = "true"


def _lines_of_serials(row: Row, serials: Any) -> list[bytes]:
    """The lines of an event that has serial numbers and nothing else, as most have."""
    lines = []
    for name, count in class_counts(serials).items():
        row["class"] = name
        row["quantity"] = str(count)
        lines.append(line(row))
    return lines or [line(row)]


def _line(row: Row, side: str | None, each: ClassQuantity, event: Row) -> bytes:
    name, quantity, uom, problem = each
    if problem:
        return reject(row["_line"], "bad_unit", problem, orjson.dumps(event))
    own = row | {"class": name}
    if quantity is not None:
        own["quantity"] = quantity
    if uom is not None:
        own["uom"] = uom
    if side is not None:
        own["side"] = side
    return line(own)


def _goods(event: Row) -> list[tuple[str | None, ClassQuantity]]:
    """The classes of an event, each with its side of a transformation."""
    goods: list[tuple[str | None, ClassQuantity]] = []
    for serials, quantities, side in _LISTS:
        if serials in event or quantities in event:
            for each in classes(event.get(serials), event.get(quantities)):
                goods.append((side, each))
    return goods


def _side(row: Row, column: str, entries: Any, key: str) -> str | None:
    """Fills `source`, `source.owning_party` and kin; gives the URI of the side."""
    uris: dict[str, str] = {}
    for entry in _entries(entries, key):
        kind = word(_text(entry.get("type", ""), key))
        uris.setdefault(kind, _text(entry.get(column, ""), key))
    for kind, uri in uris.items():
        row[f"{column}.{kind}"] = place(uri)
    chosen = next((uris[kind] for kind in (*_PREFERRED_SIDES, *uris) if kind in uris), None)
    if chosen is not None:
        row[column] = place(chosen)
    return chosen


def _transactions(row: Row, entries: Any) -> None:
    """Fills `biz.po` and kin; a second one of a kind is `biz.po.2`."""
    for entry in _entries(entries, "bizTransactionList"):
        column = first = transaction_column(entry.get("type"))
        count = 1
        while column in row:
            count += 1
            column = f"{first}.{count}"
        row[column] = _text(entry.get("bizTransaction", ""), "bizTransactionList")


def transaction_column(kind: Any) -> str:
    """The column of the transactions of a type: `biz.po`. Raises WrongShape."""
    return f"biz.{word(_text(kind or 'untyped', 'bizTransactionList'))}"


def _entries(value: Any, key: str) -> list[Row]:
    if type(value) is not list or not all(type(entry) is dict for entry in value):
        raise WrongShape(f"`{key}` is not a list of objects")
    return value


def _reason(declaration: Any) -> str:
    """The reason of a declared error; `declared` where it does not say one."""
    reason = declaration.get("reason") if type(declaration) is dict else None
    return word(reason) if type(reason) is str and reason else "declared"


def _id(value: Any, column: str) -> str:
    if type(value) is dict:
        value = value.get("id", value.get("@id"))
    return _text(value, column)


def _text(value: Any, column: str) -> str:
    if type(value) is not str:
        raise WrongShape(f"`{column}` is not a text")
    return value


def _identity(event: Row) -> str:
    """The id of an event without one: XXH3-128 of its JSON with sorted keys, without what a repository adds."""
    same = {key: value for key, value in event.items() if key not in _NOT_IDENTITY}
    return xxhash.xxh3_128_hexdigest(orjson.dumps(same, option=orjson.OPT_SORT_KEYS))


def _is_ours(uri: str, patterns: tuple[str, ...]) -> bool:
    texts = (uri, place(uri))
    return any(fnmatchcase(text, pattern) for pattern in patterns for text in texts)
