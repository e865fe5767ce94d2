"""`lowtide map`: try a map on a sample, guess a first one, list and show those that there are."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import orjson
import typer

from lowtide.cli.files import print_document
from lowtide.cli.help import App
from lowtide.cli.map_check import check
from lowtide.cli.map_guess import guess
from lowtide.cli.options import LangOption, MapsOption, language_of
from lowtide.errors import MapError
from lowtide.map import SHIPPED, find_map, map_files, map_name, map_schema
from lowtide.map.loading import map_document
from lowtide.operation.screen import Listing, Screen
from lowtide.settings import load_settings
from lowtide.strict import YamlFault

app = App("Maps: how files, messages and tables of others become movements.")
app.command("check")(check)
app.command("guess")(guess)


@dataclass
class _Entry:
    """A map in the list."""

    name: str
    format: str
    about: str
    unconfirmed: bool
    where: str


@app.command("ls")
def ls(
    maps: MapsOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    lang: LangOption = None,
) -> None:
    """List the maps that come with the program, and those of a folder.

    Example:

        lowtide map ls --maps maps
    """
    language = language_of(lang)
    folder = maps or load_settings().maps
    folders = [(SHIPPED, language.say("map.shipped")), *([(Path(folder), folder)] if folder else [])]
    entries = [_entry(path, where) for root, where in folders for path in map_files(root)]
    if json_:
        for entry in entries:
            sys.stdout.buffer.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))
        return
    heads = (language.say(f"map.head_{head}") for head in ("name", "format", "where", "about"))
    table = Listing(*heads, box=None, pad_edge=False)
    for entry in entries:
        mark = f" ({language.say('map.mark_unconfirmed')})" if entry.unconfirmed else ""
        about = language.say("map.broken") if not entry.format else entry.about + mark
        table.add_row(entry.name, entry.format, entry.where, about)
    Screen(soft_wrap=not sys.stdout.isatty()).print(table)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a map, or its path.")],
    maps: MapsOption = None,
) -> None:
    """Print the text of a map, to start a map of one's own from.

    Example:

        lowtide map show epcis > map.yaml
    """
    folder = maps or load_settings().maps
    sys.stdout.buffer.write(find_map(name, Path(folder) if folder else None).read_bytes())


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of a map, for editors.

    Example:

        lowtide map schema > map.schema.json
    """
    print_document(map_schema())


def _entry(path: Path, where: str) -> _Entry:
    """What a map says of itself; its format is empty if it cannot be read."""
    try:
        value = map_document(path.read_text(encoding="utf-8-sig")).value
        read = value.get("read")
        form = str(read.get("format", "")) if isinstance(read, dict) else ""
    except (OSError, UnicodeDecodeError, YamlFault, MapError):
        return _Entry(map_name(path), "", "", False, where)
    unconfirmed = str(value.get("unconfirmed", "")).lower() == "true"
    return _Entry(map_name(path), form, str(value.get("about") or ""), unconfirmed, where)
