"""The frame of every question about a period: its times, what it is narrowed to, and what is joined beside an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lowtide.ledger import ACTIONS
from lowtide.warehouse.client import Row, Warehouse
from lowtide.warehouse.placeholders import UNIT_VALUE, quoted

VALUES: Mapping[str, str] = {
    "department": "ifNull(item.department, '')", "supplier": "ifNull(item.supplier, '')",
    "category": "ifNull(item.category, '')", "region": "ifNull(place.region, '')", "location": "entry.location",
    "team": "ifNull(routed.team, '')",
}  # fmt: skip
"""What the rows can be grouped by."""
_NARROW = {
    **{name: text for name, text in VALUES.items() if name != "team"},
    "type": "entry.type", "severity": "entry.severity", "sku": "entry.sku",
}  # fmt: skip
_OF_ALERTS = ("type", "severity")
"""What only an alert has: sales are not narrowed by it."""
ACTS = quoted(ACTIONS)
SPAN = "opened_at >= {start:DateTime64(3)} AND opened_at < {end:DateTime64(3)}"
Wanted = Mapping[str, Sequence[str]]


class Narrowed:
    """Questions about `[start, end)`; `middle` divides it into the period before and this one."""

    def __init__(
        self,
        warehouse: Warehouse,
        start: datetime,
        middle: datetime,
        end: datetime,
        wanted: Wanted | None = None,
        zone: str = "UTC",
    ) -> None:
        self._warehouse, self.db = warehouse, warehouse.database
        chosen = {name: list(values) for name, values in (wanted or {}).items() if values and name in _NARROW}
        parts = {name: f" AND {_NARROW[name]} IN {{{name}:Array(String)}}" for name in chosen}
        self.narrow = "".join(parts.values())
        self.narrow_goods = "".join(text for name, text in parts.items() if name not in _OF_ALERTS)
        times = {"start": start, "middle": middle, "end": end}
        self.given: dict[str, Any] = {
            **chosen, **{name: at.astimezone(UTC) for name, at in times.items()}, "zone": zone,
        }  # fmt: skip

    def loss(self) -> str:
        """Expected loss as the openings said it, null where nothing is known."""
        value = f"toFloat64({UNIT_VALUE.format(database=self.db)})"
        return f"sumOrNull(round(entry.expected_shortfall * {value}, 2))"

    def joined(self, value: str) -> str:
        """What the values and the narrowing need beside an entry."""
        text = f"{value} {self.narrow} "
        item = (
            "LEFT JOIN (SELECT sku, category, department, supplier, unit_margin, unit_price "
            f"FROM {self.db}.catalogue) AS item ON entry.sku = item.sku"
        )
        routed = (
            f"LEFT JOIN (SELECT alert_id, any(team) AS team FROM {self.db}.alert_act WHERE entry = 'ROUTED' AND {SPAN}"
            f"{since('start')} AND alert_id GLOBAL IN (SELECT alert_id FROM {self.db}.alert_act "
            f"WHERE entry IN ({ACTS}) AND {SPAN}{since('start')}) GROUP BY alert_id) AS routed "
            "ON entry.alert_id = routed.alert_id"
        )
        place = f"LEFT JOIN (SELECT location, region FROM {self.db}.location) AS place ON entry.location = place.location"
        parts = [item if "item." in text else "", place if "place." in text else ""]
        return " ".join([*parts, routed if "routed." in text else ""])

    def rows(self, sql: str) -> list[Row]:
        """The answer, with the times and the narrowing as its parameters."""
        return self._warehouse.rows(sql, self.given)


def since(name: str) -> str:
    """Entries from a time on: the first key of the ledger, which an entry about a later opening cannot be before."""
    return f" AND event_time >= {{{name}:DateTime64(3)}} - toIntervalDay(1)"


def between(start: str, end: str) -> str:
    """Entries of the times between these two parameters."""
    return f" AND event_time >= {{{start}:DateTime64(3)}} AND event_time < {{{end}:DateTime64(3)}}"
