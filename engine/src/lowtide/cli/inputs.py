"""`lowtide inputs`: write a set of inputs by hand, check one, see what it says, put it into a topic."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import orjson
import pyarrow as pa
import pyarrow.csv as csv
import typer

from lowtide.cli.help import App
from lowtide.cli.options import ForecastOption, HolidaysOption, InputsOutOption, LangOption, language_of
from lowtide.cli.rule_record import AtOption, TopicArgument, put, times
from lowtide.errors import PolicyError, SettingsError
from lowtide.inputs import (
    HASH,
    InputSet,
    InputsFolder,
    inputs_record,
    load_inputs,
    read_effects,
    read_prices,
    write_inputs,
)
from lowtide.inputs import (
    build as build_inputs,
)
from lowtide.inputs.tables import CLASSES
from lowtide.operation.screen import Listing, Screen, echo
from lowtide.words import Language

_MOST_ROWS = 40

app = App("Inputs beside the policy: write them by hand, check them, see them, put them into a topic.")

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of inputs, or DIR/HASH for one set.")]


@app.command()
def check(folder: Folder, lang: LangOption = None) -> None:
    """Check inputs: every file of every set, and that its content is what its hash says.

    Example:

        lowtide inputs check inputs
    """
    language, found = language_of(lang), load_inputs(folder)
    for name in [found.start] if _is_one(folder) and found.start else found.sets:
        one = found.sets[name]
        counts = {
            "profiles": len(one.document.profiles), "seasons": len(one.document.seasons),
            "layers": len(one.document.layers), "drivers": len(one.document.drivers),
            "forecast": one.forecast.num_rows if one.forecast else 0, "classes": one.classes.num_rows if one.classes else 0,
        }  # fmt: skip
        shown = {key: language.number(count) for key, count in counts.items()}
        echo(language.say("inputs.good", folder=found.path / name, **shown))
    if not _is_one(folder):
        echo(
            language.say("inputs.current", hash=found.start)
            if found.start
            else language.say("inputs.no_current")
        )


@app.command()
def show(
    folder: Folder,
    json_: Annotated[bool, typer.Option("--json", help="The document as JSON.")] = False,
    classes: Annotated[
        bool, typer.Option("--classes", help="The ABC and XYZ class of each position as CSV.")
    ] = False,
    lang: LangOption = None,
) -> None:
    """Show what a set of inputs says: its layers and its drivers. Of a folder the current set.

    Examples:

        lowtide inputs show inputs

        lowtide inputs show inputs --classes > classes.csv
    """
    one = _one(load_inputs(folder))
    if classes:
        rows = one.classes or pa.RecordBatch.from_pylist([], schema=CLASSES)
        csv.write_csv(rows, sys.stdout.buffer, csv.WriteOptions(quoting_style="needed"))
        return
    if json_:
        sys.stdout.buffer.write(one.json + b"\n")
        return
    language, console = language_of(lang), Screen()
    document = one.document
    layers = Listing(
        language.say("inputs.layer"), language.say("inputs.where"), language.say("inputs.values"), box=None
    )
    for layer in document.layers:
        values = layer.set.model_dump(mode="json", exclude_none=True)
        told = ", ".join(f"{name} {_short(value)}" for name, value in values.items())
        layers.add_row(layer.name, _where(layer.match, language), told)
    drivers = Listing(
        language.say("inputs.driver"), language.say("inputs.where"), language.say("inputs.days"),
        language.say("inputs.factor"), box=None,
    )  # fmt: skip
    for driver in document.drivers[:_MOST_ROWS]:
        days = f"{driver.first}" if driver.first == driver.last else f"{driver.first} – {driver.last}"
        drivers.add_row(driver.name, _where(driver.match, language), days, f"{driver.factor:g}")
    if len(document.drivers) > _MOST_ROWS:
        drivers.add_row("…", "", "", "")
    for table in (layers, drivers):
        if table.row_count:
            console.print(table)


@app.command()
def build(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE.yaml…", help="Documents of inputs (YAML or JSON), in order."),
    ] = None,
    out: InputsOutOption = Path("inputs"),
    promotions: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="F", help="Promotions (CSV): name, from, to, factor, where. May be given again."
        ),
    ] = None,
    holidays: HolidaysOption = None,
    drivers: Annotated[
        list[Path] | None, typer.Option(metavar="F", help="Other drivers (CSV): where, day, factor.")
    ] = None,
    forecast: ForecastOption = None,
    classes: Annotated[
        Path | None,
        typer.Option(metavar="F", help="Classes of positions (Parquet, CSV): location, sku, abc, xyz."),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Write a set of inputs from files that people keep, under the hash of its content.

    Examples:

        lowtide inputs build weekdays.yaml --promotions promotions.csv --out inputs

        lowtide inputs build inputs/3f1c0a7be882/inputs.json --holidays 2027.csv --out inputs
    """
    language = language_of(lang)
    effects = [one for path in (*(promotions or ()), *(holidays or ())) for one in read_effects(path)]
    for path in drivers or ():
        more, prices = read_prices(path)
        if prices:
            raise PolicyError(
                f"`{path}` has prices, and no factors",
                f"What a price does is learned: `lowtide learn HISTORY… --drivers {path} --out {out}`.",
            )
        effects += more
    if not (files or effects or forecast or classes):
        raise SettingsError(
            "there is nothing to build from", "Give FILE.yaml, or one of `--promotions`, `--forecast`, …"
        )
    target = write_inputs(out, build_inputs(files or [], effects, forecast, classes).one)
    echo(language.say("learn.written", folder=target))
    echo(language.say("learn.use", out=out))
    echo(language.say("learn.apply", hash=target.name))


@app.command()
def apply(
    version: Annotated[
        str, typer.Argument(metavar="HASH", help="Hash of a set of inputs, or its folder DIR/HASH.")
    ],
    topic: TopicArgument,
    at: AtOption = "",
    lang: LangOption = None,
) -> None:
    """Put the hash of inputs into every partition of a topic: from there on they hold, now and in every replay.

    Every run that reads the topic needs the set under its `--inputs DIR`.

    Examples:

        lowtide inputs apply 3f1c0a7be882 kafka://127.0.0.1:9092/sales

        lowtide inputs apply inputs - >> movements.jsonl
    """
    name = _hash_of(version)
    count = put(inputs_record(name, *times(at)), topic)
    if count is not None:
        echo(language_of(lang).say("inputs.applied", hash=name, n=count))


def _hash_of(text: str) -> str:
    """The hash that was typed, or that of a folder, which is checked. Raises PolicyError."""
    if Path(text).is_dir():
        found = load_inputs(text)
        return _one(found).hash
    if not HASH.fullmatch(text):
        raise PolicyError(
            f"`{text}` is neither the hash of inputs nor a folder of inputs",
            "A hash is 12 digits of 0-9 and a-f, such as 3f1c0a7be882; `lowtide inputs check DIR` lists them.",
        )
    return text


def _one(found: InputsFolder) -> InputSet:
    """The set with which a folder starts. Raises PolicyError if it names none."""
    if found.start is None:
        raise PolicyError(
            f"`{found.path}` has no current set",
            f"Name one: {', '.join(f'{found.path / name}' for name in found.sets)}.",
        )
    return found.sets[found.start]


def _is_one(folder: Path) -> bool:
    return bool(HASH.fullmatch(folder.resolve().name))


def _where(match: object, language: Language) -> str:
    if not isinstance(match, dict) or not match:
        return language.say("inputs.every")
    return ", ".join(f"{key} {' '.join(patterns)}" for key, patterns in match.items())


def _short(value: object) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= 48 else f"{text[:40]} … {text[-7:]}"
