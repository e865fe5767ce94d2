"""The desk itself with a history of the model: entries go through its mirror, and every target accepts at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from lowtide.desk import decide
from lowtide.desk.inflow import mirror
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Store, Transaction
from lowtide.people.book import Book
from tests.desk.model import plain
from tests.desk.model.histories import people_yaml
from tests.desk.model.plain import Entry, Told

KINDS = ("FIRST", "NEW_IN_GROUP", "WORSENED", "REMINDER", "STEP", "FLOOD", "QUIET_END", "CATCH_UP")
"""Reasons that the model knows."""


class Real:
    """A desk.db, a book, and the messages so far."""

    def __init__(self, store: Store, book: plain.Book, now: int) -> None:
        self.store, self.now = store, now
        self.escalated: list[tuple[str, int, int, str, int]] = []
        self._alerts: dict[str, dict[str, Any]] = {}
        self._actions = 0
        self._next: int | None = None
        self._book = self._read(book)
        with store.transaction() as tx:
            decide.started(tx)
            decide.compared(tx)
            decide.step(tx, self._book, now * 1000)

    @staticmethod
    def _read(book: plain.Book) -> Book:
        return Book.read(people_yaml(book), "people.yaml", Path())

    def step(self, now: int, entries: Iterable[Entry] = (), book: plain.Book | None = None) -> list[Told]:
        """As `Plain.step`."""
        self.now = now
        if book is not None:
            self._book = self._read(book)
        with self.store.transaction() as tx:
            for entry in entries:
                self._apply(tx, entry)
            self._next = decide.step(tx, self._book, now * 1000)
        told: list[Told] = []
        while (sent := self._send()) or (self._next is not None and self._next <= now * 1000):
            told += sent
            with self.store.transaction() as tx:
                self._next = decide.step(tx, self._book, now * 1000)
        self._note()
        return told

    def next(self) -> int | None:
        """As `Plain.next`, rounded up to a second."""
        return None if self._next is None else max(-(-self._next // 1000), self.now + 1)

    def because(self) -> dict[str, str]:
        """Why each open alert is not told now."""
        with self.store.read() as tx:
            rows = tx.rows(
                "SELECT r.alert_id, r.because FROM routed r JOIN alert a USING (alert_id) WHERE a.status = 'open'"
            )
        return {row["alert_id"]: row["because"] for row in rows}

    # Sending

    def _send(self) -> list[Told]:
        with self.store.transaction() as tx:
            rows = tx.rows("SELECT * FROM outbox WHERE state = 'pending' ORDER BY target, notification_id")
            return [one for row in rows if (one := self._one(tx, row)) is not None]

    def _one(self, tx: Transaction, row: Row) -> Told | None:
        at = self.now * 1000
        message = decide.compose(tx, self._book, row, at)
        state = "dropped" if isinstance(message, Reason) else "sent"
        tx.execute(
            "UPDATE outbox SET state = ?, sent_at = ? WHERE notification_id = ? AND target = ?",
            state, at, row["notification_id"], row["target"],
        )  # fmt: skip
        if isinstance(message, Reason):
            return None
        row = tx.row("SELECT * FROM outbox WHERE notification_id = ?", row["notification_id"])
        assert row is not None
        decide.told(tx, self._book, row, at)
        told = orjson.loads(row["content"])["told"]
        return Told(self.now, row["person"], row["reason"], frozenset(key for key, *_ in told), message.count)

    def _note(self) -> None:
        with self.store.read() as tx:
            rows = tx.rows("SELECT * FROM step ORDER BY at, alert_id, round, step")
        self.escalated = [
            (row["alert_id"], row["round"], row["step"], row["receiver"], row["at"] // 1000) for row in rows
        ]

    # Entries

    def _apply(self, tx: Transaction, entry: Entry) -> None:
        if entry.kind in ("SILENCE", "UNSILENCE"):
            self._silence(tx, entry)
        else:
            mirror.apply(tx, [self._row(entry)], self.now * 1000)

    def _silence(self, tx: Transaction, entry: Entry) -> None:
        if entry.kind == "UNSILENCE":
            tx.execute(
                "UPDATE silence SET version = version + 1, end_at = ? WHERE silence_id = ?",
                self.now * 1000,
                entry.alert,
            )
            return
        matchers = orjson.dumps({name: [value] for name, value in entry.match}).decode()
        tx.execute(
            "INSERT INTO silence (silence_id, version, matchers, start_at, end_at, author, reason, warned)"
            " VALUES (?, 1, ?, ?, ?, 'somebody', 'a test', 1)",
            entry.alert, matchers, self.now * 1000, entry.until * 1000,
        )  # fmt: skip

    def _row(self, entry: Entry) -> dict[str, Any]:
        """A row of `warehouse.desk_rows`."""
        at = self.now * 1000
        if entry.kind == "OPENED":
            self._alerts[entry.alert] = {
                "alert_id": entry.alert, "pipeline": "lowtide", "partition": "log/0", "type": entry.type,
                "severity": entry.severity, "location": entry.location, "sku": entry.sku, "name": "", "category": "",
                "department": "", "supplier": entry.supplier, "abc": "", "region": "", "location_name": "",
                "opened_at": at, "event_time": at, "seq": 1, "entry": "OPENED", "on_hand": "1", "available": "1",
                "on_order": "0", "in_transit": "0", "demand_per_day": "1", "p_stockout": 0.5, "stockout_p50": 1,
                "worth": entry.worth, "action_id": "", "actor": "", "owner": "", "feedback": "", "comment": "",
                "detail": "{}", "is_open": 1,
            }  # fmt: skip
            return self._alerts[entry.alert]
        known = self._alerts[entry.alert] | {"event_time": at, "entry": entry.kind}
        if entry.kind in ("ACKNOWLEDGED", "ASSIGNED", "SNOOZED"):
            return self._action(known, entry, at)
        known["seq"] += 1
        if entry.kind in ("WORSENED", "REVISED"):
            known |= {"worth": entry.worth, "severity": entry.severity or known["severity"]}
        self._alerts[entry.alert] = known
        return known

    def _action(self, known: dict[str, Any], entry: Entry, at: int) -> dict[str, Any]:
        self._actions += 1
        detail = orjson.dumps({"until": entry.until * 1000}).decode() if entry.kind == "SNOOZED" else "{}"
        return known | {
            "seq": 0, "at": at, "action_id": f"{self._actions:026}", "actor": entry.person, "detail": detail,
            "owner": "" if entry.kind == "SNOOZED" else entry.person,
        }  # fmt: skip
