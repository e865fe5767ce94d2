"""A bad record is a good one with one thing wrong, so that its reject code is known beforehand."""

from __future__ import annotations

import json
from typing import Literal

Form = Literal["jsonl", "csv", "parquet"]
Fields = dict[str, str | None]

_IN_COLUMNS = ("missing_field", "too_long", "unknown_kind", "negative_quantity")
_IN_TEXT = ("bad_time", "no_zone", "bad_quantity")
_IN_JSON = ("not_utf8", "not_json", "not_an_object", "duplicate_field", "wrong_type")
FAULTS: dict[Form, tuple[str, ...]] = {
    "jsonl": _IN_COLUMNS + _IN_TEXT + _IN_JSON,
    "csv": _IN_COLUMNS + _IN_TEXT,
    "parquet": _IN_COLUMNS,
}
"""The reject codes a form can be made to give."""


def spoil(fields: Fields, fault: str) -> Fields:
    """Put one fault into a movement's fields, where it is one of fields (not of the text around them)."""
    wrong: dict[str, Fields] = {
        "missing_field": {"sku": None},
        "too_long": {"id": "x" * 129 + (fields["id"] or "")},
        "unknown_kind": {"kind": "sold"},
        "negative_quantity": {"kind": "receipt", "quantity": "-3"},
        "bad_time": {"event_time": "2026-02-30T09:30:00Z"},
        "no_zone": {"event_time": (fields["event_time"] or "").removesuffix("Z")},
        "bad_quantity": {"quantity": "1.2345"},
    }
    return {**fields, **wrong.get(fault, {})}


def spoiled_line(fields: Fields, fault: str) -> bytes:
    """Write a movement as one JSON line, without its end, that is rejected with the code `fault`."""
    present = {name: value for name, value in spoil(fields, fault).items() if value is not None}
    line = json.dumps(present, separators=(",", ":")).encode()
    if fault == "not_utf8":
        return line.replace(b'"sku":"', b'"sku":"\xff\xfe')
    if fault == "not_json":
        return line[: len(line) // 2]
    if fault == "not_an_object":
        return b"[" + line + b"]"
    if fault == "duplicate_field":
        return line[:-1] + b',"quantity":"1"}'
    if fault == "wrong_type":
        return line.replace(b'"quantity":"', b'"quantity":["').replace(b'","event_time', b'"],"event_time')
    return line
