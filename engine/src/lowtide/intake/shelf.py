"""The maps that intake reads with, by name; a map whose file changes is read again."""

from __future__ import annotations

import threading
from pathlib import Path

import pyarrow as pa

from lowtide.errors import MapError
from lowtide.intake.refusal import Refusal
from lowtide.map import Map, find_map, load_map
from lowtide.map.model import NAME
from lowtide.operation.log import logger

_Seen = tuple[tuple[str, int, int], ...]


class MapShelf:
    """Maps by name. Any thread may ask."""

    def __init__(
        self,
        maps: Path | None = None,
        *,
        default: str | None = None,
        locations: pa.RecordBatch | None = None,
        catalogue: pa.RecordBatch | None = None,
    ) -> None:
        """`maps` is the folder of own maps beside the shipped ones; `default` the path or name of the map for documents that
        name none. Raises MapError."""
        self._folder = maps
        self._locations, self._catalogue = locations, catalogue
        self._lock = threading.Lock()
        self._known: dict[str, tuple[_Seen, Map]] = {}
        self._default = default
        if default is not None:
            self.map(default)

    def default(self) -> Map | None:
        """The map for documents that name none. None: they are movements in our own form."""
        return None if self._default is None else self.map(self._default)

    def map(self, spec: str) -> Map:
        """The map of this name or path. Raises MapError."""
        path = find_map(spec, self._folder)
        seen = _seen(path)
        with self._lock:
            known = self._known.get(spec)
            if known is None or known[0] != seen:
                made = load_map(spec, maps=self._folder, locations=self._locations, catalogue=self._catalogue)
                if known is not None:
                    logger("intake").info("map_read_again", map=made.name)
                known = self._known[spec] = (seen, made)
            return known[1]

    def named(self, name: str) -> Map:
        """The map of a name that a sender gave, which is never a path. Raises Refusal."""
        try:
            if NAME.fullmatch(name) is None:
                raise MapError("a name has small letters, digits and hyphens, at most 64")
            find_map(name, self._folder)
        except MapError as error:
            raise Refusal("unknown_map", f"`{name[:80]}`: {error.message}") from None
        try:
            return self.map(name)
        except MapError as error:
            raise Refusal("map_unusable", error.message) from None


def _seen(path: Path) -> _Seen:
    """What changes when a map changes: its file, and the tables beside it."""
    files = [path, *sorted(path.parent.glob("*.csv"))]  # a `map_file` lies beside its map
    found = []
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            continue
        found.append((file.name, stat.st_mtime_ns, stat.st_size))
    return tuple(found)
