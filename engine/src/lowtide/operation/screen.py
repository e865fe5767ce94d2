"""Standard output for tables: as wide as the terminal; in a pipe or a file no row is broken."""

from __future__ import annotations

import sys

from rich.console import Console

_WIDE = 1000
"""Columns of a table that no terminal shows."""


def screen() -> Console:
    """The console to print a table on."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)
