"""Promotions, holidays and prices as people keep them: a CSV of Excel with a header, or Parquet.

    promotions, holidays    name, from, to (or day), factor or class, and any of sku, category, supplier, abc, department,
                            location; an empty cell of these is every one, `|` stands between several
    drivers                 the same with a `factor`, or with a `price`: day, price

A row without a factor has its factor learned: one for all rows of its class, or of its name where it has no class.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lowtide.catalogue.table import Table, read_table
from lowtide.errors import PolicyError
from lowtide.inputs.document import MATCH_KEYS

_COLUMNS = ("name", "from", "to", "day", "factor", "class", "price", *MATCH_KEYS)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})([T ]00:00(:00)?)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_EVERY = {"", "*", "all"}
_HINT = "The columns are name, from, to (or day), factor or class, and any of " + ", ".join(MATCH_KEYS) + "."

Patterns = dict[str, list[str]]


@dataclass(frozen=True)
class Effect:
    """One row of a calendar: what, where, from when to when, and its factor, or None if it must be learned."""

    name: str
    match: Patterns
    first: date
    last: date
    factor: float | None
    group: str
    """The class whose rows share one factor; the name of a row that has no class."""
    place: str
    """File and line."""


@dataclass(frozen=True)
class Price:
    """Prices of one group of positions by day."""

    name: str
    match: Patterns
    prices: dict[date, float] = field(default_factory=dict)
    place: str = ""


def read_effects(path: str | Path) -> list[Effect]:
    """The rows of a calendar. Raises PolicyError with file and line of every mistake."""
    table = _table(path)
    if "price" in table.columns:
        raise PolicyError(f"`{path}` has prices", "Give a file with a column `price` as `--drivers`.")
    faults: list[str] = []
    rows = [_effect(table, row, faults) for row in range(_length(table))]
    return [one for one in _checked(rows, faults) if one is not None]


def read_prices(path: str | Path) -> tuple[list[Effect], list[Price]]:
    """The rows of a driver file: effects if it has factors, prices by group of positions if it has a `price`."""
    table = _table(path)
    if "price" not in table.columns:
        if "factor" not in table.columns:
            raise PolicyError(f"`{path}` has neither a column `factor` nor a column `price`", _HINT)
        return read_effects(path), []
    faults: list[str] = []
    groups: dict[str, Price] = {}
    for row in range(_length(table)):
        match = _match(table, row)
        name = _cell(table, "name", row) or ("price " + _shown(match)).strip()
        try:
            day, price = _days(table, row)[0], _number(table, "price", row)
        except ValueError as error:
            faults.append(f"{table.place(row)}: {error}")
            continue
        if price is None or price <= 0:
            faults.append(f"{table.place(row)}: column `price`: write a price above 0")
            continue
        group = groups.setdefault(f"{name} {match}", Price(name, match, {}, table.place(row)))
        if day in group.prices:
            faults.append(f"{table.place(row)}: `{name}` has a price for {day} already: keep one")
        group.prices[day] = price
    _checked([], faults)
    return [], list(groups.values())


def _table(path: str | Path) -> Table:
    table = read_table(Path(path), _COLUMNS, "calendar")
    if "region" in table.columns:
        raise PolicyError(
            f"`{path}` has the column `region`, and inputs do not know regions",
            "Write the locations into a column `location`, with `|` between them.",
        )
    if "day" not in table.columns and "from" not in table.columns:
        raise PolicyError(
            f"`{path}` has no column `from` and no column `day`: it has {', '.join(table.columns)}", _HINT
        )
    return table


def _effect(table: Table, row: int, faults: list[str]) -> Effect | None:
    name, group = _cell(table, "name", row), _cell(table, "class", row)
    try:
        first, last = _days(table, row)
        factor = _number(table, "factor", row)
        if factor is not None and not 0 <= factor <= 1000:
            raise ValueError("column `factor`: write 1.6 for 60 % more, 0 for closed")
        if not (name or group):
            raise ValueError("column `name` is empty")
    except ValueError as error:
        faults.append(f"{table.place(row)}: {error}")
        return None
    match = _match(table, row)
    return Effect(name or group, match, first, last, factor, group or name, table.place(row))


def _checked(rows: list[Effect | None], faults: list[str]) -> list[Effect | None]:
    if faults:
        raise PolicyError("\n".join(faults[:20]), "Correct the file and run again. " + _HINT)
    return rows


def _length(table: Table) -> int:
    return len(next(iter(table.columns.values()), []))


def _cell(table: Table, name: str, row: int) -> str:
    column = table.columns.get(name)
    return unicodedata.normalize("NFC", (column[row] or "").strip()) if column else ""


def _match(table: Table, row: int) -> Patterns:
    """Patterns by key; cells that stand for every one are left out."""
    match = {}
    for key in MATCH_KEYS:
        cell = _cell(table, key, row)
        if cell.lower() not in _EVERY:
            match[key] = [part.strip() for part in cell.split("|") if part.strip()]
    return match


def _days(table: Table, row: int) -> tuple[date, date]:
    """First and last day of a row. Raises ValueError."""
    day, first, last = (_cell(table, name, row) for name in ("day", "from", "to"))
    if not (first or day):
        raise ValueError("the row has no day: fill in `from` and `to`, or `day`")
    begins = _date("from" if first else "day", first or day)
    ends = _date("to", last) if last else begins
    if ends < begins:
        raise ValueError(f"`to` ({ends}) is before `from` ({begins})")
    return begins, ends


def _date(column: str, text: str) -> date:
    """A day as Excel writes it. `1/4/2026` is refused, because it means two days. Raises ValueError."""
    try:
        if match := _ISO.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _DOTTED.fullmatch(text):
            return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        pass
    raise ValueError(f"column `{column}`: write the day as 2026-04-01 (it is `{text}`)")


def _number(table: Table, column: str, row: int) -> float | None:
    """A number, with a comma as its decimal point where the file has `;` between its columns. Raises ValueError."""
    text = _cell(table, column, row)
    if not text:
        return None
    pointed = (
        text.replace(",", ".") if table.decimal_comma and text.count(",") == 1 and "." not in text else text
    )
    try:
        value = float(pointed)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"column `{column}`: write a number, such as 1.6 for 60 % more (it is `{text}`)")
    return value


def _shown(match: Patterns) -> str:
    return ", ".join("|".join(patterns) for patterns in match.values())
