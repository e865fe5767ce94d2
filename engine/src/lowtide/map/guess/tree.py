"""Records of JSON or Parquet as rows: a path for each value, and the list in them of which every element is a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from lowtide.map.guess.draft import Reason, reason
from lowtide.map.guess.header_words import roles

Row = dict[str, str]
_DEEPEST = 6


class Tree(NamedTuple):
    """The rows of records, by path; `each` is the list whose elements are rows, if there is one."""

    columns: list[str]
    rows: list[Row]
    each: str | None = None
    note: Reason | None = None
    """What stands in the way of a map, if something does."""


def records_of(text: str, most: int) -> list[Any] | None:
    """The records of a JSON text: an array, one object, or one object a line. None if it is not JSON."""
    try:
        document = orjson.loads(text)
        return document[:most] if isinstance(document, list) else [document]
    except orjson.JSONDecodeError:
        pass
    lines = [line for line in text.split("\n")[: most + 1] if line.strip()]
    records = []
    for at, line in enumerate(lines):
        try:
            records.append(orjson.loads(line))
        except orjson.JSONDecodeError:
            if at < min(len(lines) - 1, 20):
                return None
    return records[:most] or None


def tree_of(records: list[Any]) -> Tree:
    """The rows of records. The list that is a row is the one whose elements look most like lines of goods."""
    objects = [record for record in records if isinstance(record, dict)]
    each = _best_list(objects)
    if each is None:
        return _as_tree([dict(_paths(record)) for record in objects], None)
    rows: list[Row] = []
    for record in objects:
        around = {f"^{path}": value for path, value in _paths(record) if not path.startswith(f"{each}.")}
        rows += [around | dict(_paths(item)) for item in _at(record, each) if isinstance(item, dict)]
    deeper = _best_list(list(_items(objects, each)))
    if deeper is not None:
        return _as_tree(rows, each, reason("deeper", deeper=deeper, each=each))
    return _as_tree(rows, each)


def _best_list(objects: list[dict[str, Any]]) -> str | None:
    """The list in these objects whose elements, or the elements of a list in them, look more like lines of goods."""
    lists = sorted({path for record in objects for path in _lists(record)})
    goods = {path: _goods_within(list(_items(objects, path))) for path in lists}
    best = max(lists, key=lambda path: goods[path], default=None)
    return best if best is not None and goods[best] > _goods_of(objects) else None


def _goods_within(objects: list[dict[str, Any]]) -> int:
    """The roles of these objects, or of a list in them."""
    inner = {path for record in objects[:50] for path in _lists(record)}
    return max([_goods_of(objects), *(_goods_of(list(_items(objects, path))) for path in inner)])


def _as_tree(rows: list[Row], each: str | None, note: Reason | None = None) -> Tree:
    return Tree(list(dict.fromkeys(name for row in rows for name in row)), rows, each, note)


def _items(objects: list[dict[str, Any]], each: str) -> Iterator[dict[str, Any]]:
    for record in objects:
        yield from (item for item in _at(record, each) if isinstance(item, dict))


def _goods_of(objects: list[dict[str, Any]]) -> int:
    """How many roles of a movement the values of these objects may have."""
    names = {path.rsplit(".", 1)[-1] for record in objects[:50] for path, _ in _paths(record)}
    goods = ("sku", "quantity", "quantity_sold", "quantity_counted", "quantity_received")
    return sum(any(roles(name).get(role, 0) == 100 for name in names) for role in goods)


def _at(record: Any, path: str) -> list[Any]:
    for name in path.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    return record if isinstance(record, list) else []


def _lists(record: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[str]:
    """The paths of lists of objects."""
    for name, value in record.items():
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield prefix + name
        elif isinstance(value, dict) and depth < _DEEPEST:
            yield from _lists(value, f"{prefix}{name}.", depth + 1)


def _paths(record: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every single value with its path, as text."""
    for name, value in record.items():
        if isinstance(value, dict) and depth < _DEEPEST:
            yield from _paths(value, f"{prefix}{name}.", depth + 1)
        elif not isinstance(value, (dict, list)):
            text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            yield prefix + name, text
