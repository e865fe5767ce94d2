"""The mirror: every open alert as the ledger has it, in desk.db, and what changed about it as `news`.

    apply(tx, rows, now)       entries of the ledger, in any order, also such that were met before
    expire(tx, ids, now)       alerts whose entries the ledger does not have any more
    refresh(tx, rows)          what the files of people say, where it changed
    forget(tx, now)            alerts that ended days ago

The rows come from `lowtide.warehouse.desk_rows`, or from a script. A decision is made from `news` and `alert` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from lowtide.desk.clock import aware
from lowtide.desk.inflow.fold import ACTION_COLUMNS, COLUMNS, FACTS, NEWS_COLUMNS, Fold, expired, fold, people
from lowtide.desk.store import Row as Stored
from lowtide.desk.store import Transaction
from lowtide.errors import LowtideError
from lowtide.operation.log import logger
from lowtide.rows import Row, moment, object_of

KEEP_MS = 2 * 86_400_000
"""An alert that has ended stays in the mirror for two days."""


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})"


_ALERT = _insert("alert", COLUMNS)
_ACTION = _insert("action", ACTION_COLUMNS)
_NEWS = _insert("news", NEWS_COLUMNS)
_REFRESH = f"UPDATE alert SET {', '.join(f'{name} = ?' for name in FACTS)} WHERE alert_id = ?"
_SNOOZE = (
    "INSERT OR REPLACE INTO snooze (location, sku, type, until, person, severity) VALUES (?, ?, ?, ?, ?, ?)"
)


def apply(tx: Transaction, rows: Iterable[Row], now: int) -> int:
    """Take entries into the mirror; returns how many of them were not met before."""
    met = 0
    by_alert = sorted(rows, key=lambda row: row["alert_id"])
    for alert_id, entries in groupby(by_alert, key=lambda row: row["alert_id"]):
        old = tx.row("SELECT * FROM alert WHERE alert_id = ?", alert_id)
        done = tx.rows("SELECT * FROM action WHERE alert_id = ?", alert_id) if old else []
        result = fold(dict(old) if old else None, _dicts(done), entries, now)
        if result.news:
            write(tx, result)
            met += len(result.news)
    return met


def write(tx: Transaction, result: Fold) -> None:
    """Put the result of a fold into the mirror."""
    if result.alert is None:
        return
    tx.execute(_ALERT, *(result.alert[name] for name in COLUMNS))
    tx.many(_ACTION, ([row[name] for name in ACTION_COLUMNS] for row in result.actions))
    tx.many(_NEWS, ([row[name] for name in NEWS_COLUMNS] for row in result.news))
    for row in sorted(result.actions, key=lambda row: (row["at"], row["action_id"])):
        if row["entry"] == "SNOOZED":
            _snooze(tx, result.alert, row)


def note(tx: Transaction, actions: Iterable[Row]) -> None:
    """Put actions into the mirror that are not news, because this desk wrote them."""
    tx.many(_ACTION, ([row[name] for name in ACTION_COLUMNS] for row in actions))


def refold(tx: Transaction, alert_id: str) -> None:
    """See again how people left an alert, after an action was noted."""
    alert = tx.row("SELECT * FROM alert WHERE alert_id = ?", alert_id)
    if alert is not None:
        done = tx.rows("SELECT * FROM action WHERE alert_id = ?", alert_id)
        left = people(_dicts(done), ended=alert["status"] != "open")
        tx.execute(
            "UPDATE alert SET state = ?, owner = ? WHERE alert_id = ?", left["state"], left["owner"], alert_id
        )


def expire(tx: Transaction, alert_ids: Iterable[str], now: int) -> int:
    """End alerts of which the ledger holds nothing that is open; returns how many were open."""
    ended = 0
    for alert_id in sorted(alert_ids):
        old = tx.row("SELECT * FROM alert WHERE alert_id = ? AND status = 'open'", alert_id)
        if old is not None:
            write(tx, expired(dict(old), now))
            ended += 1
    return ended


def refresh(tx: Transaction, rows: Iterable[Row]) -> None:
    """Take over what changed in catalogue and locations; rows of `desk_rows.open_list`."""
    tx.many(_REFRESH, ([*(row[name] for name in FACTS), row["alert_id"]] for row in rows))


def forget(tx: Transaction, now: int) -> int:
    """Take alerts out that ended two days ago; returns how many."""
    before = now - KEEP_MS
    tx.execute("DELETE FROM action WHERE alert_id IN (SELECT alert_id FROM alert WHERE ended_at < ?)", before)
    return tx.execute("DELETE FROM alert WHERE ended_at < ?", before)


def is_known(tx: Transaction, key: Row) -> bool:
    """Whether the mirror has met the entry with this `alert_id`, `seq` and `action_id`."""
    if key["action_id"]:
        met = "SELECT 1 FROM action WHERE alert_id = ? AND action_id = ?"
        return tx.row(met, key["alert_id"], key["action_id"]) is not None
    return (
        tx.row("SELECT 1 FROM alert WHERE alert_id = ? AND seq >= ?", key["alert_id"], key["seq"]) is not None
    )


def _snooze(tx: Transaction, alert: Row, row: Row) -> None:
    until = object_of(row["detail"]).get("until")
    if until is None:
        return
    at = _ms(until)
    if at is None:
        logger("desk").warning(
            "row_unreadable", table="ledger", action=row["action_id"], why="its `until` is not a time"
        )
        return
    place = (alert["location"], alert["sku"], alert["type"])
    tx.execute(_SNOOZE, *place, at, row["actor"], alert["severity"])


def _ms(until: Any) -> int | None:
    """A time of a detail in milliseconds since 1970 UTC; None if it is not one."""
    try:
        at = until if isinstance(until, int) else round(moment(str(until)).timestamp() * 1000)
        aware(at)
    except (LowtideError, ValueError, OverflowError):
        return None
    return at


def _dicts(rows: Iterable[Stored]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]
