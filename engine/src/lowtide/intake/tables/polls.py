"""The threads that read tables: one a table, so that a database that is away does not keep the others waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lowtide.errors import LowtideError
from lowtide.intake.journal import Journal
from lowtide.intake.memory import Snapshots
from lowtide.intake.tables.address import reason_of
from lowtide.intake.tables.poll import TableReader
from lowtide.intake.tables.settings import Table
from lowtide.intake.tables.watermarks import last_watermarks
from lowtide.map import Map
from lowtide.operation.log import logger

if TYPE_CHECKING:
    import pyarrow as pa

_PAUSE_S = 1.0
_PAUSE_MOST_S = 60.0
_END_S = 10.0


class TablePolls(Collector):
    """Reads tables until it is told to stop, and gives their metrics to a registry."""

    def __init__(
        self,
        tables: list[tuple[Table, Map]],
        snapshots: Snapshots,
        journal: Journal,
        *,
        config: bytes | None = None,
        catalogue: pa.RecordBatch | None = None,
    ) -> None:
        """Raises SettingsError where a table and its map do not fit, or a driver is missing; InputError of a journal."""
        last = last_watermarks(journal.folder) if tables else {}
        self._readers = [
            TableReader(
                table,
                map_,
                snapshots,
                last.get((table.name, table.mode)),
                config=config,
                catalogue=catalogue,
            )
            for table, map_ in tables
        ]
        self.count: Callable[[str, Mapping[str, int]], None] = lambda name, codes: None
        """Called with the name of the map and what became of the rows, after each reading."""
        self.away: dict[str, str] = {}
        """Why a table cannot be read now, by its name."""
        self._read_at: dict[str, float] = {}
        self._threads: list[threading.Thread] = []
        self._log = logger("intake")

    def start(self, journal: Journal, stop: threading.Event) -> None:
        """Read every table again and again until `stop` is set."""
        for reader in self._readers:
            name = f"lowtide-table-{reader.table.name}"
            thread = threading.Thread(target=self._run, args=(reader, journal, stop), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def join(self) -> None:
        """Wait for the end of the threads. One that waits for its database is left behind: it has written nothing yet."""
        for thread in self._threads:
            thread.join(_END_S)

    def collect(self) -> Iterator[Metric]:
        """The metrics of all tables."""
        up = GaugeMetricFamily(
            "lowtide_intake_table_up", "Whether the table was read at the last try.", labels=["table"]
        )
        rows = CounterMetricFamily(
            "lowtide_intake_table_rows", "Rows of the table in the journal.", labels=["table"]
        )
        read = GaugeMetricFamily(
            "lowtide_intake_table_read_timestamp_seconds", "When the table was last read.", labels=["table"]
        )
        for reader in self._readers:
            label = [reader.table.name]
            up.add_metric(label, float(reader.table.name not in self.away))
            rows.add_metric(label, reader.rows)
            read.add_metric(label, self._read_at.get(reader.table.name, 0.0))
        return iter((up, rows, read))

    def _run(self, reader: TableReader, journal: Journal, stop: threading.Event) -> None:
        pause_s = 0.0
        failures = 0
        while not stop.wait(pause_s):
            if self._poll(reader, journal):
                failures, pause_s = 0, reader.table.every_s
            else:
                failures += 1
                pause_s = min(_PAUSE_S * 2 ** (failures - 1), _PAUSE_MOST_S)

    def _poll(self, reader: TableReader, journal: Journal) -> bool:
        """Whether the table was read. Whatever the database answers, it is tried again: a shop's night must not end here."""
        name = reader.table.name
        now = datetime.now(UTC)
        try:
            before = reader.codes.copy()
            rows = reader.poll(journal, now)
        except Exception as error:  # drivers raise what they like
            reason = error.message if isinstance(error, LowtideError) else reason_of(error)
            if self.away.get(name) != reason:
                self._log.warning("table_away", table=name, reason=reason)
            self.away[name] = reason
            return False
        if self.away.pop(name, None) is not None:
            self._log.warning("table_back", table=name)
        self._read_at[name] = now.timestamp()
        codes = reader.codes - before
        self.count(reader.map.name, codes)
        if rows:
            rejected = codes.total() - codes["good"] - codes["skipped"]
            self._log.info("table_read", table=name, rows=rows, rejected=rejected)
        return True
