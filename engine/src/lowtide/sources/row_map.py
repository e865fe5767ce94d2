"""A map as the sources see it: how documents are read, and the compiled form that the core executes on their rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from lowtide.readers.reading import Reading

if TYPE_CHECKING:
    from lowtide.sources.address import Item

TEXT = frozenset({"csv", "json", "debezium", "cloudevents", "connect"})
"""Formats of text that the core reads itself."""
JSON = TEXT - {"csv"}


class RowMap(Protocol):
    """What a map is to its reader: `lowtide.map.Map` has it."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    @property
    def document(self) -> bytes:
        """The compiled map."""

    @property
    def reading(self) -> Reading:
        """How a document becomes rows."""


@dataclass(frozen=True)
class KeptMap:
    """A compiled map that a state or a journal keeps."""

    name: str
    """Its hash."""
    document: bytes

    @property
    def reading(self) -> Reading:
        """How a document becomes rows."""
        read: dict[str, Any] = orjson.loads(self.document)["read"]
        values: dict[str, Any] = {
            field.name: tuple(read[field.name]) if isinstance(read[field.name], list) else read[field.name]
            for field in fields(Reading)
            if field.name in read
        }
        return Reading(**values)


def columns_of(map_: RowMap) -> list[str]:
    """The columns and paths that a map names, in the order of their first use in the compiled map; `^` paths are left out.

    >>> class One:
    ...     document = b'{"movements":[{"fields":{"id":{"parts":[{"hole":"b"},{"text":"/"},{"hole":"a"}]}}}]}'
    >>> columns_of(One())
    ['b', 'a']
    """
    names: dict[str, None] = {}

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(hole := value.get("hole"), str):
                names.setdefault(hole)
            if isinstance(hashed := value.get("hash"), list):
                names.update(dict.fromkeys(hashed))
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    look(orjson.loads(map_.document))
    return [name for name in names if not name.startswith("^")]


def maps_of(items: Iterable[Item]) -> list[RowMap | None]:
    """The map of each item; None: it holds movements."""
    return [item.map for item in items]
