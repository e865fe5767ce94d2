"""Silences: what is not pushed for a while, by whom and why; a preview before one is made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lowtide.desk import silences as store
from lowtide.desk.store import Row
from lowtide.people import Book
from lowtide.service.answer import Answer, Away, asked, ms_of
from lowtide.service.caller import Caller, Role
from lowtide.service.context import Context
from lowtide.service.refusal import NotAllowed


@dataclass(frozen=True)
class SilenceRow(Answer):
    """One silence."""

    silence_id: str
    matchers: Mapping[str, tuple[str, ...]]
    start_at: int
    end_at: int
    idle_hours: float | None
    """It ends early after so many hours in which nothing matched."""
    author: str
    author_name: str
    reason: str
    ended_by: str
    in_force: bool
    alerts: int
    """Open alerts that it holds now."""
    worth: float | None


@dataclass(frozen=True)
class Silences(Answer):
    """The silences that are in force or will be, those that end first before the others; then the ended ones, if asked."""

    silences: tuple[SilenceRow, ...]
    away: Away | None
    """The warehouse is away: what desk.db knows is told, ended ones and changes are not possible."""


@dataclass(frozen=True)
class SilencePreview(Answer):
    """What it would hit."""

    open: int
    worth: float | None
    opened: int
    """Alerts that opened in the `days` before `until`."""
    days: int
    until: int | None


def silences(context: Context, caller: Caller, ended: bool = False) -> Silences:
    """The silences."""
    now = context.now()
    with context.store.read() as rows:
        known = [_of_desk(row, context.book(), now) for row in rows.rows(_SILENCES, now)]
    if not ended:
        return Silences(tuple(known), None)
    nothing: list[store.Silence] = []
    moment = context.moment()
    there, away = asked(context, lambda warehouse: store.silences(warehouse, moment, ended=True), nothing)
    ids = {one.silence_id for one in known}
    past = [
        _of_record(one, context.book())
        for one in there
        if one.silence_id not in ids and ms_of(one.end) <= now
    ]
    past.sort(key=lambda one: (-one.end_at, one.silence_id))
    return Silences((*known, *past[:_MOST_ENDED]), away)


def preview(context: Context, caller: Caller, words: Sequence[str]) -> SilencePreview:
    """What matchers such as `supplier=V002` hit. Raises SettingsError for a matcher that cannot be, WarehouseError."""
    matchers = store.matchers_of(words)
    with context.reading() as warehouse:
        found = store.preview(warehouse, matchers, context.moment())
    until = None if found.until is None else ms_of(found.until)
    return SilencePreview(found.open, found.worth, found.opened, found.days, until)


def add(
    context: Context,
    caller: Caller,
    words: Sequence[str],
    reason: str,
    end: datetime,
    start: datetime | None = None,
    idle_s: int | None = None,
) -> SilenceRow:
    """Make a silence, audited. Raises SettingsError (which field), NotAllowed below an operator, WarehouseError."""
    _check(caller)
    now = context.moment()
    made = store.draft(
        store.matchers_of(words),
        author=caller.actor,
        reason=reason,
        start=start or now,
        end=end,
        idle_s=idle_s,
        now=now,
    )
    store.write(context.warehouse, made)
    _take(context, caller, made, "silence.add")
    return _now(context, made)


def end(context: Context, caller: Caller, silence_id: str) -> SilenceRow:
    """End a silence now, audited. Raises SettingsError unless exactly one that has not ended begins so, NotAllowed."""
    _check(caller)
    ended = store.end(context.warehouse, silence_id, caller.actor, context.moment())
    _take(context, caller, ended, "silence.end")
    return _of_record(ended, context.book())


_MOST_ENDED = 200
"""Silences that have ended and are listed, the last ones."""
_SILENCES = """
    SELECT s.*, count(a.alert_id) AS alerts, sum(a.worth) AS loss FROM silence AS s
    LEFT JOIN silence_alert AS m ON m.silence_id = s.silence_id LEFT JOIN alert AS a ON a.alert_id = m.alert_id
    WHERE s.end_at > ? GROUP BY s.silence_id ORDER BY s.end_at, s.silence_id"""


def _check(caller: Caller) -> None:
    if not caller.role.includes(Role.OPERATOR):
        raise NotAllowed("a viewer cannot make or end a silence", "Ask an operator or an admin.")


def _take(context: Context, caller: Caller, made: store.Silence, what: str) -> None:
    """The desk knows it at once, so that the next page shows it; the record brings it again and nothing changes."""
    row = {
        "silence_id": made.silence_id, "version": made.version, "start_at": ms_of(made.start), "end_at": ms_of(made.end),
        "matchers": json.dumps(made.matchers, ensure_ascii=False, sort_keys=True), "ends_when_idle_s": made.idle_s,
        "author": made.author, "reason": made.reason,
    }  # fmt: skip
    detail = {"matchers": made.matchers, "reason": made.reason, "end": made.end.isoformat()}
    audited = {
        "at": datetime.now(UTC), "actor": caller.actor, "what": what, "subject": made.silence_id,
        "detail": json.dumps(detail, ensure_ascii=False), "result": "done",
    }  # fmt: skip
    with context.store.transaction() as tx:
        store.take(tx, [row], context.now())
        tx.ship("audit", f"{what}:{made.silence_id}:{made.version}", audited)
    context.wake()


def _now(context: Context, made: store.Silence) -> SilenceRow:
    """A new silence with what it will hold: the desk notes it in its next step, a moment later."""
    row = _of_record(made, context.book(), in_force=made.is_in_force(context.moment()))
    with context.store.read() as rows:
        found = rows.row("SELECT count(*) AS alerts FROM silence_alert WHERE silence_id = ?", made.silence_id)
    return replace(row, alerts=found["alerts"] if found else 0)


def _of_desk(row: Row, book: Book, now: int) -> SilenceRow:
    matchers = {
        name: (values,) if isinstance(values, str) else tuple(values)
        for name, values in json.loads(row["matchers"]).items()
    }
    idle = row["ends_when_idle_ms"]
    return SilenceRow(
        row["silence_id"], matchers, row["start_at"], row["end_at"], None if idle is None else idle / 3_600_000,
        row["author"], _name(book, row["author"]), row["reason"], "", row["start_at"] <= now < row["end_at"], row["alerts"],
        None if row["loss"] is None else round(row["loss"], 2),
    )  # fmt: skip


def _of_record(one: store.Silence, book: Book, *, in_force: bool = False) -> SilenceRow:
    matchers = {name: tuple(values) for name, values in one.matchers.items()}
    return SilenceRow(
        one.silence_id, matchers, ms_of(one.start), ms_of(one.end), None if one.idle_s is None else one.idle_s / 3600,
        one.author, _name(book, one.author), one.reason, one.ended_by, in_force, 0, None,
    )  # fmt: skip


def _name(book: Book, person: str) -> str:
    known = book.people.get(person)
    return known.name if known else person
