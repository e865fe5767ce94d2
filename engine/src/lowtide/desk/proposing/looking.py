"""What waits is looked at again: its numbers as the position is now, and whether what was ordered has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lowtide.desk.decide import moment
from lowtide.desk.outflow.sender import Office
from lowtide.desk.proposing import mirror, reckon, taking, waiting
from lowtide.desk.proposing.promises import rank
from lowtide.desk.proposing.reckon import Cause, Reckoned
from lowtide.desk.proposing.shelf import Arrived, Key, Known, Shelf, Suppliers
from lowtide.desk.proposing.taking import batches
from lowtide.desk.store import Row, Transaction
from lowtide.propose import Donor, life, ref

_REFS = 1_000
_LOOKS = (
    "SELECT p.proposal_id, p.pipeline, p.kind, p.location, p.sku, p.supplier, p.cut_off_at, p.avoided, "
    "ifnull(l.at, 0) AS looked_at, ifnull(l.version, '') AS looked_version "
    "FROM proposal AS p LEFT JOIN proposal_look AS l ON l.proposal_id = p.proposal_id "
    "WHERE p.state IN ('proposed', 'submitted') ORDER BY p.proposal_id"
)
_ACTIVE = "state IN ('proposed', 'submitted', 'approved', 'exported')"
_ORDERED = (
    "SELECT proposal_id, list_id, ref, location, sku FROM proposal WHERE kind IN ('order', 'production', 'transfer') "
    f"AND {_ACTIVE} ORDER BY proposal_id"
)
_COUNTED = f"SELECT proposal_id, location, sku, event_time FROM proposal WHERE kind = 'count' AND {_ACTIVE} ORDER BY 1"


class Looker:
    """Looks at the proposals of one desk."""

    def __init__(self, office: Office, shelf: Shelf, say: Callable[[str, dict[str, Any]], None]) -> None:
        self._office, self._shelf, self._say = office, shelf, say
        self._has_moved = False
        """A movement came since the last look."""

    def look(self, now: int) -> None:
        """Revise, withdraw and confirm what has changed. Raises WarehouseError."""
        has_moved = self._shelf.has_changed("position", "supply_event", "stock_count") or self._has_moved
        if has_moved:
            self._confirm(now)
        self._has_moved = False
        with self._office.store.read() as tx:
            rows = [dict(row) for row in tx.rows(_LOOKS)]
        due = [row for row in rows if has_moved or _is_stale(row, now)]
        self._again([row for row in due if row["kind"] != "chase"], now)
        self._chase_again([row for row in due if row["kind"] == "chase"], now)

    def confirm(self, now: int) -> None:
        """Confirm what a movement has answered since the last call. Raises WarehouseError."""
        if self._shelf.has_changed("supply_event", "stock_count"):
            self._has_moved = True
            self._confirm(now)

    def _again(self, rows: Sequence[dict[str, Any]], now: int) -> None:
        """Reckon those again whose position has changed, or for which a day has begun."""
        versions = self._shelf.versions([_key(row) for row in rows]) if rows else {}
        changed = [
            row for row in rows if versions.get(_key(row), "") != row["looked_version"] or _is_stale(row, now)
        ]
        known = (
            {one.key: one for one in self._shelf.positions([_key(row) for row in changed])} if changed else {}
        )
        moved = [_key(row) for row in changed if row["kind"] == "transfer"]
        donors = self._shelf.donors([known[key] for key in moved if key in known]) if moved else {}
        suppliers = self._shelf.suppliers() if changed else None
        pending = {row["proposal_id"] for row in changed if row["kind"] == "transfer"}
        for batch in batches(sorted(changed, key=_turn)):
            with self._office.store.transaction() as tx:
                for row in batch:
                    assert suppliers is not None
                    one = known.get(_key(row))
                    pending.discard(row["proposal_id"])
                    have = (
                        mirror.promises(tx, pending).left(one.position, donors.get(one.key, ()))
                        if one is not None and row["kind"] == "transfer"
                        else ()
                    )
                    self._settle(tx, row["proposal_id"], one, suppliers, have, now)

    def _settle(
        self, tx: Transaction, proposal_id: str, known: Known | None, suppliers: Suppliers,
        donors: Sequence[Donor], now: int,
    ) -> None:  # fmt: skip
        old = mirror.get(tx, proposal_id)
        if old is not None and old["state"] in life.UNDECIDED:
            about = taking.origin(tx, proposal_id).about if old["kind"] == "expedite" else ""
            found = reckoned_again(dict(old), about, known, suppliers, donors, moment.utc(now))
            _replace(tx, self._office, old, found, known.version if known else "", now)

    def _chase_again(self, rows: Sequence[dict[str, Any]], now: int) -> None:
        if not rows:
            return
        at, suppliers = moment.utc(now), self._shelf.suppliers()
        overdue = self._shelf.overdue(sorted({row["supplier"] for row in rows}), at)
        with self._office.store.transaction() as tx:
            for row in rows:
                old = mirror.get(tx, row["proposal_id"])
                if old is not None and old["state"] in life.UNDECIDED:
                    lines = overdue.get((row["pipeline"], row["supplier"]), ())
                    found = reckon.chased(
                        old["pipeline"], old["supplier"], suppliers, lines, cause_after(dict(old)), at
                    )
                    _replace(tx, self._office, old, found, "", now)

    def _confirm(self, now: int) -> None:
        """Write CONFIRMED for what has come."""
        with self._office.store.read() as tx:
            ordered = [dict(row) for row in tx.rows(_ORDERED)]
            counted = [dict(row) for row in tx.rows(_COUNTED)]
        found = [*self._arrived(ordered), *self._counted(counted)]
        for batch in batches(found):
            with self._office.store.transaction() as tx:
                for proposal_id, one in batch:
                    proposal = mirror.get(tx, proposal_id)
                    if proposal is not None and proposal["state"] in life.ACTIVE:
                        waiting.confirm(
                            tx, self._office.book, proposal, one.ref, one.quantity, one.event_time, now
                        )
        if found:
            self._say("proposals_confirmed", {"proposals": len(found)})
            self._office.decided()

    def _arrived(self, rows: Sequence[dict[str, Any]]) -> Iterator[tuple[str, Arrived]]:
        """Each proposal of which a movement carries the ref, or that of its list."""
        refs = sorted({name for row in rows for name in _refs(row)})
        came = {
            (one.location, one.sku, one.ref): one
            for start in range(0, len(refs), _REFS)
            for one in self._shelf.arrived(refs[start : start + _REFS])
        }
        for row in rows:
            found = [came[*_key(row), name] for name in _refs(row) if (*_key(row), name) in came]
            if found:
                yield row["proposal_id"], found[0]

    def _counted(self, rows: Sequence[dict[str, Any]]) -> Iterator[tuple[str, Arrived]]:
        """Each count proposal whose position was counted after its cause."""
        if not rows:
            return
        since = min(row["event_time"] for row in rows)
        seen = {
            (one.location, one.sku): one for one in self._shelf.counted([_key(row) for row in rows], since)
        }
        for row in rows:
            one = seen.get(_key(row))
            if one is not None and one.event_time >= row["event_time"]:
                yield row["proposal_id"], one


def reckoned_again(
    old: Mapping[str, Any], about: str, known: Known | None, suppliers: Suppliers, donors: Sequence[Donor], at: datetime
) -> Reckoned | None:  # fmt: skip
    """A proposal that waits, reckoned from its position as it is now; None: it is no longer needed.

    `about`: of an expedite the ref of its order.
    """
    if known is None:
        return None
    return reckon.again(known, old["kind"], about, cause_after(old), suppliers, donors, at)


def cause_after(old: Mapping[str, Any]) -> Cause:
    """The cause of what takes the place of a proposal."""
    return Cause(f"after:{old['proposal_id']}", old["event_time"], old["alert_id"])


def _replace(
    tx: Transaction, office: Office, old: Row, found: Reckoned | None, version: str, now: int
) -> None:
    """Withdraw what is no longer needed, revise what has moved."""
    if found is None:
        taking.gone(tx, office.book, old, now)
    elif taking.has_moved(dict(old), taking.origin(tx, old["proposal_id"]), found):
        taking.revise(tx, office.book, old, found, now)
    else:
        taking.looked(tx, old["proposal_id"], version, now)


def _is_stale(row: Mapping[str, Any], now: int) -> bool:
    """Whether time alone has changed the numbers: another day has begun, or the cut-off has passed."""
    cut_off = row["cut_off_at"]
    is_past = cut_off is not None and row["looked_at"] < cut_off <= now
    return row["looked_at"] // moment.DAY != now // moment.DAY or is_past


def _turn(row: Mapping[str, Any]) -> tuple[bool, tuple[float, str, str], str]:
    """When a proposal is reckoned again: transfers last, since they share what places have to give."""
    is_transfer = row["kind"] == "transfer"
    return is_transfer, rank(row["avoided"] if is_transfer else None, *_key(row)), row["proposal_id"]


def _key(row: Mapping[str, Any]) -> Key:
    return row["location"], row["sku"]


def _refs(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["ref"], ref(row["list_id"])
