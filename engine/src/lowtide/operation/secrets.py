"""Removes secrets from log lines: passwords, tokens and keys in names, in addresses and in text of other programs.

    >>> hidden({"address": "http://writer:hunter2@store:8123", "sasl.password": "hunter2", "rows": 7})
    {'address': 'http://writer:***@store:8123', 'sasl.password': '***', 'rows': 7}
    >>> hidden("kafka://a:9092,b:9092/sales?kafka.sasl.password=hunter2&start=latest")
    'kafka://a:9092,b:9092/sales?kafka.sasl.password=***&start=latest'

If a text looks like a secret, it is treated as one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from lowtide.secret import SHOWN, Secret

_WORDS = (
    r"pass(?:word|wd|phrase)|pwd|secret|token|credential|authorization|api[_.-]?key|private[_.-]?key|"
    r"ssl[._]key[._]pem|sasl[._][\w.]{1,40}"
)
_NAME = re.compile(rf"(?i)(?:{_WORDS})")
_ASSIGNED = re.compile(
    rf"""(?ix)
    ( (?:{_WORDS}) [\w.-]{{0,40}} ["']? \s{{0,9}} [=:] \s{{0,9}} )     # a name, perhaps in quotes
    (?! {re.escape(SHOWN)} )
    ( "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | (?:bearer|basic)\s+\S+ | (?:(?!&[\w.-]+=)[^\s"'])+ )
    """
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/-]{8,}=*")
_USER = re.compile(
    r"""((?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*+:?/{1,2}[^\s:/@?\#"'`]*):(?!\d{1,5}(?:[/?\#,\s"'`]|$))[^\s"'<>`]{0,256}@"""
)
"""user:password@ after `://`, or after what somebody wrote for it. A password may hold anything but blanks and quotes.
host:port is not a password."""
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL)


def bare_environment() -> dict[str, str]:
    """The environment of this process without settings and secrets, for a program that needs none of them."""
    ours = ("LOWTIDE_", "KAFKA_", "SCHEMA_REGISTRY_")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(ours) and not _NAME.search(name)
    }


def hidden(value: Any) -> Any:
    """The same value without its secrets. Objects become text, because only text can be searched."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Secret):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _named(str(name), one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [hidden(one) for one in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return hidden_text(bytes(value).decode("utf-8", "backslashreplace"))
    return hidden_text(str(value))


def _named(name: str, value: Any) -> Any:
    if name.startswith("_"):  # structlog's own: the record of Python's logging, never printed
        return value
    secret = _NAME.search(name) and value is not None and not isinstance(value, bool)
    return SHOWN if secret else hidden(value)


def hidden_text(text: str) -> str:
    """Text without its secrets."""
    text = _PEM.sub(SHOWN, text)
    text = _USER.sub(rf"\1:{SHOWN}@", text)
    text = _ASSIGNED.sub(rf"\1{SHOWN}", text)
    return _BEARER.sub(rf"\1 {SHOWN}", text)
