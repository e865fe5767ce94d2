"""Options that several commands have in common, and how their values are read."""

from __future__ import annotations

from typing import Annotated

import typer

from lowtide.errors import SettingsError
from lowtide.words import LANGUAGES, Lang

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
