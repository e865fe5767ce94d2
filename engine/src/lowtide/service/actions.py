"""What people do about alerts: one, some, or all that a filter finds, in one transaction, each with what became of it.

    act(context, caller, Order("ack"), ["7RZ…", "8K2…"])      -> Acted

The rules of an alert's life are those of `lowtide ack` and its kin. Who may act on which alert says `rights`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lowtide.actions.life import VERBS
from lowtide.desk import answers
from lowtide.desk.store import Transaction
from lowtide.errors import ActionError, LowtideError, SettingsError
from lowtide.service import rights
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.refusal import Missing, NotAllowed

ALL = (*VERBS, "snooze")
"""What can be done: ack, assign, start, resolve, close, reopen, note, snooze."""
MOST = 10_000
"""Alerts of one request."""
_FACTS = ("type", "location", "region", "sku", "category", "supplier", "abc", "department")


@dataclass(frozen=True)
class ActRow:
    """What became of one alert."""

    alert_id: str
    done: bool
    repeated: bool
    """It had been done before by the same request, so nothing was written."""
    state: str
    """new, acknowledged, in_progress, resolved, closed; empty where it was not done."""
    owner: str
    message: str
    """Why it was not done, such as who was first; empty where it was done."""
    hint: str
    code: str
    """missing, not_allowed or not_possible; empty where it was done."""

    def to_dict(self) -> dict[str, Any]:
        """Names of the fields."""
        return asdict(self)


@dataclass(frozen=True)
class Acted:
    """What became of all alerts of a request, in its order."""

    verb: str
    results: tuple[ActRow, ...]

    @property
    def done(self) -> int:
        """How many it was done to, now or before."""
        return sum(one.done for one in self.results)

    def to_dict(self) -> dict[str, Any]:
        """Names of the fields, and how many were done and refused."""
        return {
            "verb": self.verb, "done": self.done, "refused": len(self.results) - self.done,
            "results": [one.to_dict() for one in self.results],
        }  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What is to be done. Times are milliseconds since 1970 UTC."""

    verb: str
    comment: str = ""
    until: int | None = None
    """Of a snooze: until when."""
    owner: str = ""
    """Of an assignment: who gets it."""
    feedback: str = ""
    """Of a close: right, false or unnecessary."""


def act(
    context: Context, caller: Caller, order: Order, alert_ids: Sequence[str], key: str | None = None
) -> Acted:
    """Do it to these alerts. Raises SettingsError if what is to be done is missing or malformed.

    With `key` the same request again is one request.
    """
    ids = list(dict.fromkeys(alert_ids))
    _check(context, order, ids)
    refused = _refused(context, caller, ids)
    allowed = [one for one in ids if one not in refused]
    done = answers.answer(
        context.store, order.verb, allowed, caller.actor, key, order.comment, order.until, context.now(), order.owner,
        order.feedback,
    )  # fmt: skip
    if allowed:
        context.wake()
    became: dict[str, Any] = {**refused, **dict(zip(allowed, done, strict=True))}
    return Acted(order.verb, tuple(_row(one, became[one]) for one in ids))


def _check(context: Context, order: Order, ids: Sequence[str]) -> None:
    if order.verb not in ALL:
        raise SettingsError(f"`verb`: there is no `{order.verb}`", f"Write one of {', '.join(ALL)}.")
    if not ids:
        raise SettingsError("`ids`: which alerts?", "Name at least one.")
    if len(ids) > MOST:
        raise SettingsError(f"`ids`: {len(ids):,} alerts are too many", f"Name at most {MOST:,}.")
    if order.verb == "snooze" and order.until is None:
        raise SettingsError("`until`: a snooze ends at some time", "Give milliseconds since 1970 UTC.")
    if order.until is not None and not 0 < order.until < _LAST_MS:
        raise SettingsError("`until` is not a time", "Give milliseconds since 1970 UTC.")
    known = context.book().people
    if order.verb == "assign" and order.owner and order.owner not in known:
        raise SettingsError(
            f"`owner`: nobody is `{order.owner}` in the people file", f"There are {', '.join(known)}."
        )


_LAST_MS = 7_258_118_400_000
"""The year 2200."""


def _refused(context: Context, caller: Caller, ids: Sequence[str]) -> dict[str, LowtideError]:
    """Why some of the alerts are not the caller's to act on."""
    book, at = context.book(), context.moment()
    found: dict[str, LowtideError] = {}
    with context.store.read() as rows:
        for alert_id in ids:
            row = facts_of(rows, alert_id)
            if row is None:
                found[alert_id] = Missing(
                    f"alert {alert_id[:40]} is not open, and ended days ago",
                    "`lowtide explain` tells its whole story.",
                )
                continue
            try:
                rights.check_act(book, caller, row, at, row["owner"], row["team"])
            except NotAllowed as error:
                found[alert_id] = error
    return found


def facts_of(rows: Transaction, alert_id: str) -> dict[str, str] | None:
    """What routes match on of an alert, with its `owner` and `team`; None: desk.db does not have it."""
    row = rows.row(
        f"SELECT {', '.join('a.' + name for name in _FACTS)}, coalesce(r.owner, a.owner) AS owner, "
        "coalesce(r.team, '') AS team FROM alert a LEFT JOIN routed r USING (alert_id) WHERE a.alert_id = ?",
        alert_id,
    )
    return None if row is None else {name: str(value) for name, value in dict(row).items()}


def _row(alert_id: str, became: Any) -> ActRow:
    if isinstance(became, LowtideError):
        code = {Missing: "missing", NotAllowed: "not_allowed"}.get(type(became), "not_possible")
        return ActRow(alert_id, False, False, "", "", became.message, became.hint, code)
    standing = became.standing
    return ActRow(alert_id, True, became.repeated, standing.state, standing.owner, "", "", "")


def refusal(row: ActRow) -> LowtideError:
    """The error of a row that was not done."""
    kinds: dict[str, type[LowtideError]] = {"missing": Missing, "not_allowed": NotAllowed}
    return kinds.get(row.code, ActionError)(row.message, row.hint)
