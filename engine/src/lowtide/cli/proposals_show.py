"""`lowtide proposals show`: proposals in sentences, with their numbers computed again."""

from __future__ import annotations

import typer

from lowtide.cli.options import LangOption, WarehouseOption, language_of
from lowtide.cli.proposals_access import Ids, Json, access, book_of, found_by, plain
from lowtide.operation.screen import echo
from lowtide.rows import Row, as_json, object_of
from lowtide.warehouse import Warehouse
from lowtide.words import Language


def show(
    proposal: Ids, json_: Json = False, warehouse: WarehouseOption = "embedded:", lang: LangOption = None
) -> None:
    """Tell proposals in sentences: the days, the arithmetic line by line, the value; the numbers are computed again.

    Exit code 1 if a number differs.

    Example:

        lowtide proposals show LT-NDSN6ZV0D2
    """
    from lowtide.explain.proposal import proposal_story

    language, agrees = language_of(lang), True
    with access(warehouse) as (opened, book):
        rows = list(found_by(opened, book, proposal).values())
    for row in rows:
        given = _told(row)
        own = given["detail"].get("inputs", {}).get("time_zone")
        zone = str(book.zone) if str(book.zone) != "UTC" else own or "UTC"
        told = proposal_story(given, Language(language.lang, book.currency, zone))
        agrees &= told.agrees
        if json_:
            print(as_json(plain(row) | {"story": told.to_dict()}))
            continue
        echo(told.title)
        for name, sentences in told.sections.items():
            echo(f"\n{language.say(f'heading.proposal.{name}')}" if sentences else "", nl=bool(sentences))
            for sentence in sentences:
                echo(f"  {sentence}")
        echo(f"\n{told.verdict()}")
    if not agrees:
        raise typer.Exit(1)


def whole(opened: Warehouse, proposal_id: str) -> Row | None:
    """One proposal with the arithmetic of its PROPOSED entry, read without a desk."""
    row = found_by(opened, book_of(opened), [proposal_id]).get(proposal_id)
    return None if row is None else _told(row)


def _told(row: Row) -> Row:
    """A proposal as `explain` takes it: `detail` is that of its PROPOSED entry."""
    first = next(one for one in row["entries"] if one["entry"] == "PROPOSED")
    return plain(row) | {"detail": object_of(first["detail"])}
