"""An embedded warehouse that is thrown away. Each outcome is a pipeline in it, so that the views answer as after a run.

It holds what the figures need and no more: entries, what was said of the sample, the clock of the log, and the files that
people keep. A process can have one embedded warehouse open at a time.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from lowtide.backtest.outcome import Outcome
from lowtide.rows import Row
from lowtide.warehouse import Warehouse, desk_rows, open_warehouse
from lowtide.warehouse.reference_tables import reference_rows

_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
"""When the files count as loaded: a fixed time, since nothing depends on it."""


class Scratch:
    """The warehouse. Use it in a `with` block; its folder is removed at the end."""

    def __init__(self, files: dict[str, pa.RecordBatch]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="lowtide-backtest-"))
        try:
            self.warehouse: Warehouse = open_warehouse(f"embedded:{self._folder / 'warehouse'}", create=True)
            _write_lazily(self.warehouse)
            for table, batch in files.items():
                self.warehouse.insert_arrow(table, reference_rows(table, batch, _FIRST))
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def add(self, pipeline: str, outcome: Outcome, newest: pa.Table) -> None:
        """Store an outcome under the name of a pipeline. `newest` is the position that moved last: it sets the clock.

        Raises WarehouseError.
        """
        tables = (("ledger", outcome.ledger), ("calibration_day", outcome.calibration), ("position", newest))
        for table, rows in tables:
            if rows.num_rows:
                self.warehouse.insert_arrow(table, _of_pipeline(pipeline, rows))

    def read(self, kept: Collection[str]) -> tuple[dict[str, list[Row]], dict[str, float]]:
        """The entries of these pipelines as the desk reads them; of the others the greatest loss of each alert, by its id.

        Raises WarehouseError.
        """
        rows: dict[str, list[Row]] = {name: [] for name in kept}
        losses: dict[str, float] = {}
        for slice_ in desk_rows.entries(self.warehouse):
            for row in slice_:
                if row["pipeline"] in rows:
                    rows[row["pipeline"]].append(row)
                elif row["worth"] is not None:
                    losses[row["alert_id"]] = max(losses.get(row["alert_id"], 0.0), row["worth"])
        return rows, losses

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.warehouse.close()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)


def _write_lazily(warehouse: Warehouse) -> None:
    """Let inserts return before their rows are on disk: nothing is kept, and a busy disk takes long."""
    tables = warehouse.rows(
        "SELECT name FROM system.tables WHERE database = {database:String} "
        "AND position(engine_full, 'fsync_after_insert = 1') > 0 ORDER BY name",
        {"database": warehouse.database},
    )
    for row in tables:
        warehouse.command(
            f"ALTER TABLE {warehouse.database}.{row['name']} "
            "MODIFY SETTING fsync_after_insert = 0, fsync_part_directory = 0"
        )


def _of_pipeline(pipeline: str, rows: pa.Table) -> pa.Table:
    names = [name for name in rows.column_names if name != "pipeline"]
    return rows.select(names).append_column("pipeline", pa.repeat(pa.scalar(pipeline), rows.num_rows))
