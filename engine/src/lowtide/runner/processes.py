"""Runs several processes on this machine, under a supervisor that starts all again when one dies."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import orjson

from lowtide.errors import JobError, LowtideError, SettingsError
from lowtide.operation import RESTART, free_addresses, supervise
from lowtide.operation.log import setup
from lowtide.operation.watchdog import ATTEMPT
from lowtide.runner.summary import Summary
from lowtide.settings import Settings


def run_processes(
    count: int, sources: list[str], settings: Settings, options: Mapping[str, Any], *, follow: bool
) -> Summary:
    """Runs sources as `count` processes until all have ended; gives the summary of all. `options` are those that were typed.

    Raises JobError if they ended with an error that a restart cannot repair; the process has said which.
    """
    if settings.state is None:
        raise SettingsError("a run that is started again needs a state", "Give it a folder: `--state DIR`.")
    setup(settings.log, process="supervisor")
    with tempfile.TemporaryDirectory(prefix="lowtide-") as folder:
        summary = Path(folder) / "summary"
        typed = [
            word
            for name, value in options.items()
            if value is not None
            for word in (f"--{name.replace('_', '-')}", str(value))
        ]
        command = [
            sys.executable,
            "-m",
            "lowtide",
            "run",
            *sources,
            *typed,
            *(["--follow"] if follow else []),
            "--summary-to",
            str(summary),
        ]
        code = supervise([command] * count, lambda _: _environments(count))
        if code:
            raise _ProcessError(code)
        return Summary(**orjson.loads(summary.read_bytes()))


def start_again() -> NoReturn:
    """Ends this process so that its supervisor starts the run again; without a supervisor, replaces it by a new one."""
    if os.environ.get(ATTEMPT) or os.environ.get("BYTEWAX_ADDRESSES"):
        sys.exit(RESTART)
    os.execv(sys.executable, [sys.executable, "-m", "lowtide", *sys.argv[1:]])


class _ProcessError(JobError):
    """The processes ended with this code."""

    def __init__(self, code: int) -> None:
        super().__init__("the run has ended with an error", "What was wrong is said above.")
        self.exit_code = code if code in {kind.exit_code for kind in _kinds(LowtideError)} else 1


def _kinds(kind: type[LowtideError]) -> list[type[LowtideError]]:
    return [kind, *(kind_ for below in kind.__subclasses__() for kind_ in _kinds(below))]


def _environments(count: int) -> list[dict[str, str]]:
    """New addresses at each start: an old one may be in use by now."""
    if count == 1:
        return [{"BYTEWAX_ADDRESSES": "", "BYTEWAX_PROCESS_ID": ""}]
    addresses = ";".join(free_addresses(count))
    return [{"BYTEWAX_ADDRESSES": addresses, "BYTEWAX_PROCESS_ID": str(number)} for number in range(count)]
