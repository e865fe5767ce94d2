"""The columns of the views, as the migrations declare them: name, type, comment.

A bundle is made without a warehouse, and must say the columns of its datasets all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from lowtide.warehouse.migrate import migrations

_VIEW = re.compile(
    r"CREATE OR REPLACE VIEW \{database\}\.(\w+) \{on_cluster\}\n\(\n(.+?)\n\) AS\n", re.DOTALL
)
_COLUMN = re.compile(r"^ +(\w+) (.+?) COMMENT '((?:[^'\\]|\\.|'')*)',?$", re.MULTILINE)
_COMMENT = re.compile(
    r"ALTER TABLE \{database\}\.(\w+) \{on_cluster\} MODIFY COMMENT '((?:[^'\\]|\\.|'')*)'"
    r"|VIEW \{database\}\.(\w+) (?:(?!CREATE).)*?^COMMENT '((?:[^'\\]|\\.|'')*)'",
    re.DOTALL | re.MULTILINE,
)


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
    """The columns of every view, in order; of two declarations the later holds."""
    return {
        view: tuple(Column(name, kind, _text(said)) for name, kind, said in _COLUMN.findall(body))
        for migration in migrations()
        for view, body in _VIEW.findall(migration.sql)
    }


@cache
def purposes() -> dict[str, str]:
    """What a row of every view is."""
    found = {}
    for migration in migrations():
        for altered, said, created, told in _COMMENT.findall(migration.sql):
            found[altered or created] = _text(said or told)
    return found


def _text(quoted: str) -> str:
    return quoted.replace("''", "'").replace("\\'", "'").replace("\\\\", "\\")
