"""Why an open alert is kept quiet: another alert explains it, a silence matches it, or its owner put it off."""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.desk.decide.case import GRAVITY, Case, facts
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.people import matcher
from lowtide.people.book import Book
from lowtide.people.route import Match

_FIELDS = ("location", "sku", "type", "category", "supplier", "abc", "department", "region")


@dataclass(frozen=True)
class Mute:
    """The reason, which alert, silence or person it comes from, and until when at most; None: not known."""

    reason: Reason
    of: str
    until: int | None = None


def of(tx: Transaction, book: Book, case: Case, now: int) -> Mute | None:
    """Why an open alert is not told; None: nothing mutes it."""
    source = _inhibitor(tx, book, case)
    if source is not None:
        return Mute(Reason.INHIBITED, source)
    silence = tx.value(
        "SELECT silence_id FROM silence_alert WHERE alert_id = ? ORDER BY silence_id LIMIT 1", case.alert_id
    )
    if silence is not None:
        return Mute(Reason.SILENCED, silence)
    return _snooze(tx, case, now)


def targets(tx: Transaction, book: Book, alert: Row) -> list[str]:
    """The open alerts that this one mutes, or muted while it was open."""
    found: set[str] = set()
    own = facts(alert)
    for inhibition in book.inhibit:
        if matcher.matches(inhibition.when, own):
            for row in _alike(tx, inhibition.mutes, inhibition.equal, alert):
                if row["alert_id"] != alert["alert_id"] and inhibition.holds(own, facts(row)):
                    found.add(row["alert_id"])
    return sorted(found)


def _inhibitor(tx: Transaction, book: Book, case: Case) -> str | None:
    """The alert that mutes this one; of several the one that opened first.

    Where two alerts would mute each other, the one that opened first is told.
    """
    own, sources = case.facts, list[Row]()
    for inhibition in book.inhibit:
        if not matcher.matches(inhibition.mutes, own):
            continue
        for row in _alike(tx, inhibition.when, inhibition.equal, case.alert):
            if row["alert_id"] != case.alert_id and inhibition.holds(facts(row), own):
                sources.append(row)
    for row in sorted(sources, key=_age):
        if not (book.mutes(own, facts(row)) and _age(case.alert) < _age(row)):
            return str(row["alert_id"])
    return None


def _age(alert: Row) -> tuple[int, str]:
    return alert["opened_at"], alert["alert_id"]


def _alike(tx: Transaction, match: Match, equal: tuple[str, ...], alert: Row) -> list[Row]:
    """The open alerts that have the same values in `equal`, and a type that `match` names."""
    where, values = ["status = 'open'"], list[str]()
    for name in equal:
        if name in _FIELDS:
            where.append(f"{name} = ?")
            values.append(alert[name])
    types = match.get("type", ())
    if types and not any("*" in one for one in types):
        where.append(f"type IN ({', '.join('?' * len(types))})")
        values += types
    return tx.rows(f"SELECT * FROM alert WHERE {' AND '.join(where)} ORDER BY alert_id", *values)


def _snooze(tx: Transaction, case: Case, now: int) -> Mute | None:
    """The snooze of its place, product and type; it ends when the alert is graver than it was then."""
    alert = case.alert
    snooze = tx.row(
        "SELECT * FROM snooze WHERE location = ? AND sku = ? AND type = ? AND until > ?",
        alert["location"], alert["sku"], alert["type"], now,
    )  # fmt: skip
    if snooze is None or case.gravity > GRAVITY.get(snooze["severity"], case.gravity):
        return None
    return Mute(Reason.SNOOZED, snooze["person"], snooze["until"])
