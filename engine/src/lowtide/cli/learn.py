"""`lowtide learn`: profiles, priors, lateness, promotions and lines from history, each judged before it is kept."""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from lowtide.cli.learn_output import show_learned
from lowtide.cli.options import (
    CatalogueOption,
    EncodingOption,
    ForecastOption,
    HolidaysOption,
    InputsOutOption,
    LangOption,
    LocationsOption,
    OrderOption,
    PipelineOption,
    PolicyOption,
    TimeFormatOption,
    language_of,
)
from lowtide.errors import SettingsError
from lowtide.inputs import Effect, Price, read_effects, read_prices, write_inputs
from lowtide.learning.classes import Cuts
from lowtide.learning.learn import Material
from lowtide.learning.learn import learn as learn_inputs
from lowtide.learning.opening import Source, open_source
from lowtide.operation.log import setup
from lowtide.operation.screen import Screen
from lowtide.settings import load_settings
from lowtide.words import Language

HistoryArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="HISTORY…",
        help="Files of movements (`.jsonl`, `.csv`, `.parquet`, a folder), or a warehouse: its folder, "
        "`embedded:` or http://host:8123.",
    ),
]
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="DAY", help="First day to learn from, such as 2026-01-01.")
]
ToOption = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day to learn from.")]


def learn(
    history: HistoryArgument,
    out: InputsOutOption,
    policy: PolicyOption = None,
    catalogue: CatalogueOption = None,
    locations: LocationsOption = None,
    promotions: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="F", help="Promotions (CSV): name, from, to, factor or class, where. May be given again."
        ),
    ] = None,
    holidays: HolidaysOption = None,
    drivers: Annotated[
        list[Path] | None,
        typer.Option(metavar="F", help="Other drivers (CSV): where, day, and a factor or a price."),
    ] = None,
    forecast: ForecastOption = None,
    first: FromOption = None,
    last: ToOption = None,
    budget: Annotated[
        float,
        typer.Option(
            metavar="N", min=0.01, help="False alarms for each position and month that people accept."
        ),
    ] = 0.35,
    abc: Annotated[
        str,
        typer.Option(metavar="A,B", help="Percent of a location's value that A ends at, and that B ends at."),
    ] = "80,95",
    xyz: Annotated[
        str,
        typer.Option(
            metavar="X,Y",
            help="Standard deviation of weekly demand over its mean that X stays below, and that Y stays below.",
        ),
    ] = "0.5,1",
    order: OrderOption = None,
    encoding: EncodingOption = None,
    time_format: TimeFormatOption = None,
    pipeline: PipelineOption = None,
    json_: Annotated[bool, typer.Option("--json", help="What was learned as one JSON object.")] = False,
    lang: LangOption = None,
) -> None:
    """Learn inputs from history: weekdays, season, promotions, priors, lateness, classes, horizon and lines.

    Each is judged on the last part of the history, which it was not learned from; what does not pay is dropped.

    Examples:

        lowtide learn 2025/ --catalogue items.csv --out inputs

        lowtide learn .lowtide/warehouse --out inputs --promotions promotions.csv --json
    """
    setup("auto", level=logging.WARNING)
    language = language_of(lang)
    cuts = _cuts(abc, xyz)
    effects = [one for path in (*(promotions or ()), *(holidays or ())) for one in read_effects(path)]
    prices = list[Price]()
    for path in drivers or ():
        more, priced = read_prices(path)
        effects, prices = [*effects, *more], [*prices, *priced]
    with steps(language) as show:
        source = open_source(
            history,
            load_settings(
                policy=policy, catalogue=catalogue, locations=locations, order=order, encoding=encoding,
                time_format=time_format, pipeline=pipeline,
            ),
            day(first, "--from"), day(last, "--to"), show,
        )  # fmt: skip
        learned = learn_inputs(_material(source, effects, prices, forecast, budget, cuts), show)
        target = write_inputs(out, learned.one)
    if json_:
        sys.stdout.buffer.write(
            orjson.dumps({**learned.as_dict, "folder": str(target)}, option=orjson.OPT_APPEND_NEWLINE)
        )
        return
    show_learned(learned, out, Screen(soft_wrap=True), language)


def _cuts(abc: str, xyz: str) -> Cuts:
    """Where classes end, as somebody types it. Raises SettingsError."""
    try:
        (a, b), (x, y) = [int(one) for one in abc.split(",")], [float(one) for one in xyz.split(",")]
    except ValueError:
        a = b = 0
        x = y = 0.0
    if not 0 < a < b < 100:
        raise SettingsError(
            f"`--abc {abc}` is not two limits", "Write two whole percents that rise, such as 80,95."
        )
    if not 0 < x < y < math.inf:
        raise SettingsError(f"`--xyz {xyz}` is not two limits", "Write two numbers that rise, such as 0.5,1.")
    return Cuts(a, b, x, y)


def _material(
    source: Source,
    effects: list[Effect],
    prices: list[Price],
    forecast: Path | None,
    budget: float,
    cuts: Cuts,
) -> Material:
    return Material(
        source.history,
        source.policy,
        source.job,
        source.catalogue,
        effects,
        prices,
        forecast,
        source.again,
        budget,
        cuts,
    )


def day(text: str | None, option: str) -> date | None:
    """A day as somebody types it. Raises SettingsError."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise SettingsError(f"`{option} {text}` is not a day", "Write it as 2026-01-31.") from None


@contextmanager
def steps(language: Language) -> Iterator[Any]:
    """Shows on a terminal which step is being done; elsewhere nothing."""
    console = Screen(stderr=True)
    with console.status(language.say("learn.step.read")) as status:
        yield lambda key, **gaps: status.update(language.say(key, **gaps))
