"""`server.py ADDRESS`: import everything once, then fork a command for each client, until standard input ends."""

from __future__ import annotations

import ast
import importlib
import os
import runpy
import select
import signal
import socket
import sys
import time
from pathlib import Path

import pandas  # noqa: F401  # PyArrow and the warehouse's client import it when they meet their first row

from lowtide.cli.application import application

LATE = (
    "explain",
    "report",
    "kafka.topic",
    "kafka.copy",
    "runner.replay",
    "samples.journey",
    "warehouse.describe",
)
"""What commands import when they run."""


def main(address: str) -> None:
    application()
    for name in LATE:
        importlib.import_module(f"lowtide.{name}")
    assert "chdb" not in sys.modules, "its engine must not be forked"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    print("ready", flush=True)
    while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
        client, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            return keep(client)
        client.close()
    Path(address).unlink()
    Path(address).parent.rmdir()
    return None


def keep(client: socket.socket) -> None:
    """Fork the command, hand signals on to it, and tell the client how it ended. It ends with its client."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, streams, _, _ = socket.recv_fds(client, 4, 3)
    request = client.recv(int.from_bytes(size), socket.MSG_WAITALL)
    if not request:  # the client was killed before it could ask
        os._exit(1)
    ended, open_while_it_runs = os.pipe()
    pid = os.fork()
    if pid == 0:
        client.close()
        return become(streams, *ast.literal_eval(request.decode()))
    for descriptor in (open_while_it_runs, *streams):
        os.close(descriptor)
    while ended not in select.select([client, ended], [], [])[0]:
        told = client.recv(1)
        os.kill(pid, told[0] if told else signal.SIGKILL)
        if not told:
            os.waitpid(pid, 0)
            os._exit(1)
    client.sendall(os.waitpid(pid, 0)[1].to_bytes(4))
    os._exit(0)


def become(streams: list[int], arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Run `-m MODULE …` or `-c CODE …` as a fresh process would."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout = open(0, encoding="utf-8"), open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    kind, what, *rest = arguments
    sys.argv = [kind, *rest]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    main(sys.argv[1])
