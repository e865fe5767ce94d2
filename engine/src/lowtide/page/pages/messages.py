"""The messages: sent, waiting, undeliverable, dropped; and one of them with the sentences that explain it."""

from __future__ import annotations

from typing import get_args

from lowtide.page.ask import Answer, Ask, Html, Page, Redirect
from lowtide.service import Role, message_text
from lowtide.service import messages as service
from lowtide.service.messages import Box

_FIRST = 12
"""Sentences that are shown at once; the others, about single alerts, fold out."""
_BOXES: tuple[Box, ...] = get_args(Box)


def messages(ask: Ask) -> Answer:
    """The messages of a box, the newest first, and the open alerts that call nobody, by reason."""
    asked = ask.first("box") or ask.first("state")
    box: Box = next((one for one in _BOXES if one == asked), "sent")
    found = service.messages(ask.context, ask.caller, box, ask.first("person"), ask.first("cursor") or None)
    tell = ask.language
    counts = {one: tell.number(found.counts.get(one, 0)) for one in _BOXES}
    boxes = [
        (
            one,
            tell.say("view.messages.counted", name=tell.say(f"view.messages.{one}"), n=counts[one]),
            one == box,
        )
        for one in _BOXES
    ]
    return Html("messages", {"found": found, "boxes": boxes, "box": box, "person": ask.first("person")})


def message(ask: Ask) -> Answer:
    """One message: what the person saw, and why it was sent, stage by stage."""
    key = ask.path["notification_id"]
    sentences = service.message(ask.context, ask.caller, key, ask.language)
    return Html("message", {
        "key": key, "sentences": sentences, "first": _FIRST, "texts": message_text.texts(ask.context, key),
        "may_retry": ask.caller.role.includes(Role.OPERATOR) and _is_dead(ask, key),
    })  # fmt: skip


def retry(ask: Ask) -> Answer:
    """Send a message again that no target took."""
    key = ask.path["notification_id"]
    service.retry(ask.context, ask.caller, key)
    return Redirect("/messages?box=dead&done=retried")


def _is_dead(ask: Ask, key: str) -> bool:
    found = service.messages(ask.context, ask.caller, "dead")
    return any(one.notification_id == key and one.may_retry for one in found.messages)


PAGES = (
    Page("/messages", "messages", messages),
    Page("/messages/{notification_id}", "message", message, post=retry),
)
