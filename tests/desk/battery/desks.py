"""Desks that die: forked from a process that has imported everything, each with its own log, many at a time.

with Desks(clock, port_of_robots) as desks:
    pid = desks.start(folder, "http://127.0.0.1:8123/db", people, "in_flight:3", take_over=False)
    desks.kill(pid)
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.faults.clock import Clock


class Desks:
    """The process that forks them."""

    def __init__(self, clock: Clock | None, robots: int) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LOWTIDE_")},
            "LOWTIDE_TEST_ROBOT_HOST": f"127.0.0.1:{robots}",
            **(clock.environment if clock else {}),
        }
        self._logs: dict[int, Path] = {}
        self._codes: dict[int, int] = {}

    def __enter__(self) -> Desks:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.desk.battery.victim"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self._environment,
        )  # fmt: skip
        assert self._said() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        for pid in list(self._logs):
            if self.alive(pid):
                self.kill(pid)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def start(
        self, folder: Path, url: str, people: Path, point: str, take_over: bool, script: str = "", **more: Any
    ) -> int:
        """Start a desk; its process id. `script`: a file of entries for a scripted clock, `more`: what its shelf needs."""
        log = folder.parent / f"{folder.name}-{len(self._logs)}.log"
        asked = {
            "folder": str(folder), "url": url, "people": str(people), "point": point, "take_over": take_over,
            "script": script, "log": str(log), **more,
        }  # fmt: skip
        pid = int(self._ask(asked))
        self._logs[pid] = log
        return pid

    def alive(self, pid: int) -> bool:
        """Whether it lives."""
        if pid not in self._codes and (code := self._ask({"look": pid})) != "alive":
            self._codes[pid] = int(code)
        return pid not in self._codes

    def ended(self, pid: int, limit_s: float = 30.0) -> int:
        """Its exit code, or minus the signal, once it has ended."""
        limit = time.monotonic() + limit_s
        while self.alive(pid):
            assert time.monotonic() < limit, f"a desk did not end:\n{self.said(pid)[-2000:]}"
            time.sleep(0.01)
        return self._codes[pid]

    def kill(self, pid: int) -> None:
        """kill -9."""
        os.kill(pid, signal.SIGKILL)
        self.ended(pid)

    def end(self, pid: int) -> int:
        """SIGTERM; its exit code."""
        os.kill(pid, signal.SIGTERM)
        return self.ended(pid)

    def said(self, pid: int) -> str:
        """What it wrote to its log."""
        return self._logs[pid].read_text()

    def _ask(self, asked: dict[str, Any]) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self._said()

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()
