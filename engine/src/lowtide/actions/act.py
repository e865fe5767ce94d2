"""Read alerts, decide with `life`, write one entry for each; the same action again is the same entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lowtide.actions import life
from lowtide.actions.life import FEEDBACK, VERBS, Action, Standing
from lowtide.errors import ActionError, LowtideError, SettingsError
from lowtide.rows import Row
from lowtide.warehouse import Warehouse, Writer, queries
from lowtide.warehouse.alert_ids import alert_ids as alert_ids_of

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
    return [_action(row) for row in queries.alert_actions(warehouse, alert_id)]


def _action(row: Row) -> Action:
    return Action(
        row["entry"], row["actor"], row["acted_at"], row["owner"], row["feedback"], row["comment"], row["action_id"]
    )  # fmt: skip


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
    (done,) = act_many(
        warehouse, [alert_id], verb, actor, owner=owner, feedback=feedback, comment=comment, at=at, key=key
    )
    if isinstance(done, LowtideError):
        raise done
    return done


def act_many(
    warehouse: Warehouse,
    alert_ids: Sequence[str],
    verb: str,
    actor: str,
    *,
    owner: str = "",
    feedback: str = "",
    comment: str = "",
    at: datetime | None = None,
    key: str | None = None,
) -> list[ActionResult | LowtideError]:
    """Do `verb` to many alerts with one read and one insert: for each, in order, what was done or why it was not.

    The entries are all in the ledger, or none of them is. Raises SettingsError if what is done is missing or malformed.
    """
    _complete(verb, actor, owner, feedback, comment, at)
    wanted = Action(
        VERBS[verb].entry, actor, (at or datetime.now(UTC)).astimezone(UTC), owner, feedback, comment
    )
    found = alert_ids_of(warehouse, alert_ids)
    alerts = queries.alerts_to_act_on(warehouse, [one for one in found if isinstance(one, str)])
    before: dict[str, list[Action]] = {alert_id: [] for alert_id in alerts}
    for row in queries.alert_actions(warehouse, list(alerts)):
        before[row["alert_id"]].append(_action(row))
    rows: list[Row] = []
    results: list[ActionResult | LowtideError] = []
    for one in found:
        try:
            if isinstance(one, LowtideError):
                raise one
            result = _decide(_known(alerts, one), before[one], verb, wanted, chosen=at is not None, key=key)
        except LowtideError as error:
            results.append(error)
            continue
        results.append(result)
        if not result.repeated:
            before[one].append(result.action)
            rows.append(_row(alerts[one], result.action))
    if rows:
        Writer(warehouse).insert_rows("ledger", rows)
    return results


def _known(alerts: Mapping[str, Row], alert_id: str) -> Row:
    if alert_id not in alerts:
        raise ActionError(
            f"alert {alert_id} has no entry of the core", "Run its log again: it writes the same rows."
        )
    return alerts[alert_id]


def _decide(
    alert: Row, actions: Sequence[Action], verb: str, wanted: Action, *, chosen: bool, key: str | None
) -> ActionResult:
    """What becomes of one alert; `chosen`: somebody gave the time of the action."""
    alert_id, before = alert["alert_id"], [action for action in actions if action.is_known]
    standing = life.fold(before, ended=alert["status"] != "open")
    action = wanted
    if verb in ("ack", "start"):
        action = replace(wanted, owner=wanted.owner or standing.owner or wanted.actor)
    if earlier := _repeated(before, action, life.identity(alert_id, action, "", key) if key else None):
        return ActionResult(alert_id, earlier, standing, repeated=True)
    standing.check(verb, alert_id)
    action = replace(action, at=_in_order(alert, before, action.at, chosen=chosen))
    last = before[-1].action_id if before else ""
    action = replace(action, action_id=life.identity(alert_id, action, last, key))
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


def _in_order(alert: Row, before: list[Action], at: datetime, *, chosen: bool) -> datetime:
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


def _row(alert: Row, action: Action) -> Row:
    return {name: alert[name] for name in _COPIED} | {
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
