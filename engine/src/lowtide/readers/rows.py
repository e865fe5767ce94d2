"""Rows as lines of JSON: what every reader writes, and what it writes where it cannot make a row.

>>> line({"_line": 2, "SKU": "00123"})
b'{"_line":2,"SKU":"00123"}\\n'
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

MOST_ROW_BYTES = 64 << 10
"""A row is at most this long, as any record is."""
MOST_RAW_BYTES = 32 << 10
"""So much of what could not be read is kept; in base64 it still fits into a row."""
CHUNK_BYTES = 1 << 20
ROWS_AT_ONCE = 64
"""So many rows are encoded together: at 1 KiB a row they are not longer than one row may be."""

_NEWLINE = orjson.OPT_APPEND_NEWLINE


def line(row: Mapping[str, Any]) -> bytes:
    """One row with its line end. A row that is too long, or has bytes that are not text, is a reject in its place."""
    try:
        encoded = orjson.dumps(row, option=_NEWLINE)
    except TypeError:  # the JSON library names text with half a character so
        raw = repr(dict(row)).encode("utf-8", "surrogateescape")
        return reject(
            row["_line"],
            "bad_encoding",
            "the row has bytes that are not text in the document's encoding",
            raw,
        )
    if len(encoded) > MOST_ROW_BYTES:
        return too_long(row["_line"], encoded)
    return encoded


def lines_of(rows: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Many rows, each of texts and with `_line` as its first key, encoded in one go: the lines as pieces of whole ones.

    >>> lines_of([{"_line": 1, "a": "x"}, {"_line": 2}])
    [b'{"_line":1,"a":"x"}\\n{"_line":2}\\n']
    """
    if not rows:
        return []
    try:
        encoded = orjson.dumps(rows)
    except TypeError:
        return [line(row) for row in rows]
    if len(encoded) > MOST_ROW_BYTES:
        return [line(row) for row in rows]
    # No text holds the bytes between two rows: a quote within a text has a backslash before it.
    return [encoded[1:-1].replace(b'},{"_line":', b'}\n{"_line":') + b"\n"]


def too_long(number: int, raw: bytes) -> bytes:
    """The reject of a row that is longer than any row may be."""
    return reject(number, "too_long", f"the row is longer than {MOST_ROW_BYTES >> 10} KiB", raw)


def reject(number: int, code: str, message: str, raw: bytes) -> bytes:
    """The line for what could not be made into a row: its reject code, a sentence and its first bytes."""
    kept = base64.b64encode(raw[:MOST_RAW_BYTES]).decode()
    sentence = message.encode("utf-8", "replace").decode()
    return orjson.dumps(
        {"_line": number, "_reject": code, "_message": sentence, "_raw": kept}, option=_NEWLINE
    )


def chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines put together to chunks of at most 1 MiB."""
    waiting: list[bytes] = []
    size = 0
    for each in lines:
        if size + len(each) > CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
        waiting.append(each)
        size += len(each)
    if waiting:
        yield b"".join(waiting)
