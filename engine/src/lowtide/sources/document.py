"""A JSON document holds movements as one array or one object, over as many lines as it likes: as web interfaces give it.

It is read whole, because only its end says whether it is complete.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lowtide.sources.block import Block, unreadable_file
from lowtide.sources.stream import Damage

_SPACE = re.compile(r"[ \t\r\n]*")
LARGEST = 1 << 30
"""Bytes of a document that is read; a larger one has to be written as lines."""


def is_document(head: bytes) -> bool:
    """Whether text in JSON is one document: an array, or an object that is not complete at the end of its line.

    >>> is_document(b'[{"id": 1},'), is_document(b'{"id": 1}\\n{"id": 2}'), is_document(b'{\\n  "id": 1')
    (True, False, True)
    """
    start = head.lstrip()
    if start.startswith(b"["):
        return True
    if not start.startswith(b"{"):
        return False
    line = start.split(b"\n", 1)[0].strip()
    try:
        json.loads(line)
    except ValueError:
        return line == b"{" or (b"\n" in start and line.endswith((b",", b"{", b"[")))
    return False


def document_blocks(chunks: Iterator[bytes], block_records: int = 4096) -> Iterator[Block]:
    """The movements of a document as `lines` blocks. Of one that is not complete nothing is read: it is one reject."""
    try:
        records = _records(_whole(chunks).decode())
    except (Damage, ValueError) as error:
        yield unreadable_file(f"it begins like one JSON document, and it is not complete: {error}")
        return
    size = block_records or len(records)
    for first in range(0, len(records), max(1, size)):
        part = records[first : first + size]
        yield Block("lines", "".join(f"{record}\n" for record in part).encode(), len(part))


def _records(text: str) -> list[str]:
    """The text of each element of an array, or of the one object, on one line. Raises ValueError."""
    decoder = json.JSONDecoder()
    start = _behind_space(text, 0)
    if text[start] != "[":
        _, end = decoder.raw_decode(text, start)
        _end_of(text, end)
        return [_on_one_line(text[start:end])]
    records: list[str] = []
    at = _behind_space(text, start + 1)
    if text[at : at + 1] == "]":
        _end_of(text, at + 1)
        return records
    while True:
        _, end = decoder.raw_decode(text, at)
        records.append(_on_one_line(text[at:end]))
        at = _behind_space(text, end)
        if text[at : at + 1] == "]":
            _end_of(text, at + 1)
            return records
        if text[at : at + 1] != ",":
            raise json.JSONDecodeError("a comma or `]` is missing", text, at)
        at = _behind_space(text, at + 1)


def _behind_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _end_of(text: str, at: int) -> None:
    if text[at:].strip():
        raise json.JSONDecodeError("something stands behind the document", text, at)


def _on_one_line(record: str) -> str:
    """Line ends stand only between the parts of a record: a text in JSON cannot hold one."""
    return record.replace("\r", " ").replace("\n", " ")


def _whole(chunks: Iterator[bytes]) -> bytes:
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > LARGEST:
            raise Damage(f"it is larger than {LARGEST:,} bytes: write one object a line, with `jq -c '.[]'`")
    return b"".join(parts)
