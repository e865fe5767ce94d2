"""`lowtide alerts`: what somebody should look at, most expected loss first."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lowtide.cli.options import WarehouseOption
from lowtide.ledger import GRAVEST_FIRST
from lowtide.rows import Row, as_json, quantity
from lowtide.warehouse import open_warehouse, queries
from lowtide.warehouse.alert_ids import short_ids
from lowtide.words import Language
from lowtide.words.since import changes

_COLOUR = dict(zip(GRAVEST_FIRST, ("bold red", "yellow", "cyan"), strict=True))
_GAP = 2
"""Columns of the terminal between two columns of the table."""


@dataclass(frozen=True)
class Column:
    """A column of the list. Where a terminal is too narrow, the columns of the least weight are left out first."""

    name: str
    weight: int
    text: Callable[[Row], str]
    right: bool = False
    head: str = ""
    """Its head on a terminal, where that is not its name."""


COLUMNS = (
    Column("severity", 11, lambda row: row["severity"]),
    Column("type", 10, lambda row: row["type"]),
    Column("location", 8, lambda row: row["location"]),
    Column("sku", 9, lambda row: row["sku"]),
    Column("available", 6, lambda row: quantity(row["available"]), right=True),
    Column("on_order", 5, lambda row: quantity(row["on_order"]), right=True),
    Column("since_alert", 3, lambda row: changes(row, Language("en"))),
    Column("chance", 4, lambda row: _or_nothing(row["p_stockout"], "{:.0%}"), right=True),
    Column("out_in_days", 1, lambda row: _or_nothing(row["stockout_p50"], "{}"), right=True),
    Column("expected_loss", 7, lambda row: _or_nothing(row["expected_loss"], "{:.2f}"), True, "loss"),
    Column("opened_at", 0, lambda row: f"{row['opened_at']:%Y-%m-%d %H:%M}"),
    Column("status", 0, lambda row: row["status"]),
    Column("state", 2, lambda row: row["state"]),
    Column("owner", 2, lambda row: row["owner"]),
    Column("alert_id", 12, lambda row: row["alert_id"]),
)


def _or_nothing(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def alerts(
    all_: Annotated[
        bool, typer.Option("--all", help="Show alerts that have ended or that somebody has closed, too.")
    ] = False,
    type_: Annotated[
        str | None, typer.Option("--type", help="Only this type, e.g. `projected_stockout`.")
    ] = None,
    severity: Annotated[str | None, typer.Option(help="Only `watch`, `warning` or `critical`.")] = None,
    location: Annotated[str | None, typer.Option(help="Only this location.")] = None,
    sku: Annotated[str | None, typer.Option(help="Only this SKU.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many.")] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: the columns of `alert_open`.")
    ] = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:
    """Show current alerts, most expected loss first, with the stock of now.

    Examples:

        lowtide alerts --severity critical --location 330

        lowtide alerts --all --json | jq -r .alert_id
    """
    with open_warehouse(warehouse) as opened:
        rows = queries.alerts(
            opened, closed=all_, type=type_, severity=severity, location=location, sku=sku, limit=limit
        )
        on_terminal = sys.stdout.isatty() and not json_
        short = short_ids(opened, [row["alert_id"] for row in rows]) if on_terminal else {}
    if json_:
        for row in rows:
            print(as_json(row))
    elif on_terminal:
        draw(rows, short, Console())
    else:
        print("\t".join(column.name for column in COLUMNS))
        for row in rows:
            print("\t".join(column.text(row) for column in COLUMNS))


def draw(rows: list[Row], short: Mapping[str, str], console: Console) -> None:
    """The alerts as a table as wide as the terminal, with the next thing to type under it.

    `short` has the short id of each alert. A column that is empty in all rows is left out.
    """
    if not rows:
        console.print(
            "No alert matches. `lowtide alerts --all` shows those that have ended or are closed, too."
        )
        return
    rows = [{**row, "alert_id": short[row["alert_id"]]} for row in rows]
    cells = {column: [column.text(row) for row in rows] for column in COLUMNS}
    shown = fitting({column: texts for column, texts in cells.items() if any(texts)}, console.width)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in shown:
        table.add_column(_head(column), justify="right" if column.right else "left", no_wrap=True)
    for at, row in enumerate(rows):
        texts = [Text(cells[column][at]) for column in shown]
        texts[0].stylize(_COLOUR.get(row["severity"], ""))
        table.add_row(*texts)
    console.print(table)
    console.print(
        f"\n{len(rows)} alerts. `lowtide explain {rows[0]['alert_id']}` says why the first one is there."
    )


def _head(column: Column) -> str:
    return column.head or column.name.replace("_", " ")


def fitting(cells: Mapping[Column, list[str]], width: int) -> list[Column]:
    """The columns that fit into a width, in their order: those of the least weight are left out, at least one stays."""
    wide = {
        column: max(map(cell_len, [_head(column), *texts])) + _GAP for column, texts in cells.items()
    }  # fmt: skip
    shown = list(cells)
    for column in sorted(cells, key=lambda column: column.weight)[:-1]:
        if sum(wide[one] for one in shown) - _GAP <= width:
            break
        shown.remove(column)
    return shown
