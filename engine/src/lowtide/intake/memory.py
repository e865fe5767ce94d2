"""The last stock list of each map and location, beside the journal: JOURNAL/snapshots/MAP-LOCATION.json.

    {"format":1,"map":"u8-stock","location":"330","time":1795339800000,"source":"u8","items":{"A":"5"},"next":1200}

`next` is the place in the journal behind the list. The journal is the truth: at start, lists that stand in it behind
the newest of these files are read from it, so a crash between the two, or a folder that somebody removed, loses nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

import orjson

from lowtide.intake.journal import LAST_ROWS, Frame, Journal, document_hash, frames
from lowtide.intake.snapshot import ListRow, StockList, Taken, Terms, taken
from lowtide.map import Map
from lowtide.operation.durable import replace
from lowtide.operation.log import logger

_FORMAT = 1
_LONGEST = 120

Lists = dict[str, StockList]
"""The last list of each location of a map."""


class SnapshotBatch:
    """Lists that are taken one after another, each compared with the one before it."""

    def __init__(self, last: Callable[[str], Lists]) -> None:
        self._last = last
        self.lists: dict[str, Lists] = {}

    @staticmethod
    def time_of(rows: Sequence[ListRow]) -> str:
        """What orders lists that came together: the latest time that each mentions."""
        return max((str(movement["event_time"]) for row in rows for movement in row.movements), default="")

    def take(self, map_: Map, rows: Sequence[ListRow], arrival: int) -> Taken:
        """What a list becomes. `map_` must read stock lists. Raises SnapshotRefused."""
        terms = Terms.of(map_.document)
        assert terms is not None, "the map does not read stock lists"
        new = self.lists.setdefault(map_.name, {})
        list_ = taken(terms, rows, arrival, {**self._last(map_.name), **new})
        new.update(list_.lists)
        return list_


class Snapshots:
    """The last lists of a journal's maps. One list is taken at a time."""

    def __init__(self, journal: Journal) -> None:
        """Raises OSError, and InputError where the journal is damaged."""
        self._journal = journal
        self._folder = journal.folder.path / "snapshots"
        self._folder.mkdir(exist_ok=True)
        self._lock = threading.RLock()
        self._last: dict[str, Lists] = {}
        self._read()

    def last(self, name: str) -> Lists:
        """The last lists of the map of this name."""
        with self._lock:
            return dict(self._last.get(name, {}))

    @contextmanager
    def batch(self) -> Iterator[SnapshotBatch]:
        """Lists on their way into the journal; they are the last lists once the block has ended well."""
        with self._lock:
            batch = SnapshotBatch(self.last)
            try:
                yield batch
            except BaseException:
                self._last = {}  # a part of the batch may be in the journal
                self._read()
                raise
            for name, lists in batch.lists.items():
                self._keep(name, lists, self._journal.next)

    @contextmanager
    def list_of(self, map_: Map, rows: Sequence[ListRow], arrival: int) -> Iterator[Taken]:
        """One list, which is the last one once the block has ended well. Raises SnapshotRefused."""
        with self.batch() as batch:
            yield batch.take(map_, rows, arrival)

    def _keep(self, name: str, lists: Mapping[str, StockList], next_: int) -> None:
        self._last.setdefault(name, {}).update(lists)
        for location, list_ in lists.items():
            try:
                replace(self._folder / _file_name(name, location), _document(name, location, list_, next_))
            except OSError as error:  # the journal has the list: the file is made anew at the next start
                logger("intake").warning("snapshot_not_kept", map=name, location=location, error=str(error))

    def _read(self) -> None:
        newest = 0
        for path in sorted(self._folder.glob("*.json")):
            try:
                value = orjson.loads(path.read_bytes())
                assert value["format"] == _FORMAT
                items = {sku: Decimal(quantity) for sku, quantity in value["items"].items()}
                list_ = StockList(value["time"], value["source"], items)
                self._last.setdefault(value["map"], {})[value["location"]] = list_
                newest = max(newest, value["next"])
            except (OSError, ValueError, KeyError, TypeError, AssertionError, InvalidOperation):
                self._last, newest = {}, 0
                break
        self._read_journal(min(newest, self._journal.next))

    def _read_journal(self, next_: int) -> None:
        """Take the lists that stand in the journal behind a place."""
        maps: dict[bytes, tuple[str, Terms] | None] = {}
        parts: dict[bytes, list[Frame]] = {}
        for frame in frames(self._journal.folder, self._first_from(next_)):
            if frame.map not in maps:
                maps[frame.map] = self._map(frame.map)
            if (known := maps[frame.map]) is None:
                continue
            parts.setdefault(frame.document, []).append(frame)
            if frame.kind == LAST_ROWS:
                name, terms = known
                lists = _lists_of(parts.pop(frame.document), terms, self._last.get(name, {}))
                self._keep(name, lists, frame.next)

    def _first_from(self, next_: int) -> int | None:
        files = self._journal.folder.files()
        return next_ if files and files[0][0] <= next_ else None

    def _map(self, hash_: bytes) -> tuple[str, Terms] | None:
        """The name and terms of a map that frames name; None where it does not read stock lists."""
        path = self._journal.folder.maps / f"{hash_.hex()}.json"
        try:
            document = path.read_bytes()
            terms = Terms.of(document)
        except (OSError, ValueError, KeyError):
            return None
        return None if terms is None else (orjson.loads(document)["name"], terms)


def _lists_of(parts: Sequence[Frame], terms: Terms, last: Mapping[str, StockList]) -> Lists:
    """The lists in the frames of a document: its counts, and the last list changed by its inferred movements."""
    lists: dict[str, dict[str, Decimal]] = {}
    times: dict[str, tuple[int, str]] = {}
    gone: dict[str, set[str]] = {}
    for movement, is_absent in _movements(parts):
        place, sku = movement["location"], movement["sku"]
        before = last[place].items.get(sku, Decimal(0)) if place in last else Decimal(0)
        quantity = Decimal(movement["quantity"])
        if movement["kind"] != "count":
            quantity = before - quantity if movement["kind"] == terms.decrease else before + quantity
        here = lists.setdefault(place, {})
        times[place] = (int(movement["id"].rpartition("@")[2]), movement["source"])
        if is_absent:
            gone.setdefault(place, set()).add(sku)
        else:
            here[sku] = quantity
    found: Lists = {}
    for place, (time, source) in times.items():
        old = last.get(place)
        if old is None or old.time < time:
            kept = (
                {}
                if old is None
                else {sku: n for sku, n in old.items.items() if sku not in gone.get(place, ())}
            )
            found[place] = StockList(time, source, {**kept, **lists[place]})
    return found


def _movements(parts: Sequence[Frame]) -> Iterator[tuple[dict[str, Any], bool]]:
    """The movements that intake made of a list, and whether each stands for an article that the list lacks."""
    for frame in parts:
        for line in frame.body.splitlines():
            row = orjson.loads(line)
            if (movement := row.get("_movement")) is not None:
                yield movement, "_absent" in row


def _document(name: str, location: str, list_: StockList, next_: int) -> bytes:
    items = {sku: format(quantity, "f") for sku, quantity in list_.items.items()}
    value = {"format": _FORMAT, "map": name, "location": location, "time": list_.time, "source": list_.source}
    return orjson.dumps({**value, "items": items, "next": next_})


def _file_name(name: str, location: str) -> str:
    safe = quote(location, safe="").replace(".", "%2E")
    if len(safe) > _LONGEST:
        safe = document_hash(location.encode()).hex()
    return f"{name}-{safe}.json"
