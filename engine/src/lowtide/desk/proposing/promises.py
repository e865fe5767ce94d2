"""What places that give have promised to others and have not shipped: nobody is promised the same stock twice. Pure.

A transfer is a promise from when it is proposed until a movement carries its ref. Of several that are reckoned in one round
the one that avoids the greater loss is served first, then by location and SKU.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lowtide.propose import Donor, Position, life, thousandths


@dataclass(frozen=True)
class Promise:
    """One transfer on its way."""

    proposal_id: str
    pipeline: str
    donor: str
    receiver: str
    sku: str
    quantity: int
    """Thousandths."""


class Promises:
    """All transfers on their way, of any pipeline."""

    def __init__(self, found: Iterable[Promise] = ()) -> None:
        self._found: dict[tuple[str, str, str], dict[str, Promise]] = {}
        for one in found:
            self.add(one)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], without: Iterable[str] = ()) -> Promises:
        """Those of rows of `proposal`. `without`: ids of transfers that are about to be reckoned again."""
        left_out = frozenset(without)
        return cls(
            promise_of(row)
            for row in rows
            if row["kind"] == "transfer"
            and row["state"] in life.ACTIVE
            and row["proposal_id"] not in left_out
        )

    def add(self, one: Promise) -> None:
        """One more transfer."""
        self._found.setdefault((one.pipeline, one.donor, one.sku), {})[one.proposal_id] = one

    def left(self, receiver: Position, donors: Sequence[Donor]) -> list[Donor]:
        """The donors of a position, each with what it has promised to other places."""
        return [
            replace(donor, promised=self._promised(donor.position, receiver.location)) for donor in donors
        ]

    def _promised(self, donor: Position, receiver: str) -> int:
        known = self._found.get((donor.pipeline, donor.location, donor.sku), {})
        return sum(one.quantity for one in known.values() if one.receiver != receiver)


def promise_of(row: Mapping[str, Any], quantity: int | None = None) -> Promise:
    """That of a row of `proposal`; `quantity` in its place, in thousandths."""
    return Promise(
        row["proposal_id"], row["pipeline"], row["from_location"], row["location"], row["sku"],
        thousandths(row["quantity"]) if quantity is None else quantity,
    )  # fmt: skip


def rank(avoided: float | None, location: str, sku: str) -> tuple[float, str, str]:
    """The order in which receivers are served."""
    return -(avoided or 0.0), location, sku
