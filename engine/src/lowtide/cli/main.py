"""The `lowtide` command: every command in one place, every error with its exit code and what to do next."""

from __future__ import annotations

import io
import os
import re
import sys
import traceback
from importlib import import_module
from typing import Annotated

import typer

from lowtide import __version__
from lowtide.cli.commands import COMMANDS, GROUPS
from lowtide.cli.help import App
from lowtide.errors import LowtideError

_PLACE = re.compile(r"\S+:\d+:")
"""How a line about a place in a file begins."""


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


def main(arguments: list[str] | None = None) -> int:
    """Runs a command. Exit codes: 0 good, 1 the job failed, 2 usage or settings, 3 input, 4 warehouse or broker."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if COMMANDS.keys() & arguments[:1]:
        from lowtide.operation.crash import say_faults

        say_faults()
    try:
        return _run(arguments)
    except LowtideError as error:
        from lowtide.operation.screen import Screen

        console = Screen(stderr=True, soft_wrap=True)
        console.print(f"error: {_shown(error.message)}", style="bold red")
        if error.hint:
            console.print(_hidden(error.hint))
        if os.environ.get(
            "BYTEWAX_ADDRESSES"
        ):  # threads that a dead peer left behind would abort the end of Python
            sys.stderr.flush()
            os._exit(error.exit_code)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception:  # a mistake in Lowtide: its traceback may quote what somebody typed
        sys.stderr.write(_hidden(traceback.format_exc()))
        sys.exit(1)
    return 0


def _run(arguments: list[str]) -> int:
    """Runs a command; wrong usage is told without the secrets that may stand in what was typed."""
    everything = any(name.endswith("_COMPLETE") for name in os.environ)
    try:
        app = application(None if everything else "".join(arguments[:1]))
        code = app(args=arguments, standalone_mode=False)
    except typer.TyperException as error:
        told = io.StringIO(f"Error: {error}\n")
        if hasattr(error, "show"):  # wrong usage: with the usage
            error.show(told)
        sys.stderr.write(_hidden(told.getvalue()))
        sys.exit(error.exit_code)
    except typer.Abort:
        print("Aborted!", file=sys.stderr)
        sys.exit(1)
    if isinstance(code, int) and code:
        sys.exit(code)
    return 0


def _hidden(text: str) -> str:
    from lowtide.operation.secrets import hidden_text

    return hidden_text(text)


def _shown(message: str) -> str:
    """Without secrets; a further line names a place in a file, or is indented, so that none looks like an error."""
    first, *rest = _hidden(message).split("\n")
    return "\n".join([first, *(line if _PLACE.match(line) else f"  {line}" for line in rest)])


if __name__ == "__main__":
    main()
