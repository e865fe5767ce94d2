"""What people decide about proposals, in force at once in desk.db, in the ledger within a second.

    approve(store, book, orders, by, now, fresh)     for each what became of it, or why nothing did
    reject(…)

Before an approval the numbers are reckoned again from the positions as they are (`fresh`). What has moved is not approved:
it is revised on the spot, and the answer names both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lowtide.desk.proposing import mirror, taking, verdict
from lowtide.desk.proposing.decider import Decider, MovedError
from lowtide.desk.proposing.fresh import Fresh
from lowtide.desk.proposing.verdict import NUMBERS, Verdict
from lowtide.desk.store import Row, Store, Transaction
from lowtide.errors import ActionError, LowtideError
from lowtide.people import Book
from lowtide.propose import life

Answer = Verdict | LowtideError


@dataclass(frozen=True)
class Order:
    """An order of a person to approve one proposal: the version that was shown, and the quantity if it is another one."""

    proposal_id: str
    version: str
    quantity: str | None = None


def rows(store: Store, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """These proposals as they stand, with `about` and `refs`, for `fresh`."""
    found = {}
    with store.read() as tx:
        for proposal_id in ids:
            row = mirror.get(tx, proposal_id)
            if row is not None:
                found[proposal_id] = dict(row) | {"origin": taking.origin(tx, proposal_id)}
    return found


def transfers(store: Store) -> list[dict[str, Any]]:
    """The transfers on their way, for `fresh`."""
    with store.read() as tx:
        return [dict(row) for row in mirror.transfers(tx)]


def approve(
    store: Store, book: Book, orders: Sequence[Order], by: Decider, now: int, fresh: Mapping[str, Fresh],
    *, reason: str = "", key: str | None = None, may: Callable[[Row], None] = lambda row: None,
) -> dict[str, Answer]:  # fmt: skip
    """Approve in one transaction. `fresh`: what `fresh.reckoned` found. `may` raises if the person may not act on it."""
    answers: dict[str, Answer] = {}
    with store.transaction() as tx:
        for order in orders:

            def decide(row: Row, told: list[Row], order: Order = order) -> Verdict:
                may(row)
                _moved(tx, book, row, order, fresh.get(order.proposal_id), now)
                return verdict.approve(
                    book, dict(row), [dict(one) for one in told], by, version=order.version, quantity=order.quantity,
                    reason=reason, key=key, at=now,
                )  # fmt: skip

            answers[order.proposal_id] = _answer(tx, book, order.proposal_id, decide)
    return answers


def reject(
    store: Store, book: Book, ids: Sequence[str], by: Decider, now: int,
    *, reason: str, comment: str = "", key: str | None = None, may: Callable[[Row], None] = lambda row: None,
) -> dict[str, Answer]:  # fmt: skip
    """Reject in one transaction."""
    answers: dict[str, Answer] = {}
    with store.transaction() as tx:
        for proposal_id in ids:

            def decide(row: Row, told: list[Row]) -> Verdict:
                may(row)
                return verdict.reject(
                    dict(row),
                    [dict(one) for one in told],
                    by,
                    reason=reason,
                    comment=comment,
                    key=key,
                    at=now,
                )

            answers[proposal_id] = _answer(tx, book, proposal_id, decide)
    return answers


def _answer(
    tx: Transaction, book: Book, proposal_id: str, decide: Callable[[Row, list[Row]], Verdict]
) -> Answer:
    row = mirror.get(tx, proposal_id)
    if row is None:
        return ActionError(
            f"there is no proposal `{proposal_id}`", "`lowtide proposals ls` lists those that wait."
        )
    try:
        found = decide(row, mirror.entries(tx, proposal_id))
    except LowtideError as error:
        return error
    if found.row is not None:
        mirror.write(tx, book, found.row)
        after = mirror.get(tx, proposal_id)
        assert after is not None
        return replace(found, holder=after["holder"])
    return found


def _moved(tx: Transaction, book: Book, row: Row, order: Order, fresh: Fresh | None, now: int) -> None:
    """Raises MovedError if the position says other numbers than were shown; what waits is then those of now."""
    if fresh is None or row["state"] not in life.UNDECIDED or order.version != row["version"]:
        return
    shown = {name: row[name] for name in NUMBERS}
    if fresh.reckoned is None:
        taking.gone(tx, book, row, now)
        raise MovedError(shown, {})
    if taking.has_moved(dict(row), taking.origin(tx, row["proposal_id"]), fresh.reckoned):
        new = taking.revise(tx, book, row, fresh.reckoned, now)
        found = mirror.get(tx, new) if new else None
        raise MovedError(shown, {name: found[name] for name in NUMBERS} if found else fresh.numbers)
