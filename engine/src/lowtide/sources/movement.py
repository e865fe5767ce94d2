"""The words of a movement, one record of a log, each written down once; the core has the same in `values/movement.rs`."""

from __future__ import annotations

FIELDS = (
    "id", "source", "kind", "event_time", "sku", "location", "quantity", "ref", "due", "counterparty", "reason",
    "unit_value", "of", "expiry",
)  # fmt: skip
"""The fields of a record, and the columns of a file of records; others are ignored."""

KINDS = (
    "sale", "return", "void", "receipt", "order", "shipment", "transfer_out", "transfer_in", "adjustment", "count",
    "hold", "release", "reserve", "unreserve", "heartbeat", "policy", "inputs",
)  # fmt: skip
"""What a record can say, in the order of the block format: the place of a kind is its number there."""
