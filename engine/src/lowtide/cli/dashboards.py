"""`lowtide dashboards`: files that Grafana and Superset take as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lowtide.cli.help import App
from lowtide.errors import SettingsError
from lowtide.operation.screen import Screen

app = App("Dashboards for Grafana and Superset.")


@app.callback()
def _root() -> None:
    """Dashboards for Grafana and Superset."""


@app.command()
def export(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where to write; made if it is missing.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Only say what would be written.")] = False,
) -> None:
    """Write the dashboards, and what Grafana needs to find them and the warehouse. No password is in them.

    Examples:

        lowtide dashboards export dashboards

        GF_PATHS_PROVISIONING=$PWD/dashboards/grafana/provisioning grafana server

        superset import-dashboards -p dashboards/superset/lowtide-superset.zip -u admin
    """
    from lowtide.dashboards import contents, write

    if folder is None and not list_:
        raise SettingsError("where to?", "Give a folder: `lowtide dashboards export dashboards`.")
    place = folder or Path()
    files = list(contents(place)) if list_ else write(place)
    wide = max(len(file.path) for file in files) + 2
    console = Screen(soft_wrap=True)
    for file in files:
        console.print(f"{file.path:<{wide}}{file.what}")
