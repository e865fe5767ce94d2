"""`lowtide run`: movements in, alerts in the warehouse."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from lowtide.cli.options import (
    BlockRecordsOption,
    CatalogueOption,
    LayoutOption,
    MaxRejectsOption,
    PipelineOption,
    PolicyOption,
    Sources,
)
from lowtide.operation.log import setup
from lowtide.runner.cluster import Cluster
from lowtide.runner.logs import total_bytes, with_layout
from lowtide.runner.meter import Meter
from lowtide.runner.processes import run_processes, start_again
from lowtide.runner.run import run as run_sources
from lowtide.runner.summary import Summary
from lowtide.settings import load_settings


def run(
    sources: Sources,
    policy: PolicyOption = None,
    catalogue: CatalogueOption = None,
    warehouse: Annotated[
        str | None, typer.Option(metavar="W", help="`embedded:`, a folder, http://…, or `none`.")
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Go on from the state in DIR, and leave it there for the next run."),
    ] = None,
    checkpoint_every: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Between two checkpoints of the state.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Keep on at the end of a topic, until SIGTERM or Ctrl-C.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Worker threads, in each process.")
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, max=64, help="Processes on this machine, started again if one dies."
        ),
    ] = None,
    metrics: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Serve /metrics, /healthz, /readyz there; `off`: nowhere."),
    ] = None,
    insecure_cluster: Annotated[
        bool,
        typer.Option(
            "--insecure-cluster",
            help="Let processes talk beyond loopback, unauthenticated: who reaches their ports runs code.",
        ),
    ] = False,
    log: Annotated[
        str | None, typer.Option(metavar="FORM", help="Log lines as `console`, `json`, or `auto`.")
    ] = None,
    form: LayoutOption = None,
    block_records: BlockRecordsOption = None,
    max_rejects: MaxRejectsOption = None,
    pipeline: PipelineOption = None,
    json_: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
    summary_to: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run the dataflow over sources and keep alerts, positions and rejects in the warehouse.

    Examples:

        lowtide run sales.jsonl.gz --policy policy.yaml --catalogue items.csv

        lowtide run monday.csv --state .lowtide/state && lowtide run tuesday.csv --state .lowtide/state

        zcat till-*.gz | lowtide run - --workers 2

        lowtide run kafka://127.0.0.1:9092/sales --follow --state .lowtide/state

        lowtide run kafka://127.0.0.1:9092/sales --follow --state .lowtide/state --processes 2 --warehouse http://127.0.0.1:8123
    """
    sources = with_layout(sources, form)
    options: dict[str, Any] = {
        "policy": policy,
        "catalogue": catalogue,
        "warehouse": warehouse,
        "state": state,
        "checkpoint_every": checkpoint_every,
        "workers": workers,
        "metrics": metrics,
        "log": log,
        "block_records": block_records,
        "max_rejects": max_rejects,
        "pipeline": pipeline,
    }
    settings = load_settings(**options)
    if processes is not None:
        summary = run_processes(processes, sources, settings, options, follow=follow)
    else:
        cluster = Cluster.of(os.environ, insecure=insecure_cluster)
        setup(settings.log, level=logging.INFO if follow else logging.WARNING, process=cluster.process)
        summary = run_sources(sources, settings, Meter(total_bytes(sources)), follow=follow, cluster=cluster)
        if summary.status == "grown":
            start_again()
        if summary_to is not None:
            if cluster.process == 0:
                summary_to.write_bytes(orjson.dumps(vars(summary)))
            return
    if json_:
        sys.stdout.buffer.write(orjson.dumps(vars(summary), option=orjson.OPT_APPEND_NEWLINE))
    else:
        show(summary, Console(highlight=False, soft_wrap=True), settings.warehouse)


def show(summary: Summary, console: Console, warehouse: str) -> None:
    """Prints a summary for a person, with the next commands to type."""
    counts = summary.counts
    rate = counts["records"] / max(summary.seconds, 1e-9)
    if summary.status == "stopped":
        console.print("stopped: the same command goes on from here")
    console.print(
        f"{counts['records']:,} records in {summary.seconds:.1f} s ({rate:,.0f}/s), {summary.positions:,} positions"
    )
    console.print(
        f"{counts['accepted']:,} accepted · {counts['duplicates']:,} duplicates · {counts['late']:,} late, "
        f"{counts['very_late']:,} of them very late · {counts['rejects']:,} rejects · {summary.entries:,} ledger entries"
    )
    rejected = {name.removeprefix("reject."): n for name, n in counts.items() if name.startswith("reject.")}
    if rejected:
        console.print("rejects: " + ", ".join(f"{name} {n:,}" for name, n in sorted(rejected.items())))
    for position in summary.shared[:5]:
        where = " and ".join(f"`{name}`" for name in position["partitions"])
        console.print(
            f"wrong: SKU {position['sku']} at {position['location']} has movements in {where}", markup=False
        )
    if summary.shared:
        console.print(
            f"{len(summary.shared):,} positions are in more than one partition, so their stock is wrong: "
            "key the topic by location (`lowtide repartition` copies it so)."
        )
    if warehouse != "none":
        console.print("next: `lowtide alerts`, `lowtide explain ALERT_ID`, `lowtide sql`", markup=False)
