"""Approved proposals leave: as a file for the caller, or to a target that the people file names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lowtide.desk.proposing import exporting, mirror, verdict
from lowtide.desk.proposing.decider import Decider
from lowtide.desk.proposing.verdict import Verdict
from lowtide.errors import LowtideError, SettingsError
from lowtide.people import Book
from lowtide.propose import ref
from lowtide.propose.export import Order
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.proposal_answers import Exported
from lowtide.service.proposal_deciding import decider, few, result
from lowtide.service.proposal_lists import may
from lowtide.service.refusal import Missing


def export(
    context: Context,
    caller: Caller,
    ids: Sequence[str],
    to: str = "csv",
    key: str | None = None,
    bom: bool = False,
) -> Exported:
    """Export approved proposals: `to` is csv, json, form:NAME (a file for the caller) or webhook:NAME.

    What cannot be exported is left out, and its result says why. EXPORTED of a webhook is written when it has been taken.
    Nobody names a path of this machine here: a target of kind `file` does that, in the people file.
    Raises SettingsError for a way that is not known.
    """
    few(ids)
    book, now, by = context.book(), context.now(), decider(context.book(), caller)
    rows, refused = _exportable(context, caller, list(dict.fromkeys(ids)), now)
    found = exporting.orders(rows, book, now)
    file = None
    if to.startswith("webhook:"):
        answers = _hand_over(context, found, rows, _target(book, to), by, now)
    else:
        if found:
            file = exporting.written(found, to, bom=bom)
        with context.store.transaction() as tx:
            answers = exporting.note(tx, book, [row["proposal_id"] for row in rows], by, now, to=to, key=key)
    context.wake()
    results = tuple(result(context, one, refused.get(one) or answers[one]) for one in dict.fromkeys(ids))
    return Exported(results) if file is None else Exported(results, file.name, file.media_type, file.body)


def _exportable(
    context: Context, caller: Caller, ids: Sequence[str], now: int
) -> tuple[list[dict[str, Any]], dict[str, LowtideError]]:
    """The proposals that may leave, and why the others may not."""
    book, rows, refused = context.book(), list[dict[str, Any]](), dict[str, LowtideError]()
    with context.store.read() as tx:
        for proposal_id in ids:
            row = mirror.get(tx, proposal_id)
            try:
                if row is None:
                    raise Missing(f"there is no proposal `{proposal_id}`", "It may have ended long ago.")
                may(book, caller, now)(row)
                verdict.export(dict(row), [], Decider(caller.actor), to="", at=now)
            except LowtideError as error:
                refused[proposal_id] = error
                continue
            rows.append(dict(row))
    return rows, refused


def _target(book: Book, to: str) -> str:
    name = to.removeprefix("webhook:")
    found = book.targets.get(name)
    if found is None or found.kind not in ("webhook", "file"):
        known = (
            ", ".join(key for key, target in book.targets.items() if target.kind == "webhook") or "no webhook"
        )
        raise SettingsError(f"there is no webhook `{name}`", f"The people file has {known}.")
    return name


def _hand_over(
    context: Context,
    found: Sequence[Order],
    rows: Sequence[dict[str, Any]],
    target: str,
    by: Decider,
    now: int,
) -> dict[str, Verdict | LowtideError]:
    """Put the documents of orders on their way to a target."""
    answers: dict[str, Verdict | LowtideError] = {}
    with context.store.transaction() as tx:
        for order in found:
            lines = [row for row in rows if ref(row["list_id"]) == order.number]
            exporting.put(tx, order, lines, target, by, now)
            answers |= {row["proposal_id"]: Verdict("", row["holder"], {}) for row in lines}
    return answers
