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
    "OF_PROPOSAL",
    "OF_SIGNS",
    "OPTIONAL",
    "TABLE",
    "default",
    "is_time_zone",
    "policy_faults",
    "wire_name",
    "within",
]

TABLE: dict[str, dict[str, Any]] = orjson.loads(POLICY_TABLE)
"""By compiled name: its `default`, and the bounds of a number as `ge`, `gt`, `le`, `lt`."""

OF_PROPOSAL = frozenset({
    "method", "min_level", "max_level", "lead_time_factor", "variability_factor", "over_max", "propose_at",
    "propose_before_ms",
    "auto_approve",
})  # fmt: skip
"""The names that only proposals go by."""

OF_SIGNS = frozenset({
    "look_for", "mismatch_after_ms", "variance_units", "variance_share", "variance_after_ms", "variance_hold_ms",
    "overstock_days", "overstock_exit_days", "overstock_units", "slow_days", "dead_days", "idle_units", "holding_cost",
    "holes", "hole_after_ms", "hole_hold_ms", "expiring_days", "expiring_p", "phantom_odds", "drought_line", "shift_line",
    "shift_weeks", "sign_after_days", "silent_records", "silent_least_ms",
})  # fmt: skip
"""The names that only signs go by."""

OPTIONAL = OF_PROPOSAL | OF_SIGNS | {"wave_days", "wave_units"}
"""A compiled policy holds these names only where they are set, so that the others do not change its version."""


def wire_name(field: str) -> str:
    """The compiled name of a field: with its unit, `_days` or `_ms`, if it has one."""
    return next(name for name in (field, f"{field}_days", f"{field}_ms") if name in TABLE)


def default(field: str) -> Any:
    """The default of a field, in the unit of its compiled name."""
    return TABLE[wire_name(field)]["default"]


def within(field: str) -> Any:
    """The bounds of a field, for its annotation."""
    return Field(**{name: bound for name, bound in TABLE[wire_name(field)].items() if name != "default"})
