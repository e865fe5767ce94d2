"""One run as several processes on this machine, under a supervisor that starts all again when one dies."""

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
    count: int, sources: list[str], settings: Settings, given: Mapping[str, Any], *, follow: bool
) -> Summary:
    """Runs sources as `count` processes until all have ended; what they did together. `given` are the options typed.

    Raises JobError when they ended with an error that a restart does not mend; it was said by the process.
    """
    if settings.state is None:
        raise SettingsError("a run that is started again needs a state", "Give it a folder: `--state DIR`.")
    setup(settings.log, process="supervisor")
    with tempfile.TemporaryDirectory(prefix="lowtide-") as folder:
        summary = Path(folder) / "summary"
        options = [
            word
            for name, value in given.items()
            if value is not None
            for word in (f"--{name.replace('_', '-')}", str(value))
        ]
        command = [
            sys.executable,
            "-m",
            "lowtide",
            "run",
            *sources,
            *options,
            *(["--follow"] if follow else []),
            "--summary-to",
            str(summary),
        ]
        code = supervise([command] * count, lambda _: _environments(count))
        if code:
            raise _Ended(code)
        return Summary(**orjson.loads(summary.read_bytes()))


def start_again() -> NoReturn:
    """Ends this process so that the run is started again: by its supervisor, or by becoming itself anew."""
    if os.environ.get(ATTEMPT) or os.environ.get("BYTEWAX_ADDRESSES"):
        sys.exit(RESTART)
    os.execv(sys.executable, [sys.executable, "-m", "lowtide", *sys.argv[1:]])


class _Ended(JobError):
    """The processes ended with this code."""

    def __init__(self, code: int) -> None:
        super().__init__("the run has ended with an error", "What was wrong is said above.")
        self.exit_code = code if code in {kind.exit_code for kind in _kinds(LowtideError)} else 1


def _kinds(kind: type[LowtideError]) -> list[type[LowtideError]]:
    return [kind, *(one for under in kind.__subclasses__() for one in _kinds(under))]


def _environments(count: int) -> list[dict[str, str]]:
    """New addresses at each start: an old one may be taken meanwhile."""
    if count == 1:
        return [{"BYTEWAX_ADDRESSES": "", "BYTEWAX_PROCESS_ID": ""}]
    addresses = ";".join(free_addresses(count))
    return [{"BYTEWAX_ADDRESSES": addresses, "BYTEWAX_PROCESS_ID": str(number)} for number in range(count)]
