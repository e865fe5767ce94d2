"""A body that is a JSON document: how it is written, and how it is marked as a possible repeat."""

from __future__ import annotations

from typing import Any

import orjson

from lowtide.words import LANGUAGES, Language

MARK = " / ".join(Language(lang).say("message.repeat") for lang in reversed(LANGUAGES))
"""What a repeated message says in front, in all languages: a frozen body no longer knows its own."""


def written(document: Any) -> bytes:
    """The bytes of a document; the same for the same document. Raises TypeError for a text that is not Unicode."""
    return orjson.dumps(document)


def whole(text: str) -> str:
    """The text as data has it; half a character, which no JSON may hold, becomes `?`."""
    return text.encode("utf-8", "replace").decode()


def prefixed(body: bytes, *path: str, gap: str) -> bytes:
    """The document with the mark and `gap` before the text that stands at `path`; once, however often it is asked."""
    document = orjson.loads(body)
    holder = document
    for name in path[:-1]:
        holder = holder[name]
    text = str(holder[path[-1]])
    holder[path[-1]] = text if text.startswith(MARK) else f"{MARK}{gap}{text}"
    return written(document)
