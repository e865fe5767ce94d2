"""Where the next page of a list begins: an opaque text that the list gave and takes back.

>>> read(made("loss", 12.5, "A1"), 3)
('loss', 12.5, 'A1')
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson

from lowtide.errors import SettingsError

_LONGEST = 2_000


def made(*values: Any) -> str:
    """The cursor behind a row with these values of its order."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def read(cursor: str, count: int) -> tuple[Any, ...]:
    """The values of a cursor, which are `count` plain ones. Raises SettingsError for what is not a cursor of this list."""
    try:
        if len(cursor) > _LONGEST:
            raise ValueError
        values = orjson.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != count:
            raise ValueError
        if not all(isinstance(one, str | int | float | None) for one in values):
            raise ValueError
    except (ValueError, binascii.Error):
        raise SettingsError(
            "`cursor` is not one of this list",
            "Leave it out for the first page, then give the `next` of each answer.",
        ) from None
    return tuple(values)
