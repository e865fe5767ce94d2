"""Read an alert, decide with `life`, write one entry; the same action again is the same entry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lowtide.actions import life
from lowtide.actions.life import FEEDBACK, VERBS, Action, Standing
from lowtide.errors import ActionError, SettingsError
from lowtide.warehouse import Warehouse, Writer, queries

_MOST = 10_000
"""Characters of a comment."""
_COPIED = (
    "pipeline", "alert_id", "type", "severity", "location", "sku", "opened_at", "episode", "policy_version",
    "on_hand", "available", "on_order", "in_transit", "demand_per_day",
)  # fmt: skip


@dataclass(frozen=True)
class ActionResult:
    """An action that is in the ledger, and how people left the alert. `repeated`: it was in the ledger before."""

    alert_id: str
    action: Action
    standing: Standing
    repeated: bool

    def to_dict(self) -> dict[str, Any]:
        """Names of the ledger's columns."""
        return {
            "alert_id": self.alert_id,
            "action_id": self.action.action_id,
            "entry": self.action.entry,
            "event_time": self.action.at,
            "actor": self.action.actor,
            "owner": self.standing.owner,
            "feedback": self.action.feedback,
            "comment": self.action.comment,
            "state": self.standing.state,
            "repeated": self.repeated,
        }


def actions_of(warehouse: Warehouse, alert_id: str) -> list[Action]:
    """What people did about an alert, in order of time."""
    rows = queries.alert_actions(warehouse, alert_id)
    return [
        Action(r["entry"], r["actor"], r["acted_at"], r["owner"], r["feedback"], r["comment"], r["action_id"])
        for r in rows
    ]


def act(
    warehouse: Warehouse,
    alert_id: str,
    verb: str,
    actor: str,
    *,
    owner: str = "",
    feedback: str = "",
    comment: str = "",
    at: datetime | None = None,
    key: str | None = None,
) -> ActionResult:
    """Do `verb` (see `life.VERBS`) to an alert, given by its id or the beginning of it.

    `at` is when it was done, aware; None: now. `key` is the caller's own name for the action: the same key again is
    a retry, even with other content. Raises ActionError if the alert's life does not allow it,
    SettingsError if something is missing or malformed.
    """
    _complete(verb, actor, owner, feedback, comment, at)
    alert = _alert(warehouse, alert_id)
    alert_id = alert["alert_id"]
    before = actions_of(warehouse, alert_id)
    standing = life.fold(before, ended=alert["status"] != "open")
    if verb in ("ack", "start"):
        owner = owner or standing.owner or actor
    when = (at or datetime.now(UTC)).astimezone(UTC)
    action = Action(VERBS[verb].entry, actor, when, owner, feedback, comment)
    if earlier := _repeated(before, action, life.identity(alert_id, action, "", key) if key else None):
        return ActionResult(alert_id, earlier, standing, repeated=True)
    standing.check(verb, alert_id)
    action = replace(action, at=_in_order(alert, before, action.at, chosen=at is not None))
    last = before[-1].action_id if before else ""
    action = replace(action, action_id=life.identity(alert_id, action, last, key))
    _write(warehouse, alert, action)
    return ActionResult(alert_id, action, standing.after(action), repeated=False)


def _complete(verb: str, actor: str, owner: str, feedback: str, comment: str, at: datetime | None) -> None:
    if verb not in VERBS:
        raise SettingsError(f"not an action: `{verb}`", f"There are {', '.join(VERBS)}.")
    if not actor.strip():
        raise SettingsError("nobody does it", "Say who you are: `--as NAME`, or set `LOWTIDE_ACTOR`.")
    if verb == "assign" and not owner.strip():
        raise SettingsError("assign to whom?", "`lowtide assign ALERT_ID --to NAME`.")
    if verb == "note" and not comment.strip():
        raise SettingsError("an empty note", "`lowtide note ALERT_ID --comment TEXT`.")
    if verb == "close" and feedback not in FEEDBACK:
        raise SettingsError(
            f"not a feedback: `{feedback}`" if feedback else "closing an alert says what it was worth",
            "`--feedback right` (it was true and needed), `false` (it was not true) or `unnecessary` (true, not needed).",
        )
    if len(comment) > _MOST:
        raise SettingsError(f"the comment has {len(comment):,} characters", f"It may have {_MOST:,}.")
    if at is not None and at.tzinfo is None:
        raise SettingsError("the time of the action has no zone", "For instance `2026-11-22T09:30:00Z`.")


def _alert(warehouse: Warehouse, prefix: str) -> dict[str, Any]:
    alert_id = queries.alert_id(warehouse, prefix)
    rows = warehouse.rows(
        f"SELECT * FROM {warehouse.database}.alert_current WHERE alert_id = {{id:String}} "
        "ORDER BY event_time DESC LIMIT 1",
        {"id": alert_id},
    )
    if not rows:
        raise ActionError(
            f"alert {alert_id} has no entry of the core", "Run its log again: it writes the same rows."
        )
    return rows[0]


def _repeated(before: list[Action], action: Action, key_id: str | None) -> Action | None:
    """The same action, done before: with a key at any time, else since the alert last changed its owner or state."""
    for earlier in reversed(before):
        if key_id is not None:
            if earlier.action_id == key_id:
                return earlier
        elif earlier.content == action.content:
            return earlier
        elif earlier.entry != "NOTED" and action.entry != "NOTED":
            return None
    return None


def _in_order(alert: dict[str, Any], before: list[Action], at: datetime, *, chosen: bool) -> datetime:
    """The time of an action: later than the action before it, also where the clock of this machine is behind."""
    if chosen and at < alert["opened_at"]:
        raise SettingsError(
            f"the action is of {at:%Y-%m-%d %H:%M} UTC, the alert opened {alert['opened_at']:%Y-%m-%d %H:%M}",
            "An action comes after the opening.",
        )
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    if before and at <= before[-1].at:
        if chosen:
            raise SettingsError(
                f"the last action on alert {alert['alert_id']} is of {before[-1].at:%Y-%m-%dT%H:%M:%S.%fZ}",
                "Actions are written in order: give a later `--at`.",
            )
        return before[-1].at + timedelta(milliseconds=1)
    return at


def _write(warehouse: Warehouse, alert: dict[str, Any], action: Action) -> None:
    row = {name: alert[name] for name in _COPIED} | {
        "partition": "",
        "offset": 0,
        "seq": 0,
        "entry": action.entry,
        "event_time": action.at,
        "reason": "person",
        "detail": "{}",
        "action_id": action.action_id,
        "actor": action.actor,
        "owner": action.owner,
        "feedback": action.feedback,
        "comment": action.comment,
    }
    Writer(warehouse).insert_row("ledger", row)
