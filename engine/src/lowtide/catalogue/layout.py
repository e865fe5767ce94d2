"""A layout says which columns a file has and what may stand in their cells; a mistake names file, line and column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from lowtide.catalogue.table import Table, read_table
from lowtide.errors import PolicyError

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORDS = pa.map_(pa.string(), pa.string())


@dataclass(frozen=True)
class Cell:
    """What may stand in the cells of a column: how one is read, and the type of the column."""

    read: Callable[[str], Any]
    """Text without spaces around it -> value. Raises ValueError with what would be right."""
    type: pa.DataType
    is_number: bool = False


@dataclass(frozen=True)
class Layout:
    """The columns of a file by name. `key` names a row; `prefix` gathers the columns `prefix*` as a map of their own."""

    what: str
    key: tuple[str, ...]
    cells: Mapping[str, Cell]
    prefix: str = ""

    def load(self, path: str | Path) -> pa.RecordBatch:
        """The file as one batch: every column of the layout, null where the file has none, and `attributes` for the rest.

        Raises PolicyError, which lists the first mistake of each column.
        """
        table = read_table(Path(path), self.cells, self.what)
        faults = [fault for name in self.key for fault in _missing(table, name)]
        if faults:
            raise PolicyError("\n".join(faults), f"A {self.what} has the columns {', '.join(self.cells)}.")
        columns: dict[str, pa.Array] = {}
        for name, cell in self.cells.items():
            columns[name] = _column(table, name, cell, faults)
        faults += _twice(table, self.key, columns)
        rest = [name for name in table.columns if name not in self.cells]
        if self.prefix:
            marked = [name for name in rest if name.startswith(self.prefix)]
            faults += [fault for name in marked for fault in _ambiguous(table, name)]
            columns[f"{self.prefix}*"] = _map(table, marked, len(self.prefix))
            rest = [name for name in rest if name not in marked]
        columns["attributes"] = _map(table, rest)
        if faults:
            raise PolicyError("\n".join(faults), f"Correct the {self.what} and run again.")
        return pa.RecordBatch.from_pydict(columns)


def _missing(table: Table, name: str) -> list[str]:
    if name in table.columns:
        return []
    return [f"`{table.path}` has no column `{name}`: its header names {', '.join(table.columns)}"]


def _column(table: Table, name: str, cell: Cell, faults: list[str]) -> pa.Array:
    texts = table.columns.get(name)
    if texts is None:
        return pa.nulls(len(next(iter(table.columns.values()))), cell.type)
    values: dict[str | None, Any] = {}
    for text in dict.fromkeys(texts):
        try:
            values[text] = None if text is None else cell.read(_pointed(text, table, cell))
        except ValueError as error:
            place = table.place(texts.index(text))
            faults.append(f"{place}: column `{name}`: {error} (it is `{text}`)")
            return pa.nulls(len(texts), cell.type)
    return pa.array([values[text] for text in texts], cell.type)


def _pointed(text: str, table: Table, cell: Cell) -> str:
    """A number with a decimal point, where the file writes a comma."""
    if cell.is_number and table.decimal_comma and "." not in text and text.count(",") == 1:
        return text.replace(",", ".")
    return text


def _twice(table: Table, key: tuple[str, ...], columns: Mapping[str, pa.Array]) -> list[str]:
    """The first row whose key is empty, or stands in an earlier row too."""
    seen: dict[tuple[Any, ...], int] = {}
    for row, found in enumerate(zip(*(columns[name].to_pylist() for name in key), strict=True)):
        if None in found:
            return [f"{table.place(row)}: column `{key[found.index(None)]}` is empty"]
        if found in seen:
            shown = " ".join(f"{name} `{value}`" for name, value in zip(key, found, strict=True))
            return [f"{table.place(row)}: {shown} is in {table.place(seen[found])} too: keep one"]
        seen[found] = row
    return []


def _ambiguous(table: Table, name: str) -> list[str]:
    """The first row whose name in another system is that of an earlier row too."""
    seen: dict[str, int] = {}
    for row, alias in enumerate(table.columns[name]):
        if alias is not None and alias in seen:
            return [
                f"{table.place(row)}: column `{name}`: `{alias}` is in {table.place(seen[alias])} too: keep one"
            ]
        if alias is not None:
            seen[alias] = row
    return []


def _map(table: Table, names: list[str], cut: int = 0) -> pa.Array:
    """The cells of these columns as one map for each row; empty cells are left out."""
    keys, items, offsets = list[str](), list[str](), [0]
    columns = [(nfc(name[cut:]), table.columns[name]) for name in names]
    for row in range(len(next(iter(table.columns.values())))):
        for key, texts in columns:
            text = texts[row]
            if text is not None:
                keys.append(key)
                items.append(nfc(text))
        offsets.append(len(keys))
    flat = pa.array(keys, pa.string()), pa.array(items, pa.string())
    return pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), *flat)


def nfc(text: str) -> str:
    """A text as texts are compared: in Unicode NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _number(text: str, least: float) -> float:
    value = float(text) if _NUMBER.fullmatch(text.strip()) else float("nan")
    if not least <= value < 1e15:
        bound = " from 0 up" if least == 0 else ""
        raise ValueError(f"write a number{bound}, such as 1.25")
    return value


def _days(text: str) -> float:
    try:
        return _number(text.strip().lower().removesuffix("d"), 0)
    except ValueError:
        raise ValueError("write a number of days from 0 up, such as 7") from None


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text.strip()).key
    except (KeyError, ValueError, OSError):
        raise ValueError("write the name of a time zone, such as Europe/Paris") from None


def _weekdays(text: str) -> str:
    days = re.split(r"[\s,;]+", text.strip().lower())
    if days == ["daily"]:
        return "daily"
    if not all(day in _DAYS for day in days):
        raise ValueError("write weekdays, such as `mon,thu`, or `daily`")
    return ",".join(day for day in _DAYS if day in days)


def _time(text: str) -> str:
    match = re.fullmatch(r"([0-9]|[01][0-9]|2[0-3]):([0-5][0-9])(:[0-5][0-9])?", text.strip())
    if match is None:
        raise ValueError("write a time of day, such as 14:30")
    return f"{int(match[1]):02}:{match[2]}"


TEXT = Cell(nfc, pa.string())
NUMBER = Cell(lambda text: _number(text, 0), pa.float64(), is_number=True)
AMOUNT = Cell(lambda text: _number(text, -1e15), pa.float64(), is_number=True)
"""A number that may be negative."""
DAYS = Cell(_days, pa.float64(), is_number=True)
ZONE = Cell(_zone, pa.string())
WEEKDAYS = Cell(_weekdays, pa.string())
TIME = Cell(_time, pa.string())
