"""`lowtide sql`: ClickHouse SQL on the warehouse, for reading."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lowtide.cli.options import WarehouseOption
from lowtide.cli.sql_output import FORMATS, PLAIN, save, show
from lowtide.errors import SettingsError
from lowtide.warehouse import open_warehouse


def sql(
    query: Annotated[
        str | None, typer.Argument(metavar="[QUERY]", help="Without it: a prompt, or standard input.")
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="F", help="A ClickHouse format: JSONEachRow, CSVWithNames, …"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help=f"Write to a file: {', '.join(FORMATS)}, …"),
    ] = None,
    raw: Annotated[
        bool,
        typer.Option(
            "--raw",
            help="CSV or TSV for a program: no apostrophe before text that a spreadsheet would compute.",
        ),
    ] = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:
    """Ask the warehouse in ClickHouse SQL; it can only be read. The prompt completes names and keeps a history.

    Examples:

        lowtide sql "SELECT type, count() FROM alert_current GROUP BY type"

        lowtide sql "SELECT * FROM alert_history" --output alerts.parquet

        lowtide sql "SELECT * FROM ledger FINAL LIMIT 3" --format JSONEachRow

        lowtide sql "SELECT * FROM reject" --format CSVWithNames --raw | ./check

        lowtide sql < report.sql
    """
    on_terminal = sys.stdout.isatty()
    fmt = format_ or ("PrettyCompact" if on_terminal else "TabSeparatedWithNames")
    with open_warehouse(warehouse) as opened, opened.reader(PLAIN) as reader:
        if query is None and sys.stdin.isatty():
            if output is not None:
                raise SettingsError(
                    "a prompt has no `--output`", "In it, `\\save FILE` writes the last answer."
                )
            from lowtide.cli.sql_prompt import prompt

            prompt(reader, fmt)
            return
        text = query if query is not None else sys.stdin.read()
        if output is not None:
            save(reader, text, output, format_, raw=raw)
        else:
            show(reader, text, fmt, raw=raw, chosen=format_ is not None)
