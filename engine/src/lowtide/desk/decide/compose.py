"""What a message says when it is rendered: the standing at that time, or the reason for which it is dropped."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lowtide.desk import worth
from lowtide.desk.decide import deadline, digest, notice, nudge, timer
from lowtide.desk.decide.case import Case, load
from lowtide.desk.decide.moment import utc
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.ledger import SEVERITIES
from lowtide.notify.message import Line, Message, Order, Section
from lowtide.people.book import Book

LINES = 10
"""So many alerts are named; the others are counted."""
Reviews = Callable[[str, int, int], Sequence[Section]]
"""The figures of a review: of a person, from a time until before another, in milliseconds since 1970 UTC."""
Link = Callable[[str, str], str | None]
"""The address that a message carries: of a notification, for a person."""
_NEWS = (Reason.FIRST, Reason.NEW_IN_GROUP, Reason.WORSENED)
"""What only the owner hears."""
_MUTED = (Reason.INHIBITED, Reason.SILENCED, Reason.SNOOZED, Reason.STALE)


def compose(
    tx: Transaction,
    book: Book,
    row: Row,
    now: int,
    *,
    reviews: Reviews | None = None,
    link: Link | None = None,
) -> Message | Reason:
    """What a message of the outbox says now. A Reason: there is nothing left to say, and it is dropped.

    What is dropped gives its slot of the budget back.
    """
    message = _message(tx, book, row, json.loads(row["content"]), now, reviews)
    if isinstance(message, Reason):
        return message
    address = link(message.notification_id, message.person) if link is not None else None
    return replace(message, link=address, worth_in_units=worth.is_in_units(tx))


def _message(
    tx: Transaction, book: Book, row: Row, content: dict[str, Any], now: int, reviews: Reviews | None
) -> Message | Reason:
    reason = Reason(row["reason"])
    if row["person"] not in book.people:
        return Reason.ENDED
    if reason == Reason.DIGEST:
        sections = _digest(tx, book, row["person"], content["since"], now)
        return _frame(book, row, content, now, sections=sections) if sections else Reason.UNCHANGED
    if reason == Reason.REVIEW:
        return _frame(book, row, content, now, sections=_review(row, content, reviews))
    if "proposals" in content:
        return _proposals(tx, book, row, content, now)
    if reason == Reason.TEST or "silence" in content:
        return _frame(book, row, content, now)
    return _alerts(tx, book, row, content, now)


def _alerts(tx: Transaction, book: Book, row: Row, content: dict[str, Any], now: int) -> Message | Reason:
    """A message about alerts: those of it that still need it."""
    kept, lost = list[Case](), list[tuple[Case, Reason]]()
    phases = content["phases"] or [""] * len(content["told"])
    for (alert_id, _), round_, phase in zip(content["told"], content["rounds"], phases, strict=True):
        case = load(tx, alert_id)
        why = Reason.ENDED if case is None else _lost(case, row, round_, phase)
        if case is not None and why is None:
            kept.append(case)
        elif case is not None and why is not None:
            lost.append((case, why))
    _give_back(tx, row, [case for case, why in lost if why in _MUTED], now)
    if not kept:
        _drop(tx, row, content, now)
        return lost[0][1] if lost else Reason.ENDED
    content = _narrow(tx, row, content, kept)
    return _frame(book, row, content, now, cases=kept)


def _proposals(tx: Transaction, book: Book, row: Row, content: dict[str, Any], now: int) -> Message | Reason:
    """A message about lists of proposals: those that still wait for whom they waited."""
    found = [nudge.waits(tx, *key) for key in content["proposals"]]
    lists = sorted(
        (one for one in found if one is not None), key=lambda one: (-(one.worth or 0.0), one.list_id)
    )
    if not lists:
        _drop(tx, row, content, now)
        return Reason.UNCHANGED
    known = [one.worth for one in lists if one.worth is not None]
    content = content | {
        "counted": sum(len(one.lines) for one in lists), "worth": round(sum(known), 6) if known else None, "about": [],
    }  # fmt: skip
    holders = sorted({one.holder for one in lists})
    names = ", ".join(book.people[one].name if one in book.people else one for one in holders)
    message = _frame(book, row, content, now)
    return replace(
        message, orders=tuple(_order(one) for one in lists[:LINES]), owner_name=names, worth=content["worth"]
    )


def _order(waits: nudge.Waits) -> Order:
    first = waits.lines[0]
    costs = [line["cost"] for line in waits.lines if line["cost"] is not None]
    cut_offs = [line["cut_off_at"] for line in waits.lines if line["cut_off_at"] is not None]
    return Order(
        waits.list_id, first["kind"], _stage(waits), len(waits.lines), first["location"], first["location_name"],
        first["supplier"], first["supplier_name"], first["from_location"], round(sum(costs), 2) if costs else None,
        waits.worth, utc(min(cut_offs)) if cut_offs else None,
    )  # fmt: skip


def _stage(waits: nudge.Waits) -> str:
    """The state in which a list waits; to the owner of the place that gives it is asked, or given."""
    if waits.is_giving:
        return "asked" if waits.state == "submitted" else "given"
    return waits.state


def _lost(case: Case, row: Row, round_: int, phase: str) -> Reason | None:
    """Why a message need not name an alert any more; None: it does. `phase`: of which deadline it is a step or reminder."""
    reason = Reason(row["reason"])
    if reason == Reason.ALL_ENDED:
        return None if not case.is_open else Reason.UNCHANGED
    if not case.is_open:
        return Reason.ENDED
    if case.routed.because in _MUTED:
        return Reason(case.routed.because)
    if phase:
        needed = nudge.is_needed(case, round_, phase)
        return None if needed else Reason.UNCHANGED if case.is_new else Reason.ACKNOWLEDGED
    if not case.is_new:
        return Reason.ACKNOWLEDGED
    if reason in _NEWS and case.routed.owner != row["person"]:
        return Reason.UNCHANGED
    told = (case.routed.told_round, case.routed.told_to) == (round_, row["person"])
    return Reason.UNCHANGED if told else None


def _give_back(tx: Transaction, row: Row, muted: Sequence[Case], now: int) -> None:
    """What a message was to tell and does not is told later, when it is no longer muted."""
    for case in muted:
        tx.execute(
            "UPDATE routed SET said_round = CASE WHEN told_to = said_to THEN told_round END"
            " WHERE alert_id = ? AND said_to = ?",
            case.alert_id,
            row["person"],
        )
        timer.put_earliest(tx, timer.Kind.LOOK, case.alert_id, now)


def _drop(tx: Transaction, row: Row, content: Mapping[str, Any], now: int) -> None:
    """Nothing is sent: the slot is free again, and the group has told nothing."""
    freed = tx.execute("DELETE FROM push WHERE notification_id = ?", row["notification_id"])
    if freed:
        timer.put_earliest(tx, timer.Kind.TURN, row["person"], now)
    if row["reason"] == Reason.FIRST:
        tx.execute(
            "UPDATE grp SET told = 0, last_sent_at = NULL, ordinal = ordinal + 1 WHERE grp = ? AND ordinal = ?",
            content["grp"], content["ordinal"],
        )  # fmt: skip


def _narrow(tx: Transaction, row: Row, content: dict[str, Any], kept: Sequence[Case]) -> dict[str, Any]:
    """Keep in the outbox what the message really tells."""
    if len(kept) == len(content["told"]):
        return content
    names = {case.alert_id for case in kept}
    places = [n for n, (alert_id, _) in enumerate(content["told"]) if alert_id in names]
    lost = len(content["told"]) - len(places)
    narrowed = content | {
        "told": [content["told"][n] for n in places],
        "rounds": [content["rounds"][n] for n in places],
        "steps": [content["steps"][n] for n in places] if content["steps"] else [],
        "phases": [content["phases"][n] for n in places] if content["phases"] else [],
        "counted": content["counted"] - lost,
    }
    if content["counted"] == len(content["told"]):
        narrowed["worth"] = notice.worth(kept)
    text = json.dumps(narrowed, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    tx.execute(
        "UPDATE outbox SET content = ? WHERE notification_id = ? AND target = ?",
        text,
        row["notification_id"],
        row["target"],
    )
    return narrowed


def _frame(
    book: Book, row: Row, content: Mapping[str, Any], now: int, *,
    cases: Sequence[Case] = (), sections: tuple[Section, ...] = (),
) -> Message:  # fmt: skip
    person = book.people[row["person"]]
    target = book.targets.get(row["target"])
    cases = notice.dearest(cases)
    lines = tuple(_line(book, case) for case in cases[:LINES])
    total = content["worth"] if cases else None
    return Message(
        row["notification_id"], row["reason"], _severity(cases), person.key, person.name, person.lang,
        utc(now).astimezone(book.person_calendar(person.key).zone), lines, count=content["counted"], worth=total,
        rest_worth=_rest(total, lines, content["counted"]), about=tuple((name, value) for name, value in content["about"]),
        sections=sections, currency=book.currency, step=content["step"], owner_name=_owner_name(book, row, cases),
        personal=target.personal if target is not None else True,
    )  # fmt: skip


def _severity(cases: Sequence[Case]) -> str:
    return SEVERITIES[max(case.gravity for case in cases)] if cases else ""


def _rest(worth: float | None, lines: Sequence[Line], counted: int) -> float | None:
    """What those are worth that are counted and not named."""
    if worth is None or counted <= len(lines):
        return None
    return max(round(worth - sum(line.worth or 0.0 for line in lines), 6), 0.0)


def _owner_name(book: Book, row: Row, cases: Sequence[Case]) -> str:
    """Of a step: who is accountable and has not answered."""
    if row["reason"] != Reason.STEP:
        return ""
    owners = sorted({case.routed.owner for case in cases})
    return ", ".join(book.people[owner].name if owner in book.people else owner for owner in owners)


def _line(book: Book, case: Case) -> Line:
    alert = case.alert
    due = deadline.of(book, case) if case.routed.phase else None
    return Line(
        alert["alert_id"], alert["type"], alert["severity"], alert["location"], alert["location_name"], alert["sku"],
        alert["name"], alert["supplier"], alert["available"], alert["demand_per_day"], alert["p_stockout"],
        alert["stockout_p50"], alert["worth"], utc(alert["opened_at"]),
        due.at if due is not None else None, due.confirmed if due is not None else True,
    )  # fmt: skip


def _digest(tx: Transaction, book: Book, person: str, since: int, now: int) -> tuple[Section, ...]:
    return tuple(
        Section(
            part.name, part.count, part.worth, tuple(_line(book, case) for case in part.cases[: digest.LINES])
        )
        for part in digest.parts(tx, book, person, since, now)
    )


def _review(row: Row, content: Mapping[str, Any], reviews: Reviews | None) -> tuple[Section, ...]:
    if reviews is None:
        return ()
    span = content["review"]
    return tuple(reviews(row["person"], span["start"], span["end"]))
