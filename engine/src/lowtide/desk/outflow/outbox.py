"""A message on its way: what becomes of it at each try, and at which contact it goes on.

    pending ──claim──▶ sending ──accepted──▶ sent
       ▲                  │  └──refused for good, or given up──▶ dead ──▶ pending at the next contact of the person
       └───try later──────┘                                       └─retry (by hand)─▶ pending
    pending ──no longer true──▶ dropped

A message that is found `sending` was claimed by a process that has died: the same try is made again under the same id. Each
change of state is a row of the table `notification`, of which the one with the highest version holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from lowtide.desk.store import Row, Store, Transaction
from lowtide.errors import ActionError
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.shown import text_of
from lowtide.rows import instant_of_ms

LONGEST_WAIT_MS = 600_000
"""The longest time between two tries, also where a target asks for more."""
_FIRST_WAIT_MS = 5_000
_LEAST_WAIT_MS = 1_000
KEEP_MS = 8 * 86_400_000
"""A message stays here for eight days, a day longer than its link."""
_RANK = {"sending": -8, "pending": 0, "sent": 1, "dead": 2, "again": 3, "dropped": 4}
Effect = Literal["told", "unreachable", ""]


def lane_of(contact: str) -> str:
    """Which thread sends to a contact: one for each target, one for all contacts of a kind, as in `mail:ADDRESS`."""
    return contact.partition(":")[0]


def lanes(tx: Transaction) -> list[str]:
    """The lanes that have something to send, now or later."""
    rows = tx.rows("SELECT DISTINCT target FROM outbox WHERE state IN ('pending', 'sending')")
    return sorted({lane_of(row["target"]) for row in rows})


_OF_LANE = "state IN ('pending', 'sending') AND (target = ? OR target LIKE ? || ':%')"


def due(tx: Transaction, lane: str, now: int) -> Row | None:
    """The message of a lane that goes next; None: none is due. What died in flight goes first, then what is critical.

    A message whose time lies further ahead than any wait is due too: the clock of this machine was put back.
    """
    return tx.row(
        f"SELECT * FROM outbox WHERE {_OF_LANE} AND (state = 'sending' OR next_at <= ? OR next_at > ?) "
        "ORDER BY state = 'sending' DESC, severity = 'critical' DESC, next_at, notification_id, target LIMIT 1",
        lane, lane, now, now + 2 * LONGEST_WAIT_MS,
    )  # fmt: skip


def next_due(tx: Transaction, lane: str | None = None) -> int | None:
    """When the next message of a lane is due, or of all lanes."""
    if lane is None:
        at = tx.value("SELECT min(next_at) FROM outbox WHERE state IN ('pending', 'sending')")
    else:
        at = tx.value(f"SELECT min(next_at) FROM outbox WHERE {_OF_LANE}", lane, lane)
    return None if at is None else int(at)


def allowed_at(tx: Transaction, target: str, rate: Sequence[tuple[int, int]], now: int) -> int:
    """When the target may have its next message: the windows of its rate are counted in `attempt`."""
    allowed = now
    for count, window in rate:
        nth = (
            "SELECT at FROM attempt WHERE target = ? AND at > ? AND at <= ? ORDER BY at DESC LIMIT 1 OFFSET ?"
        )
        at = tx.value(nth, target, now - window, now, count - 1)
        if at is not None:
            allowed = max(allowed, int(at) + window)
    return allowed


def get(tx: Transaction, notification_id: str, target: str) -> Row:
    """The message as it stands."""
    row = tx.row("SELECT * FROM outbox WHERE notification_id = ? AND target = ?", notification_id, target)
    assert row is not None
    return row


def claim(tx: Transaction, row: Row, body: bytes, now: int) -> Row:
    """Before a try: the message is `sending`, its body is frozen, and the try counts in the windows of the rate."""
    again = row["state"] == "sending"
    tries = row["tries"] + (0 if again else 1)
    tx.execute(
        "UPDATE outbox SET state = 'sending', body = ?, tries = ?, in_doubt = max(in_doubt, ?) "
        "WHERE notification_id = ? AND target = ?",
        body, tries, int(again), row["notification_id"], row["target"],
    )  # fmt: skip
    _attempt(tx, row, tries, now, Answer(Outcome.WAIT, "", "the desk ended before it knew the answer"))
    return _changed(tx, row)


def drop(tx: Transaction, row: Row, because: str) -> None:
    """The message is no longer true: it is not sent."""
    _set(tx, row, "dropped", because=because)


def mark(tx: Transaction, row: Row, answer: Answer, began: int, at: int, contacts: Sequence[str]) -> Effect:
    """After a try: what the answer makes of the message. `contacts` are those of its person.

    "told": a first target has accepted it. "unreachable": the last contact has refused it.
    """
    _attempt(tx, row, row["tries"], began, answer)
    if answer.outcome is Outcome.SENT:
        sent = "SELECT count(*) FROM outbox WHERE notification_id = ? AND state = 'sent'"
        is_first = tx.value(sent, row["notification_id"]) == 0
        _set(tx, row, "sent", sent_at=at, code=answer.code, body=None, shown=text_of(row["body"] or b""))
        return "told" if is_first else ""
    if answer.outcome is Outcome.WAIT and at < row["give_up_at"]:
        later = min(
            at + wait_ms(row["notification_id"], row["tries"], answer.retry_after_s), row["give_up_at"]
        )
        doubt = max(row["in_doubt"], int(answer.may_have_arrived))
        _set(tx, row, "pending", next_at=later, code=answer.code, in_doubt=doubt)
        return ""
    why = answer.detail or answer.code or "no answer"
    _set(
        tx,
        row,
        "dead",
        because=why if answer.outcome is Outcome.DEAD else f"given up: {why}",
        code=answer.code,
    )
    return "" if _go_on(tx, row, at, contacts) else "unreachable"


def wait_ms(notification_id: str, tries: int, retry_after_s: float | None = None) -> int:
    """Milliseconds until the next try: 5 s x 2^n with full jitter, at most 10 minutes; the same for the same message."""
    digest = hashlib.sha256(f"{notification_id}:{tries}".encode()).digest()
    longest = min(_FIRST_WAIT_MS << min(tries - 1, 10), LONGEST_WAIT_MS)
    wait = max(_LEAST_WAIT_MS, longest * int.from_bytes(digest[:4]) >> 32)
    return min(max(wait, round((retry_after_s or 0) * 1000)), LONGEST_WAIT_MS)


def announce(tx: Transaction) -> list[Row]:
    """Ship the rows of messages that were decided since the last call; returns these messages."""
    rows = tx.rows("SELECT * FROM outbox WHERE is_shipped = 0 ORDER BY decided_at, notification_id, target")
    for row in rows:
        past = _past(tx, row)
        tx.execute(
            "UPDATE outbox SET is_shipped = 1, in_doubt = ? WHERE notification_id = ? AND target = ?",
            past["in_doubt"] if past else row["in_doubt"], row["notification_id"], row["target"],
        )  # fmt: skip
        _ship(tx, row, row["state"])
    return rows


def end_past(tx: Transaction, row: Mapping[str, Any], version: int) -> None:
    """End a message of a lost desk.db that no target had taken; it may be decided anew. `row`: as in the outbox."""
    if row["state"] in ("pending", "sending"):
        ended = {**row, "state": "dropped", "because": "UNCHANGED", "sent_at": None, "tries": 0}
        _keep_past(tx, row, version + 16)
        _ship(tx, ended, "pending")
    _keep_past(tx, row, version + 32)


def _keep_past(tx: Transaction, row: Mapping[str, Any], version: int) -> None:
    key = (row["notification_id"], row["target"])
    tx.execute(
        "INSERT OR REPLACE INTO past VALUES (?, ?, ?, ?)", *key, version, int(row["state"] == "sending")
    )


def dead_letters(store: Store) -> list[dict[str, Any]]:
    """The messages that a target refused for good or that were given up, newest first."""
    with store.read() as tx:
        rows = tx.rows(
            "SELECT * FROM outbox WHERE state = 'dead' ORDER BY decided_at DESC, notification_id, target"
        )
    return [{name: row[name] for name in row.keys() if name != "body"} for row in rows]  # noqa: SIM118


def retry(store: Store, notification_id: str | None, now: int) -> list[dict[str, Any]]:
    """Try a dead message again, at each target that refused it; None: all dead ones. Returns what is tried.

    Raises ActionError if the message is not dead.
    """
    with store.transaction() as tx:
        rows = tx.rows(
            "SELECT * FROM outbox WHERE state = 'dead' AND notification_id = ifnull(?, notification_id) "
            "ORDER BY decided_at, notification_id, target",
            notification_id,
        )
        if notification_id is not None and not rows:
            raise ActionError(
                f"message `{notification_id}` is not dead", "`lowtide desk dead ls` lists those that are."
            )
        for row in rows:
            span = max(row["give_up_at"] - row["decided_at"], LONGEST_WAIT_MS)
            _set(tx, row, "pending", rank="again", next_at=now, give_up_at=now + span, because="")
        return [{"notification_id": row["notification_id"], "target": row["target"]} for row in rows]


def forget(tx: Transaction, now: int) -> None:
    """Take messages and tries out that are older than eight days and settled."""
    before = now - KEEP_MS
    tx.execute("DELETE FROM attempt WHERE at < ?", before)
    tx.execute("DELETE FROM outbox WHERE decided_at < ? AND state NOT IN ('pending', 'sending')", before)


def _go_on(tx: Transaction, row: Row, at: int, contacts: Sequence[str]) -> bool:
    """Put the message on its way to the next contact. False: there is none."""
    for place in range(row["contact"] + 1, len(contacts)):
        inserted = tx.execute(
            "INSERT OR IGNORE INTO outbox (notification_id, target, person, reason, severity, state, because, "
            "decided_at, due_at, next_at, give_up_at, tries, contact, content) "
            "VALUES (?, ?, ?, ?, ?, 'pending', '', ?, ?, ?, ?, 0, ?, ?)",
            row["notification_id"], contacts[place], row["person"], row["reason"], row["severity"], row["decided_at"],
            row["due_at"], at, at + row["give_up_at"] - row["decided_at"], place, row["content"],
        )  # fmt: skip
        if inserted:
            announce(tx)
            return True
    return False


def _attempt(tx: Transaction, row: Row, tries: int, at: int, answer: Answer) -> None:
    tx.execute(
        "INSERT OR REPLACE INTO attempt (notification_id, target, try, at, outcome, code, detail) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        row["notification_id"], row["target"], tries, at, answer.outcome.value, answer.code, answer.detail,
    )  # fmt: skip


def _set(tx: Transaction, row: Row, state: str, *, rank: str = "", **columns: Any) -> None:
    names = ", ".join(f"{name} = ?" for name in ("state", *columns))
    tx.execute(
        f"UPDATE outbox SET {names} WHERE notification_id = ? AND target = ?",
        state, *columns.values(), row["notification_id"], row["target"],
    )  # fmt: skip
    _changed(tx, row, rank)


def _changed(tx: Transaction, row: Row, rank: str = "") -> Row:
    """Ship the new state; returns the message as it is now."""
    now = get(tx, row["notification_id"], row["target"])
    _ship(tx, now, rank or now["state"])
    return now


def _past(tx: Transaction, row: Row | Mapping[str, Any]) -> Row | None:
    """What an earlier desk.db made of the same message."""
    return tx.row(
        "SELECT * FROM past WHERE notification_id = ? AND target = ?", row["notification_id"], row["target"]
    )


def _ship(tx: Transaction, row: Row | Mapping[str, Any], rank: str) -> None:
    """Put the row of `notification` on its way. A state that was not shipped yet is replaced by the next one."""
    content, past = json.loads(row["content"]), _past(tx, row)
    told = content.get("told") or []
    shipped = {
        name: row[name]
        for name in ("notification_id", "target", "person", "contact", "reason", "state", "because")
    }
    shipped |= {
        "severity": row["severity"],
        "alerts": [alert_id for alert_id, _ in told],
        "seqs": [seq for _, seq in told],
        "counted": content.get("counted") or len(told),
        "worth": content.get("worth"),
        "grp": content.get("grp") or "",
        "about": json.dumps(content.get("about") or [], ensure_ascii=False),
        "step": content.get("step") or 0,
        "decided_at": instant_of_ms(row["decided_at"]),
        "due_at": instant_of_ms(row["due_at"]),
        "sent_at": None if row["sent_at"] is None else instant_of_ms(row["sent_at"]),
        "tries": row["tries"],
        "code": row["code"],
        "people_version": content.get("people_version") or "",
        "pipeline": content.get("pipeline") or "",
        "version": 16 * row["tries"] + _RANK[rank] + 8 + (past["version"] if past else 0),
    }
    tx.ship("notification", f"{row['notification_id']}:{row['target']}", shipped)
