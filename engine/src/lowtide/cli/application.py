"""The commands put together: all of them, one, or the list of them."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from lowtide import __version__
from lowtide.cli.commands import COMMANDS, GROUPS
from lowtide.cli.help import App


def _version(show: bool) -> None:
    if show:
        print(f"lowtide {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Real-time projected inventory and explained alerts for retailers. Start with `lowtide demo`."""


def _listed() -> None:
    """A command of the list; a name that is typed is loaded itself."""


def application(name: str | None = None) -> typer.Typer:
    """All commands; or the one of this name, which starts sooner alone; of any other name the list of them, for the help."""
    about = "Real-time projected inventory and explained alerts for retailers.\n\nStart with `lowtide demo`."
    app = App(about, name="lowtide")
    app.callback()(_root)
    for group, commands in GROUPS.items():
        for command, (module_name, about) in commands.items():
            if name is not None and name not in COMMANDS:
                app.command(command, help=about, rich_help_panel=group)(_listed)
            elif name in (None, command):
                module = import_module(f"lowtide.cli.{module_name}")
                if hasattr(module, "app"):
                    app.add_typer(module.app, name=command, rich_help_panel=group)
                else:
                    app.command(command, rich_help_panel=group)(getattr(module, command))
    return app
