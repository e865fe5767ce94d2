"""A message as the person saw it, without the markup of its target and without its link."""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.notify.shown import text_of
from lowtide.service.answer import Answer
from lowtide.service.context import Context


@dataclass(frozen=True)
class Sent(Answer):
    """The text at one target."""

    target: str
    """Its name; of `mail:ADDRESS` and the like only the kind, since the rest is private."""
    text: str
    """Empty: it was not rendered yet."""


def texts(context: Context, notification_id: str) -> tuple[Sent, ...]:
    """The text of a message at each of its targets. Ask `messages.message` first: it says whether the caller may read it."""
    sql = "SELECT target, body, shown FROM outbox WHERE notification_id = ? ORDER BY contact, target"
    with context.store.read() as rows:
        found = [
            (str(row["target"]), row["body"], str(row["shown"])) for row in rows.rows(sql, notification_id)
        ]
    return tuple(
        Sent(target.partition(":")[0], shown or (text_of(bytes(body)) if body else ""))
        for target, body, shown in found
    )
