"""`lowtide backtest`: what another policy would have made of the past, as a table, one page, or one document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from lowtide.cli.files import print_document, write_whole
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
    MapsOption,
    OrderOption,
    PipelineOption,
    Sources,
    SuppliersOption,
    TimeFormatOption,
    day_of,
    language_of,
)
from lowtide.cli.replay_progress import ReplayProgress
from lowtide.errors import SettingsError
from lowtide.operation.screen import Listing, Screen, echo
from lowtide.settings import load_settings
from lowtide.words import Language

if TYPE_CHECKING:
    from lowtide.backtest.backtest import Backtest
    from lowtide.backtest.history import History
    from lowtide.policy import Policy

_FEW = 5
_COLOUR = {"better": "green", "worse": "red"}


def backtest(
    sources: Sources,
    policy: Annotated[
        list[str] | None,
        typer.Option(metavar="F", help="Policy file (YAML) to try; give it twice to compare two."),
    ] = None,
    catalogue: CatalogueOption = None,
    locations: LocationsOption = None,
    suppliers: SuppliersOption = None,
    lanes: LanesOption = None,
    inputs: InputsOption = None,
    people: Annotated[
        Path | None,
        typer.Option(
            "--people", metavar="F", help="File of people: who would have owned each alert, and their load."
        ),
    ] = None,
    from_: Annotated[
        str,
        typer.Option(
            "--from", metavar="DAY", help="First day of the figures (UTC); else the first of the history."
        ),
    ] = "",
    to: Annotated[
        str,
        typer.Option("--to", metavar="DAY", help="Last day, included (UTC); else the last of the history."),
    ] = "",
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one self-contained page.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Keep the result: DIR/HASH with `backtest.json` and the page."
        ),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="All figures and lists as one JSON object.")] = False,
    most: Annotated[
        int, typer.Option(metavar="N", min=0, help="Alerts of each list that the page explains.")
    ] = 30,
    currency: Annotated[
        str,
        typer.Option(
            metavar="C", help="What the prices of the catalogue are in; else as the file of people says."
        ),
    ] = "",
    form: LayoutOption = None,
    order: OrderOption = None,
    encoding: EncodingOption = None,
    map_: MapOption = None,
    maps: MapsOption = None,
    time_format: TimeFormatOption = None,
    block_records: BlockRecordsOption = None,
    pipeline: PipelineOption = None,
    lang: LangOption = None,
) -> None:
    """Replay a history under one policy, or two beside each other, before one of them is put in force.

    It says which alerts would have opened, when and for whom, which real stockouts were seen and how early, false alarms,
    calibration and expected loss; with two policies also the alerts that are added, gone and moved. Each policy is
    replayed in a process of its own, and nothing is stored but what `--out` and `--html` name.

    Examples:

        lowtide backtest 2025/ --policy policy.yaml --policy changed.yaml --catalogue items.csv --html changed.html

        lowtide backtest journal:journal --policy changed.yaml --people people.yaml --from 2026-09-01 --out backtests

        lowtide backtest 2025/ --policy policy.yaml --policy changed.yaml --json | jq .changes.counts
    """
    from lowtide.backtest.backtest import backtest as run
    from lowtide.backtest.history import History
    from lowtide.backtest.kept import PAGE, keep
    from lowtide.backtest.page import page
    from lowtide.backtest.period import Period
    from lowtide.cli.people_duty import book_of
    from lowtide.runner.logs import with_layout

    tell = language_of(lang)
    if html is not None and (html.is_dir() or not html.parent.is_dir()):
        raise SettingsError(f"`{html}` cannot be written", "Give a file in a folder that exists.")
    settings = load_settings(
        catalogue=catalogue, locations=locations, suppliers=suppliers, lanes=lanes, inputs=inputs,
        block_records=block_records, pipeline=pipeline, lang=lang, order=order, encoding=encoding, map=map_, maps=maps,
        time_format=time_format,
    )  # fmt: skip
    history = History.of(with_layout(sources, form), settings)
    period = Period(day_of("--from", from_), day_of("--to", to))
    tried = _policies(policy or [], history)
    book = None if people is None else book_of(people, settings.locations)
    with ReplayProgress(history, tell) as progress:
        result = run(history, tried, period, book=book, currency=currency, told=progress.told)
        text = page(result, tell.lang, most) if html is not None or out is not None else ""
    if json_:
        print_document(dict(result.document))
    else:
        _show(result, tell)
    if html is not None:
        write_whole(html, text.encode())
        echo(tell.say("backtest.page_written", file=str(html)), err=True)
    if out is not None:
        kept = keep(out, result.document, text)
        echo(tell.say("backtest.kept", folder=str(kept), page=str(kept / PAGE)), err=True)


def _policies(paths: list[str], history: History) -> dict[str, Policy]:
    """The policies by the names of their files, or by their paths where two files have one name. Raises PolicyError."""
    from lowtide.policy import load_policy

    if not paths:
        raise SettingsError("no policy is named", "Give `--policy F`, once or twice.")
    if len(set(paths)) < len(paths):
        raise SettingsError("one policy is named twice", "Give two different files, or one.")
    names = [Path(path).name for path in paths]
    called = names if len(set(names)) == len(names) else paths
    return {name: load_policy(path, history.places) for name, path in zip(called, paths, strict=True)}


def _show(result: Backtest, tell: Language) -> None:
    """The figures, the types that change, and the dearest alerts of each list."""
    from lowtide.backtest.changes import LISTS
    from lowtide.backtest.lines import amount, lines
    from lowtide.backtest.page import about_policies, changes, scope

    document, console = result.document, Screen(soft_wrap=not sys.stdout.isatty())
    told = Language(tell.lang, document["currency"])
    console.print(about_policies(document, told))
    console.print(scope(document, told))
    names = [one["name"] for one in document["policies"]]
    table = Listing(box=None, pad_edge=False)
    table.add_column(told.say("backtest.figure"))
    for name in names:
        table.add_column(name, justify="right")
    if len(names) == 2:
        table.add_column(told.say("backtest.difference"), justify="right")
    for line in lines(document, told):
        change = [Text(line.change, _COLOUR.get(line.verdict, ""))] if len(names) == 2 else []
        table.add_row(line.label, *line.values, *change)
    console.print(table)
    if document["changes"] is not None:
        console.print(changes(document, told))
    letters = dict(zip("ab", names, strict=False))
    lists = (
        {key: document["changes"][key] for key in LISTS}
        if document["changes"]
        else {"opened": document["opened"]}
    )
    for key, rows in lists.items():
        if not rows:
            continue
        console.print()
        console.print(Text(told.say(f"backtest.list.{key}", **letters), "bold"))
        for row in rows[:_FEW]:
            console.print(f"  {_sentence(row, told, amount(row['loss'], document['money'], told))}")


def _sentence(row: dict[str, Any], tell: Language, loss: str) -> str:
    cells = [
        tell.word("severity", row["severity"]), tell.word("type", row["type"]), tell.named(row["sku"], row["name"]),
        row["location"], tell.instant(row["opened_at"]), tell.say("backtest.loss_of", n=loss), row["alert_id"],
    ]  # fmt: skip
    return "  ".join(cells)
