"""`lowtide replay`: the same ledger without Bytewax, state on disk or warehouse."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Annotated, BinaryIO

import orjson
import typer

from lowtide.catalogue import load_files
from lowtide.cli.files import opened_to_write
from lowtide.cli.options import (
    BlockRecordsOption,
    CatalogueOption,
    EncodingOption,
    InputsOption,
    LanesOption,
    LangOption,
    LayoutOption,
    LocationsOption,
    MapOption,
    MaxRejectsOption,
    OrderOption,
    PipelineOption,
    PolicyOption,
    Sources,
    SuppliersOption,
    TimeFormatOption,
    language_of,
)
from lowtide.cli.summary import show, show_faults
from lowtide.core import Job, Log
from lowtide.errors import SettingsError
from lowtide.inputs import load_inputs
from lowtide.operation.log import setup
from lowtide.operation.screen import Screen
from lowtide.policy import load_policy, places_of
from lowtide.rows import Keyed, Row, line, reject_rows
from lowtide.runner.logs import open_logs, total_bytes, with_layout
from lowtide.runner.map_history import History, is_state
from lowtide.runner.maps import Maps
from lowtide.runner.meter import Meter
from lowtide.runner.order import Sorting
from lowtide.runner.replay import replay_logs
from lowtide.runner.summary import summary_of
from lowtide.settings import load_settings
from lowtide.words.visible import visible


def replay(
    sources: Sources,
    policy: PolicyOption = None,
    catalogue: CatalogueOption = None,
    locations: LocationsOption = None,
    suppliers: SuppliersOption = None,
    lanes: LanesOption = None,
    inputs: InputsOption = None,
    json_: Annotated[bool, typer.Option("--json", help="Ledger entries as JSON lines, all columns.")] = False,
    positions: Annotated[
        Path | None, typer.Option(metavar="F", help="Write final positions to F as JSON lines.")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(metavar="F", help="Write rejects to F as JSON lines.")
    ] = None,
    form: LayoutOption = None,
    order: OrderOption = None,
    encoding: EncodingOption = None,
    map_: MapOption = None,
    maps: Annotated[
        str | None,
        typer.Option(
            "--maps",
            metavar="DIR",
            help="Folder of maps that are called by their names; or the state of a run: then each record is read with the "
            "map that the run read it with.",
        ),
    ] = None,
    time_format: TimeFormatOption = None,
    block_records: BlockRecordsOption = None,
    max_rejects: MaxRejectsOption = None,
    pipeline: PipelineOption = None,
    lang: LangOption = None,
) -> None:
    """Replay sources and write every ledger entry to standard output, in order of event time.

    Examples:

        lowtide replay sales.jsonl.gz --policy changed.yaml --json > ledger.jsonl

        lowtide replay 2025/ --positions positions.jsonl --rejects rejects.jsonl

        lowtide replay outbound.csv --map kingdee-outstock --locations places.csv --rejects rejects.jsonl

        lowtide replay kafka://127.0.0.1:9092/erp --maps .lowtide/state --json
    """
    setup("auto", level=logging.WARNING)
    sources = with_layout(sources, form)
    settings = load_settings(
        policy=policy,
        catalogue=catalogue,
        locations=locations,
        suppliers=suppliers,
        lanes=lanes,
        inputs=inputs,
        block_records=block_records,
        max_rejects=max_rejects,
        pipeline=pipeline,
        lang=lang,
        order=order,
        encoding=encoding,
        map=map_,
        maps=None if is_state(maps) else maps,
        time_format=time_format,
    )
    files = load_files(settings)
    rules = load_policy(settings.policy, places_of(files.get("location")))
    job = Job.of(
        rules,
        files.get("catalogue"),
        pipeline=settings.pipeline,
        time_format=settings.time_format,
        inputs=load_inputs(settings.inputs) if settings.inputs else None,
    )
    meter, most, finals = Meter(total_bytes(sources)), rules.max_record_bytes, list[Keyed]()
    ended: list[Log] = []
    logs = open_logs(
        sources,
        settings.block_records,
        max_record_bytes=most,
        encoding=settings.encoding,
        progress=meter.read,
        order=settings.order,
        sorting=Sorting(job),
        maps=Maps.of(settings, files),
        history=_history(maps, map_, job),
    )
    with _lines(rejects) as reject_file, _lines(positions) as position_file, meter:
        for outcome in replay_logs(job, logs, max_rejects=settings.max_rejects, observer=meter):
            sys.stdout.buffer.writelines(outcome.entries if json_ else map(_sentence, outcome.entries))
            meter.wrote(len(outcome.entries))
            if reject_file:
                reject_file.writelines(
                    line(row) for batch in outcome.rows["reject"] for row in reject_rows(batch)
                )
            if outcome.ended:
                ended.append(outcome.replay.log)
            if position_file and outcome.ended:
                finals += outcome.replay.positions()
        if position_file:
            finals.sort(key=itemgetter(0))
            position_file.writelines(line for _, line in finals)
    sys.stdout.buffer.flush()
    summary = summary_of(job, ended, meter)
    console = Screen(stderr=True, soft_wrap=True)
    (show if console.is_terminal else show_faults)(summary, console, language_of(settings.lang))
    if summary.is_useless:
        raise typer.Exit(1)


def _history(maps: str | None, map_: str | None, job: Job) -> History | None:
    """The maps of a run's state, where `--maps` names one."""
    if maps is None or not is_state(maps):
        return None
    if map_ is not None:
        raise SettingsError(
            "`--map` reads all with one map, and `--maps STATE` with those of a run", "Give one of the two."
        )
    return History.of(Path(maps), job)


@contextmanager
def _lines(path: Path | None) -> Iterator[BinaryIO | None]:
    if path is None:
        yield None
        return
    with opened_to_write(path) as file:
        yield file


def _sentence(entry_line: bytes) -> bytes:
    """An entry for a person: time, what happened, where, and the stock at that moment."""
    entry: Row = orjson.loads(entry_line)
    p = "" if entry["p_stockout"] is None else f"  p {entry['p_stockout']:.2f}"
    cause = f"  by {entry['cause_source']}/{entry['cause_id']}" if entry["cause_id"] else "  by time"
    text = (
        f"{entry['event_time']}  {entry['entry']:<10} {entry['severity']:<8} {entry['type']:<19} "
        f"{entry['location']}/{entry['sku']}  available {entry['available']}{p}{cause}  {entry['alert_id']}"
    )
    return f"{visible(text)}\n".encode()
