"""What open alerts ask for at once. Those that need a transfer share what other places have to give.

asks(tx)             the alerts that ask, and whose source says something about today
Alerts.answer(asks)  their proposals, written
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from lowtide.desk.decide import catch_up, moment
from lowtide.desk.outflow.sender import Office
from lowtide.desk.proposing import mirror, reckon, taking
from lowtide.desk.proposing.promises import rank
from lowtide.desk.proposing.reckon import Cause, Reckoned
from lowtide.desk.proposing.shelf import Key, Known, Shelf, Suppliers
from lowtide.desk.proposing.taking import batches
from lowtide.desk.store import Row, Transaction
from lowtide.ledger import SEVERITIES
from lowtide.propose import Donor


class _Sharing(NamedTuple):
    """An alert that asks for a transfer from what others may need too."""

    rank: tuple[float, str, str]
    cause_key: str
    known: Known
    cause: Cause


class Alerts:
    """Answers the alerts of one desk."""

    def __init__(self, office: Office, shelf: Shelf) -> None:
        self._office, self._shelf = office, shelf

    def answer(self, asks: Sequence[Row], now: int) -> int:
        """Propose what alerts ask for; returns how many proposals are new. Raises WarehouseError."""
        at, suppliers = moment.utc(now), self._shelf.suppliers()
        known = {
            one.key: one for one in self._shelf.positions([(row["location"], row["sku"]) for row in asks])
        }
        wanted = [row for row in asks if self._is_grave(known.get((row["location"], row["sku"])), row)]
        short = [known[row["location"], row["sku"]] for row in wanted if row["type"] in reckon.STOCKOUTS]
        donors = self._shelf.donors(short) if short else {}
        found, sharing = list[Reckoned](), list[_Sharing]()
        for row in wanted:
            if row["type"] != "overdue_supply":
                one, cause = known[row["location"], row["sku"]], _cause(row)
                asked = reckon.of_alert(one, cause, suppliers, donors.get(one.key, ()), at)
                moved = next((each.proposed for each in asked if each.proposed.kind == "transfer"), None)
                if moved is None:
                    found += asked
                else:
                    sharing.append(_Sharing(rank(moved.avoided, *one.key), cause.key, one, cause))
        found += self._chases([row for row in wanted if row["type"] == "overdue_supply"], suppliers, at)
        made = taking.take_all(self._office, found, now) + self._share(sharing, suppliers, donors, now)
        with self._office.store.transaction() as tx:
            tx.many(
                "DELETE FROM proposal_ask WHERE alert_id = ? AND round = ?",
                ((row["alert_id"], row["asked_round"]) for row in asks),
            )
        return made

    def _share(
        self,
        sharing: Sequence[_Sharing],
        suppliers: Suppliers,
        donors: Mapping[Key, Sequence[Donor]],
        now: int,
    ) -> int:
        """Answer alerts that ask for a transfer, one after the other: each has what those before it have left."""
        made, at = 0, moment.utc(now)
        for batch in batches(sorted(sharing, key=lambda one: (one.rank, one.cause_key))):
            with self._office.store.transaction() as tx:
                for one in batch:
                    have = mirror.promises(tx).left(one.known.position, donors.get(one.known.key, ()))
                    for found in reckon.of_alert(one.known, one.cause, suppliers, have, at):
                        made += taking.take(tx, self._office.book, found, now) is not None
        return made

    def _is_grave(self, known: Known | None, row: Row) -> bool:
        if known is None:
            return False
        return SEVERITIES.index(row["severity"]) >= SEVERITIES.index(known.terms.propose_at)

    def _chases(self, rows: Sequence[Row], suppliers: Suppliers, at: datetime) -> Iterator[Reckoned]:
        """One chase a supplier, for the first of its alerts."""
        first: dict[tuple[str, str], Row] = {}
        for row in rows:
            first.setdefault((row["pipeline"], row["supplier"]), row)
        if not first:
            return
        overdue = self._shelf.overdue(sorted({name for _, name in first}), at)
        for (pipeline, name), row in first.items():
            lines = overdue.get((pipeline, name), ())
            one = reckon.chased(pipeline, name, suppliers, lines, _cause(row), at)
            if one is not None:
                yield one


def asks(tx: Transaction) -> list[Row]:
    """The open alerts that ask for proposals, and whose source says something about today."""
    standings = catch_up.standings(tx)
    rows = tx.rows(
        "SELECT a.*, ask.round AS asked_round, ask.event_time, r.partition AS source FROM proposal_ask AS ask "
        "JOIN alert AS a ON a.alert_id = ask.alert_id JOIN routed AS r ON r.alert_id = ask.alert_id "
        "WHERE a.status = 'open' AND a.state != 'closed' ORDER BY a.alert_id"
    )
    return [row for row in rows if not standings.of(row["source"])]


def _cause(row: Row) -> Cause:
    key = f"alert:{row['alert_id']}:{row['asked_round']}"
    return Cause(key, row["event_time"], row["alert_id"], row["type"])
