"""`lowtide settings`: every setting, its value, and where it came from."""

from __future__ import annotations

import sys
from typing import Annotated

import orjson
import typer

from lowtide.operation.screen import Listing, Screen
from lowtide.settings import list_settings


def settings(json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Show every setting: from `lowtide.yaml`, `LOWTIDE_*`, or the default.

    Examples:

        lowtide settings

        LOWTIDE_WORKERS=2 lowtide settings --json
    """
    listed = list_settings()
    if json_:
        for setting in listed:
            sys.stdout.buffer.write(orjson.dumps(vars(setting), str, orjson.OPT_APPEND_NEWLINE))
        return
    table = Listing("setting", "value", "from", "meaning", box=None, pad_edge=False)
    for setting in listed:
        value = "-" if setting.value is None else str(setting.value)
        table.add_row(setting.name, value, setting.source.strip("`"), setting.meaning)
    Screen().print(table)
