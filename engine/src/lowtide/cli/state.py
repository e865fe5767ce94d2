"""`lowtide state`: what is in a state folder, whether it is whole, and the stock it stands for."""

from __future__ import annotations

import sys
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from lowtide.catalogue import load_catalogue
from lowtide.cli.help import App
from lowtide.cli.options import InputsOption
from lowtide.core import Job
from lowtide.errors import InputError
from lowtide.inputs import load_inputs
from lowtide.operation.screen import Listing, Screen, echo
from lowtide.rows import Keyed, position_lines
from lowtide.state import Manifest, StateFolder, read_segment

app = App("Look into a state folder: its checkpoints, its files, its stock.")

Folder = Annotated[Path, typer.Argument(metavar="STATE", help="The folder of `lowtide run --state`.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def _open(folder: Path) -> tuple[StateFolder, int, list[Manifest]]:
    """The state, the epoch with which a run would go on, and its manifests by log and part."""
    state = StateFolder.open(folder)
    if state is None:
        raise InputError(
            f"`{folder}` holds no state", "Give the folder that was given to `lowtide run --state`."
        )
    state.check_store()
    epoch = state.epochs.resume_epoch()
    manifests = state.epochs.manifests(epoch)
    state.must_be_known(manifests)
    return state, epoch, sorted(manifests, key=lambda one: (one.log, one.part != "log", one.part))


@app.command()
def ls(folder: Folder, json_: Json = False) -> None:
    """Show what a state holds: for each part of it the next record, its segments and their bytes.

    Example:

        lowtide state ls .lowtide/state
    """
    state, epoch, manifests = _open(folder)
    rows: list[dict[str, Any]] = [
        {
            "log": one.log,
            "part": one.part,
            "next": one.next,
            "segments": len(one.segments),
            "bytes": sum(segment.length for segment in one.segments),
        }
        for one in manifests
    ]
    if json_:
        for row in rows:
            sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        return
    was = state.identity
    echo(
        f"pipeline {was.pipeline} over {was.source}, {was.key_groups} key groups a log, begun under policy "
        f"{was.policy_version}; a run goes on with epoch {epoch}"
    )
    table = Listing("log", "part", "next record", "segments", "bytes", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["log"], row["part"], f"{row['next']:,}", str(row["segments"]), f"{row['bytes']:,}")
    Screen(soft_wrap=True).print(table)


@app.command()
def verify(folder: Folder, json_: Json = False) -> None:
    """Read every file of a state and check it: code 0 if a run can go on, 1 if not, with the file that is damaged.

    Example:

        lowtide state verify /backup/state
    """
    state, epoch, manifests = _open(folder)
    damaged = list(state.damages(manifests))
    kept = state.epochs.kept() if damaged else []
    older = [number for number in kept if state.damage(state.epochs.manifests(number)) is None]
    files = sum(len(one.segments) for one in manifests)
    report: dict[str, Any] = {"epoch": epoch, "files": files, "damaged": damaged, "goes_on_with": None}
    report["goes_on_with"] = epoch if not damaged else max(older, default=None)
    if json_:
        sys.stdout.buffer.write(orjson.dumps(report, option=orjson.OPT_APPEND_NEWLINE))
    else:
        echo("\n".join([*damaged, f"{files:,} files of epoch {epoch}, {len(damaged):,} of them damaged"]))
        if older:
            echo(f"a run would go on with epoch {max(older)}, and read what came since again")
    if damaged:
        raise typer.Exit(1)


@app.command()
def export(
    folder: Folder,
    catalogue: Annotated[
        Path | None, typer.Option(metavar="F", help="Catalogue (CSV, Excel, Parquet).")
    ] = None,
    inputs: InputsOption = None,
) -> None:
    """Write the stock of every position at the last checkpoint, as JSON lines like `lowtide replay --positions`.

    Example:

        lowtide state export .lowtide/state > positions.jsonl
    """
    state, _, manifests = _open(folder)
    job = Job.of(
        None,
        load_catalogue(str(catalogue)) if catalogue else None,
        pipeline=state.identity.pipeline,
        inputs=load_inputs(inputs) if inputs else None,
    )
    for log, parts in groupby(manifests, key=lambda one: one.log):
        named = job.named(log)
        rows: list[Keyed] = []
        for part in parts:
            if part.part == "log":
                continue
            part_folder = state.part_folder(log, part.part)
            segments = [read_segment(part_folder, segment) for segment in part.segments]
            group = named.restored_group(segments)
            rows += position_lines(group.positions())
        rows.sort(key=itemgetter(0))
        sys.stdout.buffer.writelines(text for _, text in rows)
