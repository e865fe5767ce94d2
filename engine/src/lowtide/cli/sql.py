"""`lowtide sql`: ClickHouse SQL on the warehouse, for reading."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lowtide.cli.alerts import WarehouseOption
from lowtide.errors import SettingsError
from lowtide.warehouse import Warehouse, open_warehouse
from lowtide.warehouse.guard import answer

FORMATS = {
    ".csv": "CSVWithNames",
    ".tsv": "TabSeparatedWithNames",
    ".json": "JSON",
    ".jsonl": "JSONEachRow",
    ".parquet": "Parquet",
    ".arrow": "Arrow",
    ".md": "Markdown",
}
"""The format of a file, by its ending. `.arrow` is a file that Arrow, Polars and DuckDB map into memory."""


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
    warehouse: WarehouseOption = "embedded:",
) -> None:
    """Ask the warehouse in ClickHouse SQL; it can only be read. The prompt completes names and keeps a history.

    Examples:

        lowtide sql "SELECT type, count() FROM alert_current GROUP BY type"

        lowtide sql "SELECT * FROM alert_history" --output alerts.parquet

        lowtide sql "SELECT * FROM ledger FINAL LIMIT 3" --format JSONEachRow

        lowtide sql < report.sql
    """
    on_terminal = sys.stdout.isatty()
    fmt = format_ or ("PrettyCompact" if on_terminal else "TabSeparatedWithNames")
    with open_warehouse(warehouse) as opened, opened.reader() as reader:
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
            save(reader, text, output, format_)
        else:
            show(answer(reader, text, fmt))


def show(output: bytes) -> None:
    """Print an answer as it came."""
    sys.stdout.flush()
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()


def save(reader: Warehouse, query: str, file: Path, fmt: str | None = None) -> None:
    """Write an answer to a file, in the format of its ending unless one is given; whole or not at all."""
    fmt = fmt or FORMATS.get(file.suffix.lower())
    if fmt is None:
        known = ", ".join(f"`{ending}`" for ending in FORMATS)
        raise SettingsError(f"which format has `{file}`?", f"Let it end in {known}, or give `--format`.")
    data = answer(reader, query, fmt)
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_bytes(data)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SettingsError(f"`{file}` cannot be written: {error.strerror}", "Give another file.") from error
    typer.echo(f"{len(data):,} bytes in {file} ({fmt})", err=True)
