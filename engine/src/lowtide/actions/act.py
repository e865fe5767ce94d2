"""Read alerts, decide with `life`, write one entry for each; the same action again is the same entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lowtide.actions import life
from lowtide.actions.life import FEEDBACK, TAKES, VERBS, Action, Standing
from lowtide.actions.rows import person_row
from lowtide.errors import ActionError, LowtideError, SettingsError
from lowtide.rows import Row
from lowtide.warehouse import Warehouse, Writer, queries
from lowtide.warehouse.alert_ids import alert_ids as alert_ids_of

_MOST = 10_000
"""Characters of a comment."""


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
    return [action_of(row) for row in queries.alert_actions(warehouse, alert_id)]


def action_of(row: Row) -> Action:
    """An action, from its row of `alert_action`."""
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
    for_: str = "",
    feedback: str = "",
    comment: str = "",
    at: datetime | None = None,
    key: str | None = None,
) -> ActionResult:
    """Do `verb` (see `life.VERBS`) to an alert, given by its id or the beginning of it.

    Whoever acknowledges or starts an alert owns it from then on; with `for_` it is done for that person, who owns it.
    `owner` is to whom it is assigned. `at` is when it was done, aware; None: now. `key` is the caller's own name for the
    action: the same key again is a retry, even with other content. Raises ActionError if the alert's life does not
    allow it, SettingsError if something is missing or malformed.
    """
    (done,) = act_many(
        warehouse, [alert_id], verb, actor,
        owner=owner, for_=for_, feedback=feedback, comment=comment, at=at, key=key,
    )  # fmt: skip
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
    for_: str = "",
    feedback: str = "",
    comment: str = "",
    at: datetime | None = None,
    key: str | None = None,
) -> list[ActionResult | LowtideError]:
    """Do `verb` to many alerts with one read and one insert: for each, in order, what was done or why it was not.

    The entries are all in the ledger, or none of them is. Raises SettingsError if what is done is missing or malformed.
    """
    complete(verb, actor, owner, feedback, comment, at, for_)
    wanted = Action(
        VERBS[verb].entry, actor, (at or datetime.now(UTC)).astimezone(UTC), owner, feedback, comment
    )
    found = alert_ids_of(warehouse, alert_ids)
    alerts = queries.alerts_to_act_on(warehouse, [one for one in found if isinstance(one, str)])
    before: dict[str, list[Action]] = {alert_id: [] for alert_id in alerts}
    for row in queries.alert_actions(warehouse, list(alerts), routed=True):
        before[row["alert_id"]].append(action_of(row))
    rows: list[Row] = []
    results: list[ActionResult | LowtideError] = []
    for one in found:
        try:
            if isinstance(one, LowtideError):
                raise one
            alert = _known(alerts, one)
            result = decide(alert, before[one], verb, wanted, for_=for_, chosen=at is not None, key=key)
        except LowtideError as error:
            results.append(error)
            continue
        results.append(result)
        if not result.repeated:
            before[one].append(result.action)
            rows.append(person_row(alert, result.action))
    if rows:
        Writer(warehouse).insert_rows("ledger", rows)
    return results


def _known(alerts: Mapping[str, Row], alert_id: str) -> Row:
    if alert_id not in alerts:
        raise ActionError(
            f"alert {alert_id} has no entry of the core", "Run its log again: it writes the same rows."
        )
    return alerts[alert_id]


def decide(
    alert: Mapping[str, Any],
    actions: Sequence[Action],
    verb: str,
    wanted: Action,
    *,
    for_: str = "",
    chosen: bool = False,
    key: str | None = None,
) -> ActionResult:
    """What becomes of one alert, given by `alert_id`, `opened_at` and `status`, and by its actions in order of time.

    Among the actions is its ROUTED entry, if it has one. `wanted` is the action without identity; who acknowledges or starts
    becomes the owner, or `for_`. `chosen`: somebody gave the time of the action. Raises ActionError if the alert's life
    does not allow it.
    """
    if verb in TAKES and not wanted.owner:
        wanted = replace(wanted, owner=for_ or wanted.actor)
    alert_id, before = alert["alert_id"], [action for action in actions if action.is_known]
    standing = life.fold(actions, ended=alert["status"] != "open")
    if earlier := _repeated(before, wanted, life.identity(alert_id, wanted, "", key) if key else None):
        return ActionResult(alert_id, earlier, standing, repeated=True)
    standing.check(verb, alert_id)
    _must_be_owner(for_, standing, alert_id)
    action = replace(wanted, at=_in_order(alert, before, wanted.at, chosen=chosen))
    last = before[-1].action_id if before else ""
    action = replace(action, action_id=life.identity(alert_id, action, last, key))
    return ActionResult(alert_id, action, standing.after(action), repeated=False)


def _must_be_owner(name: str, standing: Standing, alert_id: str) -> None:
    """Nobody acts for somebody who does not own the alert: that would take it from its owner without a word."""
    if name and standing.owner and standing.owner != name:
        raise ActionError(
            f"`{name}` does not own alert {alert_id}: its owner is `{standing.owner}`",
            f"Act for the owner with `--for {standing.owner}`, or take it yourself without `--for`.",
        )


def complete(
    verb: str, actor: str, owner: str, feedback: str, comment: str, at: datetime | None, for_: str = ""
) -> None:
    """Raises SettingsError, which says what to give, if what is to be done is missing or malformed."""
    if verb not in VERBS:
        raise SettingsError(f"not an action: `{verb}`", f"There are {', '.join(VERBS)}.")
    if not actor.strip():
        raise SettingsError("nobody does it", "Say who you are: `--as NAME`, or set `LOWTIDE_ACTOR`.")
    if verb == "assign" and not owner.strip():
        raise SettingsError("assign to whom?", "`lowtide assign ALERT_ID --to NAME`.")
    if for_ and verb not in TAKES:
        raise SettingsError(
            f"`{verb}` leaves the owner as it is", "`--for NAME` belongs to `ack` and `start`."
        )
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


def _in_order(alert: Mapping[str, Any], before: list[Action], at: datetime, *, chosen: bool) -> datetime:
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
