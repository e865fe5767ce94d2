"""What happens to proposals as time passes and alerts change: which alerts ask, what ends with its alert, who is nudged.

It is a function of the rows of desk.db and the time, in the transaction in which the desk decides about alerts.
"""

from __future__ import annotations

from lowtide.desk.decide import catch_up, moment, nudge
from lowtide.desk.proposing import entries, mirror, stages
from lowtide.desk.proposing.fold import ENDED_WITH_ALERT
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.people import Book
from lowtide.rows import object_of

_ASKS = ("OPENED", "WORSENED")
_CLOSABLE = "state IN ('proposed', 'submitted')"
_ASKED = "state IN ('approved', 'exported') AND kind IN ('chase', 'expedite')"
"""What asks a supplier for something: no movement carries its ref, the end of the alert says that it has come."""
_LATE_MS = moment.DAY
"""A nudge that fell due longer ago than a day, because the desk was off, is not sent any more."""


def step(tx: Transaction, book: Book, now: int) -> int | None:
    """Decide what is due; call it before the decisions about alerts, which take the news. Returns when to come again."""
    mirror.refresh(tx, book)
    for alert_id in _news(tx):
        _end(tx, book, alert_id, now)
    if not catch_up.is_compared(tx):
        return None
    for row in tx.rows(
        "SELECT * FROM proposal_call WHERE done_at IS NULL AND due_at <= ? ORDER BY due_at, list_id", now
    ):
        _call(tx, book, row, now)
    due: int | None = tx.value("SELECT min(due_at) FROM proposal_call WHERE done_at IS NULL")
    return due


def _news(tx: Transaction) -> list[str]:
    """Note which alerts ask for proposals; returns the alerts of which there is news."""
    rows = tx.rows(
        "SELECT alert_id, entry, seq, event_time FROM news ORDER BY alert_id, event_time, seq, action_id"
    )
    for row in rows:
        if row["entry"] in _ASKS:
            tx.execute(
                "INSERT OR REPLACE INTO proposal_ask (alert_id, round, event_time) VALUES (?, ?, ?)",
                row["alert_id"], row["seq"], row["event_time"],
            )  # fmt: skip
    return list(dict.fromkeys(row["alert_id"] for row in rows))


def _end(tx: Transaction, book: Book, alert_id: str, now: int) -> None:
    """Proposals that only waited for their alert end with it. One alert that a graver one replaced hands its own over."""
    alert = tx.row("SELECT status, state FROM alert WHERE alert_id = ?", alert_id)
    if (
        alert is None
        or alert["status"] == "superseded"
        or (alert["status"] == "open" and alert["state"] != "closed")
    ):
        return
    tx.execute("DELETE FROM proposal_ask WHERE alert_id = ?", alert_id)
    rows = tx.rows(
        f"SELECT * FROM proposal WHERE alert_id = ? AND {_CLOSABLE} ORDER BY proposal_id", alert_id
    )
    for row in rows:
        if not _is_of_day(tx, row, now):
            withdraw(tx, book, row, ENDED_WITH_ALERT, now)
    for row in tx.rows(
        f"SELECT * FROM proposal WHERE alert_id = ? AND {_ASKED} ORDER BY proposal_id", alert_id
    ):
        confirm(tx, book, row, "alert", "", row["event_time"], now)


def _is_of_day(tx: Transaction, proposal: Row, now: int) -> bool:
    """Whether it stands on the list of an order day that has come: then the need alone decides, until the cut-off.

    The order day found it waiting and proposed nothing beside it; were it closed, a position in need would be on no list.
    """
    if proposal["kind"] not in ("order", "production"):
        return False
    told = tx.value(
        "SELECT detail FROM proposal_entry WHERE proposal_id = ? AND entry = 'PROPOSED'",
        proposal["proposal_id"],
    )
    given = object_of(told).get("inputs") or {}
    supplier = proposal["supplier"] if given.get("known", True) else ""
    planned = tx.row(
        "SELECT 1 FROM proposal_plan WHERE supplier = ? AND day = ?", supplier, given.get("order_day")
    )
    return planned is not None and (proposal["cut_off_at"] is None or proposal["cut_off_at"] > now)


def withdraw(tx: Transaction, book: Book, proposal: Row, why: str, now: int) -> None:
    """Write WITHDRAWN: what it was for is no longer needed."""
    mirror.write(
        tx, book,
        entries.desk_row(
            dict(proposal), "WITHDRAWN", why, event_time=proposal["event_time"], now=now, detail={"why": why}
        ),
    )  # fmt: skip


def confirm(
    tx: Transaction, book: Book, proposal: Row, key: str, quantity: str, event_time: int, now: int
) -> None:
    """Write CONFIRMED: the movement came that it asked for. `key` is what the movement carries."""
    detail = {"order_ref": key, "quantity": quantity}
    row = entries.desk_row(dict(proposal), "CONFIRMED", key, event_time=event_time, now=now, detail=detail)
    mirror.write(tx, book, row)


def _call(tx: Transaction, book: Book, row: Row, now: int) -> None:
    """Let the holder of a list hear that it waits, or the lead of the holder, or the owner of the place that gives."""
    tx.execute(
        "UPDATE proposal_call SET done_at = ? WHERE list_id = ? AND state = ? AND holder = ? AND step = ?",
        now, row["list_id"], row["state"], row["holder"], row["step"],
    )  # fmt: skip
    receiver = _receiver(book, row, now)
    if receiver is not None and now - row["due_at"] < _LATE_MS:
        reason = Reason.STEP if stages.hearer(row["step"]) == "lead" else Reason.REMINDER
        nudge.put_list(tx, receiver, reason, now, row)


def _receiver(book: Book, row: Row, now: int) -> str | None:
    """The holder or the owner of the place that gives, at the second step the holder's lead; the deputy of who is absent.

    None: there is no such person.
    """
    person = row["holder"]
    if stages.hearer(row["step"]) == "lead":
        known = book.people.get(person)
        person = known.lead if known else None
    return book.present(person, moment.utc(now)) if person in book.people else None
