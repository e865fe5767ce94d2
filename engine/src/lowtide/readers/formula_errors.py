"""Where the formulas of a sheet have failed: the library that reads cells shows such a cell as an empty one.

In xlsx and ods they are elements of XML; `biff` finds those of xls.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from abc import ABC, abstractmethod
from typing import IO
from xml.parsers import expat

from lowtide.readers.biff import UnreadableContainer, biff_errors

Place = tuple[int, int]
"""Row and column, both from 0."""

_Signs = tuple[re.Pattern[bytes], tuple[bytes, bytes]]
"""How a failed formula looks, and the part of it that is found faster."""
_XLSX_ERROR: _Signs = (re.compile(rb"""\st=["']e["']"""), (b'"e"', b"'e'"))
_ODS_ERROR: _Signs = (re.compile(rb"""value-type=["']error["']"""), (b'"error"', b"'error'"))
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_PLACES = 100_000
_SOME_ERROR = "#VALUE!"
_UNREADABLE = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


class UnreadableSheet(Exception):
    """The parts of the document are not what a spreadsheet has."""


def formula_errors(document: IO[bytes], sheet: int) -> dict[Place, str]:
    """The places of failed formulas in the sheet of this number (from 0), and what each cell shows.

    Raises UnreadableSheet.
    """
    document.seek(0)
    if document.read(len(_COMPOUND)) == _COMPOUND:
        document.seek(0)
        return _in_container(document.read(), sheet)
    try:
        with zipfile.ZipFile(document) as archive:
            members = set(archive.namelist())
            if "content.xml" in members:
                return _in(archive, "content.xml", _ODS_ERROR, _OdsErrors(sheet))
            path = _sheet_path(archive, sheet)
            return _in(archive, path, _XLSX_ERROR, _XlsxErrors()) if path in members else {}
    except _UNREADABLE as error:
        raise UnreadableSheet(str(error)) from None


def _in_container(data: bytes, sheet: int) -> dict[Place, str]:
    try:
        return biff_errors(data, sheet)
    except UnreadableContainer as error:
        raise UnreadableSheet(str(error)) from None


def _in(archive: zipfile.ZipFile, path: str, signs: _Signs, errors: _Errors) -> dict[Place, str]:
    data = archive.read(path)
    sign, quotes = signs
    if not any(quoted in data for quoted in quotes) or sign.search(data) is None:
        return {}
    parser = expat.ParserCreate()
    parser.StartElementHandler = errors.start
    parser.EndElementHandler = errors.end
    parser.CharacterDataHandler = errors.text
    parser.Parse(data, True)
    return errors.places


def _sheet_path(archive: zipfile.ZipFile, sheet: int) -> str:
    """The member that holds the cells of a sheet, by the relations of the workbook."""
    sheets: list[str] = []
    targets: dict[str, str] = {}

    def workbook(name: str, values: dict[str, str]) -> None:
        if _local(name) == "sheet":
            sheets.append(next((value for key, value in values.items() if _local(key) == "id"), ""))

    def relations(name: str, values: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            targets[values.get("Id", "")] = values.get("Target", "")

    for path, handler in (("xl/workbook.xml", workbook), ("xl/_rels/workbook.xml.rels", relations)):
        parser = expat.ParserCreate()
        parser.StartElementHandler = handler
        parser.Parse(archive.read(path), True)
    target = targets.get(sheets[sheet], "") if sheet < len(sheets) else ""
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Errors(ABC):
    """The places of failed formulas, as a walk through the elements of a sheet finds them."""

    def __init__(self) -> None:
        self.places: dict[Place, str] = {}
        self._row = -1
        self._column = -1
        self._text: list[str] | None = None

    @abstractmethod
    def start(self, name: str, values: dict[str, str]) -> None: ...

    @abstractmethod
    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _keep(self) -> None:
        if self._text is not None and len(self.places) < _MOST_PLACES:
            shown = "".join(self._text).strip()
            self.places[self._row, self._column] = shown if shown.startswith("#") else _SOME_ERROR
        self._text = None


class _XlsxErrors(_Errors):
    def start(self, name: str, values: dict[str, str]) -> None:
        element = _local(name)
        if element == "row":
            self._row = int(values["r"]) - 1 if values.get("r", "").isdecimal() else self._row + 1
            self._column = -1
        elif element == "c":
            self._column += 1
            reference = _REFERENCE.fullmatch(values.get("r", ""))
            if reference:
                self._row, self._column = int(reference[2]) - 1, _column(reference[1])
            self._text = None
            self._error = values.get("t") == "e"
        elif element == "v" and self._error:
            self._text = []

    def end(self, name: str) -> None:
        if _local(name) == "v":
            self._keep()

    _error = False


class _OdsErrors(_Errors):
    def __init__(self, sheet: int) -> None:
        super().__init__()
        self._before = sheet + 1
        self._rows = self._columns = 1

    def start(self, name: str, values: dict[str, str]) -> None:
        element = _local(name)
        if element == "table":
            self._before -= 1
            self._row, self._rows = -1, 1
        elif element == "table-row" and self._before == 0:
            self._row += self._rows
            self._rows = _count(values, "table:number-rows-repeated")
            self._column, self._columns = -1, 1
        elif element in ("table-cell", "covered-table-cell") and self._before == 0:
            self._column += self._columns
            self._columns = _count(values, "table:number-columns-repeated")
            self._text = (
                [] if "error" in (values.get("calcext:value-type"), values.get("office:value-type")) else None
            )

    def end(self, name: str) -> None:
        if _local(name) == "table-cell":
            self._keep()


def _count(values: dict[str, str], key: str) -> int:
    text = values.get(key, "1")
    return int(text) if text.isdecimal() and len(text) < 8 else 1


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
