"""What becomes of an answer of `lowtide sql`: it is shown as it came, or written to a file in the format of its ending."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from lowtide.cli.files import write_whole
from lowtide.errors import SettingsError
from lowtide.warehouse import Warehouse
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


def show(output: bytes) -> None:
    """Print an answer as it came."""
    sys.stdout.flush()
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()


def save(reader: Warehouse, query: str, file: Path, fmt: str | None = None) -> None:
    """Write an answer to a file, in the format of its ending unless one is given; completely or not at all."""
    fmt = fmt or FORMATS.get(file.suffix.lower())
    if fmt is None:
        known = ", ".join(f"`{ending}`" for ending in FORMATS)
        raise SettingsError(f"which format has `{file}`?", f"Let it end in {known}, or give `--format`.")
    data = answer(reader, query, fmt)
    write_whole(file, data)
    typer.echo(f"{len(data):,} bytes in {file} ({fmt})", err=True)
