"""`lowtide tune`: values of a policy that a history and people's ratings propose, judged on days that chose nothing."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    MaybeSources,
    OrderOption,
    PipelineOption,
    PolicyOption,
    SuppliersOption,
    TimeFormatOption,
    day_of,
    language_of,
)
from lowtide.cli.replay_progress import ReplayProgress
from lowtide.errors import SettingsError
from lowtide.operation.screen import Screen, echo
from lowtide.rows import Row
from lowtide.settings import load_settings
from lowtide.words import Language

if TYPE_CHECKING:
    from lowtide.backtest.history import History
    from lowtide.tune import Tuning

POLICY = "policy.yaml"
BACKTESTS = "backtests"


def tune(
    sources: MaybeSources = None,
    policy: PolicyOption = None,
    catalogue: CatalogueOption = None,
    locations: LocationsOption = None,
    suppliers: SuppliersOption = None,
    lanes: LanesOption = None,
    inputs: InputsOption = None,
    warehouse: Annotated[
        str,
        typer.Option(
            "--warehouse", metavar="W", envvar="LOWTIDE_WAREHOUSE",
            help="Warehouse with people's ratings of alerts (right, false, unnecessary); with `--review` also the promises.",
        ),
    ] = "",
    budget: Annotated[
        float | None,
        typer.Option(
            metavar="N", min=0, help="The most pushes a day; else as many as the policy makes now."
        ),
    ] = None,
    kinds: Annotated[
        str,
        typer.Option(
            "--try",
            metavar="KINDS",
            help="Which changes are tried, such as `lines,horizon`: lines, horizon, exit_ratio, clear_after, low_turnover.",
        ),
    ] = "",
    judge_from: Annotated[
        str,
        typer.Option(
            "--judge-from", metavar="DAY", help="First day (UTC) that judges; else that of the last third."
        ),
    ] = "",
    to: Annotated[
        str,
        typer.Option("--to", metavar="DAY", help="Last day, included (UTC); else the last of the history."),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Write DIR/policy.yaml, DIR/tune.json and the back-test DIR/backtests/HASH."
        ),
    ] = None,
    review: Annotated[
        bool,
        typer.Option("--review", help="Compare what applied policies promised with what the ledger shows since then."),
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="The whole document as one JSON object.")] = False,
    currency: Annotated[
        str, typer.Option(metavar="C", help="What the prices of the catalogue are in.")
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
) -> None:  # fmt: skip
    """Propose lines, exits, horizons and exemptions by category from a history, and say what they are worth.

    The first part of the history chooses, the last part judges. Nothing changes by itself: `--out` writes a policy with a
    reason above each value, and `lowtide policy apply` puts it in force.

    Examples:

        lowtide tune 2025/ --policy policy.yaml --catalogue items.csv --out tuned

        lowtide tune 2025/ --catalogue items.csv --warehouse embedded: --judge-from 2025-09-01 --budget 40

        lowtide tune --review --warehouse embedded:
    """
    tell = language_of(lang)
    if review:
        from lowtide.cli.tune_review import show_review

        if sources:
            raise SettingsError("`--review` takes no history", "Give only `--warehouse W`.")
        show_review(warehouse or "embedded:", json_, tell)
        return
    if not sources:
        raise SettingsError(
            "no history is named", "Name files, a folder, a journal or a topic; or ask for `--review`."
        )
    settings = load_settings(
        policy=policy, catalogue=catalogue, locations=locations, suppliers=suppliers, lanes=lanes, inputs=inputs,
        block_records=block_records, pipeline=pipeline, lang=lang, order=order, encoding=encoding, map=map_, maps=maps,
        time_format=time_format,
    )  # fmt: skip
    from lowtide.backtest.history import History
    from lowtide.policy import load_policy
    from lowtide.runner.logs import with_layout
    from lowtide.tune import Asked
    from lowtide.tune import tune as run

    first = day_of("--judge-from", judge_from)
    history = History.of(with_layout(sources, form), settings)
    now = load_policy(settings.policy, history.places)
    name = Path(settings.policy).name if settings.policy else "defaults"
    _must_not_be_the_same(out, settings.policy)
    asked = Asked(
        first, day_of("--to", to), budget, lambda day: _ratings(warehouse, day), currency, _kinds(kinds)
    )
    with ReplayProgress(history, tell, latest=4) as progress:
        found = run(history, now, name, asked, progress.told)
    _finish(found, history, settings.policy, name, out, json_, tell)


def _kinds(text: str) -> list[str]:
    """The kinds of changes of `--try`; all without it. Raises SettingsError."""
    from lowtide.tune.changes import KINDS

    asked = [part.strip() for part in text.split(",") if part.strip()]
    for one in asked:
        if one not in KINDS:
            raise SettingsError(f"`--try` does not know `{one}`", f"Say some of {', '.join(KINDS)}.")
    return asked or list(KINDS)


def _must_not_be_the_same(out: Path | None, policy: str | None) -> None:
    """The policy now is not written over: a person compares the two."""
    if out is not None and policy is not None and (out / POLICY).resolve() == Path(policy).resolve():
        raise SettingsError(f"`--out {out}` would write over the policy `{policy}`", "Give another folder.")


def _ratings(warehouse: str, until: date) -> list[Row]:
    """The ratings of alerts that opened before the part that judges; nothing without a warehouse."""
    from lowtide.warehouse import open_warehouse
    from lowtide.warehouse.ratings import ratings

    if not warehouse:
        return []
    with open_warehouse(warehouse) as store:
        return ratings(store, datetime.combine(until, time(), UTC))


def _finish(
    found: Tuning,
    history: History,
    policy: str | None,
    name: str,
    out: Path | None,
    json_: bool,
    tell: Language,
) -> None:
    """Write what is to be written, and say what was found."""
    from lowtide.backtest.kept import bytes_of, keep, name_of
    from lowtide.backtest.page import page
    from lowtide.cli.tune_output import show
    from lowtide.tune.document import NAME, data_of, document_of
    from lowtide.tune.written import written

    hash_ = name_of(bytes_of(found.backtest.document)) if found.backtest is not None else ""
    document = document_of(found, history, name, hash_)
    kept = None
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"`{out}` cannot be written: {error.strerror}", "Give another folder."
            ) from error
        if found.backtest is not None:
            kept = keep(out / BACKTESTS, found.backtest.document, page(found.backtest, tell.lang))
        write_whole(out / NAME, data_of(document))
        if found.holds:
            text = "" if policy is None else Path(policy).read_text("utf-8-sig")
            write_whole(out / POLICY, written(found, text, tell).encode())
    if json_:
        print_document(document)
    else:
        show(found, document, Screen(soft_wrap=not sys.stdout.isatty()), tell)
    if kept is not None:
        echo(tell.say("tune.kept", folder=str(kept)), err=True)
    if not found.holds:
        return
    if out is None:
        echo(tell.say("tune.no_out"), err=True)
        return
    echo(tell.say("tune.written", file=str(out / POLICY)), err=True)
    echo(tell.say("tune.next", file=str(out / POLICY)), err=True)
