"""Who decides, and what became of it: the caller as the desk knows deciders, and answers as results with a status."""

from __future__ import annotations

from collections.abc import Sequence

from lowtide.desk.proposing import mirror
from lowtide.desk.proposing.decider import Decider, HeldError, MovedError, NotAllowedError
from lowtide.desk.proposing.verdict import Verdict
from lowtide.errors import ActionError, LowtideError, SettingsError
from lowtide.people import Book
from lowtide.service.caller import Caller, Role
from lowtide.service.context import Context
from lowtide.service.proposal_answers import Conflict, Result
from lowtide.service.refusal import Missing, NotAllowed

_MOST = 5_000
"""Proposals of one request."""


def few(ids: Sequence[str]) -> None:
    if not ids:
        raise SettingsError("no proposal is named", "Name at least one id.")
    if len(ids) > _MOST:
        raise SettingsError(f"{len(ids):,} proposals in one request", f"Send at most {_MOST:,} at a time.")


def decider(book: Book, caller: Caller) -> Decider:
    person = caller.person if caller.person in book.people else None
    return Decider(
        caller.actor, person, person is None and (caller.role is Role.ADMIN or caller.via == "local")
    )


def result(context: Context, proposal_id: str, answer: Verdict | LowtideError) -> Result:
    with context.store.read() as tx:
        row = mirror.get(tx, proposal_id)
    state, holder = (row["state"], row["holder"]) if row else ("", "")
    if isinstance(answer, Verdict):
        return Result(
            proposal_id, state, answer.entry, holder, answer.is_repeated, asks_donor=answer.asks_donor
        )
    conflict = Conflict(answer.shown, answer.now) if isinstance(answer, MovedError) else None
    status = 404 if row is None else _status(answer)
    waits_for = answer.holder if isinstance(answer, HeldError) else ""
    return Result(
        proposal_id,
        state,
        "",
        holder,
        False,
        answer.message,
        answer.hint,
        status,
        conflict,
        waits_for=waits_for,
    )


def _status(error: LowtideError) -> int:
    if isinstance(error, NotAllowed | NotAllowedError):
        return 403
    if isinstance(error, Missing):
        return 404
    return 409 if isinstance(error, ActionError) else 422
