"""`lowtide intake` in a process of its own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import orjson

from tests.launcher import python


class IntakeProcess:
    """An intake whose journal is `folder / "journal"`. A second start uses the same port."""

    def __init__(self, folder: Path, *options: str, command: tuple[str, ...] = ("intake",)) -> None:
        self.folder = folder
        self.journal = folder / "journal"
        self._options = options
        self._command = command
        self.port = 0
        self.errors: list[str] = []
        self.start()

    def start(self) -> None:
        """Start it and wait until it says where it listens."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOWTIDE_")}
        self.process = subprocess.Popen(
            [
                *python(), "-m", "lowtide", *self._command, "--listen", f"127.0.0.1:{self.port}",
                *(("--journal", str(self.journal)) if self._command == ("intake",) else ()), *self._options,
            ],
            cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                break
        else:
            raise AssertionError("".join(said))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.errors.extend(self.process.stdout)

    def post(self, body: bytes, type_: str = "application/x-ndjson", timeout: float = 20) -> tuple[int, Any]:
        """Status and answer. Raises OSError or http.client.HTTPException if the process is away."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("POST", "/movements", body, {"Content-Type": type_})
            answer = connection.getresponse()
            return answer.status, orjson.loads(answer.read())
        finally:
            connection.close()

    def kill(self) -> None:
        """kill -9, and wait until it is gone: only the command itself holds its output open."""
        self.process.kill()
        self.process.wait()
        self._reader.join()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)
