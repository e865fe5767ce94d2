"""Rows of the ledger about a proposal. What the desk writes has the event time of its cause; `decided_at` is its own clock.

So a second desk or a rebuilt one writes the same row on any day. A person's entry has the time at which the person did it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lowtide.actions import life
from lowtide.desk.decide import moment
from lowtide.ledger import DESK
from lowtide.rows import Row
from lowtide.rows import moment as instant_in

_COPIED = ("pipeline", "alert_id", "location", "sku", "proposal_id")


def desk_row(
    proposal: Mapping[str, Any],
    kind: str,
    key: str,
    *,
    event_time: int,
    now: int,
    owner: str = "",
    detail: Mapping[str, Any],
    supersedes: str | None = None,
    policy_version: str = "",
) -> Row:
    """What the desk did. `key` tells its entries of one kind apart."""
    action_id = identity(proposal["proposal_id"], kind, DESK, key)
    return _row(proposal, kind, action_id, DESK, event_time, owner, "", detail) | {
        "decided_at": moment.text(now),
        "supersedes": supersedes,
        "policy_version": policy_version,
    }


def person_row(
    proposal: Mapping[str, Any],
    kind: str,
    action_id: str,
    actor: str,
    *,
    at: int,
    owner: str = "",
    comment: str = "",
    detail: Mapping[str, Any],
) -> Row:
    """What a person did at `at`."""
    return _row(proposal, kind, action_id, actor, at, owner, comment, detail)


def identity(proposal_id: str, kind: str, actor: str, key: str) -> str:
    """The action_id of an entry: the proposal and the key alone tell it apart."""
    return life.identity(proposal_id, life.Action(kind, actor, moment.utc(0)), "", key=f"{kind}:{key}")


def entry_of(row: Mapping[str, Any]) -> Row:
    """A row on its way to the ledger as `warehouse.proposal_rows` gives it back."""
    event_time = _ms(row["event_time"])
    return {
        **{
            name: row[name]
            for name in (*_COPIED, "action_id", "entry", "actor", "owner", "comment", "detail")
        },
        "supersedes": row.get("supersedes") or "",
        "event_time": event_time,
        "at": _ms(row["decided_at"]) if row.get("decided_at") else event_time,
    }


def _row(
    proposal: Mapping[str, Any], kind: str, action_id: str, actor: str, event_time: int, owner: str, comment: str,
    detail: Mapping[str, Any],
) -> Row:  # fmt: skip
    return {name: proposal[name] for name in _COPIED} | {
        "partition": "", "offset": 0, "seq": 0, "episode": 0, "entry": kind, "type": "", "severity": "",
        "reason": DESK if actor == DESK else "person", "action_id": action_id, "actor": actor, "owner": owner,
        "feedback": "", "comment": comment, "stage": "" if kind == "WITHDRAWN" else kind.lower(),
        "event_time": moment.text(event_time), "opened_at": moment.text(event_time),
        "detail": json.dumps(detail, ensure_ascii=False, separators=(",", ":")),
    }  # fmt: skip


def _ms(value: Any) -> int:
    if isinstance(value, int):
        return value
    at = value if isinstance(value, datetime) else instant_in(value)
    return round(at.timestamp() * 1000)
