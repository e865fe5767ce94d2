"""`lowtide policy`: check a policy, get its schema, see the values in force for a position."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from lowtide.catalogue import load_catalogue
from lowtide.core import Job
from lowtide.policy import compile_policy, load_policy, policy_schema

app = typer.Typer(help="Check a policy, get its JSON Schema, show the values in force.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="F", help="Policy file (YAML).")]


@app.command()
def check(
    file: File,
    json_: Annotated[bool, typer.Option("--json", help="The compiled policy as JSON.")] = False,
) -> None:
    """Check a policy: all that is wrong, with line and column, and what would be right.

    Example:

        lowtide policy check policy.yaml
    """
    compiled = compile_policy(load_policy(file))
    if json_:
        sys.stdout.buffer.write(orjson.dumps(compiled, option=orjson.OPT_APPEND_NEWLINE))
        return
    layers = len(compiled["layers"]) - 1
    print(
        f"`{file}` is good: version {compiled['version']}, {layers} layer{'' if layers == 1 else 's'} over the defaults"
    )


@app.command()
def schema() -> None:
    """Print the JSON Schema of a policy, for editors.

    Example:

        lowtide policy schema > policy.schema.json
    """
    sys.stdout.buffer.write(
        orjson.dumps(policy_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )


@app.command()
def show(
    file: File,
    sku: Annotated[str, typer.Argument(metavar="SKU")],
    location: Annotated[str, typer.Argument(metavar="LOCATION")],
    catalogue: Annotated[
        Path | None, typer.Option(metavar="C", help="Catalogue, for layers that match on it.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show the values in force for a position and the layer each came from.

    Example:

        lowtide policy show policy.yaml 1004906 330 --catalogue items.csv
    """
    items = load_catalogue(catalogue) if catalogue else None
    terms: dict[str, Any] = orjson.loads(Job.of(load_policy(file), items).group().terms(location, sku))
    if json_:
        for name, term in terms.items():
            sys.stdout.buffer.write(orjson.dumps({"name": name, **term}, option=orjson.OPT_APPEND_NEWLINE))
        return
    table = Table("value", "in force", "from layer", box=None, pad_edge=False)
    for name, term in terms.items():
        table.add_row(name, orjson.dumps(term["value"]).decode(), term["layer"])
    Console(highlight=False).print(table)
