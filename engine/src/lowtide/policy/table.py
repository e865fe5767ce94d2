"""What may stand for each value of a policy, and its default: the table of the native core, which is the only one.

The core refuses a policy record by the same table, so that a file and a record are right or wrong alike.

>>> wire_name("lead_time"), default("lead_time"), wire_name("watch")
('lead_time_days', 7.0, 'watch')
"""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import Field

from lowtide._native import POLICY_TABLE, is_time_zone, policy_faults

__all__ = [
    "OPTIONAL",
    "TABLE",
    "default",
    "is_time_zone",
    "policy_faults",
    "wire_name",
    "within",
]

TABLE: dict[str, dict[str, Any]] = orjson.loads(POLICY_TABLE)
"""By compiled name: its `default`, whether it is `optional`, and the bounds of a number as `ge`, `gt`, `le`, `lt`."""

OPTIONAL = frozenset(name for name, row in TABLE.items() if row["optional"])
"""A compiled policy holds these names only where they are set, so that the others do not change its version."""


def wire_name(field: str) -> str:
    """The compiled name of a field: with its unit, `_days` or `_ms`, if it has one."""
    return next(name for name in (field, f"{field}_days", f"{field}_ms") if name in TABLE)


def default(field: str) -> Any:
    """The default of a field, in the unit of its compiled name."""
    return TABLE[wire_name(field)]["default"]


def within(field: str) -> Any:
    """The bounds of a field, for its annotation."""
    row = TABLE[wire_name(field)]
    return Field(**{name: row[name] for name in ("ge", "gt", "le", "lt") if name in row})
