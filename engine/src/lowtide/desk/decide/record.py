"""What the desk decided, as rows of the ledger: ROUTED, ESCALATED, and ASSIGNED by a ladder.

Their `event_time` is that of the entry that they answer, and their identity comes from the alert and a key. So a second desk
or a rebuilt one writes the same row on any day; the desk's own clock stands in `decided_at`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lowtide.actions import life
from lowtide.desk.decide import moment
from lowtide.desk.store import Row, Transaction

_COPIED = ("pipeline", "alert_id", "type", "severity", "location", "sku")


def identity(alert_id: str, kind: str, key: str) -> str:
    """The action_id of an entry of the desk: the alert and the key alone tell it apart."""
    return life.identity(alert_id, life.Action(kind, "desk", moment.utc(0)), "", key=key)


def write(
    tx: Transaction, alert: Row, kind: str, key: str, *, event_time: int, now: int, owner: str = "",
    stage: str = "", detail: Mapping[str, Any],
) -> None:  # fmt: skip
    """Put an entry on its way to the ledger. Whoever ships it adds the numbers of the alert's last entry."""
    action_id = identity(alert["alert_id"], kind, key)
    row = {name: alert[name] for name in _COPIED} | {
        "partition": "", "offset": 0, "seq": 0, "entry": kind, "reason": "desk", "action_id": action_id, "actor": "desk",
        "owner": owner, "stage": stage, "feedback": "", "comment": "",
        "event_time": moment.text(event_time), "opened_at": moment.text(alert["opened_at"]),
        "decided_at": moment.text(now), "detail": json.dumps(detail, ensure_ascii=False, separators=(",", ":")),
    }  # fmt: skip
    tx.ship("ledger", f"{alert['alert_id']}:{action_id}", row)
