"""`lowtide generate`: movements that look like a chain's, with the truth beside them."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import typer

from lowtide.errors import SettingsError
from lowtide.operation.screen import echo
from lowtide.samples.records import SCHEMA
from lowtide.samples.synthetic import TRUTH_SCHEMA, Day, Synthetic, bad_table


class Format(StrEnum):
    """How movements are written."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


def generate(
    positions: Annotated[int, typer.Option(min=1, help="How many pairs of SKU and location.")] = 1000,
    days: Annotated[int, typer.Option(min=1, help="How many days, from 2026-01-01.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    format_: Annotated[Format, typer.Option("--format", help="How movements are written.")] = Format.jsonl,
    out: Annotated[
        str,
        typer.Option("--out", metavar="FOLDER", help="Where files go; `-`: movements to standard output."),
    ] = "-",
) -> None:
    """Generate synthetic movements: sales, supply, lateness, counts; some twice, some late, some bad.

    A folder also gets the truth: `truth.parquet` (stock, demand and stockouts of every position and day),
    `truth-bad.parquet` (which records are bad, with the reject code) and `catalogue.parquet`.

    Examples:

        lowtide generate --positions 1000 --days 30 --seed 7 --out shop

        lowtide generate --days 7 | lowtide replay -
    """
    log = Synthetic(positions, days, seed, file_kind=format_.value)
    if out == "-":
        if format_ is Format.parquet:
            raise SettingsError("Parquet cannot go to standard output", "Give a folder: `--out shop`.")
        try:
            _text(log, sys.stdout.buffer, None)
        except BrokenPipeError:  # the reader has closed the pipe
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    folder = Path(out)
    try:
        _folder(log, folder)
    except OSError as error:
        raise SettingsError(f"`{out}` cannot be written: {error.strerror}", "Give another folder.") from None
    shown = folder / f"movements.{format_.value}"
    echo(f"Next: lowtide replay {shown} --catalogue {folder / 'catalogue.parquet'}", err=True)


class _TruthWriter:
    """Writes what is true, a day at a time."""

    def __init__(self, log: Synthetic, folder: Path) -> None:
        self.log, self.folder = log, folder
        self.bad: list[tuple[int, str]] = []
        self.writer = pq.ParquetWriter(folder / "truth.parquet", TRUTH_SCHEMA)

    def add(self, day: Day) -> None:
        self.writer.write_table(self.log.truth_of(day))
        self.bad += day.bad

    def close(self) -> None:
        self.writer.close()
        pq.write_table(bad_table(self.bad), self.folder / "truth-bad.parquet")


def _folder(log: Synthetic, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(log.catalogue(), folder / "catalogue.parquet")
    truth = _TruthWriter(log, folder)
    try:
        if log.file_kind == "parquet":
            with pq.ParquetWriter(folder / "movements.parquet", SCHEMA, compression="zstd") as writer:
                for day in log.days():
                    writer.write_table(log.table(day.arrivals))
                    truth.add(day)
        else:
            with (folder / f"movements.{log.file_kind}").open("wb") as file:
                _text(log, file, truth)
    finally:
        truth.close()


def _text(log: Synthetic, file: BinaryIO, truth: _TruthWriter | None) -> None:
    header = True
    for day in log.days():
        if log.file_kind == "jsonl":
            file.write(log.render(day.arrivals))
        else:
            rows = log.table(day.arrivals, typed=False)
            options = pa_csv.WriteOptions(include_header=header, quoting_style="needed")
            sink = pa.BufferOutputStream()
            pa_csv.write_csv(rows, sink, options)
            file.write(sink.getvalue())
            header = False
        if truth:
            truth.add(day)
    file.flush()
