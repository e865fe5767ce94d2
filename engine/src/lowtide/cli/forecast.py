"""`lowtide forecast`: forecasts by AutoARIMA, AutoETS or Croston's method, where they beat the built-in estimate."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import typer

from lowtide.cli.learn import FromOption, HistoryArgument, ToOption, day, steps
from lowtide.cli.options import (
    CatalogueOption,
    EncodingOption,
    LangOption,
    LocationsOption,
    OrderOption,
    PipelineOption,
    PolicyOption,
    TimeFormatOption,
    language_of,
)
from lowtide.errors import SettingsError
from lowtide.learning.factors import categories
from lowtide.learning.history import EPOCH
from lowtide.learning.judging import Trial
from lowtide.learning.learn import last_part_days
from lowtide.learning.models import MODELS, Forecast, statsforecast
from lowtide.learning.models import forecast as make_forecast
from lowtide.learning.opening import open_source
from lowtide.operation.log import setup
from lowtide.operation.screen import Listing, Screen
from lowtide.settings import load_settings
from lowtide.words import Language


def forecast(
    history: HistoryArgument,
    out: Annotated[Path, typer.Option("--out", metavar="F.parquet", help="Where the forecast is written.")],
    model: Annotated[
        str,
        typer.Option(
            metavar="M",
            help="auto_arima, auto_ets, croston_sba; auto: by category the one with the least loss.",
        ),
    ] = "auto",
    days: Annotated[
        int, typer.Option(metavar="N", min=1, max=365, help="Days after the history to forecast.")
    ] = 28,
    all_: Annotated[
        bool, typer.Option("--all", help="Write categories too in which the built-in estimate is as good.")
    ] = False,
    policy: PolicyOption = None,
    catalogue: CatalogueOption = None,
    locations: LocationsOption = None,
    first: FromOption = None,
    last: ToOption = None,
    order: OrderOption = None,
    encoding: EncodingOption = None,
    time_format: TimeFormatOption = None,
    pipeline: PipelineOption = None,
    json_: Annotated[bool, typer.Option("--json", help="What came out as one JSON object.")] = False,
    lang: LangOption = None,
) -> None:
    """Forecast daily demand with AutoARIMA, AutoETS or Croston's method, by category where it beats the built-in estimate.

    Needs the library statsforecast: `pip install 'lowtide[forecast]'`.

    Example:

        lowtide forecast 2025/ --catalogue items.csv --out forecast.parquet
    """
    setup("auto", level=logging.WARNING)
    language = language_of(lang)
    if model not in (*MODELS, "auto"):
        raise SettingsError(f"`--model {model}` is not known", f"Say one of {', '.join(MODELS)}, auto.")
    statsforecast()
    settings = load_settings(
        policy=policy,
        catalogue=catalogue,
        locations=locations,
        order=order,
        encoding=encoding,
        time_format=time_format,
        pipeline=pipeline,
    )
    with steps(language) as show:
        source = open_source(history, settings, day(first, "--from"), day(last, "--to"), show)
        known = source.history
        names, of = categories(known)
        lead = known.positions["lead_time_days"].to_numpy()[known.chosen]
        trial = Trial.of_history(known, names, of, known.days - last_part_days(known.days), lead)
        found = make_forecast(trial, model, days, everything=all_, show=show)
    if found.rows is not None:
        try:
            pq.write_table(pa.Table.from_batches([found.rows]), out, compression="zstd")
        except OSError as error:
            raise SettingsError(
                f"`{out}` cannot be written: {error.strerror}", "Give another file."
            ) from error
    if json_:
        told = [one.__dict__ for one in found.categories]
        rows = found.rows.num_rows if found.rows is not None else 0
        sys.stdout.buffer.write(
            orjson.dumps({"categories": told, "rows": rows}, option=orjson.OPT_APPEND_NEWLINE)
        )
        return
    _show(found, out, known.last_day, days, Screen(soft_wrap=True), language)


def _show(found: Forecast, out: Path, last_day: int, days: int, console: Screen, language: Language) -> None:
    heads = [
        language.say(f"forecast.head.{name}") for name in ("category", "model", "own", "theirs", "outcome")
    ]
    table = Listing(*heads, box=None, pad_edge=False)
    for one in found.categories:
        written = "beats" if one.beats else "kept" if found.everything else "loses"
        table.add_row(
            one.name or language.say("forecast.all"), one.model,
            "" if one.own is None else f"{one.own:.4f}", "" if one.theirs is None else f"{one.theirs:.4f}",
            language.say(f"forecast.{written}"),
        )  # fmt: skip
    console.print(table)
    console.print(language.say("forecast.loss"))
    console.print()
    if found.rows is None:
        console.print(language.say("forecast.nothing"))
        return
    first, last = (EPOCH + timedelta(days=last_day + at) for at in (1, days))
    rows = language.number(found.rows.num_rows)
    told = language.say(
        "forecast.written", file=out, rows=rows, first=first.isoformat(), last=last.isoformat()
    )
    console.print(told)
    console.print(language.say("forecast.use", file=out))
