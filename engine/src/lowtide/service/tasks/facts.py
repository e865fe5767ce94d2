"""Entries of a replay as the desk reads them: with the item, the place, and what the expected shortfall is worth.

The warehouse does the same in SQL (`warehouse.desk_rows`, the column `expected_shortfall` of the ledger); a test compares.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from lowtide.ledger import A_DAY_AT_RISK
from lowtide.rows import Row, moment

_ITEM = ("name", "category", "department", "supplier", "abc")


class Facts:
    """What is known of items and places."""

    def __init__(self, catalogue: pa.RecordBatch | None, locations: pa.RecordBatch | None) -> None:
        self._items = {row["sku"]: row for row in catalogue.to_pylist()} if catalogue is not None else {}
        self._places = (
            {row["location"]: row for row in locations.to_pylist()} if locations is not None else {}
        )
        has_price = any(_value(item) is not None for item in self._items.values())
        self._else_worth = None if has_price else 1.0

    def row(self, entry: Row, partition: str) -> Row:
        """An entry as `desk_rows` gives it."""
        item, place = self._items.get(entry["sku"], {}), self._places.get(entry["location"], {})
        event_time = _ms(entry["event_time"])
        return {
            "pipeline": "lowtide", "partition": partition,
            **{key: entry[key] for key in ("alert_id", "seq", "entry", "type", "severity", "location", "sku")},
            "event_time": event_time, "opened_at": _ms(entry["opened_at"]), "at": event_time,
            **{key: entry[key] for key in ("on_hand", "available", "on_order", "in_transit", "demand_per_day")},
            "p_stockout": entry["p_stockout"], "stockout_p50": entry["stockout_p50"], "worth": self._worth(entry, item),
            **{name: item.get(name) or "" for name in _ITEM}, "region": place.get("region") or "",
            "location_name": place.get("name") or "", "action_id": "", "actor": "", "owner": "", "feedback": "",
            "comment": "", "detail": "{}", "is_open": 1, "part": "", "block": 0,
        }  # fmt: skip

    def _worth(self, entry: Row, item: dict[str, Any]) -> float | None:
        shortfall = _shortfall(entry)
        value = _value(item)
        value = self._else_worth if value is None else value
        return None if shortfall is None or value is None else round(shortfall * value, 2)


def _shortfall(entry: Row) -> float | None:
    """Units of demand at risk, as the column `expected_shortfall` has them."""
    demand = float(entry["demand_per_day"])
    if entry["type"] in A_DAY_AT_RISK:
        return demand
    detail = entry["detail"] or {}
    if "at_stake" in detail:
        return float(detail["at_stake"])
    out_by = detail.get("out_by") or []
    exposure = (detail.get("demand") or {}).get("exposure") or []
    if not out_by or not exposure:
        return None
    chances = [*out_by, *[0.0] * len(exposure)][: len(exposure)]
    days = zip(chances, exposure, [0.0, *exposure], strict=False)
    return round(demand * float(sum(p * (until - since) for p, until, since in days)), 3)


def _value(item: dict[str, Any]) -> float | None:
    """What a unit is worth: its margin, else price less cost, else its price; None: not known."""
    margin, price, cost = (item.get(name) for name in ("margin", "unit_price", "unit_cost"))
    if margin is None and price is not None and cost is not None:
        margin = price - cost
    found = price if margin is None else margin
    return None if found is None else float(found)


def _ms(text: str) -> int:
    return round(moment(text).timestamp() * 1000)
