"""Which proposal has brought an alert furthest: that is how far the work on it is.

work(tx)            the proposals that have not ended, by what they are about
best(alert, known)  the one of an alert
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lowtide.desk.store import Row, Transaction
from lowtide.ledger import STAGES

STAGE_OF = {
    "proposed": "proposed",
    "submitted": "proposed",
    "approved": "approved",
    "exported": "approved",
    "confirmed": "ordered",
}
"""How far a proposal in each state has brought its alert."""
_CHASED = "overdue_supply"
_PROPOSALS = """
SELECT proposal_id, ref, kind, state, alert_id, pipeline, location, sku, holder, stage_at, due_at, order_ref
FROM proposal WHERE state IN ('proposed', 'submitted', 'approved', 'exported', 'confirmed') ORDER BY stage_at, proposal_id
"""
_LINES = """
SELECT e.proposal_id, json_extract(line.value, '$.location') AS location, json_extract(line.value, '$.sku') AS sku
FROM proposal AS p JOIN proposal_entry AS e ON e.proposal_id = p.proposal_id AND e.entry = 'PROPOSED',
    json_each(e.detail, '$.inputs.lines') AS line
WHERE p.kind = 'chase' AND p.state IN ('proposed', 'submitted', 'approved', 'exported', 'confirmed')
"""
"""The positions that wait for what a chase is about."""
_Place = tuple[str, str, str]
"""Pipeline, location, SKU."""


@dataclass(frozen=True)
class Work:
    """The proposals that have not ended, by what they are about; the latest last."""

    by_alert: Mapping[str, list[Row]]
    by_place: Mapping[_Place, list[Row]]
    chases: Mapping[_Place, list[Row]]
    """By the positions whose overdue orders they name."""


def work(tx: Transaction) -> Work:
    """The proposals that have not ended."""
    by_alert: dict[str, list[Row]] = {}
    by_place: dict[_Place, list[Row]] = {}
    chases: dict[_Place, list[Row]] = {}
    waiting: dict[str, set[tuple[str, str]]] = {}
    for line in tx.rows(_LINES):
        waiting.setdefault(line["proposal_id"], set()).add((line["location"], line["sku"]))
    for row in tx.rows(_PROPOSALS):
        if row["alert_id"]:
            by_alert.setdefault(row["alert_id"], []).append(row)
        if row["sku"] and row["kind"] != "count":
            by_place.setdefault((row["pipeline"], row["location"], row["sku"]), []).append(row)
        for location, sku in waiting.get(row["proposal_id"], ()):
            chases.setdefault((row["pipeline"], location, sku), []).append(row)
    return Work(by_alert, by_place, chases)


def best(alert: Row, known: Work) -> Row | None:
    """The proposal that has brought an alert furthest: one of its own, else of an open one that of its position since it
    opened, of an overdue delivery the chase that names its position."""
    near: Sequence[Row] = ()
    if alert["status"] == "open" and alert["state"] != "closed":
        beside = known.chases if alert["type"] == _CHASED else known.by_place
        near = beside.get((alert["pipeline"], alert["location"], alert["sku"]), ())
    since = [row for row in near if row["state"] != "confirmed" or row["stage_at"] >= alert["opened_at"]]
    return max([*known.by_alert.get(alert["alert_id"], ()), *since], key=_progress, default=None)


def _progress(proposal: Row) -> tuple[int, int, str]:
    return STAGES.index(STAGE_OF[proposal["state"]]), proposal["stage_at"], proposal["proposal_id"]
