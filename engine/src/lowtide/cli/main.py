"""The `lowtide` command: every command in one place, every error with its exit code and what to do next."""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from typing import Annotated

import typer

from lowtide import __version__
from lowtide.cli.help import App
from lowtide.errors import LowtideError
from lowtide.operation.screen import Screen, echo

GROUPS = {
    "Run": {"run": "run", "shop": "shop", "replay": "replay", "demo": "demo", "generate": "generate"},
    "Look": {
        "alerts": "alerts", "explain": "explain", "position": "position", "calibration": "calibration",
        "report": "report", "sql": "sql", "dashboards": "dashboards",
    },
    "Act": {
        **dict.fromkeys(("ack", "assign", "start", "resolve", "close", "reopen", "note"), "act"),
        "snooze": "snooze", "silence": "silence", "proposals": "proposals",
    },
    "Data and policy": {
        "map": "map", "policy": "policy", "people": "people", "inputs": "inputs", "learn": "learn", "forecast": "forecast",
        "rejects": "rejects", "heartbeat": "topics", "repartition": "topics",
    },
    "Operate": {
        "desk": "desk", "user": "user", "token": "token", "warehouse": "warehouse", "state": "state",
        "settings": "settings", "doctor": "doctor",
    },
    "Way in": {"intake": "intake", "journal": "journal"},
}  # fmt: skip
"""The commands in the groups and the order of the help, each with its module."""
COMMANDS = {name: module for group in GROUPS.values() for name, module in group.items()}


_PLACE = re.compile(r"\S+:\d+:")
"""How a line about a place in a file begins."""


def _version(show: bool) -> None:
    if show:
        echo(f"lowtide {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Real-time projected inventory and explained alerts for retailers. Start with `lowtide demo`."""


def application(name: str = "") -> typer.Typer:
    """The command of this name, or all of them if no command has it: a command starts in half the time alone."""
    about = "Real-time projected inventory and explained alerts for retailers.\n\nStart with `lowtide demo`."
    app = App(about, name="lowtide")
    app.callback()(_root)
    for group, commands in GROUPS.items():
        for command in commands if name not in COMMANDS else commands.keys() & {name}:
            module = import_module(f"lowtide.cli.{COMMANDS[command]}")
            if hasattr(module, "app"):
                app.add_typer(module.app, name=command, rich_help_panel=group)
            else:
                app.command(command, rich_help_panel=group)(getattr(module, command))
    return app


def main(arguments: list[str] | None = None) -> int:
    """Runs a command. Exit codes: 0 good, 1 the job failed, 2 usage or settings, 3 input, 4 warehouse or broker."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        application(*arguments[:1])(args=arguments, standalone_mode=True)
    except LowtideError as error:
        console = Screen(stderr=True, soft_wrap=True)
        console.print(f"error: {_shown(error.message)}", style="bold red")
        if error.hint:
            console.print(error.hint)
        if os.environ.get(
            "BYTEWAX_ADDRESSES"
        ):  # threads that a dead peer left behind would abort the end of Python
            sys.stderr.flush()
            os._exit(error.exit_code)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    return 0


def _shown(message: str) -> str:
    """A message with lines of its own: each names a place in a file, or is indented, so that none looks like an error."""
    first, *rest = message.split("\n")
    return "\n".join([first, *(line if _PLACE.match(line) else f"  {line}" for line in rest)])


if __name__ == "__main__":
    main()
