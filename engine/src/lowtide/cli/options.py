"""Options that several commands have in common, and how their values are read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lowtide.cli.help import LANG
from lowtide.errors import SettingsError
from lowtide.settings import load_settings
from lowtide.words import LANGUAGES, Lang, Language

_SOURCE = typer.Argument(
    metavar="SOURCE…",
    help="`.jsonl[.gz,.zst]`, `.csv`, `.parquet`, `.xlsx`, a folder of them, or `-`; read in this order; with a map any "
    "other file too. Or a topic, `kafka://host:port/topic`.",
)
Sources = Annotated[list[str], _SOURCE]
MaybeSources = Annotated[list[str] | None, _SOURCE]
"""Sources that may be left out."""
ActorOption = Annotated[
    str,
    typer.Option("--as", metavar="NAME", envvar="LOWTIDE_ACTOR", help="Who does it; else your user name."),
]
PolicyOption = Annotated[str | None, typer.Option(metavar="F", help="Policy file (YAML).")]
CatalogueOption = Annotated[
    str | None, typer.Option(metavar="F", help="Catalogue of SKUs (CSV, Excel, Parquet).")
]
LocationsOption = Annotated[
    str | None,
    typer.Option(metavar="F", help="Names, regions and time zones of places (CSV, Excel, Parquet)."),
]
SuppliersOption = Annotated[
    str | None,
    typer.Option(metavar="F", help="Order days and lead times of suppliers (CSV, Excel, Parquet)."),
]
LanesOption = Annotated[
    str | None,
    typer.Option(metavar="F", help="Lanes between places: hours, pack, cost (CSV, Excel, Parquet)."),
]
InputsOutOption = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Folder of inputs: DIR/HASH and DIR/current are written.")
]
HolidaysOption = Annotated[
    list[Path] | None,
    typer.Option(metavar="F", help="Holidays and closed days (CSV): name, day, factor (0: closed), where."),
]
ForecastOption = Annotated[
    Path | None,
    typer.Option(metavar="F", help="Forecasts of others (Parquet, CSV): location, sku, day, mean, variance."),
]
InputsOption = Annotated[
    str | None,
    typer.Option(
        metavar="DIR", help="Inputs beside the policy, from `lowtide learn`: DIR, or one set DIR/HASH."
    ),
]
LayoutOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORM",
        help="What a topic's messages hold: json, ndjson, array, arrow, cloudevents, connect, debezium; "
        "with a schema registry avro, protobuf, jsonschema.",
    ),
]
OrderOption = Annotated[
    str | None,
    typer.Option(
        "--order",
        metavar="ORDER",
        help="Read records as they stand (`arrival`) or by event time (`event`); by default one file of JSON lines as it "
        "stands, other files by event time.",
    ),
]
EncodingOption = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="Encoding of text files that are not UTF-8 and have no byte order mark, such as gb18030 or cp1252.",
    ),
]
MapOption = Annotated[
    str | None,
    typer.Option(
        "--map",
        metavar="MAP",
        help="How files or messages of others become movements: a map.yaml, or the name of a map (`lowtide map ls`). "
        "`SOURCE?map=NAME` names one for one source.",
    ),
]
MapsOption = Annotated[
    str | None, typer.Option("--maps", metavar="DIR", help="Folder of maps that are called by their names.")
]
TimeFormatOption = Annotated[
    str | None,
    typer.Option(
        "--time-format",
        metavar="FORMAT",
        help="How the records write times that are not RFC 3339, such as `DD/MM/YYYY HH:mm`.",
    ),
]
FolderOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="IN=MAP",
        help="A watched folder, IN=MAP; IN alone holds movements in our own form. May be given several times.",
    ),
]
DatabasesOption = Annotated[
    Path | None, typer.Option(metavar="F", help="Tables that are read again and again (YAML).")
]
TokensOption = Annotated[
    Path,
    typer.Option("--tokens", metavar="F", help="File of the tokens of senders.", envvar="LOWTIDE_TOKENS"),
]
ProxyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--behind-proxy",
        metavar="CIDR",
        help="Network or address of a proxy, which says who asks (X-Forwarded-For, X-Forwarded-Proto); may be given "
        "several times.",
    ),
]
BlockRecordsOption = Annotated[
    int | None, typer.Option(metavar="N", min=0, help="Records in a block; 0: a file is one.")
]
MaxRejectsOption = Annotated[
    int | None, typer.Option(metavar="N", min=0, help="Stop with exit code 1 after more rejects.")
]
PipelineOption = Annotated[
    str | None, typer.Option(help="Name of the pipeline: part of every alert's identity.")
]
WarehouseOption = Annotated[
    str,
    typer.Option(
        "--warehouse",
        metavar="W",
        envvar="LOWTIDE_WAREHOUSE",
        help="`embedded:`, a folder, or http://host:8123",
    ),
]


def _keep(ctx: typer.Context, lang: str | None) -> str | None:
    ctx.meta[LANG] = lang
    return lang


LangOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="L",
        envvar="LOWTIDE_LANG",
        help="Language: `en` or `zh`.",
        is_eager=True,
        callback=_keep,
    ),
]


def day_of(option: str, text: str) -> date | None:
    """The day of an option; None if it was not given. Raises SettingsError."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingsError(f"`{option}` is not a day: `{text}`", "For instance `2026-11-22`.") from None


def languages(text: str) -> list[Lang]:
    """The languages of `--lang en,zh`, each once, in the order of the text. Raises SettingsError."""
    asked = [part.strip().lower() for part in text.split(",") if part.strip()]
    known: list[Lang] = [lang for part in asked for lang in LANGUAGES if lang == part]
    if not asked or len(known) != len(asked):
        raise SettingsError(f"not a language: `{text}`", "Say `--lang en`, `--lang zh` or `--lang en,zh`.")
    return list(dict.fromkeys(known))


def language_of(text: str | None) -> Language:
    """The language of a command: of `--lang`, else of the settings; of several the first. Raises SettingsError."""
    return Language(languages(load_settings().lang if text is None else text)[0])
