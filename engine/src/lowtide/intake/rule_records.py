"""Records that change the rules of a run (`policy`, `inputs`) in a document of somebody who may not send them.

They are found by their kind. What such a record would change here says nothing about the run that reads it later: it may
be under another policy, and under other inputs.
"""

from __future__ import annotations

from typing import Any

import orjson

_KINDS = frozenset({"policy", "inputs"})
_SIGNS = (b"policy", b"inputs", b"\\u")
"""A text that is written with escapes may be either of them."""
_DEEPEST = 8
"""Envelopes in one another that a record may stand in; the core opens fewer."""


def has_rule_records(lines: bytes) -> bool:
    """Whether any of these lines of JSON is such a record, alone or within an envelope. A line that is not JSON is not one.

    >>> has_rule_records(b'{"kind":"sale","sku":"policy"}'), has_rule_records(b'{}\\n{"data":{"kind":"inputs"}}')
    (False, True)
    """
    return _may_be(lines) and any(_is_rule(_read(line)) for line in lines.split(b"\n") if _may_be(line))


def _may_be(text: bytes) -> bool:
    lower = text.lower()
    return any(sign in lower for sign in _SIGNS)


def _read(row: bytes) -> Any:
    try:
        return orjson.loads(row)
    except orjson.JSONDecodeError:
        return None


def _is_rule(value: Any, depth: int = 0) -> bool:
    if isinstance(value, str) and value[:1] == "{":
        value = _read(value.encode("utf-8", "replace"))
    if not isinstance(value, dict) or depth > _DEEPEST:
        return False
    kind = value.get("kind")
    if isinstance(kind, str) and kind.strip().lower() in _KINDS:
        return True
    return any(_is_rule(inner, depth + 1) for inner in value.values())
