"""The names of a proposal: the same cause gives the same id on any desk, on any day.

>>> one = proposal_id("shop", "order", "S01", "1001", "V002", "alert:A1")
>>> one, ref(one)
('KKG960A5VMPWMMKWB6BXVZA01V', 'LT-KKG960A5VM')
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from lowtide.propose.proposed import Proposed

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26


def proposal_id(pipeline: str, kind: str, location: str, sku: str, origin: str, cause: str) -> str:
    """26 characters. `origin` is the supplier or the donor; `cause` is what asked for it: an entry of an alert, an
    order day."""
    return _crockford(pipeline, kind, location, sku, origin, cause)


def order_list(supplier: str, location: str, day: str) -> str:
    """The list of an order: all lines of one supplier, location and order day (ISO date)."""
    return _crockford("order", supplier, location, day)


def list_id(proposed: Proposed, day: str) -> str:
    """What a proposal is gathered in. `day` is the order day, or the day of the cause where nothing is ordered (ISO date).

    Orders by supplier and location, transfers by lane, expedites and chases by supplier, counts by location.
    """
    if proposed.kind in ("order", "production"):
        return order_list(proposed.supplier, proposed.location, day)
    places = {
        "transfer": (proposed.from_location, proposed.location),
        "expedite": (proposed.supplier, proposed.location),
        "chase": (proposed.supplier, ""),
        "count": ("", proposed.location),
    }
    return _crockford(proposed.kind, *places[proposed.kind], day)


def ref(proposal_id: str) -> str:
    """What the movement `order` of it carries: `LT-` and its first 10 characters. Works for a list too."""
    return f"LT-{proposal_id[:10]}"


def version(proposed: Proposed) -> str:
    """12 hex digits of the numbers that a person decides on.

    Of orders the days count too; a transfer or a hurried order comes so many days after the decision, whenever that
    is. A count is asked
    for whatever the record says by then.
    """
    is_order = proposed.kind in ("order", "production")
    times = (proposed.requested_at, proposed.cut_off_at) if is_order else ()
    numbers = [
        proposed.kind, proposed.location, proposed.sku, proposed.supplier, proposed.from_location,
        0 if proposed.kind == "count" else proposed.quantity, proposed.about, list(proposed.refs),
        *(at and at.isoformat() for at in times),
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(numbers)).hexdigest()[:12]


def _crockford(*words: str) -> str:
    digest = hashlib.sha256(orjson.dumps(words)).digest()
    bits = int.from_bytes(digest[:17], "big") >> (17 * 8 - 5 * _LENGTH)
    return "".join(_CROCKFORD[bits >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
