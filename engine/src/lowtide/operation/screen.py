"""The doors through which text leaves for a person at a terminal: a line, a row, a table.

What others wrote (a SKU, a name, a comment) may hold signs that a terminal obeys. Here, and only here, they are written
out, so that no command has to think of it. JSON does not pass here: it escapes such signs itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lowtide.words.visible import visible, visible_lines

_WIDE = 1000
"""Columns of a table that no terminal shows."""


class Screen(Console):
    """A console that takes text as it is: no markup, no signs for pictures, nothing that a terminal obeys."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"highlight": False, "markup": False, "emoji": False, **options})

    def print(self, *objects: Any, **options: Any) -> None:
        """Print sentences and tables."""
        super().print(*map(_shown, objects), **options)


class Listing(Table):
    """A table whose cells are on one line each, with everything hidden written out."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        """Add a row of texts, or of texts with a style."""
        super().add_row(*(_cell(cell) for cell in cells), **options)


def screen() -> Screen:
    """Standard output for a table: as wide as the terminal; in a pipe or a file no row is broken."""
    return Screen(soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)


def echo(text: object = "", *, err: bool = False, nl: bool = True) -> None:
    """Write a sentence, or lines of ours."""
    click.echo(visible_lines(str(text)), err=err, nl=nl)


def tabbed(cells: Iterable[object]) -> None:
    """Write a row for a script: cells with a tab between them, so a cell has no tab and no line end."""
    click.echo("\t".join(visible(str(cell)) for cell in cells))


def _shown(given: Any) -> Any:
    if isinstance(given, str):
        return visible_lines(given)
    return given if not isinstance(given, Text) else _with_style(given, visible_lines(given.plain))


def _cell(given: Any) -> Any:
    if isinstance(given, str):
        return Text(visible(given))
    return given if not isinstance(given, Text) else _with_style(given, visible(given.plain))


def _with_style(given: Text, text: str) -> Text:
    return given if text == given.plain else Text(text, given.style)
