"""What one unit of a kind does to the sums of its position; a void does the same with the other sign.

Statements (`count`, `order`, the due of a `shipment`) are not sums. They have no deed, or stay when it is voided.
"""

from typing import NamedTuple

from tests.model.policy import Policy
from tests.model.wire import Record

SUMS = {
    "sale": {"on_hand": -1, "demand": 1},
    "return": {"on_hand": 1},
    "receipt": {"on_hand": 1, "received": 1},
    "shipment": {"shipped": 1},
    "transfer_out": {"on_hand": -1},
    "transfer_in": {"on_hand": 1, "received": 1},
    "adjustment": {"on_hand": 1},
    "hold": {"held": 1},
    "release": {"held": -1},
    "reserve": {"allocated": 1},
    "unreserve": {"allocated": -1},
}
UNSIGNED = ("adjustment",)
"""A void of an unknown one does nothing: nobody can tell whether it gave or took."""


class Deed(NamedTuple):
    """What a record did, a unit: kept with its id, so that a void can take it back."""

    sums: dict
    ref: str | None = None


def deed(record: Record, policy: Policy) -> Deed | None:
    """None where a void of it is `void_of_what`."""
    if record.kind not in SUMS:
        return None
    if record.kind == "return" or (record.kind == "sale" and record.quantity < 0):
        return Deed(SUMS["return"] | ({"held": 1} if policy.returns == "hold" else {}))
    if record.quantity < 0:
        return Deed({"on_hand": -1})
    return Deed(SUMS[record.kind], record.ref)


def guess(kind: str) -> Deed:
    """What a void of an unknown record of this kind takes back at once: stock and demand only."""
    if kind in UNSIGNED:
        return Deed({})
    return Deed({name: sign for name, sign in SUMS[kind].items() if name in ("on_hand", "demand")})
