"""A group whose alerts have all ended: one line to whoever was told, if its ladder says so."""

from __future__ import annotations

import json

from lowtide.desk.decide import ladder_hours, notice, quiet
from lowtide.desk.decide.case import Case, load_many
from lowtide.desk.decide.notice import Notice
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.people.book import Book

_TOLD = """
    SELECT alert_id FROM routed
    WHERE grp = ? AND because = 'ENDED' AND told_at >= ? AND told_severity != '' ORDER BY alert_id
"""


def tell(tx: Transaction, book: Book, before: Row, now: int) -> None:
    """Tell the end of a group that has just closed. In quiet hours nothing is sent: it asks for nothing."""
    person = before["person"]
    if (
        not before["members"]
        or not before["told"]
        or person not in book.people
        or not book.people[person].contacts
    ):
        return
    if tx.value("SELECT members FROM grp WHERE grp = ?", before["grp"]):
        return
    told = [row["alert_id"] for row in tx.rows(_TOLD, before["grp"], before["opened_at"])]
    cases = [case for case in load_many(tx, told) if _wants_end(book, case)]
    if not cases or not _may_go(book, person, cases, now):
        return
    notice.send(
        tx, book,
        Notice(
            person, Reason.ALL_ENDED, now, notice.dearest(cases), grp=before["grp"], ordinal=before["ordinal"],
            about=tuple((name, value) for name, value in json.loads(before["about"])),
            why=[{"stage": "group", "reason": Reason.ALL_ENDED.value, "opened": before["opened_at"]}],
        ),
        now,
    )  # fmt: skip


def _wants_end(book: Book, case: Case) -> bool:
    severity = case.routed.told_severity
    return severity in book.ladders and book.ladder(severity).tell_end


def _may_go(book: Book, person: str, cases: list[Case], now: int) -> bool:
    return quiet.until(book, person, now) is None or any(
        ladder_hours.may_disturb(book, case, now) for case in cases
    )
