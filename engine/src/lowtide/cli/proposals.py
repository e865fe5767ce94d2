"""`lowtide proposals`: what waits to be decided or ordered, and what is done with it; with a desk at work or without one."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lowtide.cli.help import App
from lowtide.cli.options import LangOption, WarehouseOption, language_of
from lowtide.errors import LowtideError, SettingsError
from lowtide.ledger import PROPOSAL_KINDS
from lowtide.operation.screen import Listing, Screen, echo, tabbed
from lowtide.rows import Row, as_json, object_of
from lowtide.warehouse import Warehouse, desk_record, open_warehouse
from lowtide.words import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lowtide.people import Book

app = App("What to order, move, hurry, chase or count: proposals that wait, and what you decide about them.")
_COLUMNS = (
    "cut_off", "kind", "state", "from", "to", "sku", "name", "quantity", "cost", "avoided", "holder", "ref",
)  # fmt: skip
Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="PROPOSAL…", help="Proposals: ids, the start of an id, refs, or the ref of a whole order."
    ),
]
As = Annotated[
    str,
    typer.Option("--as", metavar="NAME", envvar="LOWTIDE_ACTOR", help="Who does it; else your user name."),
]
Key = Annotated[
    str,
    typer.Option("--key", metavar="K", help="Your own name for the action: the same key again is a retry."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


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
    with _opened(warehouse) as (opened, book):
        found = _found(opened, book, None).values()
    rows = [row for row in found if all(row[name] == given[name] for name in given)]
    rows.sort(key=lambda row: (row["cut_off_at"] or 1 << 53, -(row["avoided"] or 0.0), row["proposal_id"]))
    if json_:
        for row in rows:
            print(as_json(_plain(row)))
        return
    _table(rows, language, book)


@app.command()
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
    with _opened(warehouse) as (opened, book):
        rows = list(_found(opened, book, proposal).values())
    for row in rows:
        given = _told(row)
        own = given["detail"].get("inputs", {}).get("time_zone")
        zone = str(book.zone) if str(book.zone) != "UTC" else own or "UTC"
        told = proposal_story(given, Language(language.lang, book.currency, zone))
        agrees &= told.agrees
        if json_:
            print(as_json(_plain(row) | {"story": told.to_dict()}))
            continue
        echo(told.title)
        for name, sentences in told.sections.items():
            echo(f"\n{language.say(f'heading.proposal.{name}')}" if sentences else "", nl=bool(sentences))
            for sentence in sentences:
                echo(f"  {sentence}")
        echo(f"\n{told.verdict()}")
    if not agrees:
        raise typer.Exit(1)


@app.command()
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
    as_: As = "",
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

    language, now = language_of(lang), _now()
    with _opened(warehouse) as (opened, book):
        rows = _found(opened, book, proposal)
        if len(rows) > 1 and (quantity or version):
            raise SettingsError("a quantity or version is of one proposal", "Name one proposal.")
        with opened.reader() as handle:
            numbers = fresh.reckoned(WarehouseShelf(handle, book), book, rows.values(), now)
        answers = recorded.approve(
            opened, rows, book, _decider(book, as_), now, numbers, quantity=quantity or None, reason=reason,
            versions=dict.fromkeys(rows, version) if version else None, key=key or None,
        )  # fmt: skip
    _tell(answers, rows, language, json_=json_)


@app.command()
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
    as_: As = "",
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
    with _opened(warehouse) as (opened, book):
        rows = _found(opened, book, proposal)
        by = _decider(book, as_)
        answers = recorded.reject(opened, rows, by, _now(), reason=reason, comment=comment, key=key or None)
    _tell(answers, rows, language, json_=json_)


@app.command()
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
    as_: As = "",
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

    language, now = language_of(lang), _now()
    way = f"form:{form}" if form else "json" if json_document else "csv"
    with _opened(warehouse) as (opened, book):
        rows, by = _found(opened, book, proposal), _decider(book, as_)
        for row in rows.values():
            verdict.export(row, row["entries"], by, to=way, at=now)
        orders = exporting.orders(list(rows.values()), book, now)
        into_folder = to is not None and (to.is_dir() or str(to).endswith("/"))
        parts = [[one] for one in orders] if into_folder else [orders]
        files = [exporting.written(part, way, bom=bom, own_forms=True) for part in parts]
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


@contextmanager
def _opened(warehouse: str) -> Iterator[tuple[Warehouse, Book]]:
    """The warehouse and the people in force there; without any, one person: the user of this machine."""
    from lowtide.people import Book

    with open_warehouse(warehouse) as opened:
        version = desk_record.people_version(opened)
        yield opened, Book.of_document(version["document"]) if version else Book.alone(getpass.getuser())


def _found(opened: Warehouse, book: Book, names: Sequence[str] | None) -> Mapping[str, Row]:
    from lowtide.desk.proposing import recorded

    return recorded.proposals(opened, book, names)


def _decider(book: Book, name: str) -> Any:
    from lowtide.desk.proposing.verdict import Decider

    actor = name or getpass.getuser()
    return Decider(actor, actor if actor in book.people else None)


def _tell(answers: Mapping[str, Any], rows: Mapping[str, Row], language: Language, *, json_: bool) -> None:
    """One line a proposal; the first that could not be decided is the error."""
    from lowtide.desk.proposing.verdict import MovedError

    failed = [one for one in answers.values() if isinstance(one, LowtideError)]
    for proposal_id, answer in answers.items():
        row = rows[proposal_id]
        if isinstance(answer, LowtideError):
            continue
        if json_:
            told = {"entry": answer.entry, "holder": answer.holder, "repeated": answer.is_repeated}
            print(as_json({"proposal_id": proposal_id} | told))
            continue
        quantity = (
            object_of(answer.row["detail"]).get("quantity", row["quantity"])
            if answer.row
            else row["quantity"]
        )
        said = language.say(
            f"proposals.done.{answer.entry}",
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
    for error in failed[1:]:
        echo(f"error: {error}", err=True)
    if failed:
        raise failed[0]


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


def _plain(row: Row) -> Row:
    return {
        name: value
        for name, value in row.items()
        if name not in ("entries", "origin", "detail", "submitted_to")
    }


def whole(opened: Warehouse, proposal_id: str) -> Row | None:
    """One proposal with the arithmetic of its PROPOSED entry, read without a desk."""
    from lowtide.people import Book

    version = desk_record.people_version(opened)
    book = Book.of_document(version["document"]) if version else Book.alone(getpass.getuser())
    row = _found(opened, book, [proposal_id]).get(proposal_id)
    return None if row is None else _told(row)


def _told(row: Row) -> Row:
    """A proposal as `explain` takes it: `detail` is that of its PROPOSED entry."""
    first = next(one for one in row["entries"] if one["entry"] == "PROPOSED")
    return _plain(row) | {"detail": object_of(first["detail"])}


def _now() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)
