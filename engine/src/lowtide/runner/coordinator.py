"""The processes of a cluster are one run: process 0 names it and keeps its row; at its end the others report to it.

STATE/run/name      the run_id
STATE/run/1.json    the summary of process 1
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import orjson

from lowtide.operation.log import logger
from lowtide.runner.summary import Summary
from lowtide.state.durable import write_durably
from lowtide.warehouse import new_run_id

FOLDER = "run"
PATIENCE_S = 60.0
"""How long process 0 waits for the summaries of the others."""
_LOOK_S = 0.02


class Coordinator:
    """What `process`, one of `processes`, knows of the run. A single process needs no folder."""

    def __init__(self, state: Path | None = None, process: int = 0, processes: int = 1) -> None:
        self._folder = state / FOLDER if state is not None else None
        self._process, self._processes = process, processes
        self._run_id = new_run_id() if self.leads else None
        self.before: str | None = None
        """The run that had this state before, in process 0 once the run has begun."""

    @property
    def leads(self) -> bool:
        """Whether this process writes what a run has once: its row, the policy it began with, the catalogue."""
        return self._process == 0

    @property
    def run_id(self) -> str:
        """The name of the run; the other processes know it once the flow has begun."""
        if self._run_id is None:
            assert self._folder is not None, "only one of several processes does not lead"
            self._run_id = (self._folder / "name").read_text()
        return self._run_id

    def begin(self, state: Path) -> None:
        """Process 0, before the others start to work: removes the files of an earlier run and writes the run's name."""
        if not self.leads:
            return
        folder = state / FOLDER
        with suppress(OSError):
            self.before = (folder / "name").read_text()
        for file in folder.glob("*"):
            file.unlink(missing_ok=True)
        write_durably(folder / "name", self.run_id.encode())

    def add_up(self, own: Summary) -> Summary:
        """Leaves the summary of this process for process 0; there, adds up those that come in time."""
        if self._folder is None:
            return own
        if not self.leads:
            draft = self._folder / f"{self._process}.draft"
            write_durably(draft, orjson.dumps(vars(own)))
            draft.replace(self._file(self._process))
            return own
        silent = set(range(1, self._processes))
        until = time.monotonic() + PATIENCE_S
        while silent and time.monotonic() < until:
            time.sleep(_LOOK_S)
            silent = {number for number in silent if not self._file(number).exists()}
        if silent:
            logger("run").warning("counts_missing", processes=sorted(silent))
        heard = [number for number in range(1, self._processes) if number not in silent]
        return own.with_others([Summary(**orjson.loads(self._file(number).read_bytes())) for number in heard])

    def _file(self, number: int) -> Path:
        assert self._folder is not None, "a single process reads no summaries"
        return self._folder / f"{number}.json"
