"""`lowtide alerts`: what somebody should look at, most expected loss first."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import typer
from rich.cells import cell_len, set_cell_size
from rich.text import Text

from lowtide.cli.options import LangOption, WarehouseOption, language_of
from lowtide.ledger import GRAVEST_FIRST
from lowtide.operation.screen import Listing, Screen, tabbed
from lowtide.rows import Row, as_json, quantity
from lowtide.warehouse import open_warehouse, proposal_rows, queries
from lowtide.warehouse.alert_ids import short_ids
from lowtide.warehouse.names import names_of_places, place_named
from lowtide.words import Language
from lowtide.words.since import changes

_COLOUR = dict(zip(GRAVEST_FIRST, ("bold red", "yellow", "cyan"), strict=True))
_GAP = 2
"""Columns of the terminal between two columns of the table."""


@dataclass(frozen=True)
class Column:
    """A column of the list. Where a terminal is too narrow, the columns of the least weight are left out first.

    `text` is the cell for a script, `shown` what a person reads instead. A column without a `text` is only for people.
    """

    name: str
    weight: int
    text: Callable[[Row], str] | None
    right: bool = False
    shown: Callable[[Row, Language], str] | None = None

    def cell(self, row: Row, tell: Language) -> str:
        """What a person reads."""
        return self.shown(row, tell) if self.shown else self.text(row) if self.text else ""


def _word(subject: str, column: str) -> Callable[[Row, Language], str]:
    return lambda row, tell: tell.word(subject, row[column])


COLUMNS = (
    Column("severity", 13, lambda row: row["severity"], shown=_word("severity", "severity")),
    Column("type", 12, lambda row: row["type"], shown=_word("type", "type")),
    Column("location", 10, lambda row: row["location"]),
    Column("place", 4, None, shown=lambda row, tell: _short(row.get("place", ""))),
    Column("sku", 11, lambda row: row["sku"]),
    Column("name", 6, None, shown=lambda row, tell: _short(row["name"])),
    Column("available", 8, lambda row: quantity(row["available"]), right=True),
    Column("on_order", 7, lambda row: quantity(row["on_order"]), right=True),
    Column("since_alert", 3, lambda row: changes(row, Language("en")), shown=changes),
    Column("chance", 5, lambda row: _or_nothing(row["p_stockout"], "{:.0%}"), right=True),
    Column("out_in_days", 1, lambda row: _or_nothing(row["stockout_p50"], "{}"), right=True),
    Column("expected_loss", 9, lambda row: _or_nothing(row["expected_loss"], "{:.2f}"), right=True),
    Column(
        "opened_at",
        0,
        lambda row: f"{row['opened_at']:%Y-%m-%d %H:%M}",
        shown=lambda row, tell: replace(tell, zone=row.get("zone", "UTC")).instant(row["opened_at"]),
    ),
    Column("status", 0, lambda row: row["status"], shown=_word("status", "status")),
    Column("state", 2, lambda row: row["state"], shown=_word("state", "state")),
    Column("owner", 2, lambda row: row["owner"]),
    Column(
        "proposal",
        5,
        lambda row: row["proposal"]["ref"] if row.get("proposal") else "",
        shown=lambda row, tell: _proposal(row.get("proposal"), tell),
    ),
    Column("alert_id", 14, lambda row: row["alert_id"]),
)
_LONGEST_NAME = 24
"""Columns of the terminal for a name; the rest of a longer one is not shown."""


def _or_nothing(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def _proposal(proposal: Row | None, tell: Language) -> str:
    """What is proposed about it: `order 24`."""
    if proposal is None:
        return ""
    quantity = None if proposal["kind"] in ("chase", "count") else proposal["quantity"]
    return " ".join([tell.word("kind", proposal["kind"]), *([tell.units(quantity)] if quantity else [])])


def _short(name: str) -> str:
    if cell_len(name) <= _LONGEST_NAME:
        return name
    return f"{set_cell_size(name, _LONGEST_NAME - 1).rstrip()}…"


def alerts(
    all_: Annotated[
        bool, typer.Option("--all", help="Show alerts that have ended or that somebody has closed, too.")
    ] = False,
    type_: Annotated[
        str | None, typer.Option("--type", help="Only this type, e.g. `projected_stockout`.")
    ] = None,
    severity: Annotated[str | None, typer.Option(help="Only `watch`, `warning` or `critical`.")] = None,
    location: Annotated[
        str | None, typer.Option(help="Only this location, given by its id, its name or a part of its name.")
    ] = None,
    sku: Annotated[str | None, typer.Option(help="Only this SKU.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many.")] = None,
    json_: Annotated[
        bool,
        typer.Option(
            "--json", help="One JSON object a line: the columns of `alert_open`, and `proposal`: its ref."
        ),
    ] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Show current alerts, most expected loss first, with the stock of now.

    Examples:

        lowtide alerts --severity critical --location 330

        lowtide alerts --all --json | jq -r .alert_id
    """
    from lowtide.explain.zones import zones

    language = language_of(lang)
    with open_warehouse(warehouse) as opened:
        place = place_named(opened, location) if location else None
        rows = queries.alerts(
            opened, closed=all_, type=type_, severity=severity, location=place, sku=sku, limit=limit
        )
        made = proposal_rows.of_alerts(opened, rows)
        rows = [{**row, "proposal": made.get(row["alert_id"])} for row in rows]
        on_terminal = sys.stdout.isatty() and not json_
        if on_terminal:
            short = short_ids(opened, [row["alert_id"] for row in rows])
            places = names_of_places(opened, [row["location"] for row in rows])
            found = zip(rows, zones(opened, rows), strict=True)
            rows = [{**row, "zone": zone, "place": places.get(row["location"], "")} for row, zone in found]
    if json_:
        for row in rows:
            proposal = row["proposal"]
            print(as_json(row | {"proposal": proposal["ref"] if proposal else None}))
    elif on_terminal:
        draw(rows, short, Screen(), language)
    else:
        texts = [(column.name, column.text) for column in COLUMNS if column.text]
        tabbed(name for name, _ in texts)
        for row in rows:
            tabbed(text(row) for _, text in texts)


def draw(rows: list[Row], short: Mapping[str, str], console: Screen, tell: Language) -> None:
    """The alerts as a table as wide as the terminal, with the next thing to type under it.

    `short` has the short id of each alert. A column that is empty in all rows is left out.
    """
    if not rows:
        console.print(tell.say("list.none"))
        return
    rows = [{**row, "alert_id": short[row["alert_id"]]} for row in rows]
    cells = {column: [column.cell(row, tell) for row in rows] for column in COLUMNS}
    heads = {column: tell.say(f"list.{column.name}") for column in COLUMNS}
    filled = {column: [heads[column], *texts] for column, texts in cells.items() if any(texts)}
    shown = fitting(filled, console.width)
    table = Listing(box=None, header_style="bold", pad_edge=False)
    for column in shown:
        table.add_column(heads[column], justify="right" if column.right else "left", no_wrap=True)
    for at, row in enumerate(rows):
        texts = [Text(cells[column][at]) for column in shown]
        texts[0].stylize(_COLOUR.get(row["severity"], ""))
        table.add_row(*texts)
    console.print(table)
    console.print("\n" + tell.say("list.next", count=tell.count(len(rows), "alert"), id=rows[0]["alert_id"]))


def fitting(cells: Mapping[Column, list[str]], width: int) -> list[Column]:
    """The columns that fit into a width, in their order: those of the least weight are left out, at least one stays.

    `cells` has the head of each column and its texts.
    """
    wide = {column: max(map(cell_len, texts)) + _GAP for column, texts in cells.items()}
    shown = list(cells)
    for column in sorted(cells, key=lambda column: column.weight)[:-1]:
        if sum(wide[one] for one in shown) - _GAP <= width:
            break
        shown.remove(column)
    return shown
