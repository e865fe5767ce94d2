"""Silences: which open alerts they match, when they start and end, and who is warned before the end."""

from __future__ import annotations

import json

from lowtide.desk.decide import moment, nudge, timer
from lowtide.desk.decide.case import facts
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.people import matcher
from lowtide.people.book import Book

_WARN_MS = moment.HOUR
"""How long before the end its author hears of it."""
_ACTIVE = "SELECT * FROM silence WHERE start_at <= ? AND end_at > ? ORDER BY silence_id"
_SELECTIVE = ("location", "sku", "type", "supplier", "category", "department", "region", "severity")


def active(tx: Transaction, now: int) -> list[Row]:
    """The silences that hold now."""
    return tx.rows(_ACTIVE, now, now)


def changed(tx: Transaction) -> list[str]:
    """Silences of which no decision knows the newest version."""
    rows = tx.rows(
        "SELECT silence_id FROM silence AS s WHERE NOT EXISTS"
        " (SELECT 1 FROM silence_decided AS d WHERE d.silence_id = s.silence_id AND d.version = s.version) ORDER BY 1"
    )
    return [row["silence_id"] for row in rows]


def matches(silence: Row, alert: Row) -> bool:
    """Whether a silence is about an alert."""
    match = {name: _texts(value) for name, value in json.loads(silence["matchers"]).items()}
    return matcher.matches(match, facts(alert) | {"severity": alert["severity"]})


def match_alert(tx: Transaction, silences: list[Row], alert: Row) -> None:
    """Note which of the active silences match one alert."""
    tx.execute("DELETE FROM silence_alert WHERE alert_id = ?", alert["alert_id"])
    if alert["status"] == "open":
        for silence in silences:
            if matches(silence, alert):
                tx.execute(
                    "INSERT INTO silence_alert VALUES (?, ?)", silence["silence_id"], alert["alert_id"]
                )


def refresh(tx: Transaction, book: Book, silence_id: str, now: int) -> list[str]:
    """Decide about one silence: start it, end it, warn its author. Returns the alerts that it did or does match."""
    silence = tx.row("SELECT * FROM silence WHERE silence_id = ?", silence_id)
    if silence is None:
        return []
    before = _matched(tx, silence_id)
    is_active = silence["start_at"] <= now < silence["end_at"]
    decided = tx.value("SELECT version FROM silence_decided WHERE silence_id = ?", silence_id)
    if decided != silence["version"] or not is_active or not before:
        tx.execute("DELETE FROM silence_alert WHERE silence_id = ?", silence_id)
        if is_active:
            tx.many(
                "INSERT INTO silence_alert VALUES (?, ?)", [(silence_id, one) for one in _hit(tx, silence)]
            )
    tx.execute("INSERT OR REPLACE INTO silence_decided VALUES (?, ?)", silence_id, silence["version"])
    if is_active:
        _warn(tx, book, silence, now)
    _set_timer(tx, silence, now)
    return sorted({*before, *_matched(tx, silence_id)})


def end_idle(tx: Transaction, book: Book, now: int) -> list[str]:
    """Note since when an active silence matches nothing, and end those that did so for long enough.

    Returns the alerts of those that have ended.
    """
    touched: list[str] = []
    for silence in active(tx, now):
        if silence["ends_when_idle_ms"] is None:
            continue
        silence_id = silence["silence_id"]
        idle_since = _idle_since(tx, silence, now)
        if idle_since != silence["idle_since"]:
            tx.execute("UPDATE silence SET idle_since = ? WHERE silence_id = ?", idle_since, silence_id)
        if idle_since is None:
            continue
        if now - idle_since >= silence["ends_when_idle_ms"]:
            _end(tx, silence, now)
            touched += refresh(tx, book, silence_id, now)
        else:
            timer.put_earliest(tx, timer.Kind.SILENCE, silence_id, idle_since + silence["ends_when_idle_ms"])
    return touched


def _idle_since(tx: Transaction, silence: Row, now: int) -> int | None:
    if tx.row("SELECT 1 FROM silence_alert WHERE silence_id = ? LIMIT 1", silence["silence_id"]):
        return None
    since: int | None = silence["idle_since"]
    return now if since is None else since


def _end(tx: Transaction, silence: Row, now: int) -> None:
    """End a silence early: the next version of its row says so, here and in the warehouse."""
    version = silence["version"] + 1
    tx.execute(
        "UPDATE silence SET end_at = ?, version = ? WHERE silence_id = ?", now, version, silence["silence_id"]
    )
    idle_ms = silence["ends_when_idle_ms"]
    tx.ship(
        "silence", f"{silence['silence_id']}:{version}",
        {
            "silence_id": silence["silence_id"], "version": version, "matchers": silence["matchers"],
            "start_at": moment.text(silence["start_at"]), "end_at": moment.text(now),
            "ends_when_idle_s": idle_ms // 1000, "author": silence["author"], "reason": silence["reason"],
            "ended_by": "desk", "at": moment.text(now),
        },
    )  # fmt: skip


def _warn(tx: Transaction, book: Book, silence: Row, now: int) -> None:
    """Tell the author an hour before the end, once for each end."""
    begins = silence["end_at"] - _WARN_MS
    is_due = silence["start_at"] < begins <= now
    if is_due and silence["warned"] != silence["end_at"] and silence["author"] in book.people:
        nudge.put(tx, silence["author"], Reason.REMINDER, now, subject=silence["silence_id"])
        tx.execute(
            "UPDATE silence SET warned = ? WHERE silence_id = ?", silence["end_at"], silence["silence_id"]
        )


def _set_timer(tx: Transaction, silence: Row, now: int) -> None:
    begins = silence["end_at"] - _WARN_MS
    ahead = [at for at in (silence["start_at"], begins, silence["end_at"]) if at > now]
    if ahead:
        timer.put(tx, timer.Kind.SILENCE, silence["silence_id"], min(ahead))
    else:
        timer.clear(tx, timer.Kind.SILENCE, silence["silence_id"])


def _matched(tx: Transaction, silence_id: str) -> list[str]:
    rows = tx.rows("SELECT alert_id FROM silence_alert WHERE silence_id = ? ORDER BY alert_id", silence_id)
    return [row["alert_id"] for row in rows]


def _hit(tx: Transaction, silence: Row) -> list[str]:
    """All open alerts that a silence matches. Plain values narrow the search before patterns are tried."""
    where, values = ["status = 'open'"], list[str]()
    for name, value in sorted(json.loads(silence["matchers"]).items()):
        texts = _texts(value)
        if name in _SELECTIVE and not any("*" in text for text in texts):
            where.append(f"{name} IN ({', '.join('?' * len(texts))})")
            values += texts
    found = tx.rows(f"SELECT * FROM alert WHERE {' AND '.join(where)} ORDER BY alert_id", *values)
    return [alert["alert_id"] for alert in found if matches(silence, alert)]


def _texts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
