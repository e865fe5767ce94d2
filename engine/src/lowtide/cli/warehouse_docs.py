"""`lowtide warehouse docs`: what every table, view and column means."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer

from lowtide.cli.options import WarehouseOption
from lowtide.errors import SettingsError
from lowtide.operation.screen import echo
from lowtide.warehouse import open_warehouse
from lowtide.warehouse.describe import as_markdown, as_rows, describe


def docs(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Tables and views; without any, a page of all."),
    ] = None,
    warehouse: WarehouseOption = "embedded:",
    json_: Annotated[bool, typer.Option("--json", help="One table or view a line, for scripts.")] = False,
) -> None:
    """Print what every table, view and column means, as Markdown; the tables say it themselves.

    Examples:

        lowtide warehouse docs

        lowtide warehouse docs stock_health supplier_lateness

        lowtide warehouse docs --json | jq -r .name
    """
    with open_warehouse(warehouse) as opened:
        relations = describe(opened)
    unknown = set(names or ()) - {relation.name for relation in relations}
    if unknown:
        raise SettingsError(
            f"no table or view is called `{sorted(unknown)[0]}`", "`lowtide warehouse docs` lists them."
        )
    selection = [relation for relation in relations if not names or relation.name in names]
    if json_:
        for row in as_rows(selection):
            echo(orjson.dumps(row).decode())
    else:
        echo(as_markdown(selection, page=not names), nl=False)
