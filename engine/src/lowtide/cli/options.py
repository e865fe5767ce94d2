"""Options that several commands have in common, and how their values are read."""

from __future__ import annotations

from typing import Annotated

import typer

from lowtide.errors import SettingsError
from lowtide.words import LANGUAGES, Lang

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE…",
        help="`.jsonl[.gz,.zst]`, `.csv`, `.parquet`, a folder of them, or `-`; read in this order. "
        "Or a topic, `kafka://host:port/topic`.",
    ),
]
PolicyOption = Annotated[str | None, typer.Option(metavar="F", help="Policy file (YAML).")]
CatalogueOption = Annotated[str | None, typer.Option(metavar="F", help="Catalogue (CSV or Parquet).")]
LayoutOption = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="FORM", help="What a topic's messages hold: json, ndjson, array, arrow."
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


def languages(text: str) -> list[Lang]:
    """The languages of `--lang en,zh`, each once, in the order of the text. Raises SettingsError."""
    asked = [part.strip().lower() for part in text.split(",") if part.strip()]
    known: list[Lang] = [lang for part in asked for lang in LANGUAGES if lang == part]
    if not asked or len(known) != len(asked):
        raise SettingsError(f"not a language: `{text}`", "Say `--lang en`, `--lang zh` or `--lang en,zh`.")
    return list(dict.fromkeys(known))


def language(text: str) -> Lang:
    """The one language of `--lang zh`. Raises SettingsError."""
    for lang in LANGUAGES:
        if text.strip().lower() == lang:
            return lang
    raise SettingsError(f"not a language of the report: `{text}`", "Say `--lang en` or `--lang zh`.")
