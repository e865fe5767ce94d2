"""What a person answers on a page: checked against the mirror, in force at once, in the ledger within a second.

    answer(store, "ack", ids, "chen", key="token:ack", now=now)      -> for each alert what was done, or why not

The same rules hold as for `lowtide ack` and its kin (`lowtide.actions`). The key makes a repeated answer one answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lowtide.actions import life, snooze
from lowtide.actions.act import ActionResult, complete, decide
from lowtide.actions.life import VERBS, Action
from lowtide.actions.rows import person_row
from lowtide.desk.clock import aware
from lowtide.desk.inflow import mirror
from lowtide.desk.inflow.fold import action_of, fold
from lowtide.desk.outflow.entry import entry_of
from lowtide.desk.store import Store, Transaction
from lowtide.errors import ActionError, LowtideError
from lowtide.rows import Row


def answer(
    store: Store,
    verb: str,
    alert_ids: Sequence[str],
    person: str,
    key: str | None = None,
    comment: str = "",
    until: int | None = None,
    now: int = 0,
    owner: str = "",
    feedback: str = "",
) -> list[ActionResult | LowtideError]:
    """Do `verb` (see `life.VERBS`, or "snooze" with `until`) to alerts in one transaction; for each, in order, the result.

    `now` and `until` are in milliseconds since 1970 UTC. Raises SettingsError if what is done is missing or malformed.
    """
    at, end = aware(now), aware(now if until is None else until)
    if verb == "snooze":
        snooze.check(person, end, at)
    else:
        complete(verb, person, owner, feedback, comment, None)
    results: list[ActionResult | LowtideError] = []
    with store.transaction() as tx:
        for alert_id in alert_ids:
            try:
                alert, actions = _alert(tx, alert_id)
                if verb == "snooze":
                    result, row = _snooze(alert, actions, person, end, at, comment, key)
                else:
                    wanted = Action(VERBS[verb].entry, person, at, owner, feedback, comment)
                    result = decide(alert, actions, verb, wanted, key=key)
                    row = person_row(alert, result.action)
            except LowtideError as error:
                results.append(error)
                continue
            results.append(result)
            if not result.repeated:
                _keep(tx, row, now)
    return results


def _alert(tx: Transaction, alert_id: str) -> tuple[Row, list[Action]]:
    """An alert as `actions` reads it, and what was done about it in order of time."""
    row = tx.row("SELECT * FROM alert WHERE alert_id = ?", alert_id)
    if row is None:
        raise ActionError(
            f"alert {alert_id} is not open, and ended days ago", "`lowtide explain` tells its whole story."
        )
    alert = dict(row) | {
        "opened_at": aware(row["opened_at"]), "episode": 0, "policy_version": "", "entries": row["seq"],
    }  # fmt: skip
    done = tx.rows("SELECT * FROM action WHERE alert_id = ? ORDER BY at, action_id", alert_id)
    return alert, [action_of(dict(one)) for one in done]


def _snooze(
    alert: Row,
    actions: Sequence[Action],
    person: str,
    until: datetime,
    at: datetime,
    comment: str,
    key: str | None,
) -> tuple[ActionResult, Row]:
    if alert["status"] != "open":
        raise ActionError(
            f"`snooze` is not possible: alert {alert['alert_id']} has ended ({alert['status']})",
            "Nobody is told of an alert that has ended.",
        )
    made, row = snooze.snooze_row(alert, person, until, at, comment, key)
    standing = life.fold(actions)
    repeated = any(action.action_id == made.action.action_id for action in actions)
    return ActionResult(alert["alert_id"], made.action, standing, repeated), row


def _keep(tx: Transaction, row: Row, now: int) -> None:
    """Put the action into the mirror, where decisions and pages see it, and on its way to the ledger."""
    alert = tx.row("SELECT * FROM alert WHERE alert_id = ?", row["alert_id"])
    done = tx.rows("SELECT * FROM action WHERE alert_id = ?", row["alert_id"])
    assert alert is not None
    mirror.write(tx, fold(dict(alert), [dict(one) for one in done], [entry_of(row)], now))
    tx.ship("ledger", row["action_id"], row)
