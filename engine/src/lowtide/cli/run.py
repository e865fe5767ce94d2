"""`lowtide run`: movements in, alerts in the warehouse."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from lowtide.cli.options import (
    BlockRecordsOption,
    CatalogueOption,
    DatabasesOption,
    EncodingOption,
    FolderOption,
    InputsOption,
    LanesOption,
    LangOption,
    LayoutOption,
    LocationsOption,
    MapOption,
    MapsOption,
    MaxRejectsOption,
    MaybeSources,
    OrderOption,
    PipelineOption,
    PolicyOption,
    ProxyOption,
    SuppliersOption,
    TimeFormatOption,
    TokensOption,
    language_of,
)
from lowtide.cli.summary import show
from lowtide.errors import SettingsError
from lowtide.intake.defaults import JOURNAL as FOLDER
from lowtide.intake.defaults import LISTEN, TOKENS
from lowtide.operation.log import setup
from lowtide.operation.screen import Screen
from lowtide.runner.cluster import Cluster
from lowtide.runner.logs import JOURNAL, total_bytes, with_layout
from lowtide.runner.meter import Meter
from lowtide.runner.processes import run_processes, start_again
from lowtide.runner.run import run as run_sources
from lowtide.settings import Settings, load_settings


def run(
    sources: MaybeSources = None,
    policy: PolicyOption = None,
    catalogue: CatalogueOption = None,
    locations: LocationsOption = None,
    suppliers: SuppliersOption = None,
    lanes: LanesOption = None,
    inputs: InputsOption = None,
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
    order: OrderOption = None,
    encoding: EncodingOption = None,
    map_: MapOption = None,
    maps: MapsOption = None,
    intake: Annotated[
        bool,
        typer.Option("--intake", help="Take documents into the journal that it reads, in the same process."),
    ] = False,
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where `--intake` listens; port 0: a free one.")
    ] = LISTEN,
    folder: FolderOption = None,
    databases: DatabasesOption = None,
    tokens: TokensOption = TOKENS,
    behind_proxy: ProxyOption = None,
    time_format: TimeFormatOption = None,
    block_records: BlockRecordsOption = None,
    max_rejects: MaxRejectsOption = None,
    pipeline: PipelineOption = None,
    lang: LangOption = None,
    json_: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
    summary_to: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run the dataflow over sources and keep alerts, positions and rejects in the warehouse.

    Examples:

        lowtide run sales.jsonl.gz --policy policy.yaml --catalogue items.csv

        lowtide run monday.csv --state .lowtide/state && lowtide run tuesday.csv --state .lowtide/state

        lowtide run stock.xlsx 'outbound.csv?map=kingdee-outstock' --map maps/stock.yaml --locations places.csv

        zcat till-*.gz | lowtide run - --workers 2

        lowtide run --intake --folder in/sales=sales --maps maps --state .lowtide/state

        lowtide run kafka://127.0.0.1:9092/sales --follow --state .lowtide/state

        lowtide run kafka://127.0.0.1:9092/sales --follow --state .lowtide/state --processes 2 --warehouse http://127.0.0.1:8123
    """
    if intake:
        sources, follow = sources or [f"{JOURNAL}{FOLDER}"], True
    if not sources:
        raise SettingsError("there is no SOURCE", "Give files, a folder, `-` or a topic; or `--intake`.")
    sources = with_layout(sources, form)
    options: dict[str, Any] = {
        "policy": policy,
        "catalogue": catalogue,
        "locations": locations,
        "suppliers": suppliers,
        "lanes": lanes,
        "inputs": inputs,
        "warehouse": warehouse,
        "state": state,
        "checkpoint_every": checkpoint_every,
        "workers": workers,
        "metrics": metrics,
        "log": log,
        "order": order,
        "encoding": encoding,
        "map": map_,
        "maps": maps,
        "time_format": time_format,
        "block_records": block_records,
        "max_rejects": max_rejects,
        "pipeline": pipeline,
        "lang": lang,
    }
    settings = load_settings(**options)
    if processes is not None and intake:
        raise SettingsError("`--intake` runs in one process", "Start `lowtide intake` beside `--processes`.")
    if processes is not None:
        summary = run_processes(processes, sources, settings, options, follow=follow)
    else:
        cluster = Cluster.of(os.environ, insecure=insecure_cluster)
        setup(settings.log, level=logging.INFO if follow else logging.WARNING, process=cluster.process)
        with ExitStack() as stack:
            if intake:
                taken = {
                    "folders": tuple(folder or ()), "databases": databases, "tokens": tokens,
                    "behind_proxy": tuple(behind_proxy or ()),
                }  # fmt: skip
                settings = _begin_intake(stack, sources, settings, listen=listen, **taken)
            meter = Meter(total_bytes(sources))
            summary = run_sources(sources, settings, meter, follow=follow, cluster=cluster)
        if summary.status == "grown":
            start_again()
        if summary_to is not None:
            if cluster.process == 0:
                summary_to.write_bytes(orjson.dumps(vars(summary)))
            return
    if json_:
        sys.stdout.buffer.write(orjson.dumps(summary.to_dict(), option=orjson.OPT_APPEND_NEWLINE))
    else:
        console, language = Screen(soft_wrap=True), language_of(settings.lang)
        show(summary, console, language)
        if settings.warehouse.reveal() != "none" and not summary.is_useless:
            console.print(language.say("run.next"))
    if summary.is_useless:
        raise typer.Exit(1)


def _begin_intake(stack: ExitStack, sources: list[str], settings: Settings, **options: Any) -> Settings:
    """Begin to take documents into the journal that is the source; the settings of the run. Raises SettingsError."""
    from lowtide.intake.beside import intake_beside
    from lowtide.intake.setup import IntakeSettings

    if len(sources) != 1 or not sources[0].startswith(JOURNAL):
        raise SettingsError(
            "`--intake` needs a journal as the source", f"Leave SOURCE out: it is `{JOURNAL}{FOLDER}`."
        )
    journal = Path(sources[0].removeprefix(JOURNAL))
    maps = None if settings.maps is None else Path(settings.maps)
    taken = IntakeSettings(journal=journal, maps=maps, map=settings.map, **options)
    language = language_of(settings.lang)
    address = stack.enter_context(intake_beside(taken, settings, language))
    text = language.say("intake.ready", address=address, journal=str(journal))
    Screen(stderr=True, soft_wrap=True).print(text)
    return settings.model_copy(update={"map": None})  # the frames of the journal name their maps
