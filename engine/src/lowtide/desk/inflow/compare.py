"""The full compare: what is open in the ledger against the mirror. The level is right, whatever the edge has missed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lowtide.desk.inflow.fold import FACTS
from lowtide.desk.store import Row as Stored
from lowtide.desk.store import Transaction
from lowtide.rows import Row

_MIRROR = (
    "SELECT alert.*, (SELECT count(*) FROM action WHERE action.alert_id = alert.alert_id) AS actions "
    "FROM alert WHERE status = 'open' ORDER BY alert_id"
)


@dataclass
class Difference:
    """Alerts that differ, and how. An alert stands in one list at most."""

    missing: list[str] = field(default_factory=list)
    """Open in the ledger; the mirror does not have them, or has them as ended."""
    behind: list[str] = field(default_factory=list)
    """The ledger has a later entry, or an action that the mirror lacks."""
    gone: list[str] = field(default_factory=list)
    """Open in the mirror and not in the ledger."""
    changed: list[Row] = field(default_factory=list)
    """The same entries; something in the catalogue or the locations is different."""

    @property
    def alert_ids(self) -> list[str]:
        """The alerts whose entries differ."""
        return [*self.missing, *self.behind, *self.gone]


def difference(tx: Transaction, listed: Iterable[list[Row]]) -> Difference:
    """Compare the mirror with the rows of `desk_rows.open_list`. Both are read in order, so few rows are in memory."""
    found = Difference()
    mirror, ledger = tx.each(_MIRROR), (row for rows in listed for row in rows)
    have, row = next(mirror, None), next(ledger, None)
    while have is not None or row is not None:
        if row is None or (have is not None and have["alert_id"] < row["alert_id"]):
            assert have is not None
            found.gone.append(have["alert_id"])
            have = next(mirror, None)
        elif have is None or row["alert_id"] < have["alert_id"]:
            found.missing.append(row["alert_id"])
            row = next(ledger, None)
        else:
            _same(found, have, row)
            have, row = next(mirror, None), next(ledger, None)
    return found


def _same(found: Difference, have: Stored, row: Row) -> None:
    if have["seq"] < row["seq"] or have["actions"] < row["actions"]:
        found.behind.append(row["alert_id"])
    elif have["seq"] == row["seq"] and any(have[name] != row[name] for name in FACTS):
        found.changed.append(row)


def chunks(ids: list[str], size: int) -> Iterator[list[str]]:
    """The ids in lists of at most `size`."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
