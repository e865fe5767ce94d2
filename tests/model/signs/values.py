"""The values of a policy that the signs go by; durations are milliseconds, counts of days are days.

>>> print(Values(look_for=("dead_stock",), dead_days=9).yaml(), end="")
defaults:
  flap_count: 0
  look_for: [dead_stock]
  dead_days: 9
"""

from dataclasses import dataclass, fields

from tests.model.instant import DAY, HOUR, MINUTE
from tests.model.policy import Policy

DURATIONS = (
    "lead_time",
    "grace",
    "ref_memory",
    "late_window",
    "dedup_window",
    "dwell",
    "clear_after",
    "mismatch_after",
    "variance_after",
    "variance_hold",
    "hole_after",
    "hole_hold",
    "silent_least",
)
LINES = ("horizon", "watch", "warning", "critical")
"""A policy without them has lines of its own for each horizon and lead time."""
TOP_LEVEL = ("late_window", "dedup_window", "negative_sale")
HOLES = ("receipt", "shipment", "return", "adjustment")


@dataclass(frozen=True)
class Values:
    """A policy that looks for signs. No alert of it flaps."""

    look_for: tuple[str, ...] = ()
    late_window: int = 3 * DAY
    dedup_window: int = 7 * DAY
    negative_sale: str = "return"
    returns: str = "stock"
    lead_time: int = 7 * DAY
    grace: int = DAY
    ref_memory: int = 30 * DAY
    dwell: int = 0
    clear_after: int = 0
    horizon: int = 8
    """Days; that of the default lead time."""
    watch: float = 0.4
    warning: float = 0.55
    critical: float = 0.8
    exit_ratio: float = 0.5
    lateness: tuple = ()
    """Steps of (days late, share that has come); without them the policy has those that are shipped."""
    prior_rate: float = 0.0
    prior_days: float = 1.0
    dispersion: float = 1.5
    sold_out_day: str = "whole"
    mismatch_after: int = DAY
    variance_units: float = 5
    variance_share: float = 0.2
    variance_after: int = DAY
    variance_hold: int = 7 * DAY
    overstock: int = 120
    overstock_exit: int = 90
    overstock_units: float = 10
    slow_days: int = 60
    dead_days: int = 180
    idle_units: float = 1
    holding_cost: float = 0.25
    holes: tuple[str, ...] = HOLES
    hole_after: int = DAY
    hole_hold: int = 7 * DAY
    expiring_days: int = 7
    expiring_p: float = 0.5
    phantom_odds: float = 4
    drought_line: float = 12
    shift_line: float = 5
    shift_weeks: int = 10
    sign_after: int = 28
    silent_records: float = 20
    silent_least: int = 2 * HOUR

    @property
    def stock(self) -> Policy:
        """The part of it that the model of stock goes by."""
        known = {field.name for field in fields(Policy)} & {field.name for field in fields(Values)}
        return Policy(flap_count=0, **{name: getattr(self, name) for name in known})

    def yaml(self) -> str:
        """The policy file that gives the engine the same values."""
        top, defaults = "", "defaults:\n  flap_count: 0\n"
        for field in fields(self):
            value = getattr(self, field.name)
            of_lines = field.name in LINES and "slipping_supply" in self.look_for
            if value == field.default and not of_lines:
                continue
            if field.name in DURATIONS:
                value = f"{value // MINUTE}m"
            elif field.name == "lateness":
                value = [list(step) for step in value]
            elif isinstance(value, tuple):
                value = f"[{', '.join(value)}]"
            line = f"{field.name}: {value}\n"
            top, defaults = (
                (top + line, defaults) if field.name in TOP_LEVEL else (top, f"{defaults}  {line}")
            )
        return top + defaults
