"""Who is on duty out of turn: an admin puts somebody in for a while, which is a new version of people in force.

add(context, caller, "dairy-buyers", "li", start, end, "chen is ill")
overrides(context)     those that have not ended, the earliest first
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lowtide.desk import people_versions
from lowtide.errors import PeopleError, SettingsError
from lowtide.people import Book
from lowtide.people.checks import faults
from lowtide.people.source import Source
from lowtide.people.team import Override
from lowtide.service.caller import Caller, Role
from lowtide.service.context import Context
from lowtide.service.refusal import Missing, NotAllowed

_LONGEST_MS = 366 * 86_400_000


@dataclass(frozen=True)
class OverrideRow:
    """One override. Times are milliseconds since 1970 UTC."""

    override_id: str
    team: str
    person: str
    start_at: int
    end_at: int

    def to_dict(self) -> dict[str, Any]:
        """Names of the fields."""
        return asdict(self)


def overrides(context: Context) -> tuple[OverrideRow, ...]:
    """The overrides that have not ended."""
    now = context.now()
    rows = [_row(one) for one in context.book().overrides]
    return tuple(
        sorted((row for row in rows if row.end_at > now), key=lambda row: (row.start_at, row.override_id))
    )


def add(
    context: Context, caller: Caller, team: str, person: str, start_ms: int, end_ms: int, reason: str
) -> OverrideRow:
    """Put a person on duty in a team from `start_ms` until before `end_ms`.

    Raises SettingsError, which names the field, NotAllowed below an admin, WarehouseError.
    """
    _check(context, caller, team, person, start_ms, end_ms, reason)
    zone = context.book().zone
    start, end = (datetime.fromtimestamp(at / 1000, zone).replace(tzinfo=None) for at in (start_ms, end_ms))
    new = {"team": team, "person": person, "from": _local(start), "to": _local(end)}
    _store(context, caller, lambda value: {**value, "overrides": [*value.get("overrides", []), new]})
    return _row(Override(team, person, start.replace(tzinfo=zone), end.replace(tzinfo=zone)))


def end(context: Context, caller: Caller, override_id: str) -> OverrideRow:
    """Take an override back. Raises Missing, NotAllowed below an admin, WarehouseError."""
    _check_admin(caller)
    book = _newest(context)
    place = next((n for n, one in enumerate(book.overrides) if _row(one).override_id == override_id), None)
    if place is None:
        raise Missing(f"there is no override `{override_id[:40]}`", "It may have been taken back already.")
    found = _row(book.overrides[place])

    def without(value: Mapping[str, Any]) -> dict[str, Any]:
        kept = [one for number, one in enumerate(value["overrides"]) if number != place]
        return {**value, "overrides": kept}

    _store(context, caller, without)
    return found


def _check(
    context: Context, caller: Caller, team: str, person: str, start_ms: int, end_ms: int, reason: str
) -> None:
    _check_admin(caller)
    book = context.book()
    try:
        book.team(team, {})
    except PeopleError as error:
        raise SettingsError(f"`team`: {error.message}", error.hint) from None
    if person not in book.people:
        raise SettingsError(f"`person`: nobody is `{person}`", f"There are {', '.join(book.people)}.")
    if not reason.strip():
        raise SettingsError("`reason`: why?", "Write it for those who ask later.")
    if not 0 < start_ms < end_ms or end_ms - start_ms > _LONGEST_MS or end_ms > 7_258_118_400_000:
        raise SettingsError(
            "`end_at` is not after `start_at`, or more than a year later", "Give a later end."
        )
    if end_ms <= context.now():
        raise SettingsError("`end_at` has passed", "Give a later end.")


def _check_admin(caller: Caller) -> None:
    if not caller.role.includes(Role.ADMIN):
        raise NotAllowed("only an admin puts somebody on duty out of turn", "Ask an admin.")


def _store(context: Context, caller: Caller, change: Any) -> None:
    """Put a changed file in force. Raises SettingsError if it cannot be."""
    source = Source.of(_newest(context).document)
    changed = replace(source, value=change(source.value))
    wrong = list(faults(changed.file, changed.places))
    if wrong:
        raise SettingsError("; ".join(message for _, message in wrong), "Nothing was changed.")
    people_versions.store(context.warehouse, Book.of(changed), applied_by=caller.actor, now=datetime.now(UTC))
    context.wake()


def _newest(context: Context) -> Book:
    """The people in force in the warehouse, which the desk may not have read yet. Raises WarehouseError."""
    there = people_versions.in_force(context.warehouse)
    return there.book() if there is not None else context.book()


def _row(one: Override) -> OverrideRow:
    start, end_ = (int(at.timestamp() * 1000) for at in (one.start, one.end))
    text = f"{one.team}|{one.person}|{start}|{end_}"
    return OverrideRow(hashlib.sha256(text.encode()).hexdigest()[:12], one.team, one.person, start, end_)


def _local(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
