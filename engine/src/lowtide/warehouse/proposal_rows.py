"""Entries of proposals in the ledger, for the desk that folds them, and for commands that act without a desk.

Times are milliseconds since 1970 UTC; `at` is when it was decided: of the desk its own clock, of a person the entry's time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lowtide.errors import ActionError
from lowtide.ledger import PROPOSAL_ENTRIES
from lowtide.warehouse.client import Row, Warehouse
from lowtide.warehouse.placeholders import quoted

KEEP_DAYS = 60
"""A desk.db that is made again takes in proposals of so many days."""
_MANY = 500
_COLUMNS = (
    "proposal_id, alert_id, pipeline, location, sku, entry, action_id, actor, owner, comment, "
    "ifNull(supersedes, '') AS supersedes, if(detail = '', '{}', detail) AS detail, "
    "toUnixTimestamp64Milli(event_time) AS event_time, "
    "toUnixTimestamp64Milli(ifNull(decided_at, ledger.event_time)) AS at"
)
_OURS = f"proposal_id != '' AND entry IN ({quoted(PROPOSAL_ENTRIES)})"
_ORDER = "ORDER BY proposal_id, at, action_id"


def count_after(warehouse: Warehouse, cursors: Mapping[str, int]) -> int:
    """How many entries of proposals stand in blocks above the given ones."""
    rows = warehouse.rows(f"SELECT count() AS n FROM {warehouse.database}.ledger WHERE {_after(cursors)}")
    return int(rows[0]["n"])


def entries_after(warehouse: Warehouse, cursors: Mapping[str, int]) -> list[Row]:
    """The entries in blocks above the given ones, those of desks included."""
    return _entries(warehouse, _after(cursors))


def entries_of(warehouse: Warehouse, proposal_ids: Sequence[str]) -> list[Row]:
    """All entries of these proposals, and those of proposals that took their place."""
    found: list[Row] = []
    for start in range(0, len(proposal_ids), _MANY):
        ids = list(proposal_ids[start : start + _MANY])
        where = "proposal_id IN {ids:Array(String)} OR ifNull(supersedes, '') IN {ids:Array(String)}"
        found += _entries(warehouse, f"({where})", {"ids": ids})
    return found


def recent(warehouse: Warehouse, now: int) -> list[Row]:
    """All entries of proposals of the last sixty days, and those of older ones that were not confirmed or ended."""
    since = now - KEEP_DAYS * 86_400_000
    db = warehouse.database
    ids = (
        f"SELECT proposal_id FROM {db}.ledger WHERE {_OURS} GROUP BY proposal_id "
        f"HAVING max(ifNull(decided_at, ledger.event_time)) >= fromUnixTimestamp64Milli({int(since)}, 'UTC')"
    )
    return _entries(warehouse, f"proposal_id GLOBAL IN ({ids})")


def waiting_ids(warehouse: Warehouse) -> list[str]:
    """The proposals that nothing has ended: those a command may act on."""
    db = warehouse.database
    rows = warehouse.rows(
        f"SELECT proposal_id FROM {db}.ledger WHERE {_OURS} GROUP BY proposal_id "
        "HAVING countIf(entry IN ('REJECTED', 'CONFIRMED', 'WITHDRAWN')) = 0 AND proposal_id GLOBAL NOT IN "
        f"(SELECT ifNull(supersedes, '') FROM {db}.ledger WHERE {_OURS}) ORDER BY proposal_id"
    )
    return [row["proposal_id"] for row in rows]


def whole_id(warehouse: Warehouse, beginning: str) -> str:
    """The id of a proposal, from its beginning or its ref. Raises ActionError if none or several begin like that."""
    begin = beginning.removeprefix("LT-").upper()
    rows = warehouse.rows(
        f"SELECT DISTINCT proposal_id FROM {warehouse.database}.ledger WHERE {_OURS} "
        "AND startsWith(proposal_id, {begin:String}) ORDER BY proposal_id LIMIT 3",
        {"begin": begin},
    )
    if len(rows) == 1:
        return str(rows[0]["proposal_id"])
    if not begin or not rows:
        raise ActionError(
            f"there is no proposal `{beginning}`", "`lowtide proposals ls` lists those that wait."
        )
    ids = ", ".join(row["proposal_id"] for row in rows)
    raise ActionError(f"several proposals begin with `{beginning}`: {ids}", "Give more characters of the id.")


def whole_ids(warehouse: Warehouse, beginning: str) -> list[str]:
    """The proposals of a list that is given by its ref or id, or the one proposal that is."""
    begin = beginning.removeprefix("LT-").upper()
    rows = warehouse.rows(
        f"SELECT DISTINCT proposal_id FROM {warehouse.database}.ledger WHERE {_OURS} AND entry = 'PROPOSED' "
        "AND startsWith(JSONExtractString(detail, 'proposal', 'list_id'), {begin:String}) ORDER BY proposal_id",
        {"begin": begin},
    )
    if begin and len(begin) >= 6 and rows:
        return [row["proposal_id"] for row in rows]
    return [whole_id(warehouse, beginning)]


def _entries(warehouse: Warehouse, where: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
    return warehouse.rows(
        f"SELECT {_COLUMNS} FROM {warehouse.database}.ledger AS ledger WHERE {_OURS} AND {where} {_ORDER}",
        dict(parameters or {}),
    )


def _after(cursors: Mapping[str, int]) -> str:
    parts = [
        f"(_partition_id = '{part}' AND _block_number > {int(block)})" for part, block in cursors.items()
    ]
    return f"{_OURS} AND ({' OR '.join(parts)})" if parts else "0"


_LIVE = "state IN ('proposed', 'submitted', 'approved', 'exported')"
_BRINGS = ("order", "production", "transfer")
"""What brings goods to a position helps each alert of the position."""


def of_alerts(warehouse: Warehouse, alerts: Sequence[Row]) -> dict[str, Row]:
    """By alert the live row of `proposal_current` that the queue shows with it.

    That is the one made for it, else of an overdue delivery the chase of its supplier, else what fills its position.
    """
    if not alerts:
        return {}
    rows = warehouse.rows(
        "SELECT proposal_id, ref, kind, state, alert_id, pipeline, location, sku, supplier, quantity, cost, holder "
        f"FROM {warehouse.database}.proposal_current WHERE {_LIVE} ORDER BY proposed_at, proposal_id"
    )
    own = {row["alert_id"]: row for row in rows if row["alert_id"]}
    filled = {(row["location"], row["sku"]): row for row in rows if row["kind"] in _BRINGS}
    chases = {(row["pipeline"], row["supplier"]): row for row in rows if row["kind"] == "chase"}
    found = {
        one["alert_id"]: own.get(one["alert_id"])
        or (chases.get((one["pipeline"], one.get("supplier"))) if one["type"] == "overdue_supply" else None)
        or filled.get((one["location"], one["sku"]))
        for one in alerts
    }
    return {alert_id: row for alert_id, row in found.items() if row is not None}
