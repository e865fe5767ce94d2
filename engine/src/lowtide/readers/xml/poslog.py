"""POSLog 6 becomes a row for each line item of each transaction; a transaction without line items is one row.

Only elements of the namespace of the first transaction count. A transaction is used as a whole: one that is cut off gives
no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from lowtide.readers.reading import BadDocument, Reading
from lowtide.readers.rows import MOST_ROW_BYTES, line, too_long
from lowtide.readers.xml.elements import local
from lowtide.readers.xml.spool import Spool, fill

_TRANSACTION = {
    "RetailStoreID": "store",
    "BusinessUnit/UnitID": "unit",
    "WorkstationID": "till",
    "BusinessDayDate": "day",
    "SequenceNumber": "sequence",
    "BeginDateTime": "begin",
    "EndDateTime": "end",
}
_ITEM = {
    "POSIdentity/POSItemID": "pos_item",
    "POSItemID": "pos_item",
    "ItemID": "item_id",
    "Quantity": "quantity",
}
_NUMBERS_AND_TIMES = frozenset(["SequenceNumber", "LineItemID", "BeginDateTime", "EndDateTime"])
_LINKS_AND_NOTES = frozenset(["LineItemLink", "ParentSequenceNumber", "OperatorID", "Note"])
_BESIDE_KINDS = _NUMBERS_AND_TIMES | _LINKS_AND_NOTES
"""Children of a line item that are not its kind."""
_ROOT = "POSLog"
_STATUS_VOID = frozenset(["Voided", "Void", "PostVoided", "Suspended", "Failed", "Cancelled", "InProcess"])


def poslog_rows(source: Path | bytes, reading: Reading, name: str) -> Iterator[bytes]:
    """The rows of a document as pieces of whole lines. Raises BadDocument."""
    spool = Spool()
    transactions = _Transactions(spool)
    fill(spool, transactions, source, reading.encoding, name)
    if not spool.count and transactions.root != _ROOT:
        raise BadDocument(f"`{name}` is not a POSLog: it does not hold a transaction")
    yield from spool.lines()


class _Transactions:
    """Collects one transaction after another and writes its rows."""

    def __init__(self, spool: Spool) -> None:
        self.root = ""
        """The name of the document's own element."""
        self._spool = spool
        self._namespace: str | None = None
        self._path: list[str] | None = None
        """Names of the elements within the transaction; None outside of one."""
        self._foreign = 0
        """How deep the parser is in elements of other namespaces."""
        self._column: str | None = None
        """The column of the element whose text is being read."""
        self._text: list[str] = []
        self._size = 0

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        space, _, element = name.rpartition(" ")
        self.root = self.root or element
        if self._namespace is None:
            if element != "Transaction":
                return
            self._namespace = space
        if self._foreign or space != self._namespace:
            self._foreign += 1
            return
        self._column = None
        if self._path is None:
            if element == "Transaction":
                self._begin(attributes, line)
            return
        self._path.append(element)
        self._open(self._path, attributes, line)

    def end(self, name: str) -> None:
        if self._foreign:
            self._foreign -= 1
        elif self._path is None:
            return
        elif self._path:
            if self._column is not None:
                self._keep("".join(self._text).strip())
            self._column = None
            self._path.pop()
        else:
            self._path = None
            self._write()

    def text(self, text: str) -> None:
        if self._column is None or self._foreign:
            return
        self._size += len(text)
        if self._size <= MOST_ROW_BYTES:
            self._text.append(text)
        else:
            self._values_here()["long"] = "true"

    def _begin(self, attributes: dict[str, str], line: int) -> None:
        self._path = []
        self._line = line
        self._kind = ""
        self._values: dict[str, str] = {}
        self._items: list[_Item] = []
        self._void = _is(attributes, "CancelFlag")
        self._training = _is(attributes, "TrainingModeFlag")

    def _open(self, path: list[str], attributes: dict[str, str], line: int) -> None:
        """An element of a transaction begins: it may be a kind, a line item, or a text that is a column."""
        element = path[-1]
        if len(path) == 1 and element.endswith("Transaction"):
            self._kind = element.removesuffix("Transaction")
            if "TransactionStatus" in attributes:
                self._values["status"] = attributes["TransactionStatus"]
        elif path[1:] == ["LineItem"]:
            self._items.append(_Item(line, _is(attributes, "VoidFlag")))
        elif path[1:2] == ["LineItem"]:
            self._open_in_item(path[2:], attributes)
        else:
            self._collect(_TRANSACTION.get("/".join(path)), self._values)

    def _open_in_item(self, path: list[str], attributes: dict[str, str]) -> None:
        item = self._items[-1]
        if path == ["SequenceNumber"]:
            self._collect("line", item.values)
        elif len(path) == 1:
            if not item.kind and path[0] not in _BESIDE_KINDS:
                item.kind = path[0]
        elif path[0] == item.kind:
            if path[1:] == ["Quantity"] and "UnitOfMeasureCode" in attributes:
                item.values.setdefault("uom", attributes["UnitOfMeasureCode"])
            self._collect(_ITEM.get("/".join(path[1:])), item.values)

    def _collect(self, column: str | None, values: dict[str, str]) -> None:
        """The text of the element that begins is a column; the first one holds."""
        if column is not None and column not in values:
            self._column, self._text, self._size = column, [], 0

    def _keep(self, text: str) -> None:
        if text and self._column is not None:
            self._values_here()[self._column] = text

    def _values_here(self) -> dict[str, str]:
        """The values of the line item or the transaction in which the parser is."""
        in_item = self._path is not None and self._path[1:2] == ["LineItem"]
        return self._items[-1].values if in_item else self._values

    def _write(self) -> None:
        values = self._values
        void = self._void or self._training or values.get("status") in _STATUS_VOID
        columns = ("store", "till", "day", "sequence", "begin", "status", "long")
        common = {column: values[column] for column in columns if column in values}
        common.setdefault("store", values.get("unit", ""))
        if "end" in values or "begin" in values:
            common["end"] = values.get("end") or values["begin"]
        common["training"] = _truth(self._training)
        kind = "Control" if self._kind in ("", "Retail", "Control") else self._kind
        for item in self._items or [_Item(self._line, False, kind)]:
            row = {"_line": item.line, **common, "kind": item.kind, "voided": _truth(void or item.is_void)}
            row |= item.values
            goods = item.values.get("pos_item") or item.values.get("item_id")
            if goods:
                row["item"] = goods
            self._spool.write(too_long(item.line, orjson.dumps(row)) if "long" in row else line(row))


@dataclass
class _Item:
    """One line item: the line where it begins, whether it is void, its kind and its columns."""

    line: int
    is_void: bool
    kind: str = ""
    values: dict[str, str] = field(default_factory=dict)


def _is(attributes: dict[str, str], name: str) -> bool:
    value = next((value for key, value in attributes.items() if local(key) == name), "")
    return value.strip().lower() in ("true", "1")


def _truth(value: bool) -> str:
    return "true" if value else "false"
