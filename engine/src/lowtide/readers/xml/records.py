"""XML of any shape: each element that the map names in `each` is a row, and its parts are columns by their path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lowtide.readers.reading import BadDocument, Reading
from lowtide.readers.rows import MOST_ROW_BYTES, line, too_long
from lowtide.readers.xml.elements import local
from lowtide.readers.xml.spool import Spool, fill

_MOST_AROUND = 32 << 10
"""Bytes that are kept of what stands around the rows."""


def record_rows(source: Path | bytes, reading: Reading, name: str) -> Iterator[bytes]:
    """The rows of a document as pieces of whole lines. Raises BadDocument."""
    each = tuple(part for part in (reading.each or "").replace("/", ".").split(".") if part)
    if not each:
        raise BadDocument(f"`{name}`: the map does not say which element is a row (`each:`)")
    spool = Spool()
    records = _Records(each, spool, name)
    fill(spool, records, source, reading.encoding, name)
    if not spool.count and records.has_parts:
        raise BadDocument(
            f"`{name}` does not have an element `{reading.each}`, which the map calls a row (`each:`)"
        )
    yield from spool.lines()


class _Element:
    """An open element: its path in columns, its text, and how often each child came."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.text: list[str] = []
        self.children: dict[str, int] = {}
        self.has_row = False


class _Records:
    """Collects one row after another. Rows do not stand in one another: an inner one is a part of the outer one."""

    def __init__(self, each: tuple[str, ...], spool: Spool, name: str) -> None:
        self._name = name
        self._each = each
        self._spool = spool
        self.has_parts = False
        """Whether the document has more than its own element."""
        self._names: list[str] = []
        self._open: list[_Element] = []
        self._around: dict[str, str] = {}
        self._around_size = 0
        self._row: dict[str, Any] | None = None
        self._depth = 0
        """Number of open elements at which the row began."""
        self._size = 0

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        element = local(name)
        self.has_parts = self.has_parts or bool(self._names)
        self._names.append(element)
        if self._row is None and tuple(self._names[-len(self._each) :]) == self._each:
            self._begin(line)
            path = ""
        else:
            path = self._path(element)
        self._open.append(_Element(path))
        for key, value in attributes.items():
            self._put(f"{path}.@{local(key)}" if path else f"@{local(key)}", value)

    def end(self, name: str) -> None:
        element = self._open.pop()
        self._names.pop()
        text = "".join(element.text).strip()
        if text or not element.children:
            self._put(element.path or "text", text)
        if self._row is not None and len(self._open) == self._depth:
            self._write()
        elif element.has_row:
            self._forget(element.path)

    def text(self, text: str) -> None:
        if not self._open:
            return
        if self._row is not None:
            self._size += len(text)
            if self._size > MOST_ROW_BYTES:
                return
        elif len(text) > _MOST_AROUND or sum(map(len, self._open[-1].text)) > _MOST_AROUND:
            return
        self._open[-1].text.append(text)

    def _begin(self, line: int) -> None:
        for element in self._open:
            element.has_row = True
        self._row = {"_line": line}
        self._depth = len(self._open)
        self._size = 0

    def _path(self, element: str) -> str:
        """The column of a child; the second one of a name has `.2` after it. The document's own element is not named."""
        if not self._open:
            return ""
        parent = self._open[-1]
        count = parent.children.get(element, 0) + 1
        parent.children[element] = count
        own = element if count == 1 or self._row is None else f"{element}.{count}"
        path = f"{parent.path}.{own}" if parent.path else own
        if self._row is None and count > 1:
            self._forget(path)
        return path

    def _forget(self, path: str) -> None:
        """What stood in an element is not around the rows of the next one of its name."""
        for key in [key for key in self._around if key == f"^{path}" or key.startswith(f"^{path}.")]:
            self._around_size -= len(key) + len(self._around.pop(key))

    def _put(self, column: str, value: str) -> None:
        if self._row is not None:
            self._size += len(column) + len(value)
            if self._size <= MOST_ROW_BYTES:
                self._row[column] = value
            return
        key = f"^{column}"
        self._around_size += len(key) + len(value) - len(self._around.get(key, ""))
        if self._around_size > _MOST_AROUND:
            raise BadDocument(
                f"`{self._name}` has more than {_MOST_AROUND >> 10} KiB around its rows: `each:` may be wrong"
            )
        self._around[key] = value

    def _write(self) -> None:
        row = self._row or {}
        self._row = None
        if self._size > MOST_ROW_BYTES:
            self._spool.write(too_long(row["_line"], repr(row).encode("utf-8", "surrogateescape")))
        else:
            self._spool.write(line(self._around | row))
