"""`lowtide proposals export`: approved proposals as orders, for people or for another system."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lowtide.cli.options import ActorOption, LangOption, WarehouseOption, language_of
from lowtide.cli.proposals_access import Ids, Key, access, clock, decider, found_by
from lowtide.errors import LowtideError, SettingsError
from lowtide.operation.screen import echo


def export(
    proposal: Ids,
    form: Annotated[
        str | None,
        typer.Option(
            "--form", metavar="NAME", help="A form: kingdee, u8, sap, odoo, or a form file of your own."
        ),
    ] = None,
    json_document: Annotated[
        bool, typer.Option("--document", help="A JSON document in place of CSV.")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="PATH", help="File, or folder for one file an order; else standard output."
        ),
    ] = None,
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin CSV with the mark by which Excel knows UTF-8.")
    ] = False,
    raw: Annotated[
        bool,
        typer.Option(
            "--raw", help="CSV for a program: no apostrophe before text that a spreadsheet would compute."
        ),
    ] = False,
    as_: ActorOption = "",
    key: Key = "",
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Write approved proposals as orders, for people or for another system.

    Examples:

        lowtide proposals export LT-NDSN6ZV0D2 --to orders.csv --bom

        lowtide proposals export LT-NDSN6ZV0D2 --form kingdee --to outbox/
    """
    from lowtide.desk.proposing import exporting, recorded, verdict
    from lowtide.operation.durable import replace

    language, now = language_of(lang), clock()
    if raw and form:
        raise SettingsError(
            "`--raw` and `--form` do not go together", "Write `write: {formulas: keep}` in the form."
        )
    way = f"form:{form}" if form else "json" if json_document else "csv"
    with access(warehouse) as (opened, book):
        rows, by = found_by(opened, book, proposal), decider(book, as_)
        for row in rows.values():
            verdict.export(row, row["entries"], by, to=way, at=now)
        orders = exporting.orders(list(rows.values()), book, now)
        into_folder = to is not None and (to.is_dir() or str(to).endswith("/"))
        parts = [[one] for one in orders] if into_folder else [orders]
        files = [exporting.written(part, way, bom=bom, raw=raw, own_forms=True) for part in parts]
        if to is None:
            sys.stdout.buffer.write(files[0].body)
        else:
            if into_folder:
                to.mkdir(parents=True, exist_ok=True)
            for file in files:
                replace(to / file.name if into_folder else to, file.body)
        answers = recorded.exported(opened, rows, by, now, to=way, key=key or None)
    failed = [one for one in answers.values() if isinstance(one, LowtideError)]
    if to is not None:
        written = ", ".join(str(to / file.name if into_folder else to) for file in files)
        echo(language.say("proposals.written", n=language.count(len(rows), "proposal"), file=written))
    if failed:
        raise failed[0]
