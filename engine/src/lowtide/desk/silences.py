"""Silences: what people do not want to hear about for a while, and why. They are rows of the warehouse, never changed.

    silence = draft({"supplier": ["V002"]}, author="wang", reason="strike until Friday", start=now, end=friday)
    preview(warehouse, silence.matchers, now)      -> how many open alerts it hits, and how many of the last 30 days
    write(warehouse, silence)

Ending one writes its next version. A desk reads them like every other row, so they may be written on another machine and
while no desk runs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any

from lowtide.desk.store import Transaction
from lowtide.errors import SettingsError
from lowtide.ledger import SEVERITIES, TYPES
from lowtide.operation.log import logger
from lowtide.rows import Row, object_of
from lowtide.strict import matches
from lowtide.warehouse import Warehouse, Writer

COLUMNS = ("type", "severity", "sku", "category", "supplier", "abc", "department", "region", "location")
"""On what a silence can match: what the mirror knows of an alert."""
LONGEST = timedelta(days=30)
_WORDS = {"type": TYPES, "severity": SEVERITIES}
_PREVIEW_DAYS = 30
_TABLE = (
    "silence_id", "version", "matchers", "start_at", "end_at", "ends_when_idle_s", "author", "reason", "ended_by", "at",
)  # fmt: skip


@dataclass(frozen=True)
class Silence:
    """One silence as it stands. Times are aware."""

    silence_id: str
    version: int
    matchers: dict[str, list[str]]
    start: datetime
    end: datetime
    idle_s: int | None
    """It ends early when nothing has matched for so many seconds; None: it does not."""
    author: str
    reason: str
    ended_by: str
    at: datetime
    """When this version was written."""

    def is_in_force(self, now: datetime) -> bool:
        """Whether it silences now."""
        return self.start <= now < self.end

    def to_dict(self) -> dict[str, Any]:
        """Names of the columns of the table."""
        values = (
            self.silence_id, self.version, self.matchers, self.start, self.end, self.idle_s, self.author, self.reason,
            self.ended_by, self.at,
        )  # fmt: skip
        return dict(zip(_TABLE, values, strict=True))


@dataclass(frozen=True)
class Preview:
    """What a silence hits. `worth` is the expected loss of the open alerts as far as known; None if none is known."""

    open: int
    worth: float | None
    opened: int
    """Alerts that opened in the `days` before `until`."""
    days: int
    until: datetime | None
    """The last opening of all alerts, at most now; None: there is no alert."""


def matchers_of(words: Sequence[str]) -> dict[str, list[str]]:
    """The matchers of `supplier=V002 type=overdue_supply,negative_stock`. Raises SettingsError."""
    matchers: dict[str, list[str]] = {}
    for word in words:
        column, equals, text = word.partition("=")
        values = [value.strip() for value in text.split(",") if value.strip()]
        if not equals or not values:
            raise SettingsError(
                f"not a matcher: `{word}`",
                "Write COLUMN=VALUE or COLUMN=VALUE,VALUE, such as `supplier=V002`; `*` stands for any characters.",
            )
        _check(column, values)
        matchers.setdefault(column, []).extend(values)
    if not matchers:
        raise SettingsError(
            "what shall be silent?", "Give at least one COLUMN=VALUE, such as `supplier=V002`."
        )
    return matchers


def _check(column: str, values: Sequence[str]) -> None:
    if column not in COLUMNS:
        close = get_close_matches(column, COLUMNS, 1)
        hint = f"Did you mean `{close[0]}`?" if close else f"There are {', '.join(COLUMNS)}."
        raise SettingsError(f"a silence cannot match on `{column}`", hint)
    for value in values:
        words = _WORDS.get(column, ())
        if words and "*" not in value and value not in words:
            raise SettingsError(f"not a {column}: `{value}`", f"There are {', '.join(words)}.")


def draft(
    matchers: Mapping[str, Sequence[str]],
    *,
    author: str,
    reason: str,
    start: datetime,
    end: datetime,
    idle_s: int | None = None,
    now: datetime,
) -> Silence:
    """A silence that is complete. Raises SettingsError without a reason or an author, or if it lasts too long."""
    if not reason.strip():
        raise SettingsError("a silence needs a reason", "Say why: `--reason 'strike until Friday'`.")
    if not author.strip():
        raise SettingsError(
            "nobody makes the silence", "Say who you are: `--as NAME`, or set `LOWTIDE_ACTOR`."
        )
    if end <= max(start, now):
        raise SettingsError(
            f"the silence would end {end:%Y-%m-%d %H:%M}, before it begins or before now", "Give a later end."
        )
    if end - start > LONGEST:
        raise SettingsError(
            "a silence lasts at most 30 days",
            "Give an earlier end, and write the next one when that one ends.",
        )
    kept = {column: list(values) for column, values in matchers.items()}
    parts = json.dumps([kept, author, reason, start.isoformat(), end.isoformat(), now.isoformat()])
    silence_id = hashlib.sha256(parts.encode()).hexdigest()[:12].upper()
    return Silence(silence_id, 1, kept, start, end, idle_s, author, reason.strip(), "", now)


def preview(warehouse: Warehouse, matchers: Mapping[str, Sequence[str]], now: datetime) -> Preview:
    """How many open alerts matchers hit now, and how many alerts of the last 30 days they would have hit."""
    kept = {column: list(values) for column, values in matchers.items()}
    worth: list[float] = []
    open_ = 0
    for row in _facts(warehouse, "alert_open", "expected_loss", "1", {}):
        if matches(kept, row):
            open_ += 1
            worth += [] if row["expected_loss"] is None else [float(row["expected_loss"])]
    db = warehouse.database
    newest = (
        f"SELECT maxOrNull(opened_at) AS last FROM {db}.alert_last WHERE opened_at <= {{now:DateTime64(3)}}"
    )
    last = warehouse.rows(newest, {"now": now.astimezone(UTC)})[0]["last"]
    opened = 0
    if last is not None:
        since = {"since": last - timedelta(days=_PREVIEW_DAYS), "last": last}
        where = "alert.opened_at > {since:DateTime64(3)} AND alert.opened_at <= {last:DateTime64(3)}"
        opened = sum(
            matches(kept, row) for row in _facts(warehouse, "alert_current", "opened_at", where, since)
        )
    return Preview(open_, round(sum(worth), 2) if worth else None, opened, _PREVIEW_DAYS, last)


def _facts(
    warehouse: Warehouse, view: str, more: str, where: str, values: Mapping[str, Any]
) -> Sequence[Row]:
    """The columns on which a silence matches, of the alerts of a view."""
    db = warehouse.database
    columns = ", ".join(f"alert.{name} AS {name}" for name in (*COLUMNS, more) if name != "region")
    return warehouse.rows(
        f"SELECT {columns}, place.region AS region FROM {db}.{view} AS alert "
        f"LEFT JOIN (SELECT location, region FROM {db}.location FINAL) AS place ON alert.location = place.location "
        f"WHERE {where}",
        values,
    )


def write(warehouse: Warehouse, silence: Silence) -> None:
    """Write a version of a silence. When it returns, the row is on disk."""
    row = silence.to_dict() | {
        "matchers": json.dumps(silence.matchers, ensure_ascii=False, sort_keys=True),
        "start_at": silence.start.astimezone(UTC),
        "end_at": silence.end.astimezone(UTC),
        "at": silence.at.astimezone(UTC),
    }
    Writer(warehouse).insert_row("silence", row)


def silences(warehouse: Warehouse, now: datetime, *, ended: bool = False) -> list[Silence]:
    """The silences that are in force or will be, those that end first before the others; with `ended` all."""
    rows = warehouse.rows(
        f"SELECT * FROM {warehouse.database}.silence FINAL ORDER BY silence_id, version DESC LIMIT 1 BY silence_id"
    )
    found = [_silence(row) for row in rows]
    return sorted((one for one in found if ended or one.end > now), key=lambda one: (one.end, one.silence_id))


def end(warehouse: Warehouse, silence_id: str, author: str, now: datetime) -> Silence:
    """End the silence whose id begins so, now. Raises SettingsError unless exactly one that has not ended does."""
    open_ = [one for one in silences(warehouse, now) if one.silence_id.startswith(silence_id.strip().upper())]
    if len(open_) != 1 or not silence_id.strip():
        what = "no silence" if not open_ else "more than one silence"
        raise SettingsError(f"{what} begins with `{silence_id}`", "`lowtide silence ls` lists them.")
    (found,) = open_
    ended = replace(
        found, version=found.version + 1, end=now, start=min(found.start, now), ended_by=author, at=now
    )
    write(warehouse, ended)
    return ended


def take(tx: Transaction, rows: Sequence[Mapping[str, Any]], now: int) -> None:
    """Put rows of the table into desk.db, where the decisions find them: times in milliseconds, `matchers` as text.

    The highest version of a silence holds. What the desk knows of it (idle since when, whether its author was warned)
    stays, unless its end was moved: then the author is warned again. A row that no desk can read, which only another
    program can have written, silences nothing and is logged.
    """
    for row in rows:
        if why := _fault(row["matchers"]):
            logger("desk").warning("row_unreadable", table="silence", silence=row["silence_id"], why=why)
            continue
        idle_s = row["ends_when_idle_s"]
        tx.execute(
            _TAKE, row["silence_id"], row["version"], row["matchers"], row["start_at"], row["end_at"],
            None if idle_s is None else idle_s * 1000, row["author"], row["reason"],
        )  # fmt: skip


def _fault(text: str) -> str:
    """What is wrong with the matchers of a row; empty: nothing."""
    matchers = object_of(text)
    if not matchers:
        return "its matchers are not a JSON object with at least one column"
    for column, values in matchers.items():
        if column not in COLUMNS:
            return f"a silence cannot match on `{column}`"
        texts = values if isinstance(values, list) else [values]
        if not texts or not all(isinstance(one, str) and one for one in texts):
            return f"`{column}` is neither a text nor a list of texts"
    return ""


_TAKE = """
    INSERT INTO silence
        (silence_id, version, matchers, start_at, end_at, ends_when_idle_ms, author, reason, warned)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
    ON CONFLICT (silence_id) DO UPDATE SET
        warned = CASE WHEN silence.end_at = excluded.end_at THEN silence.warned ELSE 0 END,
        version = excluded.version, matchers = excluded.matchers, start_at = excluded.start_at, end_at = excluded.end_at,
        ends_when_idle_ms = excluded.ends_when_idle_ms, reason = excluded.reason
    WHERE excluded.version > silence.version"""


def _silence(row: Row) -> Silence:
    return Silence(
        row["silence_id"], row["version"], json.loads(row["matchers"]), row["start_at"], row["end_at"],
        row["ends_when_idle_s"], row["author"], row["reason"], row["ended_by"], row["at"],
    )  # fmt: skip
