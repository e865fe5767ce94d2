"""The rows that a history leaves, from wherever it is kept: a replay of movements, or the tables of a warehouse.

A replay runs under the rules of the policy for stock and time, with its alerts about empty shelves always on: they say on
which hours a position had nothing to sell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lowtide.core import Job
from lowtide.errors import InputError
from lowtide.ledger import ENDED, TYPES
from lowtide.policy import Policy
from lowtide.policy.model import Terms
from lowtide.runner.replay import replay_logs
from lowtide.sources import Block
from lowtide.warehouse import open_warehouse

COLUMNS = {
    "demand_day": pa.schema(
        [("partition", pa.string()), ("offset", pa.uint64()), ("location", pa.string()), ("sku", pa.string()),
         ("day", pa.date32()), ("part", pa.string()), ("demand", pa.float64())]
    ),
    "supply_event": pa.schema(
        [("partition", pa.string()), ("offset", pa.uint64()), ("location", pa.string()), ("sku", pa.string()),
         ("ref", pa.string()), ("kind", pa.string()), ("event_time", pa.timestamp("ms", "UTC")),
         ("quantity", pa.float64()), ("due", pa.timestamp("ms", "UTC"))]
    ),
    "stock_count": pa.schema(
        [("location", pa.string()), ("sku", pa.string()), ("event_time", pa.timestamp("ms", "UTC"))]
    ),
    "ledger": pa.schema(
        [("alert_id", pa.string()), ("entry", pa.string()), ("location", pa.string()), ("sku", pa.string()),
         ("event_time", pa.timestamp("ms", "UTC")), ("opened_at", pa.timestamp("ms", "UTC"))]
    ),
}  # fmt: skip
"""What is read of each table. Of the ledger only openings and ends of `out_of_stock`."""
_ENTRIES = pa.array(["OPENED", *ENDED])
_ALERTING = {
    "off", "dwell", "clear_after", "flap_count", "flap_window", "flap_hold", "low_turnover_days", "low_turnover_units",
    "wave_days", "wave_units", "unplanned", "severity", "reorder_point", "spike_p", "spike_min", "spike_hold", "spike_after",
    "watch", "warning", "critical", "exit_ratio", "grace",
}  # fmt: skip
"""Values of a policy that decide about alerts alone, and not about stock, demand or time."""

Outcomes = Iterable[Mapping[str, list[pa.RecordBatch]]]


@dataclass(frozen=True)
class Records:
    """The rows of a history, by table, and the time of its end."""

    tables: dict[str, pa.Table]
    end_ms: int
    positions: list[tuple[str, str]]
    """Location and SKU of every position."""


def watchful(policy: Policy, **values: Any) -> Policy:
    """The policy with its values for stock, demand and time, all others as `values` or the defaults say, and no other
    alert than `out_of_stock`."""

    def kept(terms: Terms, more: Mapping[str, Any]) -> Terms:
        named = {name: getattr(terms, name) for name in terms.model_fields_set - _ALERTING}
        known = {name: value for name, value in more.items() if name in Terms.model_fields}
        return Terms.model_construct(terms.model_fields_set - _ALERTING | known.keys(), **{**named, **known})

    layers = [layer.model_copy(update={"set": kept(layer.set, {})}) for layer in policy.layers]
    alone = [name for name in TYPES if name != "out_of_stock"]
    defaults = kept(policy.defaults, {"unplanned": "alert", "flap_count": 0, "off": alone, **values})
    return policy.model_copy(update={"defaults": defaults, "layers": layers})


def replayed(
    job: Job, logs: Mapping[str, Iterable[Block]], show: Callable[[Any], None] = lambda _: None
) -> Records:
    """The rows to which logs lead. `show` sees the log after every block. Raises InputError for a history without use."""
    kept: dict[str, list[pa.RecordBatch]] = {table: [] for table in COLUMNS}
    end, names = 0, set[tuple[str, str]]()
    for outcome in replay_logs(job, logs):
        keep(kept, outcome.rows)
        log = outcome.replay.log
        end = max(end, log.partition.clock_ms or 0)
        show(log)
        if outcome.ended:
            for group in log.groups.values():
                rows = group.positions()
                names.update(
                    zip(rows.column("location").to_pylist(), rows.column("sku").to_pylist(), strict=True)
                )
    if not names:
        raise InputError(
            "no movement of the history could be used",
            "`lowtide replay` on the same files shows what is wrong with them.",
        )
    tables = {
        name: pa.Table.from_batches(kept[name], schema=COLUMNS[name]).combine_chunks() for name in COLUMNS
    }
    return Records(tables, end, sorted(names))


def keep(kept: dict[str, list[pa.RecordBatch]], rows: Mapping[str, list[pa.RecordBatch]]) -> None:
    """Add to `kept` what is read of the rows of one block."""
    for table, schema in COLUMNS.items():
        for batch in rows[table]:
            if table == "ledger":
                wanted = pc.and_(
                    pc.equal(batch["type"], "out_of_stock"), pc.is_in(batch["entry"], value_set=_ENTRIES)
                )
                batch = batch.filter(wanted)
            if batch.num_rows:
                kept[table].append(_cast(batch, schema))


def _cast(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [batch[field.name].cast(field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def is_warehouse(spec: str) -> bool:
    """Whether HISTORY names a warehouse: an address, `embedded:`, or the folder of an embedded store."""
    return spec.startswith(("http://", "https://", "embedded:")) or (Path(spec) / "store").is_dir()


_OF = "FROM {db}.%s FINAL WHERE pipeline = {{pipeline:String}}"
_SELECTS = {
    "demand_day": "SELECT partition, offset, location, sku, day, part, toFloat64(demand) AS demand "
    + _OF % "demand_day",
    "supply_event": "SELECT partition, offset, location, sku, ref, kind, event_time, toFloat64(quantity) AS quantity, due "
    + _OF % "supply_event",
    "stock_count": "SELECT location, sku, event_time " + _OF % "stock_count",
    "ledger": "SELECT alert_id, entry, location, sku, event_time, opened_at "
    + _OF % "ledger"
    + " AND type = 'out_of_stock' AND entry IN ("
    + ", ".join(f"'{one}'" for one in ("OPENED", *ENDED))
    + ")",
}
_POSITIONS = "SELECT location, sku, last_event_time " + _OF % "position"
_CLOCK = "SELECT max(clock) AS clock FROM {db}.pipeline_clock WHERE pipeline = {{pipeline:String}}"


def stored(spec: str, pipeline: str) -> Records:
    """The rows of a pipeline in a warehouse. Raises WarehouseError, and InputError if it holds no position."""
    given = {"pipeline": pipeline}
    with open_warehouse(spec) as warehouse, warehouse.reader() as reader:
        db = warehouse.database
        positions = reader.rows(_POSITIONS.format(db=db), given)
        clock = reader.rows(_CLOCK.format(db=db), given)
        tables = {}
        for name, sql in _SELECTS.items():
            rows = reader.arrow(sql.format(db=db), given)
            columns = [rows[field.name].cast(field.type) for field in COLUMNS[name]]
            tables[name] = pa.Table.from_arrays(columns, schema=COLUMNS[name])
    if not positions:
        raise InputError(
            f"the warehouse `{spec}` holds no position of the pipeline `{pipeline}`",
            "`lowtide run SOURCE` fills it; `--pipeline` names another pipeline.",
        )
    times = [row["last_event_time"] for row in positions] + [row["clock"] for row in clock]
    names = sorted({(str(row["location"]), str(row["sku"])) for row in positions})
    return Records(tables, max(round(time.timestamp() * 1000) for time in times), names)
