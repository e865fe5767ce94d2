"""A history as numbers: what each position sold on each day, how long it had stock, and every order with its receipts.

DuckDB adds the rows up (25 MB, reads Arrow without a copy; Polars is twice as large). What is left is a grid of positions
and days, on which profiles and factors are fitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lowtide.core import Job
from lowtide.errors import InputError
from lowtide.learning.records import Records

MOST_POSITIONS = 8_000
"""Pooled inputs need no more; of a larger history these are chosen by the hash of location and SKU."""
EPOCH = date(1970, 1, 1)
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
EVENING_MS = 17 * HOUR_MS
_TERMS = ("time_zone", "lead_time_days", "review_period_days", "profile")

Grid = NDArray[np.float32]
"""Positions in rows, days in columns."""


@dataclass
class History:
    """Positions, their days, and their orders. Days are counted from `first_day`."""

    positions: pa.Table
    """number, location, sku, category, supplier, department, abc, price (else cost), time_zone, lead_time_days,
    own_lead_time (a layer of the policy sets it), review_period_days, profile."""
    orders: pa.Table
    """number, ref, ordered, due, quantity, and receipts (lists of day and quantity); days since 1970."""
    sold: pa.Table
    """number, day since 1970, units: of all positions."""
    since: pa.Table
    """number, day since 1970 of the first record that says there is stock, or a sale: of all positions."""
    out: pa.Table
    """number, first_ms, end_ms (local time since 1970): when positions that were counted or received were out of stock."""
    chosen: NDArray[np.int64]
    """Numbers of the positions that the grids have."""
    units: Grid
    share: Grid
    """Share of the day in stock; 0 before the first record of a position."""
    sold_out: NDArray[np.bool_]
    """Days that began with stock and ended without."""
    empty: NDArray[np.bool_]
    """Whether the position was out of stock at the end of the day."""
    first_day: int
    """Number of the first day since 1970."""
    week: Grid | None = None
    """Weights of the weekdays (Monday first) by the policy, by position; None where all are 1."""

    @property
    def days(self) -> int:
        """How many days the grids have."""
        return int(self.units.shape[1])

    @property
    def last_day(self) -> int:
        """Number of the last day since 1970."""
        return self.first_day + self.days - 1

    def date(self, day: int) -> date:
        """The date of a column of the grids."""
        return EPOCH + timedelta(days=self.first_day + day)

    def column(self, name: str) -> list[str]:
        """One text of each chosen position; an absent one is empty."""
        values = self.positions[name].take(pa.array(self.chosen)).to_pylist()
        return [str(value) if value is not None else "" for value in values]


def history_of(records: Records, job: Job, first: date | None = None, last: date | None = None) -> History:
    """Rows as grids, cut to the days from `first` to `last`. Raises InputError if nothing was sold in them."""
    positions = _positions(records, job)
    db = duckdb.connect(config={"threads": 2})
    db.register("position", positions)
    for name, table in records.tables.items():
        db.register(f"raw_{name}", _local(table, positions, db))
    ends = _last_whole_day(records.end_ms, positions)
    sold = _arrow(db.sql(_SOLD))
    days = sold["day"].to_numpy()
    if not len(days):
        raise InputError(
            "nothing was sold in the history, so there is nothing to learn from",
            "Give files with movements of the kind `sale`; `lowtide replay` shows what they hold.",
        )
    since = _first_days(db)
    begin = max(int(since["day"].to_numpy().min()), _number(first, -(10**6)))
    finish = min(ends, _number(last, 10**6))
    sold = sold.filter(pc.and_(pc.greater_equal(sold["day"], begin), pc.less_equal(sold["day"], finish)))
    if begin > finish or not sold.num_rows:
        raise InputError(
            "nothing was sold between `--from` and `--to`",
            f"The history runs from {EPOCH + timedelta(days=int(days.min()))} to {EPOCH + timedelta(days=int(days.max()))}.",
        )
    chosen = _choose(positions, sold)
    out = _out_of_stock(db, records.end_ms)
    grids = _grids(chosen, sold, since, out, begin, finish)
    orders = _arrow(db.sql(_ORDERS.format(finish=finish)))
    return History(positions, orders, sold, since, out, chosen, *grids, begin, _weeks(positions, chosen, job))


_SOLD = """
WITH latest AS (
    SELECT number, day, part, arg_max(demand, "offset") AS demand
    FROM raw_demand_day GROUP BY number, day, part
)
SELECT number, (day - DATE '1970-01-01')::BIGINT AS day, greatest(sum(demand), 0)::DOUBLE AS units
FROM latest GROUP BY number, day ORDER BY number, day
"""
_ORDERS = """
WITH placed AS (
    SELECT number, ref, min(local_day) AS ordered, arg_max(due_day, "offset") AS due,
           arg_max(quantity, "offset") AS quantity
    FROM raw_supply_event WHERE kind = 'order' AND local_day <= {finish} GROUP BY number, ref
), came AS (
    SELECT number, ref, list(local_day ORDER BY local_day, "offset") AS days,
           list(quantity ORDER BY local_day, "offset") AS quantities
    FROM raw_supply_event WHERE kind IN ('receipt', 'transfer_in') AND local_day <= {finish} GROUP BY number, ref
)
SELECT placed.*, came.days, came.quantities FROM placed LEFT JOIN came USING (number, ref)
WHERE quantity > 0 AND due IS NOT NULL ORDER BY number, ref
"""
_SINCE = """
SELECT number, min(day)::BIGINT AS day FROM (
    SELECT number, (day - DATE '1970-01-01')::BIGINT AS day FROM raw_demand_day
    UNION ALL SELECT number, local_day AS day FROM raw_stock_count
    UNION ALL SELECT number, local_day AS day FROM raw_supply_event WHERE kind IN ('receipt', 'transfer_in')
) GROUP BY number
"""
_OUT = """
SELECT number, min(local_opened)::BIGINT AS first_ms,
       coalesce(max(CASE WHEN entry <> 'OPENED' THEN local_ms END), {later})::BIGINT AS end_ms
FROM raw_ledger WHERE number IN (
    SELECT number FROM raw_stock_count
    UNION SELECT number FROM raw_supply_event WHERE kind IN ('receipt', 'transfer_in')
) GROUP BY number, alert_id ORDER BY ALL
"""


def _last_whole_day(end_ms: int, positions: pa.Table) -> int:
    """The last day that counts: that of the last record, unless it ended before the evening."""
    zones = positions["time_zone"].to_pylist()
    usual = max(sorted(set(zones)), key=zones.count)
    local = int(_local_ms(np.array([end_ms - 1]), np.array([usual], dtype=object))[0])
    return local // DAY_MS - (local % DAY_MS < EVENING_MS)


def _arrow(relation: duckdb.DuckDBPyRelation) -> pa.Table:
    table = relation.to_arrow_table()
    assert isinstance(table, pa.Table)
    return table


def hours_of(job: Job, name: str) -> list[float] | None:
    """The 168 weights of a profile of the policy; None of a flat one."""
    profiles = orjson.loads(job.policy_document)["profiles"]
    weights: list[float] | None = profiles.get(name)
    return weights


def _weeks(positions: pa.Table, chosen: NDArray[np.int64], job: Job) -> Grid | None:
    names = positions["profile"].take(pa.array(chosen)).to_pylist()
    weeks = {name: hours_of(job, name) for name in set(names)}
    if not any(weeks.values()):
        return None
    days = {
        name: np.ones(7) if hours is None else np.array(hours).reshape(7, 24).mean(axis=1)
        for name, hours in weeks.items()
    }
    return np.array([days[name] for name in names], np.float32)


def _first_days(db: duckdb.DuckDBPyConnection) -> pa.Table:
    return _arrow(db.sql(_SINCE))


def _positions(records: Records, job: Job) -> pa.Table:
    """The positions with the values in force and what the catalogue says of their SKU."""
    group = job.group()
    terms: dict[str, list[object]] = {name: [] for name in _TERMS}
    own_lead: list[bool] = []
    for location, sku in records.positions:
        values = orjson.loads(group.terms(location, sku))
        for name in _TERMS:
            terms[name].append(values[name]["value"])
        own_lead.append(values["lead_time_days"]["layer"] != "defaults")
    skus = [sku for _, sku in records.positions]
    known: dict[str, list[object]] = {}
    items = job.catalogue
    places = {sku: row for row, sku in enumerate(items["sku"].to_pylist())} if items is not None else {}
    rows = pa.array([places.get(sku) for sku in skus], pa.int64())
    for name in ("category", "supplier", "department", "abc", "unit_price", "unit_cost"):
        known[name] = (
            items[name].take(rows).to_pylist() if items is not None and places else [None] * len(skus)
        )
    return pa.table(
        {
            "number": pa.array(range(len(skus)), pa.int64()),
            "location": pa.array([location for location, _ in records.positions], pa.string()),
            "sku": pa.array(skus, pa.string()),
            **{
                name: pa.array(known[name], pa.string())
                for name in ("category", "supplier", "department", "abc")
            },
            "price": pc.coalesce(
                pa.array(known["unit_price"], pa.float64()), pa.array(known["unit_cost"], pa.float64())
            ),
            "time_zone": pa.array(terms["time_zone"], pa.string()),
            "lead_time_days": pa.array(terms["lead_time_days"], pa.float64()),
            "own_lead_time": pa.array(own_lead, pa.bool_()),
            "review_period_days": pa.array(terms["review_period_days"], pa.float64()),
            "profile": pa.array(terms["profile"], pa.string()),
        }
    )


def _local(table: pa.Table, positions: pa.Table, db: duckdb.DuckDBPyConnection) -> pa.Table:
    """Rows with the number of their position, and their times as local days and milliseconds of its time zone."""
    db.register("raw", table)
    rows = _arrow(db.sql("SELECT number, time_zone, raw.* FROM raw JOIN position USING (location, sku)"))
    db.unregister("raw")
    zones = np.asarray(rows["time_zone"].to_pylist(), dtype=object)
    for column, made in (("event_time", "local_ms"), ("opened_at", "local_opened"), ("due", "due_ms")):
        if column in rows.schema.names:
            ms = rows[column].cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
            local = _local_ms(ms.fill_null(0).to_numpy(), zones)
            rows = rows.append_column(made, pa.array(local, pa.int64(), mask=ms.is_null().to_numpy()))
    for ms_name, day_name in (("local_ms", "local_day"), ("due_ms", "due_day")):
        if ms_name in rows.schema.names:
            ms = rows[ms_name]
            late = (
                1 if ms_name == "due_ms" else 0
            )  # a date alone means its end: midnight belongs to the day before
            day = np.floor_divide(ms.fill_null(0).to_numpy() - late, DAY_MS)
            rows = rows.append_column(day_name, pa.array(day, pa.int64(), mask=ms.is_null().to_numpy()))
    return rows


def _local_ms(ms: NDArray[np.int64], zones: NDArray[np.object_]) -> NDArray[np.int64]:
    """Local time of instants, each in its own zone."""
    quarters, quarter = ms // (15 * 60_000), 15 * 60
    local = ms.copy()
    for zone in np.unique(zones) if len(zones) else ():
        mine, info = zones == zone, ZoneInfo(str(zone))
        found, inverse = np.unique(quarters[mine], return_inverse=True)
        offsets = np.array([_offset_ms(int(one) * quarter, info) for one in found], np.int64)
        local[mine] += offsets[inverse]
    return local


def _offset_ms(seconds: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(seconds, UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return round(offset.total_seconds() * 1000)


def _choose(positions: pa.Table, sold: pa.Table) -> NDArray[np.int64]:
    """Numbers of the positions that sold; of very many a sample by a stable hash."""
    numbers: NDArray[np.int64] = np.unique(sold["number"].to_numpy())
    if len(numbers) <= MOST_POSITIONS:
        return numbers
    names = [
        f"{location}\0{sku}"
        for location, sku in zip(positions["location"].to_pylist(), positions["sku"].to_pylist(), strict=True)
    ]
    order = np.argsort([crc32(names[number].encode()) for number in numbers], kind="stable")
    return np.sort(numbers[order[:MOST_POSITIONS]])


def _out_of_stock(db: duckdb.DuckDBPyConnection, end_ms: int) -> pa.Table:
    """When each position was out of stock; what has not ended ends long after the history."""
    return _arrow(db.sql(_OUT.format(later=end_ms + 400 * DAY_MS)))


def _grids(
    chosen: NDArray[np.int64],
    sold: pa.Table,
    since: pa.Table,
    out: pa.Table,
    begin: int,
    finish: int,
) -> tuple[Grid, Grid, NDArray[np.bool_], NDArray[np.bool_]]:
    """Units, share in stock, sold-out days and empty ends of day of the chosen positions."""
    days = finish - begin + 1
    rows = np.full(int(max(chosen)) + 1, -1)
    rows[chosen] = np.arange(len(chosen))

    def row_of(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        inside = numbers <= chosen[-1]
        return np.where(inside, rows[np.where(inside, numbers, 0)], -1)

    units = np.zeros((len(chosen), days), np.float32)
    at = row_of(sold["number"].to_numpy())
    mine = at >= 0
    units[at[mine], sold["day"].to_numpy()[mine] - begin] = sold["units"].to_numpy()[mine]
    share = np.ones_like(units)
    at = row_of(since["number"].to_numpy())
    for row, day in zip(at[at >= 0], since["day"].to_numpy()[at >= 0], strict=True):
        share[row, : max(0, day - begin)] = 0
    empty = np.zeros(units.shape, np.bool_)
    row_numbers = row_of(out["number"].to_numpy())
    for row, start, stop in zip(
        row_numbers, out["first_ms"].to_pylist(), out["end_ms"].to_pylist(), strict=True
    ):
        if row >= 0:
            _take_out(share[row], empty[row], start / DAY_MS - begin, stop / DAY_MS - begin)
    known = np.cumsum(share > 0, axis=1) > 0
    sold_out = empty & (share > 0) & known
    return units, share, sold_out, empty


def _take_out(share: Grid, empty: NDArray[np.bool_], start: float, stop: float) -> None:
    """Take the time from `start` to `stop`, in days, out of the time in stock of one position."""
    days = len(share)
    start, stop = max(start, 0.0), min(stop, float(days))
    if stop <= start:
        return
    first, last = int(start), min(int(np.ceil(stop)), days)
    edges = np.arange(first, last)
    gone = np.minimum(edges + 1, stop) - np.maximum(edges, start)
    share[first:last] = np.maximum(share[first:last] - gone, 0)
    share[first:last][share[first:last] < 1e-4] = 0
    ends = edges[(edges + 1 <= stop + 1e-9) & (edges + 1 > start)]
    empty[ends] = True


def _number(day: date | None, default: int) -> int:
    return default if day is None else (day - EPOCH).days
