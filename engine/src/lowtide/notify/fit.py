"""A message within the byte limit of its target: whole lines are left out, and counted, until it fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from lowtide.notify.letter import Letter, letter, most_lines
from lowtide.notify.message import Message

_TITLES = (120, 60, 30)
"""To how many characters a title is cut where even a message without lines is too long, as in an SMS."""


def fitted(
    message: Message, limit: int, form: Callable[[Letter], bytes], size: Callable[[bytes], int] = len
) -> bytes:
    """The form of the longest letter whose size is at most `limit`. What has no line is counted with its worth."""
    body = b""
    for shorter in _letters(message):
        body = form(shorter)
        if size(body) <= limit:
            return body
    return body


def _letters(message: Message) -> Iterator[Letter]:
    """The letter, ever shorter: lines go first, then sections, then the end of the title, the rest and at last the link."""
    for shown in range(most_lines(message), -1, -1):
        yield letter(message, shown)
    for chapters in range(len(message.sections) - 1, 0, -1):
        yield letter(message, 0, chapters)
    bare = letter(message, 0, 0)
    yield bare
    for most in _TITLES:
        yield replace(bare, title=_cut(bare.title, most), lines=())
    short = replace(bare, title=_cut(bare.title, _TITLES[-1]), lines=(), rest="")
    yield short
    yield replace(short, link=None)


def _cut(title: str, most: int) -> str:
    return title if len(title) <= most else title[: most - 1].rstrip(" :：,，") + "…"
