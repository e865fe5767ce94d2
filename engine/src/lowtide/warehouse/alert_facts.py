"""What a route needs to know of an alert: its type, its position, what the catalogue and the locations file say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lowtide.warehouse.alert_ids import alert_id
from lowtide.warehouse.client import Row, Warehouse

_FACTS = ("type", "sku", "category", "supplier", "abc", "department", "location")


@dataclass(frozen=True)
class AlertFacts:
    """One alert as routes see it. `owner` is empty if nobody has it; times are aware."""

    alert_id: str
    severity: str
    owner: str
    status: str
    opened_at: datetime
    facts: Mapping[str, str]
    """By key of a route, with `region`."""


def owned_alerts(warehouse: Warehouse) -> list[AlertFacts]:
    """The open alerts that somebody owns, oldest first."""
    db = warehouse.database
    rows = warehouse.rows(
        f"SELECT alert_id, severity, owner, 'open' AS status, opened_at, {', '.join(_FACTS)} "
        f"FROM {db}.alert_open WHERE owner != '' ORDER BY opened_at, alert_id"
    )
    regions = _regions(warehouse, rows)
    return [_of(row, regions) for row in rows]


def alert_facts(warehouse: Warehouse, beginning: str) -> AlertFacts:
    """One alert, given by its id or the beginning of it. Raises SettingsError unless exactly one begins so."""
    row = warehouse.rows(
        f"SELECT alert_id, severity, owner, status, opened_at, {', '.join(_FACTS)} "
        f"FROM {warehouse.database}.alert_current WHERE alert_id = {{id:String}}",
        {"id": alert_id(warehouse, beginning)},
    )[0]
    return _of(row, _regions(warehouse, [row]))


def told_at(warehouse: Warehouse, alert: str, since: datetime) -> datetime | None:
    """When a first target accepted a message that names the alert, from a time on; None: nobody was told."""
    rows = warehouse.rows(
        f"SELECT min(sent_at) AS at, count() AS n FROM {warehouse.database}.notification FINAL "
        "WHERE has(alerts, {id:String}) AND state = 'sent' AND sent_at >= {since:DateTime64(3, 'UTC')}",
        {"id": alert, "since": since},
    )
    return rows[0]["at"] if rows and rows[0]["n"] else None


def _regions(warehouse: Warehouse, rows: list[Row]) -> dict[str, str]:
    """The regions of the locations of these rows."""
    found = warehouse.rows(
        f"SELECT location, region FROM {warehouse.database}.location FINAL "
        "WHERE location IN {places:Array(String)}",
        {"places": sorted({row["location"] for row in rows})},
    )
    return {row["location"]: row["region"] for row in found}


def _of(row: Row, regions: Mapping[str, str]) -> AlertFacts:
    facts = {name: row[name] for name in _FACTS} | {"region": regions.get(row["location"], "")}
    return AlertFacts(row["alert_id"], row["severity"], row["owner"], row["status"], row["opened_at"], facts)
