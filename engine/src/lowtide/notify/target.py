"""What every target is to the desk: it gives a message its form, sends it, and says what the answer means."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from lowtide.notify.answer import Answer
from lowtide.notify.link import impersonal
from lowtide.notify.message import Message

Window = tuple[int, int]
"""At most so many messages in so many milliseconds."""


class Settings(Protocol):
    """What a people file says about a target. Paths are relative to the folder of that file."""

    @property
    def kind(self) -> str: ...
    @property
    def personal(self) -> bool: ...
    @property
    def url(self) -> str: ...
    @property
    def url_file(self) -> str: ...
    @property
    def secret_files(self) -> tuple[str, ...]: ...
    @property
    def allow(self) -> tuple[str, ...]: ...
    @property
    def keyword(self) -> str: ...
    @property
    def ca_file(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def tls(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def password_file(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def corp_id(self) -> str: ...
    @property
    def agent_id(self) -> int: ...
    @property
    def path(self) -> str: ...


class Target(Protocol):
    """A place to which messages are sent. One thread uses it at a time."""

    name: str
    kind: str
    personal: bool
    """One person reads it. In a group chat a link carries no person."""
    can_tell_repeats: bool
    """Its reader recognises a message that arrives twice by its id, so a repeat needs no mark."""
    rate: tuple[Window, ...]
    """How often a message may be sent."""
    deadline_s: float
    """The longest time that `send` takes, in seconds."""

    def render(self, message: Message) -> bytes:
        """The body of every try; with room for the mark of a repeat."""
        ...

    def marked(self, body: bytes) -> bytes:
        """The body with the sentence that it may be a repeat."""
        ...

    def send(self, body: bytes, notification_id: str, now: datetime) -> Answer:
        """Try once. Every failure of the network or of the target is an answer."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


def addressed(message: Message, *, personal: bool) -> Message:
    """The message as a target may show it: in a group chat a link carries no person."""
    if message.personal and personal:
        return message
    return replace(message, personal=False, link=impersonal(message.link))
