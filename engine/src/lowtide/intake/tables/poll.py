"""One reading of a table: the window behind the watermark, its rows into the journal, then the new watermark.

    connect ──▶ window ──▶ rows ──▶ map ──▶ journal ──▶ watermark
        └──────── one transaction ────────┘

Rows of a window that overlaps the last one (`lookback`) and that stand in the journal already, as the last reading saw
them, are not written again; after a restart the first window is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import orjson

from lowtide.core import Digest, MappedRows, Mapping, MapReader
from lowtide.errors import SettingsError
from lowtide.intake.batch import Batch
from lowtide.intake.journal import Document, Journal, bodies_of
from lowtide.intake.mapped_rows import codes_of, movements_of, rows_of, with_key
from lowtide.intake.memory import Snapshots
from lowtide.intake.snapshot import ListRow, SnapshotRefused, Terms
from lowtide.intake.tables.address import engine_of
from lowtide.intake.tables.modes import MODES, Watermark, Window
from lowtide.intake.tables.settings import Table
from lowtide.intake.tables.statement import read
from lowtide.intake.tables.values import line
from lowtide.intake.tables.watermarks import watermark_document
from lowtide.map import Map
from lowtide.operation.log import logger

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection

_XMIN = "xmin"
_WRITTEN_AGAIN = timedelta(hours=1)
"""A watermark behind which there was nothing new is written again after this time."""


class TableReader:
    """Reads one table again and again. Only one thread calls it."""

    def __init__(
        self,
        table: Table,
        map_: Map,
        snapshots: Snapshots,
        last: Watermark | None,
        *,
        config: bytes | None = None,
        catalogue: pa.RecordBatch | None = None,
    ) -> None:
        """`last` is the watermark in the journal. Raises SettingsError where table and map do not fit each other."""
        self.table = table
        self.map = map_
        self.rows = 0
        """How many rows it has written since it was made."""
        self.codes: Counter[str] = Counter()
        """How many of them are `good` or `skipped`, or rejects of a code."""
        self._reading: Counter[str] = Counter()
        is_list = Terms.of(map_.document) is not None
        if is_list != (table.mode == "whole"):
            raise SettingsError(
                f"table `{table.name}`: `mode: whole` and a map with `snapshot:` need each other",
                "A part of a table is not a stock list, and a whole table is one.",
            )
        self._engine = engine_of(table.url.reveal(), table.name)
        self._snapshots = snapshots
        self._reader = MapReader(Mapping(map_.document), config, catalogue)
        self._zone = _zone_of(map_)
        self._last = last
        self._written: datetime | None = None
        self._seen: set[bytes] = set()
        self._log = logger("intake")

    def poll(self, journal: Journal, now: datetime) -> int:
        """Read what is new; how many rows. `now` has a zone.

        Raises TableError, errors of SQLAlchemy and drivers, JournalWriteError; the next call then reads the same again.
        """
        self._reading.clear()
        with self._engine.connect() as plain:
            connection = plain.execution_options(**_isolation(plain))
            window = MODES[self.table.mode](connection, self.table, self._last, now, self._zone)
            if window is None:
                return 0
            if window.reason not in ("next", "window"):
                self._log.info("table_read_again", table=self.table.name, reason=window.reason)
            if self.table.mode == "whole":
                rows = self._take_list(connection, window, journal, now)
            else:
                rows = self._take_rows(connection, window, journal)
        self._keep(window.watermark, journal, now, has_rows=rows > 0)
        self.rows += rows
        if rows:
            self.codes.update(self._reading)
        return rows

    def _take_rows(self, connection: Connection, window: Window, journal: Journal) -> int:
        count, digest, seen = 0, Digest(), set[bytes]()
        with Batch(journal.folder.path) as batch:
            number = batch.document(b"", self.map.document)
            for lines in self._lines(connection, window):
                new = self._new(lines, seen)
                part = b"".join(
                    with_key(text, "_line", count + place) + b"\n" for place, text in enumerate(new, start=1)
                )
                if part:
                    digest.update(part)
                    count += len(new)
                    mapped = self._mapped(part)
                    batch.add(number, rows_of(mapped, mapped.ndjson or part))
            if count:
                batch.name(number, digest.digest())
                batch.write(journal)
        self._seen = seen
        return count

    def _new(self, lines: list[bytes], seen: set[bytes]) -> list[bytes]:
        """The rows that the last reading of an overlapping window did not see; `seen` takes all of them."""
        if self.table.mode != "lookback":
            return lines
        new = []
        for text in lines:
            hash_ = Digest(text).digest()
            if hash_ not in self._seen:
                new.append(text)
            seen.add(hash_)
        return new

    def _take_list(self, connection: Connection, window: Window, journal: Journal, now: datetime) -> int:
        rows: list[ListRow] = []
        digest = Digest()
        for lines in self._lines(connection, window):
            part = b"".join(
                with_key(text, "_line", len(rows) + place) + b"\n" for place, text in enumerate(lines, 1)
            )
            digest.update(part)
            mapped = self._mapped(part)
            made = rows_of(mapped, mapped.ndjson or part)
            movements = movements_of(mapped)
            rows += [
                ListRow(row.data, several, row.is_reject)
                for row, several in zip(made, movements, strict=True)
            ]
        try:
            with self._snapshots.list_of(self.map, rows, round(now.timestamp() * 1000)) as list_:
                if list_.rows:
                    journal.append(Document(digest.digest(), list(bodies_of(list_.rows)), self.map.document))
        except SnapshotRefused as refused:
            self._log.warning("list_refused", table=self.table.name, reason=str(refused))
            return 0
        for sentence in list_.sentences:
            self._log.warning("list_taken_in_part", table=self.table.name, reason=str(sentence))
        return len(list_.rows)

    def _mapped(self, part: bytes) -> MappedRows:
        mapped = self._reader.lines(part)
        self._reading.update(codes_of(mapped))
        return mapped

    def _lines(self, connection: Connection, window: Window) -> Iterator[list[bytes]]:
        self._reader.document()
        for rows in read(connection, self.table, window.rows):
            for row in rows:
                row.pop(_XMIN, None)
            yield [line(row) for row in rows]

    def _keep(self, watermark: Watermark, journal: Journal, now: datetime, *, has_rows: bool) -> None:
        """Write the watermark, if it covers rows or the written one is old."""
        is_old = self._written is None or now - self._written > _WRITTEN_AGAIN
        if watermark != self._last and (has_rows or is_old):
            journal.append(watermark_document(self.table, watermark))
            self._written = now
        self._last = watermark


def _isolation(connection: Connection) -> dict[str, str]:
    """All statements of a reading see the same rows, where the database can do that without locks."""
    is_able = connection.dialect.name in ("postgresql", "mysql", "mariadb")
    return {"isolation_level": "REPEATABLE READ"} if is_able else {}


def _zone_of(map_: Map) -> tzinfo | None:
    """The zone of times that a table writes without one, where its map says it."""
    zone = orjson.loads(map_.document)["zone"]
    return None if zone in (None, "locations") else ZoneInfo(zone)
