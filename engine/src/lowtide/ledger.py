"""The words of a ledger entry, each written down once; SQL, sentences and checks take them from here."""

from __future__ import annotations

TYPES = (
    "negative_stock", "out_of_stock", "projected_stockout", "below_reorder_point", "overdue_supply", "sales_spike",
    "slipping_supply", "transfer_mismatch", "count_variance", "phantom_stock", "sales_drought", "level_shift", "overstock",
    "slow_moving", "dead_stock", "expiring", "process_hole", "silent_feed",
)  # fmt: skip
"""What an alert can be about, in the order of the detectors."""

SIGNS = TYPES[TYPES.index("slipping_supply") :]
"""Types that are looked for only where a policy names them."""

A_DAY_AT_RISK = ("negative_stock", "sales_spike", "phantom_stock", "sales_drought", "level_shift")
"""Types of which a day of demand is at risk. Of the others `at_stake` of the detail says it, or the projection."""

FEED = "source:"
"""What stands before a source in the place of a SKU where an alert is about a feed."""

WHOLE_LOCATION = FEED + "*"
"""What stands in the place of a SKU where it is about all sources of a location."""

SEVERITIES = ("watch", "warning", "critical")
"""From the lowest to the highest."""

GRAVEST_FIRST = SEVERITIES[::-1]
"""The order in which people read them."""

ENTRIES = ("OPENED", "WORSENED", "EASED", "REVISED", "FLAPPING", "CLEARED", "EXPIRED", "SUPERSEDED")
"""What the core can record about an alert."""

ENDED = ("CLEARED", "EXPIRED", "SUPERSEDED")
"""The entries that end an episode: its data ended it, its rule was taken away, or a graver alert took its place."""

ACTIONS = ("ACKNOWLEDGED", "ASSIGNED", "STARTED", "RESOLVED", "CLOSED", "REOPENED", "NOTED")
"""What people can record about an alert. An entry of another kind changes nothing about how people left it."""

DESK_ENTRIES = ("ROUTED", "ESCALATED", "SNOOZED")
"""What the desk can record about an alert: who has it, who was told after a deadline, until when nobody is told of it.

They change no state.
"""

PROPOSAL_ENTRIES = ("PROPOSED", "SUBMITTED", "APPROVED", "REJECTED", "EXPORTED", "CONFIRMED", "WITHDRAWN")
"""What the desk and people can record about a proposal, which `proposal_id` names.

`alert_id` is the alert that asked for it, empty if an order day did. They change no alert. WITHDRAWN: what it was for is no
longer needed.
"""

PROPOSAL_KINDS = ("order", "production", "transfer", "expedite", "chase", "count")
"""What a proposal asks for."""

STAGES = ("open", "proposed", "approved", "ordered", "shipped", "received", "closed")
"""How far the work on an alert is, from its opening to its end."""

DESK = "desk"
"""The actor of what the desk does by itself; an ASSIGNED of a ladder has it too."""

COLUMNS = (
    "alert_id", "seq", "entry", "type", "severity", "location", "sku", "event_time", "opened_at", "episode",
    "cause_source", "cause_id", "reason", "policy_version", "inputs_version", "on_hand", "available", "on_order",
    "in_transit", "demand_per_day", "p_stockout", "stockout_p10", "stockout_p50", "stockout_p90", "trip_level", "exit_level",
    "supersedes", "detail",
)  # fmt: skip
"""The columns of an entry, in the order in which `lowtide replay --json` writes them."""

POSITION_COLUMNS = (
    "location", "sku", "on_hand", "allocated", "held", "available", "on_order", "in_transit", "last_event_time",
)  # fmt: skip
"""The columns of a position's row, in the order of `--positions`."""
