"""A bad record is a good one with one thing wrong, so that its reject code is known beforehand."""

from __future__ import annotations

import json
from typing import Literal

FileKind = Literal["jsonl", "csv", "parquet"]
Fields = dict[str, str | None]

_IN_COLUMNS = ("missing_field", "too_long", "unknown_kind", "negative_quantity")
_IN_TEXT = ("bad_time", "no_zone", "bad_quantity")
_IN_JSON = ("not_utf8", "not_json", "not_an_object", "duplicate_field", "wrong_type")
CODES: dict[FileKind, tuple[str, ...]] = {
    "jsonl": _IN_COLUMNS + _IN_TEXT + _IN_JSON,
    "csv": _IN_COLUMNS + _IN_TEXT,
    "parquet": _IN_COLUMNS,
}
"""The reject codes that a spoiled record of a file kind can get."""


def spoil(fields: Fields, code: str) -> Fields:
    """Change a movement's fields so that it is rejected with `code`; unchanged if the code is about the text around them."""
    wrong: dict[str, Fields] = {
        "missing_field": {"sku": None},
        "too_long": {"id": "x" * 129 + (fields["id"] or "")},
        "unknown_kind": {"kind": "sold"},
        "negative_quantity": {"kind": "receipt", "quantity": "-3"},
        "bad_time": {"event_time": "2026-02-30T09:30:00Z"},
        "no_zone": {"event_time": (fields["event_time"] or "").removesuffix("Z")},
        "bad_quantity": {"quantity": "1.2345"},
    }
    return {**fields, **wrong.get(code, {})}


def spoiled_line(fields: Fields, code: str) -> bytes:
    """Write a movement as one JSON line, without its end, that is rejected with `code`."""
    present = {name: value for name, value in spoil(fields, code).items() if value is not None}
    line = json.dumps(present, separators=(",", ":")).encode()
    if code == "not_utf8":
        return line.replace(b'"sku":"', b'"sku":"\xff\xfe')
    if code == "not_json":
        return line[: len(line) // 2]
    if code == "not_an_object":
        return b"[" + line + b"]"
    if code == "duplicate_field":
        return line[:-1] + b',"quantity":"1"}'
    if code == "wrong_type":
        return line.replace(b'"quantity":"', b'"quantity":["').replace(b'","event_time', b'"],"event_time')
    return line
