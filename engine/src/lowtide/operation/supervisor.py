"""The processes of a cluster start and end together: when one ends, all are started again from the last checkpoint.

    0         all have ended: done                    75   start all again at once (the topic has new partitions)
    2, 3, 76  usage, unreadable input, superseded by another run: a restart would not help, give up
    others    kill the rest, wait 1 s, 2 s, … 30 s, start all again; after a good minute the pause is 1 s again

Bytewax cannot take a process back into a running cluster, so all processes must restart. SIGTERM and SIGINT are sent to all
processes, which make a last checkpoint and end with 0. A process that has not ended after `grace_s` is killed. Each process
has its own process group, and ends with the supervisor even if the supervisor is killed (`tied.py`).
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from math import inf

from lowtide.operation.log import logger
from lowtide.operation.tied import tied
from lowtide.operation.watchdog import ATTEMPT

RESTART = 75
"""Exit code of a process that wants all to be started again at once (EX_TEMPFAIL)."""
HOPELESS = (2, 3, 76)
"""Exit codes after which a restart does not help: see `lowtide.errors`."""
_LOOK_S = 0.05

Environments = Callable[[int], Sequence[Mapping[str, str]]]
"""Returns environment variables for a process, given its number; called for each start. They are added to the supervisor's
own."""


@dataclass(frozen=True)
class Terms:
    """How long a supervisor waits, and how often it restarts."""

    grace_s: float = 60.0
    """How long a requested end may take, for a last checkpoint. After that the process gets SIGKILL and the exit code is
    1."""
    backoff_s: float = 1.0
    """The pause before the first restart; the next is twice as long."""
    backoff_most_s: float = 30.0
    """The longest pause."""
    tell_s: float = 2.0
    """How long the others may take to end by themselves after one has failed: one of them may know why."""
    good_s: float = 60.0
    """A start that lives this long was a good one, and the pause is short again."""
    max_restarts: int | None = None
    """The supervisor gives up after this many restarts in a row without a good one. None: never."""


def supervise(
    commands: Sequence[Sequence[str]], environments: Environments | None = None, terms: Terms | None = None
) -> int:
    """Runs commands side by side, again and again until they have ended well. Returns the exit code for all.

    Call it from the main thread. An address that was free at one start may be in use at the next, so `environments` should
    give new addresses each time (`free_addresses`).
    """
    return _Supervisor(commands, environments or (lambda _: [{}] * len(commands)), terms or Terms()).run()


def free_addresses(count: int) -> list[str]:
    """Free addresses on loopback, `127.0.0.1:PORT`, as many as asked for."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    finally:
        for one in sockets:
            one.close()


class _Backoff:
    """Decides whether to start again, and how long to wait before."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._pause_s, self._restarts = terms.backoff_s, 0

    def after(self, code: int, lived_s: float) -> float | None:
        """The pause in seconds after a start, given how long it lived and how it ended. None: give up."""
        if code == RESTART or lived_s >= self._terms.good_s:
            self._pause_s, self._restarts = self._terms.backoff_s, 0
        if code == RESTART:
            return 0.0
        if code in HOPELESS or self._restarts == self._terms.max_restarts:
            return None
        pause_s, self._pause_s = self._pause_s, min(2 * self._pause_s, self._terms.backoff_most_s)
        self._restarts += 1
        return pause_s


class _Supervisor:
    def __init__(self, commands: Sequence[Sequence[str]], environments: Environments, terms: Terms) -> None:
        self._commands, self._environments, self._terms = commands, environments, terms
        self._name = secrets.token_hex(4)
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._came: list[int] = []
        """Signals that came and were not passed on yet. A signal handler may only remember them."""
        self._stopping: float | None = None
        self._logger = logger("supervisor")

    def run(self) -> int:
        backoff = _Backoff(self._terms)
        with self._signals():
            try:
                for attempt in count(1):
                    started = time.monotonic()
                    self._start(attempt)
                    code = self._until_ended()
                    if code == 0 or self._stopping is not None:
                        return min(code, 1)
                    pause_s = backoff.after(code, time.monotonic() - started)
                    if pause_s is None:
                        self._logger.error("giving_up", code=code, attempt=attempt)
                        return code
                    self._logger.warning("restarting", code=code, pause_s=pause_s, attempt=attempt + 1)
                    if not self._wait(pause_s):
                        return 1
            finally:
                self._kill()
        raise AssertionError("counting does not end")

    def _start(self, attempt: int) -> None:
        extra = self._environments(attempt)
        for number, (command, environment) in enumerate(zip(self._commands, extra, strict=True)):
            self._running[number] = subprocess.Popen(
                tied(list(command)),
                env={**os.environ, ATTEMPT: f"{self._name}.{attempt}", **environment},
                stdin=subprocess.DEVNULL,
                process_group=0,
            )
        pids = [process.pid for process in self._running.values()]
        self._logger.info("processes_started", attempt=attempt, pids=pids)

    def _until_ended(self) -> int:
        """Waits until all have ended, and ends them when one has failed. Returns the exit code for all."""
        codes: dict[int, int] = {}
        until: float | None = None
        while self._running and (until is None or time.monotonic() <= until):
            self._pass_on()
            codes |= self._gone()
            if self._stopping is None and any(code not in (0, RESTART) for code in codes.values()):
                until = min(until or inf, time.monotonic() + self._terms.tell_s)
            elif until is None and (self._stopping is not None or RESTART in codes.values()):
                until = time.monotonic() + self._terms.grace_s
            time.sleep(_LOOK_S)
        if self._running:
            codes |= self._kill()
            if self._stopping is not None:
                return 1
        return _why(codes.values())

    def _gone(self) -> dict[int, int]:
        """The exit codes of the processes that have ended. Processes that these had started are ended too."""
        codes = {}
        for number, process in list(self._running.items()):
            code = process.poll()
            if code is not None:
                _signal_group(process, signal.SIGKILL)
                del self._running[number]
                codes[number] = _code(code)
                self._logger.info("process_ended", number=number, pid=process.pid, code=codes[number])
        return codes

    def _kill(self) -> dict[int, int]:
        """Kills all processes, stopped ones too. Returns the codes of those that had already ended by themselves."""
        codes = self._gone()
        for number, process in self._running.items():
            _signal_group(process, signal.SIGKILL)
            code = process.wait()
            if code != -signal.SIGKILL:
                codes[number] = _code(code)
        self._running = {}
        return codes

    def _wait(self, seconds: float) -> bool:
        """Waits. Returns False if the supervisor must stop instead."""
        until = time.monotonic() + seconds
        while not self._came and time.monotonic() < until:
            time.sleep(_LOOK_S)
        self._pass_on()
        return self._stopping is None

    def _pass_on(self) -> None:
        """Sends each signal to all processes; the second one ends a process at once."""
        while self._came:
            number = self._came.pop(0)
            if self._stopping is None:
                self._stopping = time.monotonic()
                self._logger.info("stopping", signal=signal.Signals(number).name)
            for process in self._running.values():
                _signal_group(process, number)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def remember(number: int, _: object) -> None:
            self._came.append(number)

        before = {number: signal.signal(number, remember) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _code(returned: int) -> int:
    """An exit code as a shell reports it: 137 for SIGKILL."""
    return returned if returned >= 0 else 128 - returned


def _why(codes: Iterable[int]) -> int:
    """The most important code: first those that a restart does not help, then a failure, then the request for a restart."""
    ranks = [*HOPELESS, None, RESTART, 0]
    return min(codes, key=lambda code: ranks.index(code if code in ranks else None), default=0)
