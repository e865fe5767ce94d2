"""The numbers of proposals as they are now: what an approval is held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lowtide.desk.decide import moment
from lowtide.desk.proposing import taking
from lowtide.desk.proposing.looking import reckoned_again
from lowtide.desk.proposing.promises import Promise, Promises, promise_of, rank
from lowtide.desk.proposing.reckon import Reckoned
from lowtide.desk.proposing.shelf import Shelf
from lowtide.people import Book
from lowtide.propose import life, units

_KINDS = ("order", "production", "transfer", "expedite")
"""Of a chase and of a count list the numbers are not what is decided."""


@dataclass(frozen=True)
class Fresh:
    """A proposal reckoned again; None: it is no longer needed."""

    reckoned: Reckoned | None

    @property
    def numbers(self) -> dict[str, Any]:
        """Those on which a person decides; empty where nothing is needed."""
        if self.reckoned is None:
            return {}
        one = self.reckoned.proposed
        times = {"requested_at": one.requested_at, "cut_off_at": one.cut_off_at}
        return {
            "proposal_id": self.reckoned.proposal_id, "version": one.version, "quantity": units(one.quantity),
            "unit": one.unit, "cost": one.cost, "avoided": one.avoided,
            **{name: None if at is None else moment.ms_of(at) for name, at in times.items()},
        }  # fmt: skip


def reckoned(
    shelf: Shelf,
    book: Book,
    rows: Iterable[Mapping[str, Any]],
    now: int,
    transfers: Iterable[Mapping[str, Any]],
) -> dict[str, Fresh]:
    """Proposals that nobody has decided, reckoned again with one read of their positions; `rows` have `origin`.

    `transfers`: all that are on their way, which promise what they move. Raises WarehouseError.
    """
    wanted = [row for row in rows if row["state"] in life.UNDECIDED and row["kind"] in _KINDS]
    if not wanted:
        return {}
    shelf.begin(book)
    known = {one.key: one for one in shelf.positions([(row["location"], row["sku"]) for row in wanted])}
    moved = [known[key] for row in wanted if row["kind"] == "transfer" and (key := _key(row)) in known]
    donors = shelf.donors(moved) if moved else {}
    suppliers, at = shelf.suppliers(), moment.utc(now)
    promises = Promises.of(transfers, (row["proposal_id"] for row in wanted))
    found: dict[str, Fresh] = {}
    for row in sorted(wanted, key=lambda row: rank(row["avoided"], *_key(row))):
        one = known.get(_key(row))
        have = promises.left(one.position, donors.get(_key(row), ())) if one else ()
        again = reckoned_again(row, row["origin"].about, one, suppliers, have, at)
        found[row["proposal_id"]] = Fresh(again)
        if row["kind"] == "transfer" and again is not None:
            promises.add(_promise(row, again))
    return found


def _promise(row: Mapping[str, Any], again: Reckoned) -> Promise:
    """What a transfer promises from now on: what was proposed, or where that has moved the new numbers."""
    if not taking.has_moved(row, row["origin"], again):
        return promise_of(row)
    one = again.proposed
    return promise_of({**row, "from_location": one.from_location}, one.quantity)


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["location"], row["sku"]
