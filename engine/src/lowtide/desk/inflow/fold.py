"""What the entries of one alert make of it: its last entry, its round, how people left it, and what is news.

The result is the same in whatever order entries come, and however often: the last entry of the core is the one with the
highest number, an action counts once by its identity, and an entry that was met before is not news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lowtide.actions import life
from lowtide.actions.life import Action
from lowtide.ledger import ENDED
from lowtide.rows import Row

REOPENED = 1_000_000
"""What each REOPENED adds to the number of the round."""
_BEGIN = ("OPENED", "WORSENED")
FACTS = ("name", "category", "department", "supplier", "abc", "region", "location_name", "worth")
"""What comes from the files of people, and may change without an entry."""
COLUMNS = (
    "alert_id", "pipeline", "partition", "type", "severity", "location", "sku", *FACTS[:-1],
    "opened_at", "last_at", "seq", "entry", "on_hand", "available", "on_order", "in_transit", "demand_per_day",
    "p_stockout", "stockout_p50", "worth", "status", "state", "owner", "round", "round_at", "ended_at",
)  # fmt: skip
"""The columns of an alert in the mirror."""
_OF_ENTRY = (
    "alert_id", "pipeline", "partition", "type", "severity", "location", "sku", *FACTS[:-1],
    "opened_at", "seq", "entry", "on_hand", "available", "on_order", "in_transit", "demand_per_day",
    "p_stockout", "stockout_p50", "worth",
)  # fmt: skip
ACTION_COLUMNS = (
    "alert_id", "action_id", "entry", "at", "event_time", "actor", "owner", "feedback", "comment", "detail",
)  # fmt: skip
NEWS_COLUMNS = (
    "alert_id", "entry", "seq", "action_id", "event_time", "severity", "actor", "owner", "detail",
)  # fmt: skip


@dataclass
class Fold:
    """`alert`: its row in the mirror; None: there is nothing to keep. `actions`, `news`: what is met for the first time."""

    alert: Row | None = None
    actions: list[Row] = field(default_factory=list)
    news: list[Row] = field(default_factory=list)


def fold(
    old: Mapping[str, Any] | None, done: Sequence[Mapping[str, Any]], rows: Iterable[Row], now: int
) -> Fold:
    """Fold entries (rows of `desk_rows`) of one alert into its row of the mirror and its actions `done`.

    An alert that is not in the mirror gets in only if it is open: what ended before it was ever seen, or comes again
    because a log is replayed, is nothing to tell.
    """
    known = {action["action_id"] for action in done}
    rows = list(rows)
    numbered = sorted((row for row in rows if not row["action_id"]), key=lambda row: row["event_time"])
    core = list({row["seq"]: row for row in numbered if row["seq"] >= _first_new(old)}.values())
    acts = list({r["action_id"]: r for r in rows if r["action_id"] and r["action_id"] not in known}.values())
    last = max(core, key=lambda row: (row["seq"], row["event_time"]), default=None)
    if old is None and (last is None or last["entry"] in ENDED or not last.get("is_open", 1)):
        return Fold()
    fresh = sorted([*core, *acts], key=lambda row: (row["event_time"], row["seq"], row["action_id"]))
    alert = _alert(old, last, now)
    alert |= people([*done, *acts], ended=alert["status"] != "open")
    alert["round"], alert["round_at"] = _round(old, core, [*done, *acts])
    return Fold(alert, acts, [news(row, alert["severity"]) for row in fresh])


def _first_new(old: Mapping[str, Any] | None) -> int:
    """The least number of an entry that is news. Of an alert that was taken for expired, its last entry is news again."""
    if old is None:
        return 1
    taken_for_expired = old["status"] == "expired" and old["entry"] not in ENDED
    return int(old["seq"]) + (0 if taken_for_expired else 1)


def news(row: Mapping[str, Any], severity: str) -> Row:
    """The row of `news` for an entry; an action has the severity that its alert has now."""
    is_core = not row["action_id"]
    return {name: row[name] for name in NEWS_COLUMNS} | {"severity": row["severity"] if is_core else severity}


def expired(old: Mapping[str, Any], now: int) -> Fold:
    """An alert that is open in the mirror and of which the ledger holds no open entry any more: retention took its rows."""
    alert = {name: old[name] for name in COLUMNS} | {"status": "expired", "ended_at": now}
    entry = {
        "alert_id": old["alert_id"], "entry": "EXPIRED", "seq": old["seq"] + 1, "action_id": "",
        "event_time": old["last_at"], "severity": old["severity"], "actor": "", "owner": "", "detail": "{}",
    }  # fmt: skip
    return Fold(alert, [], [entry])


def _alert(old: Mapping[str, Any] | None, last: Row | None, now: int) -> Row:
    if last is None:
        assert old is not None
        return {name: old[name] for name in COLUMNS}
    alert = {name: last[name] for name in _OF_ENTRY} | {"last_at": last["event_time"]}
    if last["entry"] not in ENDED:
        return alert | {"status": "open", "ended_at": None}
    worth = last["worth"] if old is None else old["worth"]
    return alert | {"status": last["entry"].lower(), "ended_at": now, "worth": worth}


def people(actions: Iterable[Mapping[str, Any]], *, ended: bool) -> Row:
    """How people left it. To whom the desk routed it is not an action: that stands in `routed`."""
    standing = life.fold((action_of(row) for row in actions if row["entry"] != "ROUTED"), ended=ended)
    return {"state": standing.state, "owner": standing.owner}


def action_of(row: Mapping[str, Any]) -> Action:
    """An action of the mirror as `actions` knows it."""
    at = datetime.fromtimestamp(row["at"] // 1000, UTC).replace(microsecond=row["at"] % 1000 * 1000)
    return Action(
        row["entry"], row["actor"], at, row["owner"], row["feedback"], row["comment"], row["action_id"]
    )


def _round(
    old: Mapping[str, Any] | None, core: Sequence[Row], actions: Iterable[Mapping[str, Any]]
) -> tuple[int, int]:
    """The number of the round, and the event time of what began it: the last opening, worsening or reopening."""
    again = [row["at"] for row in actions if row["entry"] == "REOPENED"]
    begun = [(row["seq"], row["event_time"]) for row in core if row["entry"] in _BEGIN]
    if old is not None:
        begun.append((old["round"] % REOPENED, old["round_at"]))
    elif not begun:
        begun.append((1, core[0]["opened_at"]))
    seq, at = max(begun)
    return seq + REOPENED * len(again), max([at, *again])
