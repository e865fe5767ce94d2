"""`lowtide alerts`: what somebody should look at, most expected loss first."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from lowtide.cli.options import WarehouseOption
from lowtide.ledger import GRAVEST_FIRST
from lowtide.rows import Row, as_json, quantity
from lowtide.warehouse import open_warehouse, queries

COLUMNS = (
    "severity", "type", "location", "sku", "available", "chance", "out_in_days", "expected_loss", "opened_at",
    "status", "alert_id",
)  # fmt: skip
_COLOUR = dict(zip(GRAVEST_FIRST, ("bold red", "yellow", "cyan"), strict=True))


def alerts(
    all_: Annotated[bool, typer.Option("--all", help="Show alerts that have ended, too.")] = False,
    type_: Annotated[
        str | None, typer.Option("--type", help="Only this type, e.g. `projected_stockout`.")
    ] = None,
    severity: Annotated[str | None, typer.Option(help="Only `watch`, `warning` or `critical`.")] = None,
    location: Annotated[str | None, typer.Option(help="Only this location.")] = None,
    sku: Annotated[str | None, typer.Option(help="Only this SKU.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line, all columns.")] = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:
    """Show current alerts, most expected loss first.

    Examples:

        lowtide alerts --severity critical --location 330

        lowtide alerts --all --json | jq -r .alert_id
    """
    with open_warehouse(warehouse) as opened:
        rows = queries.alerts(
            opened, closed=all_, type=type_, severity=severity, location=location, sku=sku, limit=limit
        )
    if json_:
        for row in rows:
            print(as_json(row))
    elif sys.stdout.isatty():
        draw(rows, Console())
    else:
        print("\t".join(COLUMNS))
        for row in rows:
            print("\t".join(cells(row)))


def cells(row: Row) -> list[str]:
    """The columns of one alert as text."""
    chance, day = row["p_stockout"], row["stockout_p50"]
    return [
        row["severity"],
        row["type"],
        row["location"],
        row["sku"],
        quantity(row["available"]),
        "" if chance is None else f"{chance:.0%}",
        "" if day is None else str(day),
        f"{row['expected_loss']:.2f}",
        f"{row['opened_at']:%Y-%m-%d %H:%M}",
        row["status"],
        row["alert_id"],
    ]


def draw(rows: list[Row], console: Console) -> None:
    """The alerts as a table, with the next thing to type under it."""
    if not rows:
        console.print("No alert matches. `lowtide alerts --all` shows those that have ended, too.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in COLUMNS:
        right = name in {"available", "chance", "out_in_days", "expected_loss"}
        table.add_column(
            name.replace("_", " "), justify="right" if right else "left", no_wrap=name == "alert_id"
        )
    for row in rows:
        severity, *rest = cells(row)
        table.add_row(f"[{_COLOUR.get(severity, 'default')}]{severity}[/]", *rest)
    console.print(table)
    console.print(
        f"\n{len(rows)} alerts. `lowtide explain {rows[0]['alert_id']}` says why the first one is there."
    )
