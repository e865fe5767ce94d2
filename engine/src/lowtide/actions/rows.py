"""What people and the desk did about an alert, as rows of the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lowtide.actions.life import Action
from lowtide.ledger import DESK
from lowtide.rows import Row, as_json

_COPIED = (
    "pipeline", "alert_id", "type", "severity", "location", "sku", "opened_at", "episode", "policy_version",
    "on_hand", "available", "on_order", "in_transit", "demand_per_day",
)  # fmt: skip
"""What an entry repeats of the last entry of the core."""


def person_row(alert: Row, action: Action, detail: Row | None = None) -> Row:
    """The row of what a person did to an alert, given by the columns of its last entry; `detail` as JSON can hold it."""
    return _row(alert, action, action.at, "person", detail)


def desk_row(
    alert: Row, action: Action, event_time: datetime, detail: Row | None = None, stage: str = ""
) -> Row:
    """The row of what the desk did. Its key holds `event_time`, that of the entry that it answers; `action.at` is the
    time on the clock of the desk, so that a second desk writes the same key on any day.
    """
    return _row(alert, action, event_time, DESK, detail) | {"decided_at": action.at, "stage": stage}


def _row(alert: Row, action: Action, event_time: datetime, reason: str, detail: Row | None) -> dict[str, Any]:
    return {name: alert[name] for name in _COPIED} | {
        "partition": "",
        "offset": 0,
        "seq": 0,
        "entry": action.entry,
        "event_time": event_time,
        "reason": reason,
        "detail": as_json(detail or {}),
        "action_id": action.action_id,
        "actor": action.actor,
        "owner": action.owner,
        "feedback": action.feedback,
        "comment": action.comment,
    }
