"""Proposals without a desk: read from the ledger, decided, and written there. A desk that runs beside takes them in.

proposals(warehouse, book, names)     what waits, or what these ids, refs and lists name
approve(…), reject(…), exported(…)    one insert for all; for each what became of it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from lowtide.desk.proposing import stages, taking, verdict
from lowtide.desk.proposing.decider import Decider, MovedError
from lowtide.desk.proposing.fold import SUPERSEDED, fold
from lowtide.desk.proposing.fresh import Fresh
from lowtide.desk.proposing.taking import Origin
from lowtide.desk.proposing.verdict import NUMBERS, Verdict
from lowtide.errors import LowtideError
from lowtide.people import Book
from lowtide.propose import life
from lowtide.rows import Row
from lowtide.warehouse import Warehouse, Writer, proposal_rows

Recorded = Mapping[str, Row]
"""Proposals by id, as in desk.db, with `entries` and `origin`."""
Answers = dict[str, Verdict | LowtideError]


def proposals(warehouse: Warehouse, book: Book, names: Sequence[str] | None = None) -> Recorded:
    """Those that nothing has ended; with `names` those of these ids, their beginnings, refs, or refs of lists.

    Raises ActionError if a name fits none, WarehouseError.
    """
    if names is None:
        ids = proposal_rows.waiting_ids(warehouse)
    else:
        ids = list(dict.fromkeys(one for name in names for one in proposal_rows.whole_ids(warehouse, name)))
    found = _folded(proposal_rows.entries_of(warehouse, ids), book)
    return {one: found[one] for one in ids if one in found}


def approve(
    warehouse: Warehouse, found: Recorded, book: Book, by: Decider, now: int, numbers: Mapping[str, Fresh],
    *, versions: Mapping[str, str] | None = None, quantity: str | None = None, reason: str = "", key: str | None = None,
) -> Answers:  # fmt: skip
    """Approve; without `versions` those that hold. A desk revises what has moved; without one it stays as it is."""

    def decide(row: Row) -> Verdict:
        _moved(row, numbers.get(row["proposal_id"]))
        version = (versions or {}).get(row["proposal_id"], row["version"])
        return verdict.approve(
            book, row, row["entries"], by, version=version, quantity=quantity, reason=reason, key=key, at=now
        )

    return _write(warehouse, found, decide)


def reject(
    warehouse: Warehouse, found: Recorded, by: Decider, now: int, *, reason: str, comment: str = "", key: str | None = None
) -> Answers:  # fmt: skip
    """Reject for a reason of `life.REASONS`."""
    return _write(
        warehouse,
        found,
        lambda row: verdict.reject(row, row["entries"], by, reason=reason, comment=comment, key=key, at=now),
    )


def exported(
    warehouse: Warehouse, found: Recorded, by: Decider, now: int, *, to: str, key: str | None = None
) -> Answers:
    """Note that orders have left."""
    return _write(
        warehouse, found, lambda row: verdict.export(row, row["entries"], by, to=to, key=key, at=now)
    )


def _write(warehouse: Warehouse, found: Recorded, decide: Callable[[Row], Verdict]) -> Answers:
    answers: Answers = {}
    for proposal_id, row in found.items():
        try:
            answers[proposal_id] = decide(row)
        except LowtideError as error:
            answers[proposal_id] = error
    entries = [one.row for one in answers.values() if isinstance(one, Verdict) and one.row is not None]
    if entries:
        Writer(warehouse).insert_rows("ledger", entries)
    return answers


def _moved(row: Row, now: Fresh | None) -> None:
    if now is None or row["state"] not in life.UNDECIDED:
        return
    if now.reckoned is None or taking.has_moved(row, row["origin"], now.reckoned):
        raise MovedError({name: row[name] for name in NUMBERS}, now.numbers)


def _folded(rows: Iterable[Row], book: Book) -> dict[str, Row]:
    """Fold entries. That another proposal took the place of one is an entry of the latter."""
    told: list[dict[str, Any]] = [dict(row) for row in rows]
    for row in [row for row in told if row["entry"] == "PROPOSED" and row["supersedes"]]:
        by = f'{{"by": "{row["proposal_id"]}"}}'
        told.append(
            row | {"proposal_id": row["supersedes"], "action_id": "~", "entry": SUPERSEDED, "detail": by}
        )
    found: dict[str, Row] = {}
    told.sort(key=lambda row: str(row["proposal_id"]))
    for proposal_id, entries in groupby(told, key=lambda row: str(row["proposal_id"])):
        own = list(entries)
        proposal = fold(own)
        if proposal is not None:
            first = next(row for row in own if row["entry"] == "PROPOSED")
            proposal["holder"] = stages.holder(book, proposal)
            due = stages.due(book, proposal, proposal["holder"])
            extra = {
                "due_at": due.holder_at if due else None,
                "entries": own,
                "origin": Origin.of(first["detail"]),
            }
            found[proposal_id] = proposal | extra
    return found
