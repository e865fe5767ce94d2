"""How deep JSON stands in itself, found out without a stack.

>>> is_too_deep(b"[" * 65 + b"]" * 65), is_too_deep(b'{"[[[": [1, {"a": "]"}]}'), is_too_deep(b"[[1]]", 1)
(True, False, True)
"""

from __future__ import annotations

import re

DEEPEST = 64
_SIGNS = b'[]{}"\\'
_OTHER = bytes(byte for byte in range(256) if byte not in _SIGNS)
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_TEXT = re.compile(rb'"[^"]*"')


def is_too_deep(data: bytes, deepest: int = DEEPEST) -> bool:
    """Whether objects and lists stand more than `deepest` deep in one another.

    Only brackets and quotes are kept, texts are cut out, and then the innermost pairs are removed `deepest` times. The
    text must be JSON.
    """
    if data.count(b"{") + data.count(b"[") <= deepest:
        return False
    if b"\\" in data:
        data = _ESCAPE.sub(b"", data)
    signs = data.translate(None, _OTHER).replace(b'""', b"")
    signs = _TEXT.sub(b"", signs)
    for _ in range(deepest):
        if not signs:
            return False
        signs = signs.replace(b"{}", b"").replace(b"[]", b"")
    return bool(signs)
