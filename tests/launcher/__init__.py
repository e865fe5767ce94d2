"""A Python that has imported Lowtide already: `[*python(), "-m", "lowtide", …]` starts at once, in a process of its own.

A start of `lowtide` is about a second of work, nearly all of it imports, and the tests need hundreds of starts. So a server
imports once in a session and forks for each command; what a test starts is a small client that looks like the command.

    pytest ── starts ──▶ server ── forks ──▶ keeper ── forks ──▶ the command
      └────── starts ──▶ client ── streams, folder, environment, signals ──▶ keeper
                         client ◀── how the command ended ── keeper

A client that is killed takes its command along, but a moment later. A test that starts another on the same files then
waits for the end of the command's output (`communicate` does), which only the command holds open.
Only commands open a store, never the server: its engine must not be forked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


def python() -> list[str]:
    """What stands for `sys.executable` in a command of `-m MODULE …` or `-c CODE …`. The first call starts the server."""
    return [sys.executable, "-I", "-S", str(_HERE / "client.py"), _server()[0]]


@cache
def _server() -> tuple[str, subprocess.Popen[bytes]]:
    """Its address, and its process: it ends when its standard input does, with this process at the latest."""
    address = str(Path(tempfile.mkdtemp(prefix="launcher-")) / "socket")
    server = subprocess.Popen(
        [sys.executable, "-P", str(_HERE / "server.py"), address],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
    )  # fmt: skip
    assert server.stdout is not None and server.stdout.readline() == b"ready\n"
    return address, server
