"""The `lowtide` command: every command in one place, every error with its exit code and what to do next."""

from __future__ import annotations

import io
import os
import re
import sys
from typing import NoReturn

from lowtide import __version__
from lowtide.errors import LowtideError

_PLACE = re.compile(r"\S+:\d+:")
"""How a line about a place in a file begins."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs a command and ends: 0 good, 1 the job failed, 2 usage or settings, 3 input, 4 warehouse or broker."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments == ["--version"]:  # what a script asks each time loads no library
        print(f"lowtide {__version__}")
        sys.exit(0)
    try:
        _run(arguments)
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
        import traceback

        sys.stderr.write(_hidden(traceback.format_exc()))
        sys.exit(1)


def _run(arguments: list[str]) -> NoReturn:
    """Runs a command and ends; wrong usage is told without the secrets that may stand in what was typed."""
    import typer

    from lowtide.cli.application import application
    from lowtide.cli.commands import COMMANDS

    if COMMANDS.keys() & arguments[:1]:
        from lowtide.operation.crash import say_faults

        say_faults()
    everything = any(name.endswith("_COMPLETE") for name in os.environ)
    try:
        app = application(None if everything else "".join(arguments[:1]))
        code = app(args=arguments, standalone_mode=False)
    except typer.TyperException as error:
        told = io.StringIO()
        if hasattr(error, "show"):  # wrong usage: with the usage
            error.show(told)
        sys.stderr.write(_hidden(told.getvalue() or f"Error: {error}\n"))
        sys.exit(error.exit_code)
    except typer.Abort:
        print("Aborted!", file=sys.stderr)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _hidden(text: str) -> str:
    from lowtide.operation.secrets import hidden_text

    return hidden_text(text)


def _shown(message: str) -> str:
    """Without secrets; a further line names a place in a file, or is indented, so that none looks like an error."""
    first, *rest = _hidden(message).split("\n")
    return "\n".join([first, *(line if _PLACE.match(line) else f"  {line}" for line in rest)])


if __name__ == "__main__":
    main()
