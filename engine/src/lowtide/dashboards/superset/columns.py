"""The columns of the views, as `warehouse/views` declares them: name, type, comment.

A bundle is made without a warehouse, and must say the columns of its datasets all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from lowtide.warehouse import view

_COLUMN = re.compile(r"(\w+) (\S.*?) COMMENT '((?:[^'\\]|\\.|'')*)'")
_COMMENT = re.compile(r"^COMMENT '((?:[^'\\]|\\.|'')*)'$", re.MULTILINE)


@dataclass(frozen=True)
class Column:
    """One column of a view."""

    name: str
    type: str
    comment: str

    @property
    def temporal(self) -> bool:
        """Whether it is a time or a day."""
        return "Date" in self.type


@cache
def views() -> dict[str, tuple[Column, ...]]:
    """The columns of every view, in order."""
    return {
        one.name: tuple(
            Column(name, kind, _text(comment)) for name, kind, comment in _COLUMN.findall(one.sql)
        )
        for one in view.views()
    }


@cache
def purposes() -> dict[str, str]:
    """What a row of every view is."""
    return {one.name: _text(comment) for one in view.views() for comment in _COMMENT.findall(one.sql)}


def _text(quoted: str) -> str:
    return quoted.replace("''", "'").replace("\\'", "'").replace("\\\\", "\\")
