"""A person does not want to be told of an alert until a time, or until it gets graver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from lowtide.actions import life
from lowtide.actions.life import Action
from lowtide.actions.rows import person_row
from lowtide.errors import ActionError, LowtideError, SettingsError
from lowtide.rows import Row, instant
from lowtide.warehouse import Warehouse, Writer, queries
from lowtide.warehouse.alert_ids import alert_ids as alert_ids_of

LONGEST = timedelta(days=30)
"""From now to the end of a snooze."""


@dataclass(frozen=True)
class Snooze:
    """A SNOOZED entry that is in the ledger."""

    alert_id: str
    action: Action
    until: datetime

    def to_dict(self) -> Row:
        """Names of the ledger's columns, and `until`."""
        return {
            "alert_id": self.alert_id,
            "action_id": self.action.action_id,
            "entry": self.action.entry,
            "event_time": self.action.at,
            "actor": self.action.actor,
            "comment": self.action.comment,
            "until": self.until,
        }


def snooze_many(
    warehouse: Warehouse,
    alert_ids: Sequence[str],
    person: str,
    until: datetime,
    *,
    at: datetime | None = None,
    comment: str = "",
    key: str | None = None,
) -> list[Snooze | LowtideError]:
    """Snooze alerts with one insert: for each, in order, its entry, or why it has none.

    `until` and `at` (None: now) are aware. The same person, end and state of the alert again is the same entry, and so is
    the same `key`. Raises SettingsError if what is done is missing or malformed.
    """
    at = (at or datetime.now(UTC)).astimezone(UTC)
    check(person, until, at)
    found = alert_ids_of(warehouse, alert_ids)
    alerts = queries.alerts_to_act_on(warehouse, [one for one in found if isinstance(one, str)])
    results: list[Snooze | LowtideError] = []
    rows: dict[str, Row] = {}
    for one in found:
        try:
            if isinstance(one, LowtideError):
                raise one
            snooze, row = snooze_row(_open(alerts.get(one), one), person, until, at, comment, key)
        except LowtideError as error:
            results.append(error)
            continue
        results.append(snooze)
        rows[one] = row
    if rows:
        Writer(warehouse).insert_rows("ledger", list(rows.values()))
    return results


def snooze_row(
    alert: Row, person: str, until: datetime, at: datetime, comment: str = "", key: str | None = None
) -> tuple[Snooze, Row]:
    """The entry and its row of the ledger; `alert` has the columns of its last entry, and `entries`, how many it has."""
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    action = Action("SNOOZED", person, at, comment=comment)
    name = key or f"snooze:{person}:{instant(until)}:{alert['entries']}"
    action = replace(action, action_id=life.identity(alert["alert_id"], action, "", name))
    return Snooze(alert["alert_id"], action, until), person_row(alert, action, {"until": until})


def check(person: str, until: datetime, at: datetime) -> None:
    """Raises SettingsError if a snooze lacks its person, or its end is not a time of the next 30 days."""
    if not person.strip():
        raise SettingsError("nobody does it", "Say who you are: `--as NAME`, or set `LOWTIDE_ACTOR`.")
    if until.tzinfo is None:
        raise SettingsError("the end of the snooze has no zone", "For instance `2026-11-22T09:30:00+08:00`.")
    if until <= at:
        raise SettingsError(
            f"the snooze would end at {instant(until)}, which has passed", "Give a later end."
        )
    if until > at + LONGEST:
        raise SettingsError(
            f"the snooze would end at {instant(until)}, more than {LONGEST.days} days from now",
            f"A snooze lasts at most {LONGEST.days} days; a rule that is wrong is changed in the policy.",
        )


def _open(alert: Row | None, alert_id: str) -> Row:
    if alert is None:
        raise ActionError(
            f"alert {alert_id} has no entry of the core", "Run its log again: it writes the same rows."
        )
    if alert["status"] != "open":
        raise ActionError(
            f"`snooze` is not possible: alert {alert_id} has ended ({alert['status']})",
            "Nobody is told of an alert that has ended.",
        )
    return alert
