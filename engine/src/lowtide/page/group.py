"""What one message told, as it stands now: each alert, who has it, and what can still be done about it.

    group = Group.read(rows, notification_id)     # rows: a transaction of desk.db
    group.open, group.seen

A message is found by the beginning of its id that a link carries. An alert that the mirror has forgotten is one that ended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lowtide.desk.store import Row, Transaction

ACTIVE = ("new", "acknowledged", "in_progress")
"""The states of an alert that somebody may still answer."""
LISTED = 100
"""Alerts that a page lists."""
REST = "rest"
"""What a form says for all open alerts that its page does not list."""
_CHUNK = 500
"""Names in one query: SQLite takes a limited number of values."""


@dataclass(frozen=True)
class Standing:
    """One alert as it stands. `available` and `demand` are decimal texts in units, `worth` is the expected loss."""

    alert_id: str
    type: str
    severity: str
    location: str
    location_name: str
    sku: str
    name: str
    supplier: str
    available: str
    demand: str
    p_stockout: float | None
    worth: float | None
    opened_at: int
    seq: int
    status: str
    state: str
    owner: str
    snoozed_until: int | None

    @property
    def is_open(self) -> bool:
        """The data have not ended it, and nobody has resolved or closed it."""
        return self.status == "open" and self.state in ACTIVE


@dataclass(frozen=True)
class Group:
    """The alerts of one message. Times are milliseconds since 1970 UTC."""

    notification_id: str
    person: str
    reason: str
    decided_at: int
    alerts: tuple[Standing, ...]
    forgotten: int
    """How many alerts that it told have ended so long ago that nothing of them is kept here."""

    @property
    def open(self) -> tuple[Standing, ...]:
        """Those that somebody may still answer."""
        return tuple(alert for alert in self.alerts if alert.is_open)

    @property
    def listed(self) -> tuple[Standing, ...]:
        """What a page lists: those that are open first, else in the order of the message, at most `LISTED`."""
        return tuple(sorted(self.alerts, key=lambda alert: not alert.is_open)[:LISTED])

    @property
    def unlisted(self) -> tuple[Standing, ...]:
        """The open ones that a page only counts."""
        listed = {alert.alert_id for alert in self.listed}
        return tuple(alert for alert in self.open if alert.alert_id not in listed)

    def chosen(self, names: Collection[str]) -> list[str]:
        """The open alerts that a form names; `REST` stands for all that the page does not list."""
        named = set(names)
        rest = {alert.alert_id for alert in self.unlisted} if REST in named else set()
        return [alert.alert_id for alert in self.open if alert.alert_id in named | rest]

    @property
    def seen(self) -> str:
        """A name for the group as it stands. Two presses of one button on one page carry the same."""
        facts = [[alert.alert_id, alert.seq, alert.state, alert.owner, alert.status] for alert in self.alerts]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]

    @classmethod
    def read(cls, rows: Transaction, prefix: str) -> Group | None:
        """The message whose id begins with `prefix`; None if desk.db does not have it."""
        sent = rows.row(
            "SELECT notification_id, person, reason, decided_at, content FROM outbox "
            "WHERE notification_id >= ? AND notification_id < ? ORDER BY notification_id, contact LIMIT 1",
            prefix, prefix + "~",
        )  # fmt: skip
        if sent is None:
            return None
        told = [str(alert_id) for alert_id, _ in json.loads(sent["content"]).get("told", [])]
        known = {alert.alert_id: alert for alert in _standings(rows, told)}
        alerts = tuple(known[alert_id] for alert_id in dict.fromkeys(told) if alert_id in known)
        forgotten = len(set(told) - known.keys())
        return cls(
            sent["notification_id"], sent["person"], sent["reason"], sent["decided_at"], alerts, forgotten
        )


def _standings(rows: Transaction, alert_ids: Sequence[str]) -> list[Standing]:
    found: list[Standing] = []
    for start in range(0, len(alert_ids), _CHUNK):
        some = alert_ids[start : start + _CHUNK]
        marks = ", ".join("?" * len(some))
        found += [_standing(row) for row in rows.rows(f"{_SELECT} WHERE alert.alert_id IN ({marks})", *some)]
    return found


_SELECT = (
    "SELECT alert.*, snooze.until AS snoozed_until FROM alert LEFT JOIN snooze "
    "ON snooze.location = alert.location AND snooze.sku = alert.sku AND snooze.type = alert.type"
)


def _standing(row: Row) -> Standing:
    return Standing(
        alert_id=row["alert_id"], type=row["type"], severity=row["severity"], location=row["location"],
        location_name=row["location_name"], sku=row["sku"], name=row["name"], supplier=row["supplier"],
        available=row["available"], demand=row["demand_per_day"], p_stockout=row["p_stockout"], worth=row["worth"],
        opened_at=row["opened_at"], seq=row["seq"], status=row["status"], state=row["state"], owner=row["owner"],
        snoozed_until=row["snoozed_until"],
    )  # fmt: skip
