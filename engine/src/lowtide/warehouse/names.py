"""Which SKU or place somebody means who types a name, and what SKUs and places are called.

An id is compared letter by letter. What is not an id is looked up among names: first a whole name, then a part of one,
without regard to capitals. A name that fits several is an error that lists them.
"""

from __future__ import annotations

from collections.abc import Iterable

from lowtide.errors import SettingsError
from lowtide.warehouse.client import Row, Warehouse

_MOST = 10
"""So many candidates are listed."""


def place_named(warehouse: Warehouse, text: str) -> str:
    """The location with this id, or with this name or part of a name; a name in another system counts too.

    Raises SettingsError unless exactly one fits.
    """
    db = warehouse.database
    ids = f"SELECT 1 FROM {db}.position WHERE location = {{text:String}} LIMIT 1"
    if warehouse.rows(ids, {"text": text}):
        return text
    rows = warehouse.rows(
        f"SELECT location AS id, name, has(mapValues(aliases), {{text:String}}) OR {_EQUAL} AS whole "
        f"FROM {db}.location FINAL WHERE whole OR location = {{text:String}} OR {_PART} ORDER BY location LIMIT 1000",
        {"text": text},
    )
    return _the_one("location", text, rows)


def sku_named(warehouse: Warehouse, text: str, location: str) -> str:
    """The SKU of a position in a location: with this id, or with this name or part of a name.

    Raises SettingsError if several fit; a text that fits nothing is given back as it is.
    """
    db, given = warehouse.database, {"text": text, "location": location}
    ids = (
        f"SELECT 1 FROM {db}.position WHERE location = {{location:String}} AND sku = {{text:String}} LIMIT 1"
    )
    if warehouse.rows(ids, given):
        return text
    here = f"SELECT sku FROM {db}.position WHERE location = {{location:String}}"
    rows = warehouse.rows(
        f"SELECT sku AS id, name, {_EQUAL} AS whole FROM {db}.catalogue FINAL "
        f"WHERE (whole OR {_PART}) AND sku GLOBAL IN ({here}) ORDER BY sku LIMIT 1000",
        given,
    )
    return _the_one("SKU", text, rows) if rows else text


_EQUAL = "lowerUTF8(name) = lowerUTF8({text:String})"
_PART = "positionCaseInsensitiveUTF8(name, {text:String}) > 0"


def _the_one(what: str, text: str, rows: list[Row]) -> str:
    """The id of the row that has the whole name, else of the only row."""
    rows = [row for row in rows if row["whole"]] or rows
    if not rows:
        return text
    if len(rows) > 1:
        listed = ", ".join(f"`{row['id']}` {row['name']}".strip() for row in rows[:_MOST])
        more = f" and {len(rows) - _MOST:,} more" if len(rows) > _MOST else ""
        raise SettingsError(f"{len(rows):,} {what}s have a name like `{text}`", f"Say which: {listed}{more}.")
    return str(rows[0]["id"])


def names_of_places(warehouse: Warehouse, locations: Iterable[str] | None = None) -> dict[str, str]:
    """The names of those of these locations that have one; without `locations` of all."""
    some = "" if locations is None else " AND location IN {locations:Array(String)}"
    rows = warehouse.rows(
        f"SELECT location, name FROM {warehouse.database}.location FINAL WHERE name != ''{some} ORDER BY location",
        {"locations": sorted(set(locations or ()))},
    )
    return {row["location"]: row["name"] for row in rows}
