"""`lowtide proposals approve` and `reject`: what a person decides, with a desk at work or without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from lowtide.cli.options import ActorOption, LangOption, WarehouseOption, language_of
from lowtide.cli.proposals_access import Ids, Json, Key, access, clock, decider, found_by
from lowtide.errors import LowtideError, SettingsError
from lowtide.operation.screen import echo
from lowtide.rows import Row, as_json, object_of
from lowtide.words import Language


def approve(
    proposal: Ids,
    version: Annotated[
        str,
        typer.Option(
            "--version-seen", metavar="V", help="The version that you have seen; another one is refused."
        ),
    ] = "",
    quantity: Annotated[
        str, typer.Option("--quantity", metavar="N", help="Approve this quantity, of one proposal.")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for others to read.")] = "",
    as_: ActorOption = "",
    key: Key = "",
    json_: Json = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Approve proposals; above your limit they go to the next lead. Numbers that have moved since are refused.

    Examples:

        lowtide proposals approve LT-NDSN6ZV0D2 --as chen

        lowtide proposals approve LT-NDSN6ZV0D2 --quantity 36 --reason 'promotion on Friday'
    """
    from lowtide.desk.proposing import fresh, recorded
    from lowtide.desk.proposing.reading import WarehouseShelf

    language, now = language_of(lang), clock()
    with access(warehouse) as (opened, book):
        rows = found_by(opened, book, proposal)
        if len(rows) > 1 and (quantity or version):
            raise SettingsError("a quantity or version is of one proposal", "Name one proposal.")
        moves = any(row["kind"] == "transfer" for row in rows.values())
        beside = found_by(opened, book, None).values() if moves else ()
        with opened.reader() as handle:
            numbers = fresh.reckoned(WarehouseShelf(handle, book), book, rows.values(), now, beside)
        answers = recorded.approve(
            opened, rows, book, decider(book, as_), now, numbers, quantity=quantity or None, reason=reason,
            versions=dict.fromkeys(rows, version) if version else None, key=key or None,
        )  # fmt: skip
    _tell(answers, rows, language, json_=json_)


def reject(
    proposal: Ids,
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="R",
            help="ordered_already, not_needed, too_much, too_little, wrong_supplier, delisted, no_budget or other.",
        ),
    ],
    comment: Annotated[
        str, typer.Option("--comment", "-m", metavar="TEXT", help="What others should know.")
    ] = "",
    as_: ActorOption = "",
    key: Key = "",
    json_: Json = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:  # fmt: skip
    """Reject proposals, and say why.

    Example:

        lowtide proposals reject LT-NDSN6ZV0D2 --reason not_needed
    """
    from lowtide.desk.proposing import recorded

    language = language_of(lang)
    with access(warehouse) as (opened, book):
        rows = found_by(opened, book, proposal)
        by = decider(book, as_)
        answers = recorded.reject(opened, rows, by, clock(), reason=reason, comment=comment, key=key or None)
    _tell(answers, rows, language, json_=json_)


def _tell(answers: Mapping[str, Any], rows: Mapping[str, Row], language: Language, *, json_: bool) -> None:
    """One line a proposal; the first that could not be decided is the error."""
    from lowtide.desk.proposing.decider import HeldError, MovedError

    failed = [one for one in answers.values() if isinstance(one, LowtideError)]
    for proposal_id, answer in answers.items():
        row = rows[proposal_id]
        if isinstance(answer, LowtideError):
            continue
        if json_:
            told = {"entry": answer.entry, "holder": answer.holder, "repeated": answer.is_repeated}
            told |= {"asks_donor": True} if answer.asks_donor else {}
            print(as_json({"proposal_id": proposal_id} | told))
            continue
        quantity = (
            object_of(answer.row["detail"]).get("quantity", row["quantity"])
            if answer.row
            else row["quantity"]
        )
        said = language.say(
            "proposals.done.ASKED" if answer.asks_donor else f"proposals.done.{answer.entry}",
            ref=row["ref"],
            owner=answer.holder,
            quantity=quantity,
            sku=row["sku"] or row["supplier"],
        )
        echo(said + (language.say("proposals.repeated") if answer.is_repeated else ""))
    for error in failed:
        if isinstance(error, MovedError) and error.now.get("quantity"):
            shown = error.shown.get("quantity", error.shown.get("version"))
            echo(language.say("proposals.moved", old=shown, new=error.now["quantity"]), err=True)
        if isinstance(error, HeldError):
            echo(language.say("proposals.held", ref=error.ref, owner=error.holder), err=True)
    for error in failed[1:]:
        echo(f"error: {error}", err=True)
    if failed:
        raise failed[0]
