"""The tables `proposal` and `proposal_entry` of desk.db: the fold of entries of the ledger, whoever wrote them.

apply(tx, book, rows)       entries in any order, also such that were met before
write(tx, book, row)        an entry of this desk: kept here, and on its way to the ledger
promises(tx)                what places that give have promised
refresh(tx, book)           another people file holds: who has to act, and until when
forget(tx, now)             proposals that ended long ago
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from lowtide.desk.decide.moment import DAY
from lowtide.desk.proposing import consent, stages
from lowtide.desk.proposing.entries import entry_of
from lowtide.desk.proposing.fold import ACTIVE, COLUMNS, ENTRY_COLUMNS, SUPERSEDED, fold
from lowtide.desk.proposing.promises import Promises
from lowtide.desk.store import Row, Transaction
from lowtide.people import Book

KEEP_MS = 30 * DAY
"""A proposal that has ended stays in desk.db for so long; the ledger keeps it."""
_OWN = ("proposal_id", "pipeline", "alert_id", "location", "sku")
_WAITS = f"state IN ({', '.join(repr(state) for state in ACTIVE)})"
_PROPOSAL = f"INSERT OR REPLACE INTO proposal ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_CHANGED = [name for name in COLUMNS if name != "proposal_id"]
_UPDATE = f"UPDATE proposal SET {', '.join(f'{name} = ?' for name in _CHANGED)} WHERE proposal_id = ?"
_ENTRY = f"INSERT OR IGNORE INTO proposal_entry ({', '.join(ENTRY_COLUMNS)}) VALUES ({', '.join('?' * len(ENTRY_COLUMNS))})"


def apply(tx: Transaction, book: Book, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Take entries (rows of `warehouse.proposal_rows`); returns the proposals that have changed."""
    changed: dict[str, None] = {}
    for row in rows:
        kept = _kept(row)
        if tx.execute(_ENTRY, *(kept[name] for name in ENTRY_COLUMNS)):
            changed[row["proposal_id"]] = None
        if row["entry"] == "PROPOSED" and row["supersedes"]:
            changed |= _supersede(tx, row)
    lists: dict[str, None] = {}
    for proposal_id in changed:
        lists |= dict.fromkeys(_refold(tx, book, proposal_id))
    for list_id in lists:
        call(tx, book, list_id)
    return list(changed)


def write(tx: Transaction, book: Book, row: Mapping[str, Any]) -> None:
    """Keep an entry of this desk, and put it on its way to the ledger."""
    tx.ship("ledger", f"{row['proposal_id']}:{row['action_id']}", row)
    apply(tx, book, [entry_of(row)])


def get(tx: Transaction, proposal_id: str) -> Row | None:
    """A proposal as it stands."""
    return tx.row("SELECT * FROM proposal WHERE proposal_id = ?", proposal_id)


def entries(tx: Transaction, proposal_id: str) -> list[Row]:
    """The entries of a proposal in order of time."""
    return tx.rows(
        "SELECT * FROM proposal_entry WHERE proposal_id = ? ORDER BY entry != 'PROPOSED', at, action_id",
        proposal_id,
    )


def transfers(tx: Transaction) -> list[Row]:
    """The transfers on their way."""
    return tx.rows(
        "SELECT proposal_id, pipeline, kind, state, from_location, location, sku, quantity FROM proposal "
        f"WHERE kind = 'transfer' AND {_WAITS} ORDER BY proposal_id"
    )


def promises(tx: Transaction, without: Iterable[str] = ()) -> Promises:
    """What places that give have promised; `without`: ids of transfers that are about to be reckoned again."""
    return Promises.of(map(dict, transfers(tx)), without)


def refresh(tx: Transaction, book: Book) -> None:
    """Say again who has to act and until when, if the people file is another one than at the last time."""
    if tx.meta("proposals_with") == book.version:
        return
    tx.set_meta("proposals_with", book.version)
    lists: dict[str, None] = {}
    for row in tx.rows(f"SELECT proposal_id FROM proposal WHERE {_WAITS} ORDER BY proposal_id"):
        lists |= dict.fromkeys(_refold(tx, book, row["proposal_id"]))
    for list_id in lists:
        call(tx, book, list_id)


def call(tx: Transaction, book: Book, list_id: str) -> None:
    """Set when the holders of the lines of a list, and their leads, hear that they have waited for too long.

    A call tells the lines that wait by then. One that came to the stage later has a call of its own. The owner of a place
    that gives hears at once of a transfer that asks for its stock, or takes it.
    """
    lines = tx.rows(f"SELECT * FROM proposal WHERE list_id = ? AND {_WAITS} ORDER BY proposal_id", list_id)
    tx.execute("DELETE FROM proposal_call WHERE list_id = ? AND done_at IS NULL", list_id)
    told: dict[tuple[str, str, str], tuple[int, int]] = {}
    for row in tx.rows("SELECT * FROM proposal_call WHERE list_id = ? ORDER BY done_at, step", list_id):
        key = row["state"], row["holder"], stages.hearer(row["step"])
        told[key] = (told.get(key, (0, 0))[0] + 1, row["done_at"])
    earliest: dict[tuple[str, str, int], int] = {}
    for line in map(dict, lines):
        found = stages.due(book, line, line["holder"])
        for step, due_at in enumerate(found or (), start=1):
            calls, told_at = told.get((line["state"], line["holder"], stages.hearer(step)), (0, -1))
            if min(due_at, line["stage_at"]) > told_at:
                at = (line["state"], line["holder"], step + 2 * calls)
                earliest[at] = min(earliest.get(at, due_at), due_at)
        if (giver := _giver(tx, book, line)) is not None:
            state, person, since = giver
            calls, told_at = told.get((state, person, stages.hearer(0)), (0, -1))
            if since > told_at:
                earliest[state, person, -calls] = min(earliest.get((state, person, -calls), since), since)
    tx.many(
        "INSERT INTO proposal_call (list_id, state, holder, step, due_at) VALUES (?, ?, ?, ?, ?)",
        ((list_id, *key, due_at) for key, due_at in sorted(earliest.items())),
    )


def _giver(tx: Transaction, book: Book, line: Mapping[str, Any]) -> tuple[str, str, int] | None:
    """Under which state which owner of a place that gives hears of a transfer, and since when. Exported it is approved."""
    if line["kind"] != "transfer":
        return None
    found = consent.hears(book, line, [dict(row) for row in entries(tx, line["proposal_id"])])
    return None if found is None else ("submitted" if line["state"] == "submitted" else "approved", *found)


def forget(tx: Transaction, now: int) -> None:
    """Take out what ended thirty days ago."""
    old = f"SELECT proposal_id FROM proposal WHERE NOT {_WAITS} AND stage_at < ?"
    before = now - KEEP_MS
    tx.execute(f"DELETE FROM proposal_entry WHERE proposal_id IN ({old})", before)
    tx.execute(f"DELETE FROM proposal WHERE NOT {_WAITS} AND stage_at < ?", before)
    tx.execute("DELETE FROM proposal_look WHERE proposal_id NOT IN (SELECT proposal_id FROM proposal)")
    tx.execute("DELETE FROM proposal_call WHERE list_id NOT IN (SELECT list_id FROM proposal)")
    tx.execute("DELETE FROM proposal_plan WHERE at < ?", before)


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as it is kept. PROPOSED keeps what the row of the ledger says besides its detail, for the fold."""
    kept = {name: row[name] for name in ENTRY_COLUMNS}
    if row["entry"] == "PROPOSED":
        own = json.dumps({name: row[name] for name in _OWN}, ensure_ascii=False, separators=(",", ":"))
        kept["comment"] = own
    return kept


def _supersede(tx: Transaction, row: Mapping[str, Any]) -> dict[str, None]:
    """A later proposal took the place of another one: to the other that is an entry."""
    old, detail = row["supersedes"], json.dumps({"by": row["proposal_id"]})
    values = (
        old,
        f"superseded:{row['proposal_id']}",
        SUPERSEDED,
        row["at"],
        row["event_time"],
        "desk",
        "",
        "",
        detail,
    )
    return {old: None} if tx.execute(_ENTRY, *values) else {}


def _refold(tx: Transaction, book: Book, proposal_id: str) -> list[str]:
    """Fold a proposal again; returns its list, or nothing while its PROPOSED is missing."""
    proposal = fold([_read(row) for row in entries(tx, proposal_id)])
    if proposal is None:
        return []
    proposal["holder"] = stages.holder(book, proposal)
    found = stages.due(book, proposal, proposal["holder"])
    proposal["due_at"] = found.holder_at if found else None
    proposal["marks"] = json.dumps(proposal["marks"])
    if get(tx, proposal_id) is None:
        tx.execute(_PROPOSAL, *(proposal[name] for name in COLUMNS))
    else:
        tx.execute(_UPDATE, *(proposal[name] for name in _CHANGED), proposal_id)
    return [proposal["list_id"]]


def _read(row: Row) -> dict[str, Any]:
    kept = dict(row)
    if kept["entry"] == "PROPOSED":
        kept |= json.loads(kept["comment"]) | {"comment": ""}
    return kept
