"""The words of a message as its person saw them: the body of any target, without its markup and without its link.

>>> print(text_of(b'{"msgtype": "markdown", "markdown": {"content": "[critical] Milk\\\\nhttps://x.example/a/Tok3n"}}'))
[critical] Milk
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

_TEXTS = ("title", "content", "text", "lines", "body", "summary")
"""The fields of a robot's, a file's or a webhook's document that hold words for people."""
_LINK = re.compile(r"[\[(<]*https?://\S+?/a/[\w-]+[\])>]*")
"""A link answers in the name of its person, so it is not kept."""
_MOST = 20_000
"""Characters that are kept."""


def text_of(body: bytes) -> str:
    """The words of a body: of a JSON document its texts, of a mail its plain part, else the body as it stands."""
    text = body.decode("utf-8", "replace")
    if text.lstrip().startswith("{"):
        with suppress(ValueError):
            text = "\n".join(dict.fromkeys(_words(json.loads(text))))
    elif b"\nMIME-Version:" in body or body.startswith((b"MIME-Version:", b"From:", b"Subject:")):
        text = _mail(body)
    return _LINK.sub("", text).strip()[:_MOST]


def _words(value: Any, name: str = "") -> Iterator[str]:
    """The texts of a document for people, in its order."""
    if isinstance(value, str):
        if name in _TEXTS and value.strip():
            yield value.strip()
    elif isinstance(value, list):
        for one in value:
            yield from _words(one, name)
    elif isinstance(value, dict):
        for key, inside in value.items():
            yield from _words(inside, key)


def _mail(body: bytes) -> str:
    mail = email.message_from_bytes(body, policy=email.policy.default)
    plain = mail.get_body(("plain",))
    said = plain.get_content() if plain is not None else ""
    return f"{mail['Subject'] or ''}\n\n{said}".strip()
