"""Tiny processes that fail, hang and ignore signals, like real ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

WAITS = """
import pathlib, signal, sys, time
pathlib.Path(sys.argv[1]).write_text("up")
while True: time.sleep(0.02)
"""
"""Writes `up`, and runs without end; SIGTERM ends it at once."""

ENDS_WELL = """
import pathlib, signal, sys, time
def end(number, _):
    pathlib.Path(sys.argv[1]).write_text("ended")
    sys.exit(0)
signal.signal(signal.SIGTERM, end); signal.signal(signal.SIGINT, end)
pathlib.Path(sys.argv[1]).write_text("up")
while True: time.sleep(0.02)
"""
"""Makes a checkpoint when it gets SIGTERM."""

IGNORES = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text("up")
while True: time.sleep(0.02)
"""
"""Ignores SIGTERM."""


def python(code: str, *arguments: object) -> list[str]:
    """A command that runs a script without importing packages, so that it starts fast."""
    return [sys.executable, "-I", "-S", "-c", code, *map(str, arguments)]


def lowtide(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process that runs a script with this package on its path."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )


def until(true: Callable[[], bool], seconds: float = 120.0) -> None:
    """Waits until something has happened."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def text(file: Path) -> str:
    """The text that a process has written so far."""
    return file.read_text() if file.exists() else ""


def runs(pid: int) -> bool:
    """Whether a process exists and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def end(process: subprocess.Popen[str]) -> None:
    """Ends a process that a test has left running or stopped."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.communicate()
