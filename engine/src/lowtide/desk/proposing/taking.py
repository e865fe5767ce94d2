"""What becomes of a reckoned proposal beside those that wait: it is new, it takes the place of another, or nothing changes.

an approved one of the position waits for its order       nothing
one that nobody has decided, and the numbers have moved   a new one, which supersedes it
one that nobody has decided, and they have not moved      nothing
otherwise                                                 a new one
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from lowtide.desk.decide import moment
from lowtide.desk.outflow.sender import Office
from lowtide.desk.proposing import entries, mirror
from lowtide.desk.proposing.fold import ACTIVE, NEED_GONE
from lowtide.desk.proposing.reckon import Cause, Reckoned, facts
from lowtide.desk.proposing.waiting import withdraw
from lowtide.desk.store import Row, Transaction
from lowtide.people import Book
from lowtide.propose import Proposed, Terms, life, moved, thousandths
from lowtide.rows import object_of

_ACTIVE = f"state IN ({', '.join(repr(state) for state in ACTIVE)})"
_ORDERS = ("order", "production")
_QUESTIONS = frozenset({"over_max", "over_max_ask", "no_cost", "wide"})
"""Marks of what only a person can decide."""
_USUAL_OVER = Terms().revise_over


_BATCH = 100
"""Proposals that one transaction writes."""
One = TypeVar("One")


class Origin(NamedTuple):
    """The orders that a proposal is about: of an expedite the one that is to hurry, of a chase all that are overdue."""

    about: str = ""
    refs: tuple[str, ...] = ()

    @classmethod
    def of(cls, detail: str | None) -> Origin:
        """That of a PROPOSED entry, by its detail."""
        told = object_of(detail).get("proposal") or {}
        return cls(str(told.get("about") or ""), tuple(told.get("refs") or ()))


def take(tx: Transaction, book: Book, reckoned: Reckoned, now: int) -> str | None:
    """Write PROPOSED if it is to be; returns the id of the new proposal."""
    waiting = _same(tx, reckoned)
    if any(row["state"] not in life.UNDECIDED for row in waiting):
        return None
    if not waiting:
        return _propose(tx, book, reckoned, now)
    old = waiting[-1]
    if not has_moved(dict(old), origin(tx, old["proposal_id"]), reckoned):
        _looked(tx, old["proposal_id"], reckoned, now)
        return None
    return revise(tx, book, old, reckoned, now)


def take_all(office: Office, found: Sequence[Reckoned], now: int) -> int:
    """Take many in short transactions; returns how many are new."""
    made = 0
    for batch in batches(found):
        with office.store.transaction() as tx:
            made += sum(take(tx, office.book, one, now) is not None for one in batch)
    return made


def revise(tx: Transaction, book: Book, old: Row, reckoned: Reckoned, now: int) -> str | None:
    """Put a new proposal in the place of one that nobody has decided. Its cause is the old one, so it has one successor."""
    cause = Cause(
        f"after:{old['proposal_id']}", old["event_time"], old["alert_id"] or reckoned.cause.alert_id
    )
    successor = Reckoned(reckoned.proposed, cause, reckoned.pipeline, reckoned.list_id, reckoned.known)
    return _propose(tx, book, successor, now, old=old)


def gone(tx: Transaction, book: Book, old: Row, now: int) -> None:
    """What a proposal was for is no longer needed."""
    withdraw(tx, book, old, NEED_GONE, now)


def has_moved(old: Mapping[str, Any], origin: Origin, reckoned: Reckoned) -> bool:
    """Whether the numbers of a proposal differ by so much from those of now that it is another one."""
    one, terms = reckoned.proposed, reckoned.known.terms if reckoned.known else None
    same_origin = (old["supplier"], old["from_location"]) == (one.supplier, one.from_location)
    if one.kind in ("chase", "expedite"):
        same_origin = same_origin and origin.refs == one.refs
    old_day, new_day = (_utc(old["requested_at"]), one.requested_at) if one.kind in _ORDERS else (None, None)
    return moved(
        thousandths(old["proposed_quantity"]), one.quantity, terms.revise_over if terms else _USUAL_OVER,
        old_requested=old_day, new_requested=new_day, same_origin=same_origin,
    )  # fmt: skip


def origin(tx: Transaction, proposal_id: str) -> Origin:
    """The orders that a proposal is about."""
    text = tx.value(
        "SELECT detail FROM proposal_entry WHERE proposal_id = ? AND entry = 'PROPOSED'", proposal_id
    )
    return Origin.of(text)


def _same(tx: Transaction, reckoned: Reckoned) -> list[Row]:
    """The active proposals about the same thing, in the order in which they were made."""
    one = reckoned.proposed
    kinds = _ORDERS if one.kind in _ORDERS else (one.kind,)
    marks = ", ".join("?" * len(kinds))
    rows = tx.rows(
        f"SELECT * FROM proposal WHERE kind IN ({marks}) AND location = ? AND sku = ? AND pipeline = ? AND {_ACTIVE} "
        "ORDER BY proposed_at, proposal_id",
        *kinds, one.location, one.sku, reckoned.pipeline,
    )  # fmt: skip
    if one.kind == "chase":
        return [row for row in rows if row["supplier"] == one.supplier]
    if one.kind == "expedite":
        return [row for row in rows if origin(tx, row["proposal_id"]).about == one.about]
    return rows


def _propose(tx: Transaction, book: Book, reckoned: Reckoned, now: int, old: Row | None = None) -> str | None:
    proposal_id = reckoned.proposal_id
    if mirror.get(tx, proposal_id) is not None:
        return None
    one, cause, known = reckoned.proposed, reckoned.cause, reckoned.known
    owner, team = _owner(tx, book, reckoned, old, now)
    detail = {**one.detail, "proposal": facts(reckoned, team), "people_version": book.version}
    subject = {
        "proposal_id": proposal_id, "pipeline": reckoned.pipeline, "alert_id": cause.alert_id, "location": one.location,
        "sku": one.sku,
    }  # fmt: skip
    row = entries.desk_row(
        subject, "PROPOSED", cause.key, event_time=cause.event_time, now=now, owner=owner, detail=detail,
        supersedes=old["proposal_id"] if old else None, policy_version=known.policy_version if known else "",
    )  # fmt: skip
    mirror.write(tx, book, row)
    _looked(tx, proposal_id, reckoned, now)
    _approve(tx, book, reckoned, now)
    return proposal_id


def _owner(tx: Transaction, book: Book, reckoned: Reckoned, old: Row | None, now: int) -> tuple[str, str]:
    """Who decides: the owner of the alert or of the proposal before; of an order day whom the route names."""
    if old is not None and old["owner"] in book.people:
        return str(old["owner"]), str(old["team"])
    routed = tx.row("SELECT owner, team FROM routed WHERE alert_id = ?", reckoned.cause.alert_id)
    if routed is not None and routed["owner"] in book.people:
        return str(routed["owner"]), str(routed["team"])
    assigned = book.assign(_routing(reckoned), moment.utc(now))
    return assigned.person, assigned.team


def _routing(reckoned: Reckoned) -> dict[str, str]:
    one, known = reckoned.proposed, reckoned.known
    item = known.item if known else None
    return {
        "type": reckoned.cause.type, "location": one.location, "sku": one.sku,
        "supplier": item.supplier if item else one.supplier,
        "category": item.category if item else "", "department": item.department if item else "",
        "region": known.position.region if known else "", "abc": known.abc if known else "", "xyz": "",
    }  # fmt: skip


def _approve(tx: Transaction, book: Book, reckoned: Reckoned, now: int) -> None:
    """Approve by itself what the policy allows: cheap enough, probable enough, and with nothing to ask."""
    one, auto = reckoned.proposed, reckoned.known.terms.auto_approve if reckoned.known else None
    if auto is None or one.kind not in _ORDERS or not _is_allowed(one, auto.up_to, auto.p_over):
        return
    proposal = mirror.get(tx, reckoned.proposal_id)
    assert proposal is not None
    detail = {"version": one.version, "quantity": proposal["quantity"], "cost": one.cost, "auto": True}
    row = entries.desk_row(
        dict(proposal), "APPROVED", "auto", event_time=proposal["event_time"], now=now, detail=detail
    )
    mirror.write(tx, book, row)


def _is_allowed(one: Proposed, up_to: float, p_over: float) -> bool:
    result: dict[str, Any] = one.detail.get("result") or {}
    has_question = _QUESTIONS & {*one.marks}
    return (
        one.cost is not None
        and one.cost <= up_to
        and float(result.get("p_before") or 0) > p_over
        and not has_question
    )


def _looked(tx: Transaction, proposal_id: str, reckoned: Reckoned, now: int) -> None:
    looked(tx, proposal_id, reckoned.known.version if reckoned.known else "", now)


def looked(tx: Transaction, proposal_id: str, version: str, now: int) -> None:
    """Note that the numbers of a proposal were reckoned from this version of its position."""
    tx.execute(
        "INSERT OR REPLACE INTO proposal_look (proposal_id, at, version) VALUES (?, ?, ?)",
        proposal_id,
        now,
        version,
    )


def _utc(ms: int | None) -> datetime | None:
    return None if ms is None else moment.utc(ms)


def batches(found: Iterable[One]) -> Iterator[list[One]]:
    """What one transaction takes at a time."""
    rest = iter(found)
    while batch := list(islice(rest, _BATCH)):
        yield batch
