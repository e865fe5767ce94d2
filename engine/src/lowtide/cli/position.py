"""`lowtide position`: one SKU in one location, its stock, its alerts, and where it is heading, drawn."""

from __future__ import annotations

import statistics
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.text import Text

from lowtide.cli.explain import WarehouseOption, as_plain, catalogue_row
from lowtide.errors import SettingsError
from lowtide.warehouse import open_warehouse, queries

if TYPE_CHECKING:
    from lowtide.explain.draw import Day

Row = dict[str, Any]
ENDED = {"CLEARED", "EXPIRED", "SUPERSEDED"}
LEARNED_DAYS = 28
"""So many of the last days of demand stand in where no alert has left an estimate."""
HORIZON_DAYS = 8


def position(
    sku: Annotated[str, typer.Argument(help="The SKU.")],
    location: Annotated[str, typer.Argument(help="The location.")],
    entries: Annotated[int, typer.Option(min=0, help="Show so many of the last ledger entries.")] = 5,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:
    """Show one position: stock, open alerts, last entries, and its projection drawn day by day.

    Example:

        lowtide position 1004906 330
    """
    with open_warehouse(warehouse) as opened:
        row = queries.position(opened, sku, location)
        if row is None:
            query = "SELECT location, sku FROM position_current LIMIT 10"
            hint = f'Both are compared letter by letter. `lowtide sql "{query}"` shows some.'
            raise SettingsError(f"no such position: SKU `{sku}` in location `{location}`", hint)
        stock = as_plain(row)
        ledger = [as_plain(one) for one in queries.position_ledger(opened, sku, location)]
        demand = [as_plain(one) for one in queries.position_demand(opened, sku, location)]
        item = catalogue_row(opened, sku)
    known = inputs(stock, ledger, demand)
    days = projection(stock, known)
    alerts = open_alerts(ledger)
    if json_:
        shown = {
            "position": stock,
            "name": (item or {}).get("name"),
            "projection": [_as_row(day) for day in days],
            "projected_from": known["from"],
            "trip_level": known["trip_level"],
            "alerts": alerts,
            "entries": ledger[-entries:] if entries else [],
        }
        print(orjson.dumps(shown).decode())
        return
    console = Console(highlight=False)
    _show(console, stock, item, known, days, alerts)
    for one in ledger[-entries:] if entries else []:
        time = str(one["event_time"])[:16].replace("T", " ")
        console.print(f"  {time}  {one['entry']:10}  {one['type']}, {one['severity']}", markup=False)


def inputs(stock: Row, ledger: list[Row], demand: list[Row]) -> Row:
    """What a projection of this position can start from, and in `from` a sentence that says what it is.

    The newest ledger entry that carries a projection is best: it has the engine's own estimate and dated
    supply. Its days are counted from the entry, so what has happened since moves only the stock.
    """
    with_numbers = [entry for entry in ledger if "supply" in (entry.get("detail") or {})]
    if with_numbers:
        entry = with_numbers[-1]
        detail, time = entry["detail"], str(entry["event_time"])
        minute = time[:16].replace("T", " ")
        trip = entry["trip_level"] if entry["type"] == "projected_stockout" else None
        same = entry["available"] == stock["available"]
        since = (
            "" if same else f"; available was {_short(entry['available'])} then, and is drawn as it is now"
        )
        return {
            "from": f"Drawn from the demand and supply of the ledger entry of {minute} UTC{since}.",
            "demand": detail["demand"],
            "supply": detail.get("supply", []),
            "today": _day(str(detail.get("as_of") or time)),
            "trip_level": trip,
        }
    last = _day(str(stock["last_event_time"]))
    by_day = {str(one["day"])[:10]: float(one["demand"]) for one in demand}
    first = date.fromisoformat(min(by_day)) if by_day else last
    span = min(LEARNED_DAYS, (last - first).days + 1)
    sold = [by_day.get((last - timedelta(days=back)).isoformat(), 0.0) for back in range(span)]
    rate = statistics.fmean(sold)
    spread = statistics.pvariance(sold) / rate if rate else 1.0
    what = f"No alert has left an estimate here: the mean demand of the last {span} days stands in"
    unknown = (
        "; its open supply has no dates in the warehouse and is left out" if float(stock["on_order"]) else ""
    )
    return {
        "from": f"{what}{unknown}.",
        "demand": {
            "rate_per_day": rate,
            "dispersion": max(1.01, spread),
            "evidence": sum(sold) or None,
            "exposure": list(range(1, HORIZON_DAYS + 1)),
        },
        "supply": [],
        "today": last,
        "trip_level": None,
    }


def projection(stock: Row, known: Row) -> list[Day]:
    """The position's projection, day by day."""
    from lowtide.explain.draw import project

    return project(Decimal(stock["available"]), known["demand"], known["supply"], known["today"])


def open_alerts(ledger: list[Row]) -> list[Row]:
    """The last entry of every alert that has not ended."""
    last = {entry["alert_id"]: entry for entry in ledger}
    return [entry for entry in last.values() if entry["entry"] not in ENDED]


def _show(
    console: Console, stock: Row, item: Row | None, known: Row, days: list[Day], alerts: list[Row]
) -> None:
    from lowtide.explain.draw import ASCII, UNICODE, draw, speaks_unicode

    name = (item or {}).get("name")
    console.print(
        Text(f"{name + ', ' if name else ''}SKU {stock['sku']} in {stock['location']}", style="bold")
    )
    names = ("on_hand", "allocated", "held", "available", "on_order", "in_transit")
    console.print(
        "  ".join(f"{name.replace('_', ' ')} {_short(stock[name])}" for name in names), markup=False
    )
    console.print(f"last movement {str(stock['last_event_time'])[:16].replace('T', ' ')} UTC\n", markup=False)
    trip = float(known["trip_level"]) if known["trip_level"] is not None else None
    marks = UNICODE if speaks_unicode(console.encoding) else ASCII
    for line in draw(days, trip, console.width, marks):
        console.print(line, markup=False, no_wrap=True, overflow="crop")
    console.print(Text(f"{known['from']}\n", style="dim"))
    for alert in alerts:
        chance = "" if alert["p_stockout"] is None else f", {100 * alert['p_stockout']:.0f} %"
        console.print(
            f"{alert['severity']}: {alert['type'].replace('_', ' ')}{chance}. "
            f"`lowtide explain {alert['alert_id']}` says why.",
            markup=False,
        )
    if not alerts:
        console.print("No alert is open.")


def _as_row(day: Day) -> Row:
    return {
        "day": day.number,
        "date": day.day.isoformat(),
        "expected": round(day.expected, 3),
        "p10": day.low,
        "p90": day.high,
        "p_out": round(day.p_out, 6),
        "arrivals": list(day.arrivals),
    }


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def _short(quantity: Any) -> str:
    text = format(Decimal(str(quantity)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
