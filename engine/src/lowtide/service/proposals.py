"""What waits to be decided or ordered: proposals, gathered as people order them, and what is done with them.

    proposals(context, caller, Wanted(state=("proposed",)))     lists by cut-off, each with its lines
    proposal(context, caller, proposal_id)                      one, with its entries and its arithmetic
    approve(context, caller, ids, versions)                     for each id what became of it, or why not

Whoever approves names the version that was shown. If the numbers have moved since, nothing is approved, and the answer
carries both: the API makes it a 409.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress

from lowtide.desk.proposing import answering, fresh, mirror
from lowtide.desk.proposing.reading import WarehouseShelf
from lowtide.errors import WarehouseError
from lowtide.rows import object_of
from lowtide.service.caller import Caller
from lowtide.service.context import Context
from lowtide.service.proposal_answers import (
    REASONS,
    VERBS,
    WAITING,
    Conflict,
    Exported,
    Found,
    ProposalEntry,
    ProposalList,
    ProposalRow,
    ProposalStory,
    Result,
    Wanted,
)
from lowtide.service.proposal_deciding import decider, few, result
from lowtide.service.proposal_export import export
from lowtide.service.proposal_lists import condition, find, list_of, may, row_of, window

__all__ = [
    "REASONS",
    "VERBS",
    "WAITING",
    "Conflict",
    "Exported",
    "Found",
    "ProposalEntry",
    "ProposalList",
    "ProposalRow",
    "ProposalStory",
    "Result",
    "Wanted",
    "approve",
    "export",
    "proposal",
    "proposals",
    "reject",
]

_WAITING_ONES = Wanted()


def proposals(
    context: Context,
    caller: Caller,
    wanted: Wanted = _WAITING_ONES,
    cursor: str | None = None,
    limit: int = 50,
) -> Found:
    """Lists of proposals, `limit` a window. Raises SettingsError if the cursor is malformed."""
    where, values = condition(wanted, context.now())
    everywhere, all_values = condition(wanted, context.now(), but_state=True)
    with context.store.read() as tx:
        total = int(tx.value(f"SELECT count(*) FROM proposal AS p WHERE {where}", *values))
        states = tx.rows(
            f"SELECT state, count(*) AS n FROM proposal AS p WHERE {everywhere} GROUP BY state", *all_values
        )
        lists = window(tx, where, values, cursor, limit + 1)
        shown = [list_of(context, caller, tx, one["list_id"], where, values) for one in lists[:limit]]
    more = lists[limit - 1] if len(lists) > limit else None
    following = None if more is None else json.dumps([more["until"], more["worth"], more["list_id"]])
    return Found(tuple(shown), total, following, {row["state"]: row["n"] for row in states})


def proposal(context: Context, caller: Caller, proposal_id: str) -> ProposalStory:
    """One proposal, by its id, the beginning of it, or its ref. Raises Missing if there is no such one."""
    with context.store.read() as tx:
        row = find(tx, proposal_id)
        told = mirror.entries(tx, row["proposal_id"])
        related = tx.rows(
            "SELECT * FROM proposal WHERE proposal_id != ? AND (superseded_by = ? OR proposal_id = ? "
            "OR (location = ? AND sku = ? AND sku != '' AND state IN ('proposed', 'submitted', 'approved', 'exported'))) "
            "ORDER BY proposed_at DESC, proposal_id LIMIT 20",
            row["proposal_id"], row["proposal_id"], row["superseded_by"], row["location"], row["sku"],
        )  # fmt: skip
    entries = tuple(
        ProposalEntry(
            one["entry"], one["action_id"], one["at"], one["actor"], one["owner"],
            "" if one["entry"] == "PROPOSED" else one["comment"], object_of(one["detail"]),
        )
        for one in told
    )  # fmt: skip
    detail = next((one.detail for one in entries if one.entry == "PROPOSED"), {})
    return ProposalStory(
        row_of(context, caller, row), entries, detail, tuple(row_of(context, caller, one) for one in related)
    )


def approve(
    context: Context,
    caller: Caller,
    ids: Sequence[str],
    versions: Mapping[str, str],
    quantities: Mapping[str, str] | None = None,
    reason: str = "",
    key: str | None = None,
) -> list[Result]:
    """Approve proposals of the versions that were shown, in whole or with changed quantities (decimal texts, by id).

    Above the limit of the caller a proposal is submitted to the next lead. `key` makes a repeated request one request.
    While the warehouse is away the version alone is compared. Raises SettingsError for too many ids.
    """
    few(ids)
    book, now, amounts = context.book(), context.now(), quantities or {}
    orders = [
        answering.Order(one, versions.get(one, ""), amounts.get(one) or None) for one in dict.fromkeys(ids)
    ]
    numbers: Mapping[str, fresh.Fresh] = {}
    with suppress(WarehouseError), context.reading() as handle:
        rows = answering.rows(context.store, ids)
        numbers = fresh.reckoned(
            WarehouseShelf(handle, book), book, rows.values(), now, answering.transfers(context.store)
        )
    answers = answering.approve(
        context.store, book, orders, decider(book, caller), now, numbers, reason=reason, key=key,
        may=may(book, caller, now),
    )  # fmt: skip
    context.wake()
    return [result(context, one, answers[one]) for one in dict.fromkeys(ids)]


def reject(
    context: Context,
    caller: Caller,
    ids: Sequence[str],
    reason: str,
    comment: str = "",
    key: str | None = None,
) -> list[Result]:
    """Reject proposals for a reason of `REASONS`; `other` asks for a comment."""
    few(ids)
    book, now = context.book(), context.now()
    answers = answering.reject(
        context.store, book, list(dict.fromkeys(ids)), decider(book, caller), now, reason=reason, comment=comment, key=key,
        may=may(book, caller, now),
    )  # fmt: skip
    context.wake()
    return [result(context, one, answers[one]) for one in dict.fromkeys(ids)]
