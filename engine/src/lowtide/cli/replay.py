"""`lowtide replay`: the same ledger without Bytewax, state on disk or warehouse."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from lowtide.catalogue import load_catalogue
from lowtide.cli.run import Sources
from lowtide.core import Job, Log
from lowtide.errors import JobError, SettingsError
from lowtide.operation.log import setup
from lowtide.policy import load_policy
from lowtide.rows import Row, line, reject_rows
from lowtide.runner.logs import open_logs, total_bytes, with_layout
from lowtide.runner.meter import Meter
from lowtide.runner.replay import InOrder, Replay, Rows
from lowtide.settings import load_settings


def replay(
    sources: Sources,
    policy: Annotated[str | None, typer.Option(metavar="F", help="Policy file (YAML).")] = None,
    catalogue: Annotated[str | None, typer.Option(metavar="F", help="Catalogue (CSV or Parquet).")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Ledger entries as JSON lines, all columns.")] = False,
    positions: Annotated[
        Path | None, typer.Option(metavar="F", help="Write final positions to F as JSON lines.")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(metavar="F", help="Write rejects to F as JSON lines.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="FORM", help="What a topic's messages hold: json, ndjson, array, arrow."
        ),
    ] = None,
    block_records: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Records in a block; 0: a file is one.")
    ] = None,
    max_rejects: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Stop with exit code 1 after more rejects.")
    ] = None,
    pipeline: Annotated[
        str | None, typer.Option(help="Name of the pipeline: part of every alert's identity.")
    ] = None,
) -> None:
    """Replay sources and write every ledger entry to standard output, in order of event time.

    Examples:

        lowtide replay sales.jsonl.gz --policy changed.yaml --json > ledger.jsonl

        lowtide replay 2025/ --positions positions.jsonl --rejects rejects.jsonl
    """
    setup("auto", level=logging.WARNING)
    sources = with_layout(sources, form)
    settings = load_settings(
        policy=policy,
        catalogue=catalogue,
        block_records=block_records,
        max_rejects=max_rejects,
        pipeline=pipeline,
    )
    rules = load_policy(settings.policy)
    items = load_catalogue(settings.catalogue) if settings.catalogue else None
    job = Job.of(rules, items, pipeline=settings.pipeline)
    meter = Meter(total_bytes(sources))
    logs = open_logs(
        sources, settings.block_records, max_record_bytes=rules.max_record_bytes, progress=meter.read
    )
    in_order, rejected, finals = InOrder(), 0, []
    with _lines(rejects) as reject_file, _lines(positions) as position_file, meter:

        def write(rows: Rows, clock_ms: int | None) -> None:
            for entry in in_order.release(rows["ledger"], clock_ms):
                sys.stdout.buffer.write(line(entry) if json_ else _sentence(entry))
                meter.wrote(1)
            for batch in rows["reject"] if reject_file else []:
                for row in reject_rows(batch):
                    reject_file.write(line(row))  # type: ignore[union-attr]

        for name, blocks in logs.items():
            runner = Replay(Log(job.named(name), blocks, 1))
            for block in blocks:
                write(runner.feed(block), runner.log.partition.clock_ms if len(logs) == 1 else 0)
                meter.after_block(runner.log)
                if settings.max_rejects is None:
                    continue
                if rejected + runner.log.partition.counts()["rejects"] > settings.max_rejects:
                    raise JobError(
                        f"more than {settings.max_rejects:,} rejects", "See them with `--rejects F`."
                    )
            rejected += runner.log.partition.counts()["rejects"]
            write(runner.finish(), 0)
            finals += runner.positions() if position_file else []
        write({"ledger": [], "reject": []}, None)
        for row in sorted(finals, key=lambda row: (row["location"], row["sku"])):
            position_file.write(line(row))  # type: ignore[union-attr]
    sys.stdout.buffer.flush()


@contextmanager
def _lines(path: Path | None) -> Iterator[BinaryIO | None]:
    if path is None:
        yield None
        return
    try:
        file = path.open("wb")
    except OSError as error:
        hint = "Give a file in a folder that is there and may be written to."
        raise SettingsError(f"`{path}` cannot be written: {error.strerror}", hint) from None
    with file:
        yield file


def _sentence(entry: Row) -> bytes:
    """An entry for a person: time, what happened, where, and the stock at that moment."""
    p = "" if entry["p_stockout"] is None else f"  p {entry['p_stockout']:.2f}"
    cause = f"  by {entry['cause_source']}/{entry['cause_id']}" if entry["cause_id"] else "  by time"
    text = (
        f"{entry['event_time']}  {entry['entry']:<10} {entry['severity']:<8} {entry['type']:<19} "
        f"{entry['location']}/{entry['sku']}  available {entry['available']}{p}{cause}  {entry['alert_id']}\n"
    )
    return text.encode()
