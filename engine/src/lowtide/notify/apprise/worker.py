"""The child process of one target, seen from the desk: it is started when needed, asked, and killed when it is late."""

from __future__ import annotations

import selectors
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson

PROGRAM = Path(__file__).with_name("child.py")
_LARGEST = 64 * 1024


class Late(Exception):
    """The child did not answer, or ended. Whether it sent anything is not known."""


class Worker:
    """Asks the child process, one request at a time."""

    def __init__(self, program: Path = PROGRAM) -> None:
        self._program = program
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The child's answer. Raises Late; the child is then ended, and the next request starts another."""
        child = self._started()
        try:
            return self._asked(child, request, time.monotonic() + seconds)
        except (OSError, Late, orjson.JSONDecodeError) as error:
            self.close()
            raise Late(str(error)) from None

    def _started(self) -> subprocess.Popen[bytes]:
        """The child, with an empty environment, so that no variable of the desk reaches it."""
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", str(self._program)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                bufsize=0,
            )
        return self._child

    def _asked(self, child: subprocess.Popen[bytes], request: dict[str, Any], end: float) -> dict[str, Any]:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(orjson.dumps(request) + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            with selectors.DefaultSelector() as waiting:
                waiting.register(child.stdout, selectors.EVENT_READ)
                ready = waiting.select(max(end - time.monotonic(), 0))
            if not ready:
                raise Late("the service did not answer in time")
            piece = child.stdout.read(_LARGEST)
            if not piece or len(answer) > _LARGEST:
                raise Late("the process that speaks to the service has ended")
            answer += piece
        told: dict[str, Any] = orjson.loads(answer)
        return told

    def close(self) -> None:
        """End the child and wait for its end."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
