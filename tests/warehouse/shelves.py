"""Stock, demand, counts and orders as rows, and the expected rows of the views, computed in plain Python.

A `Book` holds rows the way they are inserted: in any order, repeated, corrected by later rows of the same key.
Everything below `--- what the views should say` reads those rows and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa

from lowtide.warehouse import Warehouse, Writer

from .batches import (
    CALIBRATION_DAY,
    DEMAND_DAY,
    KEY,
    LEDGER,
    NOON,
    POSITION,
    REJECT,
    STOCK_COUNT,
    TIME,
    UNITS,
    _schema,
    batch,
)

Row = dict[str, Any]
Key = tuple[str, str, str]
SUPPLY_EVENT = _schema(
    *KEY, ("location", pa.string()), ("sku", pa.string()), ("ref", pa.string()), ("kind", pa.string()),
    ("event_time", TIME), ("quantity", UNITS), ("due", TIME, True),
)  # fmt: skip
SCHEMAS = {
    "ledger": LEDGER, "position": POSITION, "demand_day": DEMAND_DAY, "stock_count": STOCK_COUNT,
    "supply_event": SUPPLY_EVENT, "calibration_day": CALIBRATION_DAY, "reject": REJECT,
}  # fmt: skip
IDENTITY = {
    "ledger": ("alert_id", "seq", "event_time"),
    "position": ("pipeline", "location", "sku"),
    "demand_day": ("pipeline", "location", "sku", "day", "part"),
    "stock_count": ("pipeline", "location", "sku", "event_time", "source", "id"),
    "supply_event": ("pipeline", "location", "sku", "ref", "partition", "offset"),
    "calibration_day": ("pipeline", "location", "sku", "day"),
    "reject": ("pipeline", "partition", "offset", "reason"),
}
DIMENSIONS = ("all", "location", "category", "department", "supplier")
TODAY = NOON.date()


def day(ago: int) -> date:
    """The date a number of days before the day of the clock."""
    return TODAY - timedelta(days=ago)


def midday(ago: float) -> datetime:
    """The time a number of days before the clock."""
    return NOON - timedelta(days=ago)


@dataclass
class Book:
    """Rows by table, in the order of their insertion, and a catalogue by SKU."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    items: dict[str, Row] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> None:
        """Add one row; missing values are those of `batches`. Offsets count up, unless one is given."""
        row.setdefault("offset", len(self.tables[table]))
        if table == "position":
            row.setdefault("available", row.get("on_hand", 20))
            row.setdefault("version", row["offset"] << 20)
        self.tables[table] += batch(SCHEMAS[table], row).to_pylist()

    def write(self, warehouse: Warehouse, times: int = 1) -> None:
        """Insert everything a number of times, each time as a separate batch."""
        for turn in range(times):
            with Writer(warehouse) as writer:
                for table, rows in self.tables.items():
                    ordered = rows if turn % 2 == 0 else rows[::-1]
                    writer.write(table, pa.RecordBatch.from_pylist(ordered, SCHEMAS[table]))
                if self.items:
                    skus = [{"sku": sku, **item} for sku, item in self.items.items()]
                    writer.reference("catalogue", pa.Table.from_pylist(skus))

    # --- what the views should say ------------------------------------------------------------------

    def rows(self, table: str) -> list[Row]:
        """One row of each identity: the one with the greatest version."""
        kept: dict[tuple[Any, ...], Row] = {}
        for row in self.tables[table]:
            key = tuple(row[name] for name in IDENTITY[table])
            version = "version" if "version" in row else "offset"
            if key not in kept or row[version] >= kept[key][version]:
                kept[key] = row
        return list(kept.values())

    def clock(self, pipeline: str) -> datetime:
        times = [row["last_event_time"] for row in self.tables["position"] if row["pipeline"] == pipeline]
        return max(
            times + [row["event_time"] for row in self.tables["ledger"] if row["pipeline"] == pipeline]
        )

    def item(self, sku: str, name: str) -> str:
        return str(self.items.get(sku, {}).get(name) or "")

    def cost(self, sku: str) -> Decimal | None:
        item = self.items.get(sku, {})
        if item.get("unit_price") is None:
            return None
        return Decimal(str(item["unit_price"])) - Decimal(str(item.get("margin") or 0))

    def demand(self) -> dict[Key, dict[date, Decimal]]:
        """Units by position and day; the rows of a day are added up, at least 0."""
        parts: dict[Key, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for row in self.rows("demand_day"):
            parts[key_of(row)][row["day"]] += row["demand"]
        return {key: {d: max(units, Decimal(0)) for d, units in days.items()} for key, days in parts.items()}

    def cover(self) -> dict[Key, Row]:
        """The view `days_of_cover`, by position."""
        demand = self.demand()
        seen: dict[Key, list[date]] = defaultdict(list)
        for table in ("stock_count", "supply_event"):
            for row in self.tables[table]:
                seen[key_of(row)].append(row["event_time"].astimezone(UTC).date())
        return {
            key_of(row): self._cover_of(row, demand.get(key_of(row), {}), seen[key_of(row)])
            for row in self.rows("position")
        }

    def _cover_of(self, row: Row, sold: dict[date, Decimal], seen: list[date]) -> Row:
        today = self.clock(row["pipeline"]).astimezone(UTC).date()
        with_demand = [d for d, units in sold.items() if units > 0]
        first = min([row["last_event_time"].astimezone(UTC).date(), *seen, *with_demand])
        last = max(with_demand, default=None)

        def within(days: int) -> Decimal:
            window = [today - timedelta(days=n) for n in range(1, days + 1)]
            return sum((sold.get(d, Decimal(0)) for d in window), Decimal(0))

        known = min(90, max(1, (today - first).days))
        units, rate = max(row["on_hand"], Decimal(0)), float(within(28)) / min(28, known)
        cover = float(units) / rate if rate else None
        cost = self.cost(row["sku"])
        return {
            "units": units, "available": row["available"], "sold_28_days": within(28), "sold_90_days": within(90),
            "days_known": known, "demand_per_day": rate, "days_of_cover": cover, "wanted": int(rate > 0),
            "in_stock": int(rate > 0 and row["available"] > 0), "excess": int(cover is not None and cover > 90),
            "dead": int(units > 0 and (today - (last or first)).days > 90), "first_seen_day": first,
            "last_demand_day": last, "unit_cost": cost, "value": None if cost is None else _rounded(units * cost),
        }  # fmt: skip

    def groups(self, keys: Iterable[Key]) -> Iterator[tuple[tuple[str, str, str], list[Key]]]:
        """Positions by pipeline, dimension and value."""
        found: dict[tuple[str, str, str], list[Key]] = defaultdict(list)
        for key in keys:
            for dimension in DIMENSIONS:
                value = {"all": "", "location": key[1]}.get(dimension, self.item(key[2], dimension))
                found[key[0], dimension, value].append(key)
        yield from found.items()

    def health(self) -> dict[tuple[str, str, str], Row]:
        """The view `stock_health`, by pipeline, dimension and value."""
        cover = self.cover()
        return {name: _health_of([cover[key] for key in keys]) for name, keys in self.groups(cover)}

    def turnover(self) -> dict[tuple[str, str, str], Row]:
        """The view `turnover`."""
        cover, found = self.cover(), {}
        for name, keys in self.groups(cover):
            sold, units = (sum(cover[k][column] for k in keys) for column in ("sold_90_days", "units"))
            days = max(cover[k]["days_known"] for k in keys)
            turns = float(sold) * 365 / days / float(units) if units else None
            found[name] = {"sold_units": sold, "days": days, "units": units, "turns_per_year": turns}
        return found

    def accuracy(self) -> dict[tuple[str, date, str, str], Row]:
        """The view `record_accuracy`, by pipeline, month, dimension and value."""
        by_position: dict[Key, list[Row]] = defaultdict(list)
        for row in self.rows("stock_count"):
            if row["mark"] == "applied":
                by_position[key_of(row)].append(row)
        judged: dict[tuple[date, Key], list[Row]] = defaultdict(list)
        for key, rows in by_position.items():
            for row in sorted(rows, key=lambda r: (r["event_time"], r["offset"]))[1:]:
                judged[row["event_time"].date().replace(day=1), key].append(row)
        found = {}
        for month in {month for month, _ in judged}:
            for (pipeline, *name), keys in self.groups(k for m, k in judged if m == month):
                rows = [row for key in keys for row in judged[month, key]]
                found[(pipeline, month, *name)] = _accuracy_of(rows)
        return found


def key_of(row: Row) -> Key:
    return row["pipeline"], row["location"], row["sku"]


def _rounded(money: Decimal) -> Decimal:
    return money.quantize(Decimal("0.001"), ROUND_HALF_UP)


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _health_of(rows: list[Row]) -> Row:
    def count(condition: Callable[[Row], Any]) -> int:
        return sum(1 for row in rows if condition(row))

    dead = [row for row in rows if row["dead"]]
    values = [row["value"] for row in dead if row["value"] is not None]
    units, rate = sum(row["units"] for row in rows), sum(row["demand_per_day"] for row in rows)
    wanted, stocked = count(lambda r: r["wanted"]), count(lambda r: r["units"] > 0)
    in_stock, excess = count(lambda r: r["in_stock"]), count(lambda r: r["excess"])
    return {
        "positions": len(rows), "wanted": wanted, "in_stock": in_stock, "in_stock_share": share(in_stock, wanted),
        "units": units, "demand_per_day": rate, "days_of_cover": share(float(units), rate), "stocked": stocked,
        "excess_positions": excess, "excess_share": share(excess, stocked), "dead_positions": len(dead),
        "dead_share": share(len(dead), stocked), "dead_units": sum(row["units"] for row in dead),
        "dead_value": sum(values) if values or not dead else None,
    }  # fmt: skip


def _accuracy_of(rows: list[Row]) -> Row:
    exact = sum(1 for row in rows if row["variance"] == 0)
    within = sum(1 for row in rows if abs(row["quantity"] - row["recorded"]) * 20 <= row["quantity"])
    recorded = sum(max(row["recorded"], Decimal(0)) for row in rows)
    off = sum(abs(row["variance"]) for row in rows)
    return {
        "counts": len(rows), "exact": exact, "within_tolerance": within, "exact_share": share(exact, len(rows)),
        "accuracy": share(within, len(rows)), "recorded_units": recorded, "absolute_variance": off,
        "net_variance": sum(row["variance"] for row in rows), "relative_variance": share(float(off), float(recorded)),
    }  # fmt: skip
