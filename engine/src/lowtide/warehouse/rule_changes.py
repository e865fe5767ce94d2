"""Changes of rules as the warehouse keeps them: a row a step, the last step of each change holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lowtide.warehouse import ratings
from lowtide.warehouse.client import Row, Warehouse
from lowtide.warehouse.writer import Writer

_MOST = 200
_COLUMNS = "change_id, version, kind, state, based_on, lines, document, result, author, reason, decided_by, comment, at"


def changes(warehouse: Warehouse, kind: str = "", state: str = "", limit: int = _MOST) -> list[Row]:
    """The last step of each change, the newest first, with `proposed_at`."""
    tests = {"kind": kind, "state": state}
    given = {name: value for name, value in tests.items() if value}
    where = " AND ".join(f"{name} = {{{name}:String}}" for name in given) or "1"
    return warehouse.rows(
        f"SELECT {_COLUMNS}, proposed_at FROM ({_last(warehouse)}) WHERE {where} "
        f"ORDER BY at DESC, change_id LIMIT {int(limit)}",
        given,
    )


def change(warehouse: Warehouse, change_id: str) -> Row | None:
    """The last step of one change; None: nobody proposed it."""
    rows = warehouse.rows(
        f"SELECT * FROM ({_last(warehouse)}) WHERE change_id = {{id:String}}", {"id": change_id}
    )
    return rows[0] if rows else None


def steps(warehouse: Warehouse, change_id: str) -> list[Row]:
    """All steps of one change, in their order."""
    table = f"{warehouse.database}.rule_change"
    return warehouse.rows(
        f"SELECT {_COLUMNS} FROM {table} FINAL WHERE change_id = {{id:String}} ORDER BY version",
        {"id": change_id},
    )


def _last(warehouse: Warehouse) -> str:
    return (
        f"SELECT {_COLUMNS}, proposed_at FROM (SELECT *, min(at) OVER (PARTITION BY change_id) AS proposed_at, "
        "row_number() OVER (PARTITION BY change_id ORDER BY version DESC) AS place "
        f"FROM {warehouse.database}.rule_change FINAL) WHERE place = 1"
    )


def write(warehouse: Warehouse, row: Mapping[str, Any], *, after: datetime | None = None) -> None:
    """Write one step. Its time is later than that of the step before, also on a clock that is behind."""
    at = row["at"]
    if after is not None and at <= after:
        at = after + timedelta(milliseconds=1)
    Writer(warehouse).insert_rows("rule_change", [{**row, "at": at}])


def policy_of_newest_entry(warehouse: Warehouse) -> str:
    """The version of the policy that the newest entry of the core names; empty: there is no entry."""
    rows = warehouse.rows(
        f"SELECT policy_version FROM {warehouse.database}.ledger WHERE action_id = '' AND policy_version != '' "
        "ORDER BY event_time DESC LIMIT 1"
    )
    return str(rows[0]["policy_version"]) if rows else ""


def policy_of_version(warehouse: Warehouse, version: str) -> str:
    """The compiled policy of a version, JSON; empty: no run has begun with it or met it in its log."""
    rows = warehouse.rows(
        f"SELECT any(policy) AS policy FROM {warehouse.database}.policy_version "
        "WHERE version = {version:String} GROUP BY version",
        {"version": version},
    )
    return str(rows[0]["policy"]) if rows else ""


def rated(warehouse: Warehouse, since: datetime) -> list[Row]:
    """By type and category, how many alerts people rated since then, and how many of them as false; those first."""
    db = warehouse.database
    recent = ratings.said(db, "event_time >= {since:DateTime64(3, 'UTC')}")
    return warehouse.rows(
        f"SELECT e.type AS type, ifNull(item.category, '') AS category, uniqExact(e.alert_id) AS rated, "
        "uniqExactIf(e.alert_id, e.feedback = 'false') AS false_ones FROM "
        f"({recent}) AS e "
        f"LEFT JOIN (SELECT sku, category FROM {db}.catalogue FINAL) AS item ON item.sku = e.sku "
        "GROUP BY type, category HAVING false_ones > 0 ORDER BY false_ones DESC, rated, type, category LIMIT 20",
        {"since": since},
    )
