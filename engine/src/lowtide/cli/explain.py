"""`lowtide explain`: why there is an alert, with its arithmetic done again by separate plain code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console

from lowtide.errors import SettingsError
from lowtide.warehouse import Warehouse, open_warehouse, queries

if TYPE_CHECKING:
    from lowtide.explain import Lang, Row

WarehouseOption = Annotated[
    str,
    typer.Option(
        "--warehouse",
        metavar="W",
        envvar="LOWTIDE_WAREHOUSE",
        help="`embedded:`, a folder, or http://host:8123",
    ),
]


def explain(
    alert_id: Annotated[str, typer.Argument(metavar="ALERT_ID", help="An alert, or the start of its id.")],
    lang: Annotated[
        str, typer.Option(metavar="L", help="`en`, `zh`, or both: `en,zh`.", envvar="LOWTIDE_LANG")
    ] = "en",
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a language.")] = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:
    """Say why an alert is there, and compute its numbers again. Exit code 1 if one of them differs.

    Examples:

        lowtide explain 01KAMJ3

        lowtide explain 01KAMJ3 --lang en,zh

        lowtide explain 01KAMJ3 --json | jq '.numbers[] | select(.ok | not)'
    """
    from lowtide.explain import explain as explain_entries
    from lowtide.explain.render import render

    languages = _languages(lang)
    with open_warehouse(warehouse) as opened:
        entries: list[Row] = [as_plain(row) for row in queries.alert_entries(opened, alert_id)]
        item = catalogue_row(opened, entries[0]["sku"])
        actions = [as_plain(row) for row in queries.alert_actions(opened, entries[0]["alert_id"])]
    told = [explain_entries(entries, item, language, actions) for language in languages]
    console = Console(highlight=False)
    for number, one in enumerate(told):
        if json_:
            print(orjson.dumps(one.to_dict()).decode())
            continue
        if number:
            console.rule()
        render(one, console)
    if not told[0].agrees:
        raise typer.Exit(1)


def as_plain(row: Row) -> Row:
    """A row of the warehouse as JSON has it: decimal text, RFC 3339 times, `detail` an object."""
    plain: Row = orjson.loads(queries.as_json(row))
    if isinstance(plain.get("detail"), str):
        plain["detail"] = {}
    return plain


def catalogue_row(warehouse: Warehouse, sku: str) -> Row | None:
    """The SKU's row of the catalogue, or None if the warehouse has none."""
    table = f"{warehouse.database}.catalogue FINAL"
    rows = warehouse.rows(f"SELECT sku, name, category FROM {table} WHERE sku = {{sku:String}}", {"sku": sku})
    return rows[0] if rows else None


def _languages(text: str) -> list[Lang]:
    from lowtide.explain import LANGUAGES

    wanted = [part.strip().lower() for part in text.split(",") if part.strip()]
    known = [language for part in wanted for language in LANGUAGES if language == part]
    if not wanted or len(known) != len(wanted):
        raise SettingsError(f"not a language: `{text}`", "Say `--lang en`, `--lang zh` or `--lang en,zh`.")
    return list(dict.fromkeys(known))
