"""`lowtide position`: one SKU in one location, its stock, its alerts, and where it is heading, drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.text import Text

from lowtide.cli.options import LangOption, WarehouseOption, language_of
from lowtide.errors import SettingsError
from lowtide.operation.screen import Listing, Screen
from lowtide.rows import Row, plain_row
from lowtide.warehouse import open_warehouse, queries
from lowtide.warehouse.alert_ids import short_ids
from lowtide.warehouse.names import names_of_places, place_named, sku_named
from lowtide.words import Language

if TYPE_CHECKING:
    from lowtide.explain.position import Start
    from lowtide.explain.projection import Day
    from lowtide.explain.targets import Targets

QUANTITIES = ("on_hand", "allocated", "held", "available", "on_order", "in_transit")
"""What is shown of a position's stock, in this order."""


def position(
    sku: Annotated[str, typer.Argument(help="The SKU, its name or a part of its name.")],
    location: Annotated[str, typer.Argument(help="The location, its name or a part of its name.")],
    entries: Annotated[int, typer.Option(min=0, help="Number of last ledger entries to show.")] = 5,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Show one position: stock, targets, open alerts, last entries, and its projection drawn day by day.

    Examples:

        lowtide position 1004906 330

        lowtide position banana 330 --lang zh
    """
    from lowtide.explain.learned import STORED_DAYS
    from lowtide.explain.position import open_alerts, projection, start
    from lowtide.explain.targets import targets
    from lowtide.explain.terms import terms
    from lowtide.explain.zones import zones

    language = language_of(lang)
    with open_warehouse(warehouse) as opened:
        location = place_named(opened, location)
        sku = sku_named(opened, sku, location)
        row = queries.position(opened, sku, location)
        if row is None:
            query = "SELECT location, sku FROM position_current LIMIT 10"
            hint = f'Ids are compared letter by letter. `lowtide sql "{query}"` shows some.'
            raise SettingsError(f"no such position: SKU `{sku}` in location `{location}`", hint)
        stock = plain_row(row)
        ledger = [plain_row(entry) for entry in queries.position_ledger(opened, sku, location)]
        demand = [plain_row(day) for day in queries.position_demand(opened, sku, location, STORED_DAYS)]
        orders = [plain_row(order) for order in queries.open_orders(opened, sku, location)]
        name = (queries.catalogue_item(opened, sku) or {}).get("name")
        place = names_of_places(opened, [location]).get(location)
        (zone,) = zones(opened, [row])
        values = terms(opened, row)
        short = short_ids(opened, [entry["alert_id"] for entry in open_alerts(ledger)])
    begin = start(stock, ledger, demand, orders, zone, values)
    days, alerts = projection(stock, begin, language), open_alerts(ledger)
    aims = targets(stock, begin, orders, values, zone)
    newest = ledger[-entries:] if entries else []
    if json_:
        shown = {
            "position": stock,
            "name": name,
            "place": place,
            "time_zone": zone,
            "projection": [day.to_dict() for day in days],
            "projected_from": begin.sentence(language),
            "trip_level": begin.trip_level,
            "targets": aims.to_dict(),
            "alerts": alerts,
            "entries": newest,
        }
        print(orjson.dumps(shown).decode())
        return
    console, tell = Screen(), replace(language, zone=zone)
    _show_stock(console, stock, name, tell.named(location, place), tell)
    _show_projection(console, begin, days, tell)
    _show_targets(console, aims, tell)
    _show_alerts(console, alerts, short, tell)
    for entry in newest:
        words = [tell.word(key, entry[key]) for key in ("entry", "type", "severity")]
        time = entry["decided_at"] or entry["event_time"]
        console.print(f"  {tell.instant(time)}  {', '.join(words)}")


def _show_stock(console: Screen, stock: Row, name: str | None, place: str, tell: Language) -> None:
    before = tell.say("position.name", name=name) if name else ""
    console.print(Text(tell.say("position.title", name=before, sku=stock["sku"], place=place), style="bold"))
    words = (f"{tell.word('position', column)} {stock[column]}" for column in QUANTITIES)
    console.print("  ".join(words))
    time = tell.instant(stock["last_event_time"])
    console.print(tell.say("position.last_movement", time=time) + "\n")


def _show_projection(console: Screen, begin: Start, days: list[Day], tell: Language) -> None:
    from lowtide.explain.draw import ASCII, UNICODE, draw, speaks_unicode

    trip = None if begin.trip_level is None else float(begin.trip_level)
    signs = UNICODE if speaks_unicode(console.encoding) else ASCII
    for line in draw(days, trip, console.width, signs, tell):
        console.print(line, no_wrap=True, overflow="crop")
    console.print(Text(f"{begin.sentence(tell)}\n", style="dim"))


def _show_targets(console: Screen, aims: Targets, tell: Language) -> None:
    for sentence in aims.sentences(tell):
        console.print(sentence)
    table = Listing(box=None, pad_edge=False, show_edge=False)
    table.add_column(tell.say("position.atp"))
    for key in ("discrete", "cumulative"):
        table.add_column(tell.say(f"position.{key}"), justify="right")
    for promise in aims.promises:
        day = tell.say("position.now") if promise.day is None else tell.day(promise.day)
        table.add_row(f"  {day}", tell.units(promise.discrete), tell.units(promise.cumulative))
    console.print(table)
    if aims.overdue:
        console.print(tell.say("position.overdue", n=tell.units(aims.overdue)))
    console.print()


def _show_alerts(console: Screen, alerts: list[Row], short: Mapping[str, str], tell: Language) -> None:
    for alert in alerts:
        p = alert["p_stockout"]
        sentence = tell.say(
            "position.alert",
            severity=tell.word("severity", alert["severity"]),
            type=tell.word("type", alert["type"]),
            chance="" if p is None else tell.say("position.chance", chance=f"{100 * p:.0f} %"),
            id=short[alert["alert_id"]],
        )
        console.print(sentence)
    if not alerts:
        console.print(tell.say("position.no_alert"))
