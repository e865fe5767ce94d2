"""What names a row: its document and line, an id of its own, or else a hash of its cells with a number of occurrence."""

from __future__ import annotations

from typing import NamedTuple

from lowtide.map.guess.columns import QUANTITIES, Columns, Row
from lowtide.map.guess.draft import Reason, reason

_HASHED = (
    "document", "line", "time", "time_of_day", "location", "from_location", "to_location", "sku", "kind", *QUANTITIES,
    "quantity_in", "quantity_out", "ref", "due",
)  # fmt: skip


class Identity(NamedTuple):
    """The columns of an id: joined, or hashed."""

    columns: list[str]
    is_hash: bool = False
    why: Reason | None = None


def identity_of(columns: Columns, rows: list[Row], kinds: list[str]) -> Identity:
    """The id of rows of these kinds (lines of totals left out), with `fill_down` already done."""
    document, line, row_id = columns.get("document"), columns.get("line"), columns.get("row_id")
    named = [column for role in _HASHED if (column := columns.get(role)) is not None]
    if kinds == ["order"]:
        return Identity(named, is_hash=True, why=reason("id_order"))
    if row_id is not None and len(rows) > 1 and _names_each([row_id], rows):
        return Identity([row_id], why=reason("id_row"))
    if document is not None and line is not None and _names_each([document, line], rows):
        return Identity([document, line], why=reason("id_line"))
    named = [column for role in _HASHED if (column := columns.get(role)) is not None]
    return Identity(named, is_hash=True, why=reason("id_hash"))


def fill_down_of(columns: Columns, names: list[str], rows: list[Row]) -> list[str]:
    """Columns of the document that stand only on its first line: with its number, or while its number is repeated."""
    document = columns.get("document")
    sku = columns.get("sku")
    if document is None or sku is None or not rows:
        return []
    lines = [row for row in rows if row.get(sku, "").strip()]
    blank = {at for at, row in enumerate(lines) if _is_blank(row, document)}
    if not blank:
        used = set(columns.by_role.values())
        blank = {at for at in range(1, len(lines)) if lines[at][document] == lines[at - 1][document]}
        names = [name for name in names if name in used]
    if not blank or 0 in blank:
        return []
    return [name for name in names if blank == {at for at, row in enumerate(lines) if _is_blank(row, name)}]


def filled(rows: list[Row], names: list[str]) -> list[Row]:
    """The rows with the empty cells of these columns filled from above."""
    last: Row = {}
    result = []
    for row in rows:
        now = dict(row)
        for name in names:
            if now.get(name, "").strip():
                last[name] = now[name]
            elif name in last:
                now[name] = last[name]
        result.append(now)
    return result


def _is_blank(row: Row, name: str) -> bool:
    return not row.get(name, "").strip()


def _names_each(names: list[str], rows: list[Row]) -> bool:
    keys = [tuple(row.get(name, "").strip() for name in names) for row in rows]
    return all(all(key) for key in keys) and len(set(keys)) == len(keys)
