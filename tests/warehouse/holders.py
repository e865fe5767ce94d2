"""Processes that have a store open: they can be ended well, and killed."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.launcher import python

from .http.process import environment

HOLD = """
import os, sys
from lowtide.warehouse import open_warehouse
with open_warehouse(sys.argv[1], create=True) as warehouse:
    print(os.getpid(), flush=True)
    sys.stdin.readline()
"""
"""Open a folder, say so, and keep it until a line comes or standard input ends."""

INSERT = """
import os, sys
from datetime import UTC, datetime
from lowtide.warehouse import Writer, open_warehouse
with open_warehouse(sys.argv[1], create=True) as warehouse, Writer(warehouse) as writer:
    print(os.getpid(), flush=True)
    for number in range(int(sys.argv[3])):
        row = {"version": f"{sys.argv[2]}-{number}", "policy": "", "first_run": "r", "first_seen": datetime.now(UTC)}
        writer.insert_row("policy_version", row)
        print(number, warehouse.embedded, flush=True)
"""
"""Insert numbered rows, and say of each that it is stored, and whether this process had the folder open then."""


class Process:
    """A program of Python's in a process of its own. The first line that it prints is its number."""

    def __init__(self, code: str, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [*python(), "-c", code, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(),
        )  # fmt: skip
        self.number = int(self.line())

    def line(self) -> str:
        """The next line that it prints; empty when it has ended."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def lines(self) -> list[str]:
        """All that it prints until its end."""
        assert self._process.stdout is not None
        return self._process.stdout.read().splitlines()

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.number, signal.SIGKILL)
        self._process.wait(30)

    def end(self) -> int:
        """Tell it to end well, and wait for that; the exit code."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(30)


@contextmanager
def process(code: str, *arguments: object) -> Iterator[Process]:
    """A process, ended at the end."""
    one = Process(code, *arguments)
    try:
        yield one
    finally:
        one.end()
