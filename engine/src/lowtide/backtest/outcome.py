"""What one policy would have made of a history: its ledger, what it said of a sample of positions, and how far it came.

A folder holds it between processes:

    ledger.arrow        the entries before the end of the period, as the core makes them
    calibration.arrow   what was said at the midnights of the period
    positions.arrow     location, sku, first_seen, last_event_time of each position seen before the end, if asked for
    outcome.json        the policy, the counts, the period
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from lowtide.backtest.period import Period
from lowtide.rows import LEDGER_KEY, Row, ledger_rows

_TABLES = ("ledger", "calibration", "positions")
_DOCUMENT = "outcome.json"
_TIME = pa.timestamp("ms", "UTC")


@dataclass(frozen=True)
class Outcome:
    """The result of one replay. The same history, policy and period give the same one, whatever the size of blocks."""

    policy: dict[str, Any]
    """The compiled policy."""
    period: Period
    ledger: pa.Table
    calibration: pa.Table
    """Rows of `calibration_day`."""
    positions: pa.Table
    """Empty where they were not asked for."""
    counts: dict[str, int]
    """Counts of the log (`records`, `rejects` and others) up to where it was read."""
    clock: int | None
    """The time that the log had reached at its end, or at the end of the period, in ms since 1970 UTC; None: no record."""
    is_whole: bool
    """Whether the history was read to its end. If not, it was read until its clock had passed the period."""

    @property
    def policy_version(self) -> str:
        """The name of the policy: the hash of its content."""
        return str(self.policy["version"])

    @property
    def since(self) -> int | None:
        """The time of the first movement that is known, in ms since 1970 UTC; None if there is no position."""
        return _ms(pc.min(self.positions["first_seen"]))

    @property
    def moved(self) -> int | None:
        """The time of the last movement before the end of the period, in ms since 1970 UTC."""
        return _ms(pc.max(self.positions["last_event_time"]))

    @property
    def newest(self) -> pa.Table:
        """The position that moved last, as a row of table `position`; no row if there is no position."""
        table = self.positions.select(["location", "sku", "last_event_time"])
        last = pc.max(table["last_event_time"])
        return table.filter(pc.equal(table["last_event_time"], last)).slice(0, 1)

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where the entries of each alert stand in the ledger."""
        found: dict[str, list[int]] = {}
        for place, alert_id in enumerate(self.ledger["alert_id"].to_pylist()):
            found.setdefault(alert_id, []).append(place)
        return found

    def entries(self, alert_id: str) -> list[Row]:
        """The entries of one alert in their JSON form, by seq; none if this policy has no such alert."""
        table = self.ledger.take(pa.array(self._places.get(alert_id, []), pa.int64())).combine_chunks()
        rows = [row for batch in table.to_batches() for row in ledger_rows(batch)]
        return sorted(rows, key=lambda row: int(row["seq"]))

    def save(self, folder: Path) -> None:
        """Write it into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _TABLES:
            table: pa.Table = getattr(self, name)
            with pa.ipc.new_file(str(folder / f"{name}.arrow"), table.schema) as file:
                file.write_table(table)
        document = {
            "policy": self.policy, "period": self.period.to_dict(), "counts": self.counts, "clock": self.clock,
            "is_whole": self.is_whole,
        }  # fmt: skip
        (folder / _DOCUMENT).write_bytes(orjson.dumps(document))

    @classmethod
    def load(cls, folder: Path) -> Outcome:
        """The outcome that `save` wrote."""
        document = orjson.loads((folder / _DOCUMENT).read_bytes())
        tables = {name: pa.ipc.open_file(str(folder / f"{name}.arrow")).read_all() for name in _TABLES}
        return cls(**{**document, "period": Period.of_dict(document["period"])}, **tables)


class Collector:
    """Takes the rows of each block and keeps those that belong to the period."""

    def __init__(self, period: Period, positions: bool) -> None:
        self._period, self._positions = period, positions
        self._kept: dict[str, list[pa.RecordBatch]] = {"ledger": [], "calibration_day": [], "position": []}

    def take(self, rows: dict[str, list[pa.RecordBatch]]) -> None:
        """Keep the rows that one block led to, by table."""
        for batch in rows["ledger"]:
            self._keep("ledger", batch, "event_time")
        for batch in rows["calibration_day"]:
            self._keep("calibration_day", batch, "midnight", since=self._period.start)
        for batch in rows["position"] if self._positions else ():
            self._keep("position", batch.select(["location", "sku", "last_event_time"]), "last_event_time")

    @property
    def entries(self) -> int:
        """Entries so far."""
        return sum(batch.num_rows for batch in self._kept["ledger"])

    def _keep(self, table: str, batch: pa.RecordBatch, column: str, since: int | None = None) -> None:
        at = batch.column(column).cast(pa.int64())
        if self._period.end is not None:
            batch = batch.filter(pc.less(at, self._period.end))
            at = batch.column(column).cast(pa.int64())
        if since is not None:
            batch = batch.filter(pc.greater_equal(at, since))
        if batch.num_rows:
            self._kept[table].append(batch)

    def tables(self, empty: dict[str, pa.Schema]) -> dict[str, pa.Table]:
        """What was kept; `empty` has the schemas of tables without a row."""
        ledger = _sorted(self._table("ledger", empty["ledger"]), LEDGER_KEY)
        calibration = _sorted(
            self._table("calibration_day", empty["calibration_day"]), ("location", "sku", "day")
        )
        seen = self._table(
            "position", pa.schema({"location": "string", "sku": "string", "last_event_time": _TIME})
        )
        grouped = seen.group_by(["location", "sku"], use_threads=False).aggregate(
            [("last_event_time", "min"), ("last_event_time", "max")]
        )
        named = {"last_event_time_min": "first_seen", "last_event_time_max": "last_event_time"}
        positions = _sorted(grouped.rename_columns(named), ("location", "sku"))
        return {"ledger": ledger, "calibration": calibration, "positions": positions}

    def _table(self, name: str, empty: pa.Schema) -> pa.Table:
        batches: Iterable[pa.RecordBatch] = self._kept[name]
        return pa.Table.from_batches(batches, None if self._kept[name] else empty)


def _sorted(table: pa.Table, columns: Iterable[str]) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in columns])


def _ms(value: pa.Scalar) -> int | None:
    return None if value.as_py() is None else int(value.value)
