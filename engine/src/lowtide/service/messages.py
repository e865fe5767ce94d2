"""The messages: what was sent, what is held and why, and what no target took."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from lowtide.desk import explanation
from lowtide.desk.outflow import outbox
from lowtide.desk.store import Row
from lowtide.errors import SettingsError
from lowtide.people import Book
from lowtide.service.answer import Answer
from lowtide.service.caller import Caller, Role
from lowtide.service.context import Context
from lowtide.service.refusal import Missing, NotAllowed
from lowtide.service.rights import may_see_figures, people_below
from lowtide.words import Language

Box = Literal["sent", "waiting", "dead", "dropped"]


@dataclass(frozen=True)
class Message(Answer):
    """One message at one target."""

    notification_id: str
    target: str
    person: str
    person_name: str
    reason: str
    """FIRST, WORSENED, STEP, DIGEST, …: `because.*`."""
    severity: str
    state: str
    """pending, sending, sent, dead or dropped."""
    because: str
    """Of a dropped one the reason, of a dead one the refusal."""
    decided_at: int
    due_at: int
    next_at: int | None
    """When it is tried next; None: it is not tried again."""
    sent_at: int | None
    tries: int
    code: str
    alerts: int
    """Alerts that it counts; 0 in a message about proposals."""
    proposals: int
    """Proposals that it counts: those that waited for a person."""
    worth: float | None
    about: tuple[tuple[str, str], ...]
    may_retry: bool


@dataclass(frozen=True)
class Held(Answer):
    """Open alerts that were not pushed, by the reason."""

    because: str
    """OVER_BUDGET, QUIET, SILENCED, SNOOZED, INHIBITED, CATCHING_UP, STALE, DIGEST_ONLY, WAITING, …"""
    alerts: int
    worth: float | None


@dataclass(frozen=True)
class Messages(Answer):
    """The page of messages, the newest first, in windows of 100."""

    box: Box
    messages: tuple[Message, ...]
    next_cursor: str | None
    counts: Mapping[str, int]
    """Messages of each box that desk.db keeps."""
    held: tuple[Held, ...]


def messages(
    context: Context, caller: Caller, box: Box = "sent", person: str = "", cursor: str | None = None
) -> Messages:
    """The messages of a box: the own ones and those of persons below. An admin also sees each one that no target took.

    Raises NotAllowed for a `person` who is another one, SettingsError for a cursor that is not of this list.
    """
    book = context.book()
    seen, args = _visible(book, caller, person)
    states = _STATES[box]
    chosen = f"state IN ({', '.join('?' * len(states))}) AND {seen}"
    beyond, after = _beyond(cursor)
    with context.store.read() as rows:
        found = rows.rows(
            f"SELECT {_COLUMNS} FROM outbox WHERE {chosen}{beyond} "
            "ORDER BY decided_at DESC, notification_id DESC, target DESC LIMIT ?",
            *states, *args, *after, WINDOW + 1,
        )  # fmt: skip
        counted = rows.rows(f"SELECT state, count(*) AS n FROM outbox WHERE {seen} GROUP BY state", *args)
        held = [Held(row["because"], row["alerts"], _rounded(row["loss"])) for row in rows.rows(_HELD)]
    shown = found[:WINDOW]
    last = shown[-1] if len(found) > WINDOW else None
    counts = {row["state"]: row["n"] for row in counted}
    return Messages(
        box, tuple(_message(row, book, caller) for row in shown),
        None if last is None else f"{last['decided_at']}:{last['notification_id']}:{last['target']}",
        {name: sum(counts.get(state, 0) for state in members) for name, members in _STATES.items()}, tuple(held),
    )  # fmt: skip


def message(context: Context, caller: Caller, notification_id: str, language: Language) -> tuple[str, ...]:
    """Why a message was sent, stage by stage, in sentences.

    Raises SettingsError unless exactly one id begins so, NotAllowed if it is another person's.
    """
    with context.store.read() as rows:
        found = explanation.explain(rows, notification_id, context.book())
    if not found.outbox:
        raise SettingsError(f"`{notification_id[:40]}` is not a message", "The page of messages lists them.")
    book = context.book()
    _check(book, caller, found.outbox[0]["person"], {row["state"] for row in found.outbox})
    targets = [row["target"] for row in found.outbox]
    return tuple(_for(caller, book, sentence, targets) for sentence in found.sentences(language))


def retry(context: Context, caller: Caller, notification_id: str) -> int:
    """Send a dead message again, at each target that refused it; returns how many these are.

    Raises Missing, NotAllowed below an operator or if it is another person's, ActionError if it is not dead.
    """
    if not caller.role.includes(Role.OPERATOR):
        raise NotAllowed("a viewer cannot send a message again", "Ask an operator or an admin.")
    with context.store.read() as rows:
        found = rows.rows("SELECT person, state FROM outbox WHERE notification_id = ?", notification_id)
    if not found:
        raise Missing(f"there is no message `{notification_id[:40]}`", "A message is kept for eight days.")
    person = str(found[0]["person"])
    _check(context.book(), caller, person, {row["state"] for row in found})
    tried = outbox.retry(context.store, notification_id, context.now())
    audited = {
        "at": datetime.now(UTC), "actor": caller.actor, "what": "notification.retry", "subject": notification_id,
        "detail": json.dumps({"targets": len(tried)}), "result": "done",
    }  # fmt: skip
    with context.store.transaction() as tx:
        tx.ship("audit", f"retry:{notification_id}:{context.now()}", audited)
    context.wake()
    return len(tried)


WINDOW = 100
"""Messages of one window."""
_STATES: Mapping[Box, tuple[str, ...]] = {
    "sent": ("sent",), "waiting": ("pending", "sending"), "dead": ("dead",), "dropped": ("dropped",),
}  # fmt: skip
_COLUMNS = (
    "notification_id, target, person, reason, severity, state, because, decided_at, due_at, next_at, sent_at, tries, code, "
    "content"
)
_HELD = """
    SELECT r.because AS because, count(*) AS alerts, sum(a.worth) AS loss FROM routed AS r
    JOIN alert AS a ON a.alert_id = r.alert_id
    WHERE r.because != '' AND a.status = 'open' AND a.state != 'closed' GROUP BY r.because ORDER BY alerts DESC, r.because"""


def _visible(book: Book, caller: Caller, person: str) -> tuple[str, list[str]]:
    """A condition on what the caller may read, and its values. Raises NotAllowed for a person whose messages are not.

    How many messages somebody gets is a figure of that person, so the role of an admin opens only what no target took.
    """
    if caller.via == "local":
        return ("person = ?", [person]) if person else ("1", [])
    own = sorted({caller.person or "", *(people_below(book, caller.person) if caller.person else ())})
    condition = f"person IN ({', '.join('?' * len(own))})"
    if caller.role is Role.ADMIN:
        condition = f"({condition} OR state = 'dead')"
    elif person:
        _check(book, caller, person)
    return (f"{condition} AND person = ?", [*own, person]) if person else (condition, own)


def _check(book: Book, caller: Caller, person: str, states: Collection[str] = ()) -> None:
    """Raises NotAllowed if a message of this person, in these states at its targets, is not the caller's to read."""
    if may_see_figures(book, caller, person) or (caller.role is Role.ADMIN and "dead" in states):
        return
    raise NotAllowed(
        f"the messages of `{person}` are shown to that person and the leads above",
        "Ask the person, or a lead.",
    )


def _for(caller: Caller, book: Book, sentence: str, targets: Collection[str]) -> str:
    """A sentence; for who is not an admin with `mail` for `mail:ADDRESS`, and without the address where it stands alone."""
    if caller.role.includes(Role.ADMIN) or not sentence:
        return sentence
    contacts = {*targets, *(contact for one in book.people.values() for contact in one.contacts)}
    for contact in sorted(contacts, key=len, reverse=True):
        kind, _, address = contact.partition(":")
        if address:
            sentence = sentence.replace(contact, kind).replace(address, "…")
    return sentence


def _beyond(cursor: str | None) -> tuple[str, list[Any]]:
    """The condition of the next window. Raises SettingsError."""
    if not cursor:
        return "", []
    at, _, rest = cursor.partition(":")
    notification_id, _, target = rest.partition(":")
    if not at.isdecimal() or len(at) > 15 or not notification_id or not target:
        raise SettingsError("`cursor` is not one of this list", "Take `next_cursor` of the window before.")
    return " AND (decided_at, notification_id, target) < (?, ?, ?)", [int(at), notification_id, target]


def _message(row: Row, book: Book, caller: Caller) -> Message:
    content = json.loads(row["content"] or "{}")
    known, told = book.people.get(row["person"]), content.get("told") or []
    is_waiting = row["state"] in _STATES["waiting"]
    counted = int(content.get("counted") or len(told))
    about_lists = bool(content.get("proposals"))
    name = known.name if known else row["person"]
    because = _for(caller, book, row["because"], [row["target"]])
    return Message(
        row["notification_id"], _kind(row["target"]), row["person"], name, row["reason"], row["severity"], row["state"],
        because, row["decided_at"], row["due_at"], row["next_at"] if is_waiting else None, row["sent_at"],
        row["tries"], row["code"], 0 if about_lists else counted, counted if about_lists else 0, content.get("worth"),
        tuple((str(column), str(value)) for column, value in content.get("about") or [] if column != "waits"),
        row["state"] == "dead" and caller.role.includes(Role.OPERATOR),
    )  # fmt: skip


def _kind(target: str) -> str:
    """A target by name; of `mail:ADDRESS` and `file:PATH` only the kind, since the rest is private."""
    return target.partition(":")[0]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
