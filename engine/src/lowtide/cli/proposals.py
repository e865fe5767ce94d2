"""`lowtide proposals`: what waits to be decided or ordered, and what is done with it; with a desk at work or without one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from lowtide.cli.help import App
from lowtide.cli.options import LangOption, WarehouseOption, language_of
from lowtide.cli.proposals_access import Json, access, found_by, plain
from lowtide.cli.proposals_decide import approve, reject
from lowtide.cli.proposals_export import export
from lowtide.cli.proposals_show import show
from lowtide.errors import SettingsError
from lowtide.ledger import PROPOSAL_KINDS
from lowtide.operation.screen import Listing, Screen, echo, tabbed
from lowtide.rows import Row, as_json
from lowtide.words import Language

if TYPE_CHECKING:
    from lowtide.people import Book

app = App("What to order, move, hurry, chase or count: proposals that wait, and what you decide about them.")
_COLUMNS = (
    "cut_off", "kind", "state", "from", "to", "sku", "name", "quantity", "cost", "avoided", "holder", "ref",
)  # fmt: skip


@app.command()
def ls(
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as `order` or `transfer`.")] = None,
    supplier: Annotated[str | None, typer.Option(help="Only this supplier.")] = None,
    location: Annotated[str | None, typer.Option(help="Only this location.")] = None,
    holder: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only what this person has to do next.")
    ] = None,
    json_: Json = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Show the proposals that wait, by cut-off, then by what they avoid.

    Examples:

        lowtide proposals ls --supplier V002

        lowtide proposals ls --holder chen --json | jq -r .proposal_id
    """
    if kind is not None and kind not in PROPOSAL_KINDS:
        raise SettingsError(f"not a kind: `{kind}`", f"There are {', '.join(PROPOSAL_KINDS)}.")
    language = language_of(lang)
    wanted = {"kind": kind, "supplier": supplier, "location": location, "holder": holder}
    given = {name: value for name, value in wanted.items() if value is not None}
    with access(warehouse) as (opened, book):
        found = found_by(opened, book, None).values()
    rows = [row for row in found if all(row[name] == given[name] for name in given)]
    rows.sort(key=lambda row: (row["cut_off_at"] or 1 << 53, -(row["avoided"] or 0.0), row["proposal_id"]))
    if json_:
        for row in rows:
            print(as_json(plain(row)))
        return
    _table(rows, language, book)


for _command in (show, approve, reject, export):
    app.command()(_command)


def _table(rows: Sequence[Row], tell: Language, book: Book) -> None:
    """The proposals as a table; for a script, columns with tabs between."""
    if not rows:
        echo(tell.say("proposals.none"))
        return
    heads = [tell.say(f"proposals.col.{name}") for name in _COLUMNS]
    cells = [_cells(row, tell, book) for row in rows]
    if not sys.stdout.isatty():
        tabbed(_COLUMNS)
        for line in cells:
            tabbed(line)
        return
    table = Listing(box=None, header_style="bold", pad_edge=False)
    for head in heads:
        table.add_column(head)
    for line in cells:
        table.add_row(*line)
    Screen().print(table)
    tail = tell.say("proposals.next", n=tell.count(len(rows), "proposal"), ref=rows[0]["ref"])
    echo(f"\n{tail}")


def _cells(row: Row, tell: Language, book: Book) -> list[str]:
    cut_off = row["cut_off_at"]
    local = None if cut_off is None else datetime.fromtimestamp(cut_off / 1000, UTC).astimezone(book.zone)
    until = "" if local is None else f"{local:%Y-%m-%d %H:%M}"
    money = ["" if row[name] is None else tell.number(row[name], 2) for name in ("cost", "avoided")]
    return [
        until, tell.word("kind", row["kind"]), tell.word("state", row["state"]), row["from_location"] or row["supplier"],
        row["location"], row["sku"], row["name"], row["quantity"], *money, row["holder"], row["ref"],
    ]  # fmt: skip
