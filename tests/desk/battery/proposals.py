"""What must be true of proposals in the end: each is made and decided once, none is lost, no stock is promised twice."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import clickhouse_connect
import orjson

ACTIVE = ("proposed", "submitted", "approved", "exported")
_ASKS = {
    "projected_stockout": "order",
    "out_of_stock": "order",
    "negative_stock": "count",
    "overdue_supply": "chase",
}
"""What an alert of each type is answered with."""
_VERBS = {"APPROVED": "approve", "SUBMITTED": "approve", "REJECTED": "reject", "EXPORTED": "export"}


@dataclass
class Made:
    """The proposals of a history."""

    entries: list[dict[str, Any]]
    """Rows of `ledger` about proposals."""
    current: list[dict[str, Any]]
    """Rows of `proposal_current`."""
    kept: dict[str, dict[str, Any]]
    """Rows of `proposal` in desk.db, by id."""
    open_alerts: list[dict[str, Any]]

    @property
    def told(self) -> Mapping[str, dict[str, Any]]:
        """The detail of each PROPOSED entry, by proposal."""
        return {
            row["proposal_id"]: orjson.loads(row["detail"])
            for row in self.entries
            if row["entry"] == "PROPOSED"
        }


def made(folder: Path, port: int, database: str) -> Made:
    """Collects them."""
    with clickhouse_connect.get_client(
        host="127.0.0.1", port=port, database=database, compress=False
    ) as client:

        def ask(sql: str) -> list[dict[str, Any]]:
            return list(client.query(sql).named_results())

        entries = ask("SELECT * FROM ledger FINAL WHERE proposal_id != ''")
        current = ask("SELECT * FROM proposal_current")
        open_alerts = ask(
            "SELECT alert_id, type, location, sku FROM alert_current WHERE status = 'open' AND state != 'closed'"
        )
    with sqlite3.connect(folder / "desk.db") as store:
        store.row_factory = sqlite3.Row
        kept = {row["proposal_id"]: dict(row) for row in store.execute("SELECT * FROM proposal")}
    return Made(entries, current, kept, open_alerts)


def written(folder: Path) -> int:
    """How many entries about proposals a desk has met or made; 0: it was never at work."""
    if not (folder / "desk.db").exists():
        return 0
    with sqlite3.connect(folder / "desk.db") as store:
        return int(store.execute("SELECT count(*) FROM proposal_entry").fetchone()[0])


def wrong(seen: Made) -> list[str]:
    """Every invariant that does not hold."""
    return [
        *_once(seen.entries), *_beside(seen), *_decided(seen.entries), *_same(seen), *_answered(seen), *_promised(seen)
    ]  # fmt: skip


def counts(seen: Made) -> Counter[str]:
    """How many proposals there were, and how many decisions about them."""
    by_entry = Counter(row["entry"] for row in seen.entries)
    return Counter({"proposals": by_entry["PROPOSED"], "decisions": sum(by_entry[entry] for entry in _VERBS)})


def _once(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    proposed = Counter(row["proposal_id"] for row in entries if row["entry"] == "PROPOSED")
    yield from (f"proposal {key} was proposed {n} times" for key, n in proposed.items() if n > 1)
    yield from (
        f"proposal {key} has entries and was not proposed"
        for key in sorted({row["proposal_id"] for row in entries} - set(proposed))
    )


def _beside(seen: Made) -> Iterator[str]:
    """No two open proposals of one position and kind; a chase is of a supplier, a hurry of an order."""
    about = {key: detail["proposal"]["about"] for key, detail in seen.told.items()}
    subjects: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for row in seen.current:
        if row["state"] in ACTIVE:
            kind = "order" if row["kind"] == "production" else row["kind"]
            supplier = row["supplier"] if kind == "chase" else ""
            subjects[kind, row["location"], row["sku"], supplier, about[row["proposal_id"]]].append(
                f"{row['proposal_id']} {row['state']}"
            )
    for subject, found in subjects.items():
        if len(found) > 1:
            yield f"open beside each other for {' '.join(subject)}: {', '.join(sorted(found))}"


def _decided(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A decision that was sent twice under one key, or again after a kill, is one entry."""
    decisions = Counter(
        (row["proposal_id"], row["actor"], _VERBS[row["entry"]]) for row in entries if row["entry"] in _VERBS
    )
    for (key, actor, verb), n in decisions.items():
        if n > 1:
            yield f"proposal {key}: {actor} did `{verb}` {n} times"
    by_proposal: dict[str, set[str]] = defaultdict(set)
    for row in entries:
        by_proposal[row["proposal_id"]].add(row["entry"])
    for key, found in by_proposal.items():
        if "EXPORTED" in found and "APPROVED" not in found:
            yield f"proposal {key} was exported and never approved"
        if {"APPROVED", "REJECTED"} <= found:
            yield f"proposal {key} was approved and rejected"


def _same(seen: Made) -> Iterator[str]:
    """The desk has each proposal as the ledger says it."""
    current = {row["proposal_id"]: row for row in seen.current}
    yield from (f"proposal {key} is not in desk.db" for key in sorted(current.keys() - seen.kept.keys()))
    yield from (f"proposal {key} is not in the ledger" for key in sorted(seen.kept.keys() - current.keys()))
    for key in sorted(current.keys() & seen.kept.keys()):
        there, here = current[key], seen.kept[key]
        for name in ("state", "holder"):
            if there[name] != here[name]:
                yield f"proposal {key}: {name} is {here[name]} in desk.db and {there[name]} in the ledger"


def _answered(seen: Made) -> Iterator[str]:
    """Each open alert has what it asks for, whatever people have made of it since."""
    found = {
        (detail["proposal"]["kind"], *place) for detail in seen.told.values() for place in _places(detail)
    }
    found |= {(row["kind"], row["location"], row["sku"]) for row in seen.current}
    for alert in seen.open_alerts:
        kind = _ASKS[alert["type"]]
        if (kind, alert["location"], alert["sku"]) not in found:
            yield f"open alert {alert['alert_id']} ({alert['type']}) has no {kind}"


def _places(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The positions that a chase is about."""
    return [(line["location"], line["sku"]) for line in detail["inputs"].get("lines", ())]


def _promised(seen: Made) -> Iterator[str]:
    """What a place has promised to others is within its excess."""
    moved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    excess: dict[tuple[str, str], Decimal] = {}
    for row in seen.current:
        if row["kind"] == "transfer" and row["state"] in ACTIVE:
            key, detail = (row["from_location"], row["sku"]), seen.told[row["proposal_id"]]
            moved[key] += row["quantity"]
            here = Decimal(detail["steps"]["excess"]) + Decimal(detail["inputs"]["donor"]["promised"])
            excess[key] = max(excess.get(key, here), here)
    for key, quantity in moved.items():
        if quantity > excess[key]:
            yield f"{key[0]} has promised {quantity} of {key[1]} and can spare {excess[key]}"
