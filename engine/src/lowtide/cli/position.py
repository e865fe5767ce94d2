"""`lowtide position`: one SKU in one location, its stock, its alerts, and where it is heading, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.text import Text

from lowtide.cli.options import WarehouseOption
from lowtide.errors import SettingsError
from lowtide.ledger import POSITION_COLUMNS
from lowtide.rows import Row, minute, plain_row
from lowtide.warehouse import open_warehouse, queries
from lowtide.words import Language

if TYPE_CHECKING:
    from lowtide.explain.position import Start
    from lowtide.explain.projection import Day


def position(
    sku: Annotated[str, typer.Argument(help="The SKU.")],
    location: Annotated[str, typer.Argument(help="The location.")],
    entries: Annotated[int, typer.Option(min=0, help="Number of last ledger entries to show.")] = 5,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:
    """Show one position: stock, open alerts, last entries, and its projection drawn day by day.

    Example:

        lowtide position 1004906 330
    """
    from lowtide.explain.position import open_alerts, projection, start

    with open_warehouse(warehouse) as opened:
        row = queries.position(opened, sku, location)
        if row is None:
            query = "SELECT location, sku FROM position_current LIMIT 10"
            hint = f'Both are compared letter by letter. `lowtide sql "{query}"` shows some.'
            raise SettingsError(f"no such position: SKU `{sku}` in location `{location}`", hint)
        stock = plain_row(row)
        ledger = [plain_row(entry) for entry in queries.position_ledger(opened, sku, location)]
        demand = [plain_row(day) for day in queries.position_demand(opened, sku, location)]
        item = queries.catalogue_item(opened, sku) or {}
    begin = start(stock, ledger, demand)
    days, alerts = projection(stock, begin), open_alerts(ledger)
    newest = ledger[-entries:] if entries else []
    if json_:
        shown = {
            "position": stock,
            "name": item.get("name"),
            "projection": [day.to_dict() for day in days],
            "projected_from": begin.sentence(Language("en")),
            "trip_level": begin.trip_level,
            "alerts": alerts,
            "entries": newest,
        }
        print(orjson.dumps(shown).decode())
        return
    console = Console(highlight=False)
    _show_stock(console, stock, item.get("name"))
    _show_projection(console, begin, days)
    _show_alerts(console, alerts)
    for entry in newest:
        time, what = minute(entry["event_time"]), f"{entry['type']}, {entry['severity']}"
        console.print(f"  {time}  {entry['entry']:10}  {what}", markup=False)


def _show_stock(console: Console, stock: Row, name: str | None) -> None:
    title = f"{name + ', ' if name else ''}SKU {stock['sku']} in {stock['location']}"
    console.print(Text(title, style="bold"))
    quantities = [
        column for column in POSITION_COLUMNS if column not in ("location", "sku", "last_event_time")
    ]
    console.print("  ".join(f"{name.replace('_', ' ')} {stock[name]}" for name in quantities), markup=False)
    console.print(f"last movement {minute(stock['last_event_time'])} UTC\n", markup=False)


def _show_projection(console: Console, begin: Start, days: list[Day]) -> None:
    from lowtide.explain.draw import ASCII, UNICODE, draw, speaks_unicode

    trip = None if begin.trip_level is None else float(begin.trip_level)
    signs = UNICODE if speaks_unicode(console.encoding) else ASCII
    for line in draw(days, trip, console.width, signs):
        console.print(line, markup=False, no_wrap=True, overflow="crop")
    console.print(Text(f"{begin.sentence(Language('en'))}\n", style="dim"))


def _show_alerts(console: Console, alerts: list[Row]) -> None:
    for alert in alerts:
        chance = "" if alert["p_stockout"] is None else f", {100 * alert['p_stockout']:.0f} %"
        console.print(
            f"{alert['severity']}: {alert['type'].replace('_', ' ')}{chance}. "
            f"`lowtide explain {alert['alert_id']}` says why.",
            markup=False,
        )
    if not alerts:
        console.print("No alert is open.")
