"""A process that has imported everything forks a victim for each kill, because an import takes a second and a kill does not.

with Zygote("tests.intake.folder.kills") as zygote:
    victim = zygote.fork("JOURNAL", "IN")      # runs `victim("JOURNAL", "IN")` of that module
    time.sleep(0.1)
    victim.kill()
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Self


class Zygote:
    """Forks victims of a module, one at a time."""

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-m", "tests.intake.zygote", module]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._answer() == "ready"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def fork(self, *arguments: str) -> Victim:
        """A victim that runs the function `victim` of the module with these arguments."""
        self._ask(json.dumps(arguments))
        return Victim(int(self._answer()), self)

    def wait(self) -> int:
        """The end of the victim: its exit code, or minus the signal."""
        self._ask("wait")
        return int(self._answer())

    def _ask(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@dataclass(frozen=True)
class Victim:
    """A forked process."""

    pid: int
    zygote: Zygote

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal, and wait for the end."""
        os.kill(self.pid, number)
        return self.zygote.wait()

    def wait(self) -> int:
        """Wait for the end."""
        return self.zygote.wait()


def stop_of_victim() -> threading.Event:
    """For a victim: an event that SIGTERM sets, also a SIGTERM that came before this call."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    return stop


def main() -> None:
    """Read arguments of victims, one a line, and fork. SIGTERM waits until a victim can take it."""
    module = importlib.import_module(sys.argv[1])
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    print("ready", flush=True)
    pid = 0
    for line in sys.stdin:
        if line.strip() == "wait":
            status = os.waitpid(pid, 0)[1]
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                sys.stdin.close()
                os.dup2(2, 1)
                module.victim(*json.loads(line))
                code = 0
            finally:
                sys.stderr.flush()
                os._exit(code)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
