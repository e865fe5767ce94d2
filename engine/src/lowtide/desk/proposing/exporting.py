"""Approved proposals on their way out: gathered into orders, written as files, or handed to a target.

orders(rows, …)      one order a list
written(orders, to)  the file: csv, json or form:NAME
put(tx, …)           a document for a webhook, into the outbox; EXPORTED is written when the target has taken it
delivered(tx, …)     it has
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from lowtide.desk.decide import moment
from lowtide.desk.decide.identity import digest
from lowtide.desk.proposing import mirror, verdict
from lowtide.desk.proposing.decider import Decider
from lowtide.desk.reasons import Reason
from lowtide.desk.store import Row, Transaction
from lowtide.errors import LowtideError, SettingsError
from lowtide.people import Book
from lowtide.propose import ref, thousandths
from lowtide.propose.export import Line, Order, document, forms, load_form, table

GIVE_UP_MS = 24 * moment.HOUR
"""A target is tried for so long."""
WAYS = "csv, json, form:NAME or webhook:NAME"


@dataclass(frozen=True)
class File:
    """An export as a file."""

    name: str
    media_type: str
    body: bytes


def orders(rows: Sequence[Mapping[str, Any]], book: Book, at: int) -> list[Order]:
    """The orders of approved proposals, one a list; `at` is when they leave."""
    ordered = sorted(rows, key=lambda row: (row["list_id"], row["sku"], row["proposal_id"]))
    return [_order(list(lines), book, at) for _, lines in groupby(ordered, key=lambda row: row["list_id"])]


def written(
    found: Sequence[Order], to: str, *, bom: bool = False, raw: bool = False, own_forms: bool = False
) -> File:
    """The orders as one file. Raises SettingsError for a way that does not write one, or a form that is not known.

    `raw`: CSV for a program; no cell is guarded against a spreadsheet that computes it. A form says that itself.

    `own_forms`: `form:PATH` may name a form file of this machine. Only for somebody at its command line: who asks over HTTP
    names no path.
    """
    name = found[0].number if len(found) == 1 else f"{found[0].number}-and-{len(found) - 1}-more"
    if to == "csv":
        return File(f"{name}.csv", "text/csv; charset=utf-8", table(found, excel=bom, raw=raw))
    if to == "json":
        documents = [document(order) for order in found]
        body = documents[0] if len(documents) == 1 else documents
        return File(f"{name}.json", "application/json", orjson.dumps(body, option=orjson.OPT_INDENT_2))
    if to.startswith("form:"):
        form = load_form(_form(to.removeprefix("form:"), own=own_forms))
        return File(f"{name}.{form.suffix}", form.media_type, form.write(found))
    raise SettingsError(f"not a way to export: `{to}`", f"Write {WAYS}.")


def put(
    tx: Transaction, order: Order, rows: Sequence[Mapping[str, Any]], target: str, by: Decider, now: int
) -> str:
    """Put the document of an order on its way to a target, under a key that is the same for the same order."""
    ids = sorted(row["proposal_id"] for row in rows)
    name = digest("export", target, order.number, *ids, *(f"{row['quantity']}" for row in rows))
    content = {
        "told": [], "rounds": [], "steps": [], "phases": [], "counted": len(ids), "worth": None, "grp": order.number,
        "about": [["order", order.number]], "step": 0, "ordinal": 0, "export": ids, "by": by.actor,
        "pipeline": rows[0]["pipeline"],
    }  # fmt: skip
    row = {
        "notification_id": name, "target": target, "person": "", "reason": Reason.EXPORT.value, "severity": "",
        "state": "pending", "because": "", "decided_at": now, "due_at": now, "next_at": now, "give_up_at": now + GIVE_UP_MS,
        "tries": 0, "contact": 0, "body": orjson.dumps(document(order)),
        "content": json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
    }  # fmt: skip
    marks = ", ".join("?" * len(row))
    tx.execute(f"INSERT OR IGNORE INTO outbox ({', '.join(row)}) VALUES ({marks})", *row.values())
    return name


def delivered(tx: Transaction, book: Book, row: Row, at: int) -> None:
    """A target has taken the document of an order: write EXPORTED for each of its lines."""
    content = json.loads(row["content"])
    by = Decider(content["by"])
    note(tx, book, content["export"], by, at, to=f"webhook:{row['target']}", key=row["notification_id"])


def note(
    tx: Transaction, book: Book, ids: Sequence[str], by: Decider, now: int, *, to: str, key: str | None = None
) -> dict[str, verdict.Verdict | LowtideError]:
    """Write EXPORTED for these proposals; for each what became of it."""
    answers: dict[str, verdict.Verdict | LowtideError] = {}
    for proposal_id in ids:
        row = mirror.get(tx, proposal_id)
        if row is None:
            continue
        told = [dict(one) for one in mirror.entries(tx, proposal_id)]
        try:
            found = verdict.export(dict(row), told, by, to=to, key=key, at=now)
        except LowtideError as error:
            answers[proposal_id] = error
            continue
        if found.row is not None:
            mirror.write(tx, book, found.row)
        answers[proposal_id] = found
    return answers


def _order(rows: Sequence[Mapping[str, Any]], book: Book, at: int) -> Order:
    first = rows[0]
    approved = sorted({_name(book, row["decided_by"]) for row in rows})
    return Order(
        ref(first["list_id"]), first["kind"], moment.utc(at), tuple(_line(row) for row in rows),
        supplier=first["supplier"], supplier_name=first["supplier_name"], from_location=first["from_location"],
        ship_to=first["location"], ship_to_name=first["location_name"], buyer=_name(book, first["owner"]),
        approved_by=", ".join(approved), currency=book.currency, zone=str(book.zone),
    )  # fmt: skip


def _line(row: Mapping[str, Any]) -> Line:
    requested = row["requested_at"]
    return Line(
        row["proposal_id"], row["ref"], row["sku"], thousandths(row["quantity"]), name=row["name"], unit=row["unit"],
        unit_cost=row["unit_cost"], cost=row["cost"], category=row["category"],
        requested_at=None if requested is None else moment.utc(requested),
    )  # fmt: skip


def _name(book: Book, person: str) -> str:
    return book.people[person].name if person in book.people else person


def _form(name: str, *, own: bool) -> str | Path:
    """A shipped form by its name; a path where it looks like one, if such may be named."""
    if name in forms():
        return name
    path = Path(name)
    if own and path.suffix in (".yaml", ".yml") and path.exists():
        return path
    more = ", and files of your own" if own else ""
    raise SettingsError(f"there is no form `{name}`", f"There are {', '.join(forms())}{more}.")
