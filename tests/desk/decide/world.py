"""A desk without a warehouse: its memory, the decisions, a target that takes everything, and a clock that is set.

It lives through a script as `lowtide.desk.history.script` reads it. At each instant it takes the rows, decides until
nothing is due, and sends; then it goes to the next instant at which something happens.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from lowtide.desk import decide, silences
from lowtide.desk.decide import moment
from lowtide.desk.decide.case import UNDER_WAY
from lowtide.desk.history.script import Script
from lowtide.desk.inflow import feed, mirror
from lowtide.desk.outflow import entry, outbox
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Store, Transaction
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.message import Line, Message
from lowtide.people import Book

_ORDER = "ORDER BY decided_at, notification_id, target"
Answers = Callable[[Message, str, int], Outcome]
"""What a target says to a message: by the message, the target's name and the time."""


def accepts(message: Message, target: str, now: int) -> Outcome:
    """The target that takes everything."""
    return Outcome.SENT


class World:
    """One desk. `told` is what was sent, `dropped` what was not any more needed."""

    def __init__(
        self, path: Path, book: Book, *, answers: Answers = accepts, check: Callable[[World], None] | None = None,
        often: bool = False,
    ) -> None:  # fmt: skip
        self.store = Store.open(path / "desk.db")
        self.store._writer.execute("PRAGMA synchronous = OFF")  # no test here cuts the power
        self.book, self.answers, self.check, self.often = book, answers, check, often
        self.tellings: list[tuple[int, str, str]] = []
        self.told: list[tuple[int, Message]] = []
        self.dropped: list[tuple[int, str, Reason]] = []
        self.now = 0
        self._next: int | None = None

    def close(self) -> None:
        self.store.close()

    def live(self, script: Script, until: int) -> None:
        """Live through a script from where it stands until a time."""
        while (at := self._next_instant(script)) is not None and at <= until:
            before, self.now = self.now, at
            self._take(script, before)
            self._quieten()

    def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """Rows of desk.db."""
        with self.store.read() as tx:
            return [dict(row) for row in tx.rows(sql, *args)]

    def _next_instant(self, script: Script) -> int | None:
        times = [script.next_after(self.now), self._next, self._next_try()]
        ahead = [max(time, self.now + 1) for time in times if time is not None]
        return min(ahead, default=None)

    def _next_try(self) -> int | None:
        (row,) = self.rows("SELECT min(next_at) AS at FROM outbox WHERE state = 'pending'")
        at: int | None = row["at"]
        return at

    def _take(self, script: Script, before: int) -> None:
        found = script.between(before, self.now)
        with self.store.transaction() as tx:
            feed.take(tx, found["feed"], self.now)
            silences.take(tx, found["silence"], self.now)
            mirror.apply(tx, found["entry"], self.now)
            self._decide(tx)
        if self.often:
            self._step()

    def _quieten(self) -> None:
        """Send and decide until nothing is due now."""
        for _ in range(1000):
            if not self._send() and (self._next is None or self._next > self.now):
                return
            self._step()
        raise AssertionError("the desk does not come to rest")

    def _step(self) -> None:
        with self.store.transaction() as tx:
            self._decide(tx)

    def _decide(self, tx: Transaction) -> None:
        last = entry.last_shipped(tx)
        self._next = decide.step(tx, self.book, self.now)
        entry.adopt(tx, last)
        if self.check is not None:
            self.check_in(tx)

    def check_in(self, tx: Transaction) -> None:
        assert self.check is not None
        self.tx = tx
        self.check(self)

    def _send(self) -> bool:
        """Send what is due, in the order of decision; whether there was anything."""
        pending = f"SELECT * FROM outbox WHERE state = 'pending' AND next_at <= ? {_ORDER}"
        rows = self.rows(pending, self.now)
        for found in rows:
            with self.store.transaction() as tx:
                self._try(tx, found["notification_id"], found["target"])
        return bool(rows)

    def _try(self, tx: Transaction, notification_id: str, target: str) -> None:
        row = outbox.get(tx, notification_id, target)
        message = decide.compose(tx, self.book, row, self.now)
        row = outbox.get(tx, notification_id, target)
        if isinstance(message, Reason):
            outbox.drop(tx, row, message.value)
            self.dropped.append((self.now, row["reason"], message))
            return
        outcome = self.answers(message, target, self.now)
        row = outbox.claim(tx, row, b"", self.now)
        effect = outbox.mark(
            tx, row, Answer(outcome), self.now, self.now, self.book.people[row["person"]].contacts
        )
        if outcome == Outcome.SENT:
            self.told.append((self.now, message))
            self._judge(tx, message)
        if effect == "told":
            decide.told(tx, self.book, row, self.now)
        elif effect == "unreachable":
            decide.unreachable(tx, self.book, row, self.now)

    def _judge(self, tx: Transaction, message: Message) -> None:
        """Note where a message names an alert that is answered, ended, or muted."""
        for line in message.lines:
            alert = tx.row(
                "SELECT * FROM alert JOIN routed USING (alert_id) WHERE alert_id = ?", line.alert_id
            )
            assert alert is not None
            is_last = message.step > len(self.book.ladder(alert["severity"]).steps)
            reminds = (message.reason == Reason.REMINDER or is_last) and alert["state"] in UNDER_WAY
            wrong = (
                alert["status"] != "open"
                or (alert["state"] != "new" and not reminds)
                or alert["because"] in _MUTED
            )
            if wrong and message.reason != Reason.ALL_ENDED:
                self.tellings.append((self.now, message.reason, line.alert_id))


_MUTED = (Reason.INHIBITED, Reason.SILENCED, Reason.SNOOZED, Reason.STALE)


def shown(world: World) -> list[dict[str, Any]]:
    """What was told and what the desk wrote into the ledger, in the order of time, as a story's file has it."""
    rows = [_message(at, message) for at, message in world.told]
    rows += [
        {"at": moment.text(at), "dropped": reason, "because": str(why)} for at, reason, why in world.dropped
    ]
    entries = [json.loads(row["row"]) for row in _entries(world)]
    rows += [_entry(row) for row in entries if row["entry"] != "ROUTED"]
    rows.sort(key=lambda row: (row["at"], "to" not in row, json.dumps(row, ensure_ascii=False)))
    return _routed([row for row in entries if row["entry"] == "ROUTED"]) + rows


def _entries(world: World) -> Iterable[Mapping[str, Any]]:
    return world.rows("SELECT row FROM ship WHERE table_name = 'ledger' ORDER BY row_id")


def _routed(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How many alerts went to whom, in which team, by which row of the schedule."""
    details = [(row["owner"], json.loads(row["detail"])) for row in entries]
    counts = Counter((owner, detail["team"], detail["row"]) for owner, detail in details)
    return [
        {"routed": count, "to": owner, "team": team, "row": row}
        for (owner, team, row), count in sorted(counts.items())
    ]


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    detail = json.loads(row["detail"])
    kept = {name: detail[name] for name in ("step", "to", "who", "due", "passed") if name in detail}
    return {
        "at": row["decided_at"],
        "entry": row["entry"],
        "alert": row["alert_id"],
        "owner": row["owner"],
        **kept,
    }


def _message(at: int, message: Message) -> dict[str, Any]:
    row: dict[str, Any] = {"at": moment.text(at), "to": message.person, "reason": message.reason}
    optional = {
        "severity": message.severity, "alerts": [line.alert_id for line in message.lines], "count": message.count,
        "worth": message.worth, "rest_worth": message.rest_worth, "about": dict(message.about), "step": message.step,
        "owner": message.owner_name, "due": _due(message.lines),
        "sections": {one.name: [one.count, one.worth, *(line.alert_id for line in one.lines)] for one in message.sections},
    }  # fmt: skip
    return row | {name: value for name, value in optional.items() if value not in (None, "", 0, [], {})}


def _due(lines: tuple[Line, ...]) -> list[str]:
    dues = {
        line.due.isoformat() + ("" if line.due_confirmed else " not confirmed") for line in lines if line.due
    }
    return sorted(dues)
