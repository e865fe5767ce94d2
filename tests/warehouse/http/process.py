"""`lowtide warehouse` in a separate process, as a supervisor would start it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from tests.launcher import python


class Front:
    """A served warehouse: its address, its process, clients of it."""

    def __init__(self, folder: Path, *options: str, port: int = 0, **environment: str) -> None:
        self.folder = folder
        self._options = options
        self._environment = environment
        self.lines: list[str] = []
        self.url = ""
        self.port = port
        self.start()

    def start(self) -> None:
        """Start it, and wait until it prints its address. A second start uses the same port."""
        command = [
            sys.executable, "-m", "lowtide", "warehouse", "--warehouse", f"embedded:{self.folder}",
            "--listen", f"127.0.0.1:{self.port}", *self._options,
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(**self._environment),
        )
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if found := re.search(r"listens on (http://127\.0\.0\.1:(\d+))", line):
                self.url, self.port = found[1], int(found[2])
                break
        else:
            raise AssertionError("".join(said))
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    def client(self, **options: Any) -> Client:
        """A clickhouse-connect client with default settings."""
        return clickhouse_connect.get_client(host="127.0.0.1", port=self.port, **options)

    def memory_mb(self) -> float:
        """What the process holds in memory now."""
        told = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", told)
        assert found is not None
        return int(found[1]) / 1024

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def environment(**changes: str) -> dict[str, str]:
    """This environment without settings of Lowtide, with this package on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOWTIDE_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "COLUMNS": "200", **changes}


@contextmanager
def front(folder: Path, *options: str, **settings: Any) -> Iterator[Front]:
    """A served warehouse, ended at the end."""
    served = Front(folder, *options, **settings)
    try:
        yield served
    finally:
        served.stop()


def lowtide(*arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command, as a shell runs it."""
    return subprocess.run(
        [*python(), "-m", "lowtide", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL, env=environment(**settings),
    )  # fmt: skip


def curl(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run curl without progress output."""
    return subprocess.run(
        ["curl", "-sS", *arguments], input=data, capture_output=True, timeout=60, check=False
    )


def until(true: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait until something has happened."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
